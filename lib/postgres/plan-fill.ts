import type { ColumnModel, TableModel } from "./model";
import { setNotNull } from "./plan-constraint";
import type { PlanContext } from "./plan-table";
import * as sql from "./sql";
import { fillRows, rowsToFill } from "./sql-fill";
import { alone, inside, type Statement } from "./statement";

/** Rows that are there get a value of a column, while everybody reads and writes. */

/** @param column one with a `fill` */
export function fillColumn(
  column: ColumnModel,
  table: TableModel,
  { leaves }: Pick<PlanContext, "leaves">,
): Statement[] {
  const { schema, name, partitioning } = table;
  return (partitioning === null ? [name] : leaves).map((on) =>
    alone(fillRows(schema, on, column), {
      ...{ lock: "ROW EXCLUSIVE", table: { schema, name: on }, scans: true, rest: rowsToFill(schema, on, column) },
      comment: `fill ${column.name} of ${on}`,
    }),
  );
}

/** New rows have its default at once; those that are there wait for their value, and so NOT NULL waits for them. */
export function addFilledColumn(
  column: ColumnModel,
  table: TableModel,
  context: Pick<PlanContext, "leaves">,
): Statement[] {
  const { schema, name } = table;
  const held = { lock: "ACCESS EXCLUSIVE", table } as const;
  const bare = { ...column, nullable: true, default: null };
  return [
    inside(sql.addColumn(schema, name, bare), { ...held, comment: `add column ${column.name}` }),
    ...(column.default === null
      ? []
      : [inside(sql.alterColumnDefault(schema, name, column), { ...held, comment: `default of ${column.name}` })]),
    ...fillColumn(column, table, context),
    ...(column.nullable ? [] : setNotNull(column.name, table)),
  ];
}
