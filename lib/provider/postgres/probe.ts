import type { TableModel } from "../../postgres/model";
import { stripOuterParentheses } from "../../postgres/normalise";
import { addCheckNotValid, createTable } from "../../postgres/sql";
import { quoteName } from "../../postgres/quote";
import { errorCode } from "./server-error";
import type { Session } from "./connection";

/**
 * What Postgres makes of the table's expressions: they are put on a temporary table, read back, and all of it is rolled back.
 * Asked only when two expressions differ in their text, since only the server knows whether `a IN (1, 2)` is what it has.
 */
export async function probeExpressions(session: Session, table: TableModel): Promise<Record<string, string>> {
  await session.query("BEGIN");
  try {
    return await probe(session, table);
  } catch (error) {
    // An expression that can't be used at all: the difference stands, and the plan's own statement will say why.
    if (errorCode(error) === null) throw error;
    return {};
  } finally {
    await session.query("ROLLBACK");
  }
}

const probed = "eventloom_probe";

async function probe(session: Session, table: TableModel): Promise<Record<string, string>> {
  // Identities would take a sequence each, and say nothing of expressions.
  const columns = table.columns.map((column) => ({ ...column, identity: null, compression: null }));
  const plain = {
    ...table,
    columns,
    schema: "pg_temp",
    name: probed,
    partitioning: null,
    primaryKey: null,
    storage: {},
  };
  await session.query(createTable({ ...plain, checks: [] }));
  const conditions = [
    ...table.checks.map((check) => check.expression),
    ...table.indexes.flatMap((index) => (index.where === null ? [] : [index.where])),
  ];
  for (const [i, expression] of conditions.entries()) {
    await session.query(addCheckNotValid("pg_temp", probed, { name: `probe_${i}`, expression }));
  }
  const rows = await session.query<{ name: string; text: string }>(
    `SELECT 'column ' || a.attname AS name, pg_get_expr(d.adbin, d.adrelid) AS text
       FROM pg_attrdef d JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
      WHERE d.adrelid = '${quoteName("pg_temp", probed)}'::regclass
      UNION ALL
     SELECT 'check ' || conname, pg_get_expr(conbin, conrelid) FROM pg_constraint
      WHERE conrelid = '${quoteName("pg_temp", probed)}'::regclass AND contype = 'c'`,
  );
  const texts = new Map(rows.map((row) => [row.name, row.text]));
  const spellings: Record<string, string> = {};
  for (const { name, default: preset, generated } of table.columns) {
    keep(spellings, preset ?? generated, texts.get(`column ${name}`));
  }
  for (const [i, expression] of conditions.entries()) keep(spellings, expression, texts.get(`check probe_${i}`));
  return spellings;
}

function keep(spellings: Record<string, string>, declared: string | null, server: string | undefined): void {
  if (declared !== null && server !== undefined) spellings[declared] = stripOuterParentheses(server);
}
