import type { TableChange } from "./diff";
import type { ColumnModel, ExclusionModel, ForeignKeyModel, TableModel, TriggerModel } from "./model";
import { addCheck, addExclusion, addForeignKey } from "./plan-constraint";
import type { PlanContext } from "./plan-table";
import * as sql from "./sql";
import { dropConstraint } from "./sql-constraint";
import { alone, inside, type Statement } from "./statement";

/** What is refused, and planned only where somebody has accepted it in writing. */

/** The last of all: what uses the column has gone by then, without stopping anybody. */
export function dropColumn({ name }: ColumnModel, table: TableModel): Statement {
  return alone(sql.dropColumn(table.schema, table.name, name), {
    ...{ lock: "ACCESS EXCLUSIVE", table, comment: `drop column ${name}` },
  });
}

/** One statement for type and collation, after which both are as asked for. */
export function changeColumnType(from: ColumnModel, to: ColumnModel, table: TableModel): Statement {
  return inside(sql.alterColumnType(table.schema, table.name, from, to), {
    ...{ lock: "ACCESS EXCLUSIVE", table, scans: true, rewrites: true },
    comment: `change the type of ${to.name}`,
  });
}

export function dropNotNull({ name }: ColumnModel, table: TableModel): Statement {
  return locked(sql.dropColumnNotNull(table.schema, table.name, name), table, `${name} may be null`);
}

export function dropTableConstraint(name: string, table: TableModel): Statement {
  return locked(dropConstraint(table.schema, table.name, name), table, `drop constraint ${name}`);
}

export function changeConstraint(
  { attribute, from, to }: Extract<TableChange, { kind: "change-constraint" }>,
  table: TableModel,
  context: PlanContext,
): Statement[] {
  if (attribute === "uniques" || table.partitioning !== null) throw new Error(`${to.name} can't be changed at once`);
  return [
    dropTableConstraint(from.name, table),
    ...(attribute === "exclusions"
      ? [addExclusion(to as ExclusionModel, table)]
      : addForeignKey(to as ForeignKeyModel, table, context)),
  ];
}

export function changeCheck(
  { from, to }: Extract<TableChange, { kind: "change-check" }>,
  table: TableModel,
): Statement[] {
  return [dropTableConstraint(from.name, table), ...addCheck(to, table)];
}

/** @param tables those that have one of their own */
export function dropTrigger({ name }: TriggerModel, schema: string, tables: readonly string[]): Statement[] {
  return tables.map((on) =>
    locked(sql.dropTrigger(name, schema, on), { schema, name: on }, `drop trigger ${name} of ${on}`),
  );
}

function locked(text: string, table: { readonly schema: string; readonly name: string }, comment: string): Statement {
  return inside(text, { lock: "ACCESS EXCLUSIVE", table, comment });
}
