import type { Deferrable, ForeignKeyModel, ReferentialAction } from "../../postgres/model";
import type { ConstraintRow } from "./catalog";

export function deferrableOf({ deferrable, deferred }: ConstraintRow): Deferrable {
  return deferrable ? (deferred ? "deferred" : "immediate") : "no";
}

const ACTIONS: Readonly<Record<string, ReferentialAction>> = {
  a: "no-action",
  r: "restrict",
  c: "cascade",
  n: "set-null",
  d: "set-default",
};

export function toForeignKeys(constraints: readonly ConstraintRow[]): readonly ForeignKeyModel[] {
  return constraints.flatMap((row) => {
    if (row.type !== "f" || row.leaf !== null || row.references === null) return [];
    const { references } = row;
    return [
      {
        name: row.name,
        columns: row.columns,
        referencesSchema: references.schema,
        referencesTable: references.table,
        referencesColumns: references.columns,
        match: references.match === "f" ? "full" : "simple",
        onUpdate: ACTIONS[references.on_update] ?? "no-action",
        onDelete: ACTIONS[references.on_delete] ?? "no-action",
        deferrable: deferrableOf(row),
        validated: row.validated,
      },
    ];
  });
}

/** What the model can't say of constraints, or what somebody has to put right first. */
export function constraintProblems(constraints: readonly ConstraintRow[]): readonly string[] {
  return constraints.flatMap(({ name, type, columns, enforced, temporal, references }) => [
    ...(references?.partial === true ? [`foreign key "${name}" sets only some of its columns`] : []),
    ...(temporal ? [`constraint "${name}" holds for periods (WITHOUT OVERLAPS, PERIOD)`] : []),
    ...(enforced ? [] : [`constraint "${name}" is not enforced`]),
    ...(type === "n"
      ? [
          `rows from before may hold null in "${columns.join(", ")}": VALIDATE CONSTRAINT "${name}" says whether they do`,
        ]
      : []),
  ]);
}
