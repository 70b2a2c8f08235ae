import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Client } from "pg";
import type { Issue } from "../../lib/provider/issue";
import type { ValueMap } from "../../lib/provider/value";
import { StatementProxy } from "../../campaigns/crashes/statement-proxy";
import { codes, compressionsOf, connect, Deployment } from "./deployment";
import { Pooler } from "./pooler";
import { tableRuns } from "./table-runs";

jest.setTimeout(180_000);

const runs = tableRuns("bad_input");
let client: Client;

beforeAll(async () => {
  client = await runs.start();
  await client.query("CREATE SCHEMA s");
});

function table(name: string, more: object = {}): ValueMap {
  return { schema: "s", name, declaredBy: "orders", columns: [{ name: "id", type: "int8" }], ...more } as ValueMap;
}

/** What is in the schema, of any kind. */
async function inSchema(schema = "s"): Promise<number> {
  const { rows } = await client.query<{ n: number }>(
    "SELECT count(*)::int AS n FROM pg_class WHERE relnamespace = to_regnamespace(quote_ident($1))",
    [schema],
  );
  return rows[0]?.n ?? -1;
}

/** All that a user is told. */
function said(issues: readonly Issue[]): string {
  return issues.map(({ code, summary, detail }) => `${code}: ${summary}: ${detail}`).join("\n");
}

function on(more: ValueMap): Deployment {
  const deployment = Deployment.on(runs.database, "table", more);
  opened.push(deployment);
  return deployment;
}
const opened: Deployment[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((deployment) => deployment.close()));
});

const HOSTILE = [
  'a"b',
  "it's",
  "a.b",
  "semi;colon -- /* x */",
  "back\\slash",
  "$tag$",
  "ünïcödé 表 🦉",
  "select",
  "user",
  "tab\tnew\nline",
  " blank ",
  "%I {0} ${x}",
];
const LONG = ["x".repeat(63), "é".repeat(31) + "x", "🦉".repeat(15) + "abc"];

describe("a name", () => {
  test.each([...HOSTILE, ...LONG])("of %j is that of schema, table, column, key, index, check and comment", async (name) => {
    const other = Buffer.byteLength(name) > 60 ? `${[...name].slice(0, -1).join("")}y` : `${name}2`;
    const key = Buffer.byteLength(name) > 60 ? `k${[...name].slice(0, 12).join("")}` : `${name}_k`;
    await runs.run().also("schema").deploy({ name, declaredBy: "orders" } as ValueMap);
    const config: ValueMap = {
      schema: name,
      name,
      declaredBy: "orders",
      columns: [
        { name, type: "int8" },
        { name: "note", type: "text", nullable: true, comment: name },
      ],
      primaryKey: { name: key, columns: [name] },
      indexes: [{ name: `i${key}`, keys: [{ column: name }, { column: "note" }] }],
      checks: [{ name: other, expression: "note <> ''" }],
      comment: name,
    } as ValueMap;
    const deployment = runs.run();
    await deployment.deploy(config);
    expect(await runs.run(deployment.stored).plan(config)).toMatchObject({ action: "none", issues: [] });
    expect(await runs.run().plan(config)).toMatchObject({ action: "adopt", statements: [], issues: [] });
  });

  test.each([
    ["64 bytes", "x".repeat(64)],
    ["64 bytes in 32 letters", "é".repeat(32)],
    ["no letter", ""],
    ["a zero byte", "a\0b"],
    ["half a character", "a\ud83eb"],
  ])("of %s is refused wherever it stands, with nothing made", async (_what, name) => {
    const before = await inSchema();
    const planned = await runs.run().plan(
      table(name, {
        schema: name,
        columns: [{ name, type: "int8" }],
        primaryKey: { name, columns: [name] },
        indexes: [{ name, keys: [{ column: name }] }],
      }),
    );
    expect(new Set(codes(planned))).toEqual(new Set(["PG420", "PG422"]));
    for (const at of ["schema", "name", "columns[0].name", "primaryKey.name", "indexes[0].name"]) {
      expect(said(planned.issues)).toContain(at);
    }
    expect(said(planned.issues)).toContain("1 to 63 bytes");
    expect(await inSchema()).toBe(before);
  });
});

describe("a declaration", () => {
  test.each<[string, object]>([
    ["a default", { columns: [{ name: "id", type: "int8", default: "1); DROP SCHEMA s CASCADE; --" }] }],
    ["a default by a comment", { columns: [{ name: "id", type: "int8", default: "1 --" }] }],
    ["a default that closes a bracket", { columns: [{ name: "id", type: "int8", default: "1) (2" }] }],
    ["a default of more statements", { columns: [{ name: "id", type: "int8", default: "1; DROP SCHEMA s CASCADE" }] }],
    ["a default of more columns", { columns: [{ name: "id", type: "int8", default: "1, more text" }] }],
    ["a default with a constraint", { columns: [{ name: "id", type: "int8", default: "1 UNIQUE" }] }],
    ["a default with a check", { columns: [{ name: "id", type: "int8", default: "(1) CHECK (true)" }] }],
    ["a default with a key", { columns: [{ name: "id", type: "int8", default: "now() PRIMARY KEY" }] }],
    ["a default with an open quote", { columns: [{ name: "id", type: "int8", default: "'" }] }],
    ["a default with an open comment", { columns: [{ name: "id", type: "int8", default: "1 /* " }] }],
    ["a type", { columns: [{ name: "id", type: "int8); DROP SCHEMA s CASCADE; --" }] }],
    ["a type with a constraint", { columns: [{ name: "id", type: "int8 UNIQUE" }] }],
    ["a check", { checks: [{ name: "c", expression: "true); DROP SCHEMA s CASCADE; --" }] }],
    ["a collation", { columns: [{ name: "id", type: "text", collation: 'C" NOT NULL); DROP SCHEMA s CASCADE; --' }] }],
    ["a storage option", { storage: { "fillfactor = 70); DROP SCHEMA s CASCADE; --": "1" } }],
    ["a compression", { columns: [{ name: "id", type: "text", compression: "pglz DEFAULT 'x'" }] }],
    ["an index's method", { indexes: [{ name: "i", keys: [{ column: "id" }], method: "btree (id); --" }] }],
    ["an operator class", { indexes: [{ name: "i", keys: [{ column: "id", opclass: "int8_ops); --" }] }] }],
    ["a partition's bound", { partitioning: { strategy: "list", columns: ["id"], partitions: [{ name: "one", values: ["1); --"] }] } }], // prettier-ignore
    ["a removal", { removal: "drop-if-empty; DROP SCHEMA s CASCADE" }],
    ["a storage value", { storage: { fillfactor: "70); DROP SCHEMA s CASCADE; --" } }],
    ["a comment", { comment: "'; DROP SCHEMA s CASCADE; --", columns: [{ name: "id", type: "nothing" }] }],
  ])("that would smuggle in a statement by %s is told, and does nothing else", async (_what, more) => {
    const before = await inSchema();
    const deployment = runs.run();
    const planned = await deployment.plan(table("injected", more));
    const issues = planned.issues.length > 0 ? planned.issues : (await deployment.apply(planned)).issues;
    expect(issues).not.toEqual([]);
    expect(said(issues)).toMatch(/^PG4/);
    expect(deployment.stored).toBeNull();
    expect(await inSchema()).toBe(before);
  });
});
