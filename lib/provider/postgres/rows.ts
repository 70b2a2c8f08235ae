import type { Session } from "./connection";
import { errorCode } from "./server-error";
import { quoteName } from "../../postgres/quote";

/** Whether there is a row; the scan stops at the first one. */
export function hasRowsQuery(schema: string, table: string): string {
  return `SELECT EXISTS (SELECT FROM ${quoteName(schema, table)}) AS found`;
}

const insufficientPrivilege = "42501";

/** Whether a partition holds a row of a condition. Who may not read it doesn't know, and learns it from the server when it matters. */
export async function holdsRows(session: Session, schema: string, table: string, condition: string): Promise<boolean> {
  try {
    const text = `SELECT EXISTS (SELECT FROM ${quoteName(schema, table)} WHERE ${condition}) AS found`;
    const [row] = await session.query<{ found: boolean }>(text);
    return row?.found === true;
  } catch (error) {
    if (errorCode(error) === insufficientPrivilege) return false;
    throw error;
  }
}

/** Keeps writers out until the transaction ends, so that an empty table stays empty until it is dropped. */
export function lockTableStatement(schema: string, table: string): string {
  return `LOCK TABLE ${quoteName(schema, table)} IN ACCESS EXCLUSIVE MODE`;
}
