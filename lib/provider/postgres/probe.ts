import type { TableModel } from "../../postgres/model";
import { expressionsOf } from "../../postgres/expressions";
import { createTable } from "../../postgres/sql";
import { createIndex } from "../../postgres/sql-index";
import { readTables } from "./inspect";
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
  const plain: TableModel = {
    ...table,
    schema: "pg_temp",
    name: probed,
    // Identities would take a sequence each, and say nothing of expressions.
    columns: table.columns.map((column) => ({ ...column, identity: null, compression: null })),
    partitioning: null,
    primaryKey: null,
    uniques: [],
    foreignKeys: [],
    storage: {},
  };
  await session.query(createTable(plain));
  const place = { schema: "pg_temp", table: probed, concurrently: false, only: false };
  for (const index of table.indexes) await session.query(createIndex(index, index.name, place));
  const [row] = await session.query<{ schema: string }>(
    "SELECT nspname AS schema FROM pg_namespace WHERE oid = pg_my_temp_schema()",
  );
  const [made] = await readTables(session, row?.schema ?? "", [probed]);
  const texts = made === undefined ? new Map<string, string>() : expressionsOf(made.model);
  const pairs = [...expressionsOf(plain)].map(([at, declared]) => [declared, texts.get(at)] as const);
  return Object.fromEntries(pairs.filter((pair): pair is [string, string] => pair[1] !== undefined));
}
