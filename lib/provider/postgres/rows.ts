import { quoteName } from "../../postgres/quote";

/** Whether there is a row; the scan stops at the first one. */
export function hasRowsQuery(schema: string, table: string): string {
  return `SELECT EXISTS (SELECT FROM ${quoteName(schema, table)}) AS found`;
}

/** Keeps writers out until the transaction ends, so that an empty table stays empty until it is dropped. */
export function lockTableStatement(schema: string, table: string): string {
  return `LOCK TABLE ${quoteName(schema, table)} IN ACCESS EXCLUSIVE MODE`;
}
