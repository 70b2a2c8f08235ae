import type { ColumnModel } from "./model";
import { quoteIdent, quoteName } from "./quote";

/**
 * One batch: rows without a value from page `$1` (`(0,0)`) to before page `$2` that nobody else holds. It waits for no row, so it is
 * never what a deadlock is made of.
 */
export function fillRows(schema: string, table: string, column: ColumnModel): string {
  const [on, name] = [quoteName(schema, table), quoteIdent(column.name)];
  const batch = `SELECT ctid FROM ONLY ${on} WHERE ${lacking(column)} AND ctid >= $1 AND ctid < $2 FOR NO KEY UPDATE SKIP LOCKED`;
  return `UPDATE ONLY ${on} SET ${name} = (${column.fill}) WHERE ctid = ANY (ARRAY(${batch}))`;
}

/** Whether a row is left that {@link fillRows} would write. */
export function rowsToFill(schema: string, table: string, column: ColumnModel): string {
  return `SELECT EXISTS (SELECT FROM ONLY ${quoteName(schema, table)} WHERE ${lacking(column)}) AS found`;
}

/** A value that is there is not written over; an expression that gives none is not asked for ever. */
function lacking({ name, fill }: ColumnModel): string {
  return `${quoteIdent(name)} IS NULL AND (${fill}) IS NOT NULL`;
}
