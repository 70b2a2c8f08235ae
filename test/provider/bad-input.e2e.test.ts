import type { Client } from "pg";
import type { Issue } from "../../lib/provider/issue";
import type { ValueMap } from "../../lib/provider/value";
import { StatementProxy } from "../../campaigns/crashes/statement-proxy";
import { codes, Deployment } from "./deployment";
import { Pooler } from "./pooler";
import { standbyOf } from "./standby";
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
  test.each([...HOSTILE, ...LONG])(
    "of %j is that of schema, table, column, key, index, check and comment",
    async (name) => {
      const other = Buffer.byteLength(name) > 60 ? `${[...name].slice(0, -1).join("")}y` : `${name}2`;
      const key = Buffer.byteLength(name) > 60 ? `k${[...name].slice(0, 12).join("")}` : `${name}_k`;
      await runs
        .run()
        .also("schema")
        .deploy({ name, declaredBy: "orders" } as ValueMap);
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
    },
  );

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

  const columns = [
    { name: "id", type: "int8" },
    { name: "at", type: "date" },
  ];
  const range = (...bounds: [string, string][]): object => ({
    columns,
    partitioning: {
      strategy: "range",
      columns: ["at"],
      partitions: bounds.map(([from, to], n) => ({ name: `part${n}`, from: [from], to: [to] })),
    },
  });

  test.each<[string, object, string, string]>([
    ["partitioned by what its key lacks", { columns, primaryKey: { name: "k", columns: ["id"] }, partitioning: { strategy: "hash", columns: ["at"], modulus: 2 } }, "PG423", "add at to it"], // prettier-ignore
    ["whose partitions overlap", range(["'2026-01-01'", "'2026-03-01'"], ["'2026-02-28'", "'2026-04-01'"]), "PG432", "part1"], // prettier-ignore
    ["whose partition ends where it begins", range(["'2026-01-01'", "'2026-01-01'"]), "PG432", "exchange them"],
    ["of a partition column that it lacks", { partitioning: { strategy: "hash", columns: ["no"], modulus: 2 } }, "PG421", "id"], // prettier-ignore
    ["with a function that this server is too old for", { columns: [{ name: "id", type: "uuid", default: "uuidv7()" }] }, "PG415", "18"], // prettier-ignore
    ["with a collation that this server is too old for", { columns: [{ name: "id", type: "text", collation: "pg_c_utf8" }] }, "PG415", "17"], // prettier-ignore
  ])("of a table %s is refused by the plan", async (_what, more, code, text) => {
    const planned = await runs.run().plan(table("refused", more));
    expect(codes(planned)).toContain(code);
    expect(said(planned.issues)).toContain(text);
  });

  test.each<[string, object, RegExp]>([
    ["type", { columns: [{ name: "id", type: "colour" }] }, /type "colour" does not exist.*SQLSTATE 42704\); see that/],
    ["type of another schema", { columns: [{ name: "id", type: "paint.colour" }] }, /schema "paint" does not exist.*declare the schema/], // prettier-ignore
    ["function in a default", { columns: [{ name: "id", type: "int8", default: "s.nothing()" }] }, /function s.nothing\(\) does not exist.*42883/], // prettier-ignore
    ["column in a check", { checks: [{ name: "c", expression: "nothing > 0" }] }, /column "nothing" does not exist.*42703\); name one/], // prettier-ignore
    ["storage option", { storage: { fillfactr: "70" } }, /unrecognized parameter "fillfactr".*22023\); correct/],
    ["collation", { columns: [{ name: "id", type: "text", collation: "klingon" }] }, /collation "klingon".*does not exist.*42704/], // prettier-ignore
    ["table in a foreign key", { foreignKeys: [{ name: "f", columns: ["id"], referencesSchema: "s", referencesTable: "nothing", referencesColumns: ["id"] }] }, /relation "s.nothing" does not exist.*42P01/], // prettier-ignore
    ["schema", { schema: "nowhere" }, /schema "nowhere" does not exist.*SQLSTATE 3F000\); declare the schema/],
  ])("that names an unknown %s is told by the apply, which makes nothing", async (_what, more, text) => {
    const before = await inSchema();
    const deployment = runs.run();
    const planned = await deployment.plan(table("unknown", more));
    expect(planned.issues).toEqual([]);
    const applied = await deployment.apply(planned);
    expect(codes(applied)).toEqual(["PG459"]);
    expect(said(applied.issues)).toMatch(text);
    expect(said(applied.issues)).toMatch(/while trying to create table \S+\.unknown/);
    expect(deployment.stored).toBeNull();
    expect(await inSchema()).toBe(before);
  });

  test("of grants to a role that is not there names it", async () => {
    const grants = runs.run().also("grants");
    const planned = await grants.plan({ schema: "s", role: "nobody here", declaredBy: "orders", privileges: ["usage"] } as ValueMap); // prettier-ignore
    const issues = planned.issues.length > 0 ? planned.issues : (await grants.apply(planned)).issues;
    expect(said(issues)).toMatch(/PG4.*role "nobody here" does not exist/s);
  });
});

