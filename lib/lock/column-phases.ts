import type { Issue } from "../domain/issues";
import { acceptanceText } from "../postgres/acceptance";
import type { AcceptanceModel } from "../postgres/acceptance-model";
import type { TableChange } from "../postgres/diff";
import { formatId } from "../postgres/import-id";
import {
  COLUMN_PHASES,
  type ColumnInPhase,
  isMirrored,
  mirrorFunction,
  tableInPhases,
} from "../topology/postgres/renamed-columns";
import type { PostgresFunction, PostgresTableResource, RenamedColumn, Resource } from "../topology/types";
import { lockIssue } from "./issues";
import type { Profile } from "./profile";

/** The one place that knows how a renamed column gets from one phase to the next: by what the environment's profile says. */

/** A renamed column as a profile names it: `projections.OrderSummary.customer_name`. */
export function renamedColumnName({ path }: PostgresTableResource, { to }: RenamedColumn): string {
  return `${path.replace(/\.table$/, "")}.${to}`;
}

type Renaming = PostgresTableResource & { readonly renamedColumns: readonly RenamedColumn[] };

export function isRenaming(each: Resource): each is Renaming {
  return each.kind === "postgres-table" && (each.renamedColumns ?? []).length > 0;
}

/** Resources as an environment has them; without renamed columns, just as they are. */
export function inColumnPhases(resources: readonly Resource[], profile: Profile): readonly Resource[] {
  if (!resources.some(isRenaming)) return resources;
  return resources.flatMap((each) => (isRenaming(each) ? [functionOf(each), inPhases(each, profile)] : [each]));
}

function functionOf({ definition, renamedColumns, path, part }: Renaming): PostgresFunction {
  const fn = mirrorFunction(definition, renamedColumns);
  return {
    kind: "postgres-function",
    key: `function/${fn.name}`,
    path,
    part,
    protect: false,
    dependsOn: ["schema"],
    definition: fn,
  };
}

function inPhases(resource: Renaming, profile: Profile): PostgresTableResource {
  const { renamedColumns: _, accept = [], ...table } = resource;
  const renamed = columnsInPhases(resource, profile);
  const accepted = [...accept, ...acceptedBy(resource, renamed)];
  return {
    ...table,
    dependsOn: [...table.dependsOn, functionOf(resource).key],
    definition: tableInPhases(table.definition, renamed),
    ...(accepted.length === 0 ? {} : { accept: accepted }),
  };
}

function columnsInPhases(resource: Renaming, { columns = {} }: Profile): readonly ColumnInPhase[] {
  return resource.renamedColumns.map((each) => {
    const name = renamedColumnName(resource, each);
    return { ...each, phase: (Object.hasOwn(columns, name) ? columns[name] : undefined) ?? "add" };
  });
}

/** What a phase takes away, and whose removal is refused unless somebody has said so: the profile has. */
function acceptedBy({ definition }: Renaming, renamed: readonly ColumnInPhase[]): readonly AcceptanceModel[] {
  const id = formatId(definition.schema, definition.name);
  const accept = (change: TableChange, { to, phase }: ColumnInPhase): readonly AcceptanceModel[] => {
    const text = acceptanceText(change, { id, table: definition });
    return text === null
      ? []
      : [{ change: text, reason: `the profile has ${to}, which was renamed, in its phase ${phase}` }];
  };
  const open = renamed.flatMap((each) => {
    const [to, declared] = [
      definition.columns.find(({ name }) => name === each.from),
      definition.columns.find(({ name }) => name === each.to),
    ];
    if (each.phase === "add" || each.phase === "fill" || to === undefined || declared?.nullable !== false) return [];
    return accept(
      { kind: "change-column-nullable", from: { ...to, nullable: false }, to: { ...to, nullable: true } },
      each,
    );
  });
  const [first] = renamed;
  if (first === undefined || renamed.some(isMirrored)) return open;
  const triggers = tableInPhases(definition, [{ ...first, phase: "switch" }]).triggers.slice(
    definition.triggers.length,
  );
  return [...open, ...triggers.flatMap((trigger) => accept({ kind: "drop-trigger", trigger }, first))];
}

/** What a profile says of columns that nothing renames, or that is no phase. */
export function columnProfileIssues(resources: readonly Resource[], { columns = {} }: Profile): readonly Issue[] {
  const known = resources
    .filter(isRenaming)
    .flatMap((each) => each.renamedColumns.map((column) => renamedColumnName(each, column)));
  return Object.entries(columns).flatMap(([name, phase]) => {
    const path = `profile.columns.${name}`;
    const allowed = known.length === 0 ? "none: no column is renamed" : known.join(", ");
    return [
      ...(known.includes(name) ? [] : [lockIssue("LK634", path, { received: name, allowed })]),
      ...(COLUMN_PHASES.includes(phase)
        ? []
        : [lockIssue("LK635", path, { received: phase, allowed: COLUMN_PHASES.join(", ") })]),
    ];
  });
}

/** A column that is renamed and changed at once, by what was approved under its former name. */
export function renamedColumnIssues(resources: readonly Resource[], before: readonly Resource[]): readonly Issue[] {
  const approved = new Map(before.flatMap((each) => (each.kind === "postgres-table" ? [[each.key, each]] : [])));
  return resources.filter(isRenaming).flatMap((each) => {
    const was = approved.get(each.key);
    // Once it is locked as renamed, the lock has no other form of the old one than that of the end.
    const open =
      was === undefined
        ? []
        : each.renamedColumns.filter(({ to }) => !was.definition.columns.some(({ name }) => name === to));
    return open.flatMap(({ from, to }) => {
      const path = `${each.path}.columns.${to}.renamedFrom`;
      const [old, now] = [
        was!.definition.columns.find(({ name }) => name === from),
        each.definition.columns.find(({ name }) => name === to),
      ];
      if (old === undefined)
        return [
          lockIssue("LK636", path, {
            received: from,
            allowed: was!.definition.columns.map(({ name }) => name).join(", "),
          }),
        ];
      return (["type", "nullable", "default"] as const).flatMap((what) =>
        now === undefined || old[what] === now[what]
          ? []
          : [
              lockIssue("LK637", `${each.path}.columns.${to}.${what}`, {
                received: now[what] ?? "none",
                allowed: String(old[what] ?? "none"),
              }),
            ],
      );
    });
  });
}
