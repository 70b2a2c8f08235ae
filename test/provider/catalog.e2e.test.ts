import type { Client } from "pg";
import { inspectTables } from "../../lib/provider/postgres/inspect";
import type { Session } from "../../lib/provider/postgres/connection";
import { freshDatabase } from "../e2e/servers";
import { connect } from "./deployment";

let client: Client;

beforeAll(async () => {
  client = await connect(await freshDatabase("catalog"));
  await client.query("SET search_path = pg_catalog");
});

afterAll(() => client.end());

test("a schema of a hundred tables is read with as many queries as one of a single table", async () => {
  const asked: string[] = [];
  const session: Session = {
    query: async (sql, values) => {
      asked.push(sql);
      return (await client.query(sql, values as unknown[])).rows as never[];
    },
    change: () => Promise.reject(new Error("a catalog is read")),
  };
  const counts: number[] = [];
  for (const [schema, count] of [
    ["one", 1],
    ["many", 100],
  ] as const) {
    await client.query(`CREATE SCHEMA ${schema}`);
    for (let n = 0; n < count; n++) {
      await client.query(
        `CREATE TABLE ${schema}.t${n} (id bigint PRIMARY KEY, a int UNIQUE, b text, CHECK (a > 0), FOREIGN KEY (id) REFERENCES ${schema}.t0);
         CREATE INDEX ON ${schema}.t${n} ((lower(b)))`,
      );
    }
    asked.length = 0;
    const found = await inspectTables(session, schema, null);
    expect(found).toHaveLength(count);
    expect(found.every(({ model }) => model.foreignKeys.length === 1 && model.indexes.length === 1)).toBe(true);
    counts.push(asked.length);
  }
  expect(counts).toEqual([7, 7]);
});