describe("a server", () => {
  test("that follows another is planned on, and an apply is refused and changes nothing", async () => {
    const deployment = runs.run();
    await deployment.deploy(table("followed"));
    const standby = await standbyOf(runs.database);
    try {
      const reading = on({ port: standby.database.port });
      reading.stored = deployment.stored;
      expect(await reading.plan(table("followed"))).toMatchObject({ action: "none", issues: [] });
      const wider = table("followed", { comment: "more", checks: [{ name: "c", expression: "id > 0" }] });
      const planned = await reading.plan(wider);
      expect(planned).toMatchObject({ action: "update", issues: [] });
      const applied = await reading.apply(planned);
      expect(applied.issues).toMatchObject([{ code: "PG454", summary: "the server takes no writes" }]);
      expect(said(applied.issues)).toMatch(/read-only transaction.*; connect to the primary/);
      expect(applied.stored?.attributes["checks"]).toEqual([]);
      const creating = on({ port: standby.database.port });
      expect(codes(await creating.apply(await creating.plan(table("never"))))).toEqual(["PG454"]);
    } finally {
      await standby.stop();
    }
  });

  test("whose database was made read-only says who may know", async () => {
    const name = runs.database.database;
    await client.query(`ALTER DATABASE "${name}" SET default_transaction_read_only = on`);
    const reading = on({});
    const applied = await reading.apply(await reading.plan(table("frozen")));
    await client.query(`ALTER DATABASE "${name}" RESET default_transaction_read_only`);
    expect(codes(applied)).toEqual(["PG454"]);
    expect(said(applied.issues)).toContain("default_transaction_read_only");
  });

  test("that has no such database is told by name", async () => {
    const planned = await on({ database: 'no "such" one' }).plan(table("t"));
    expect(codes(planned)).toEqual(["PG453"]);
    expect(said(planned.issues)).toMatch(/no database "no "such" one".*create it first, or correct database/);
  });

  test("whose database is another than the state was made with shows in the plan that nothing is there", async () => {
    const deployment = runs.run();
    await deployment.deploy(table("elsewhere"));
    const other = on({ database: "postgres" });
    other.stored = deployment.stored;
    const planned = await other.plan(table("elsewhere"));
    expect(planned).toMatchObject({ action: "create" });
    expect(codes(await other.apply(planned))).toEqual(["PG459"]);
    expect(await runs.run(deployment.stored).plan(table("elsewhere"))).toMatchObject({ action: "none" });
  });

  test.each([1, 3])(
    "behind a pooler that shares %d sessions by transaction is refused before anything is set",
    async (sessions) => {
      const pooler = await Pooler.start(runs.database, "transaction", sessions);
      try {
        const pooled = on({ host: "127.0.0.1", port: pooler.port });
        const planned = await pooled.plan(table("pooled"));
        expect(codes(planned)).toEqual(["PG473"]);
        expect(said(planned.issues)).toMatch(/connect to the server itself, or .*pool_mode = session/);
        expect(codes(await pooled.plan(table("pooled_too")))).toEqual(["PG473"]);
        expect(await pooler.setting("search_path")).not.toContain("pg_catalog");
      } finally {
        await pooler.close();
      }
    },
  );

  test.each([1, 3])(
    "behind a pooler that lends %d sessions for as long as they are needed is as good as any",
    async (sessions) => {
      const pooler = await Pooler.start(runs.database, "session", sessions);
      try {
        const name = `lent${sessions}`;
        const lent = on({ host: "127.0.0.1", port: pooler.port });
        await lent.deploy(table(name));
        expect(await runs.run(lent.stored).plan(table(name))).toMatchObject({ action: "none", issues: [] });
      } finally {
        await pooler.close();
      }
    },
  );

  test("that goes away at any statement of a change is reported, and the next run completes it", async () => {
    const wide = { indexes: [{ name: "gone_n", keys: [{ column: "n" }] }], comment: "whole" };
    const columns = [
      { name: "id", type: "int8" },
      { name: "n", type: "int4", default: "0" },
    ];
    for (let at = 1; ; at++) {
      await client.query("DROP TABLE IF EXISTS s.gone");
      const deployment = runs.run();
      await deployment.deploy(table("gone"));
      const proxy: StatementProxy = await StatementProxy.start(runs.database, {
        sending: (statement) => (statement.at === at ? proxy.cut() : undefined),
      });
      const cut = on({ host: "127.0.0.1", port: proxy.port });
      cut.stored = deployment.stored;
      const applied = await cut.apply(await cut.plan(table("gone", { columns, ...wide })));
      const passed = proxy.statements.length;
      await proxy.close();
      if (passed < at) {
        expect(applied.issues).toEqual([]);
        expect(at).toBeGreaterThan(3);
        break;
      }
      expect(codes(applied)).toEqual(["PG451"]);
      expect(said(applied.issues)).toMatch(/run the same command again/);
      const next = runs.run(applied.stored);
      await next.deploy(table("gone", { columns, ...wide }));
      expect(await runs.run(next.stored).plan(table("gone", { columns, ...wide }))).toMatchObject({ action: "none" });
    }
  });
});
