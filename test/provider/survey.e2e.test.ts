import type { Client } from "pg";
import { importPostgres } from "../../lib/cli/import/import-postgres";
import type { EngineName } from "../../lib/cli/import/program-text";
import { readSchema } from "../../lib/cli/import/read-schema";
import type { AnyTableProps } from "../../lib/postgres/props-from-model";
import { tableModel } from "../../lib/postgres/table-props";
import { ensureOtherSchemas, type OtherSchema, serverVariables } from "../../tools/other-schemas";
import type { PostgresServer } from "../../tools/servers/state";
import { freshDatabase, POSTGRES } from "../e2e/servers";
import { connect, Deployment } from "./deployment";

jest.setTimeout(120_000);

interface Said {
  readonly exitCode: number;
  readonly tables: readonly { readonly id: string; readonly variable: string; readonly props: AnyTableProps }[];
  readonly program: string;
  readonly left: readonly { readonly code: string; readonly path: string; readonly message: string }[];
  readonly others: readonly { readonly path: string }[];
}

let database: PostgresServer;
let client: Client;

beforeAll(async () => {
  database = await freshDatabase("survey");
  client = await connect(database);
});

afterAll(() => client.end());

async function imported(target: PostgresServer, schema: string, engine: EngineName = "cdktf"): Promise<Said> {
  const question = { schema, engine, out: null, imports: null };
  const { json } = await importPostgres(question, serverVariables(target), readSchema);
  return json as Said;
}

/** What an import by the engine, and the deploy after it, would do to a table: its statements. */
async function takenOver(target: PostgresServer, table: Said["tables"][number]): Promise<readonly string[]> {
  const deployment = Deployment.on(target, "table");
  try {
    const found = await deployment.handlers.import("table", table.id);
    expect(found.issues).toEqual([]);
    deployment.stored = found.stored;
    const config = { ...tableModel(table.props), declaredBy: "orders" } as unknown as Record<string, never>;
    const statements = await deployment.deploy(config);
    expect(await deployment.plan(config)).toMatchObject({ action: "none", issues: [] });
    return statements;
  } finally {
    await deployment.close();
  }
}

describe("tables that others have designed", () => {
  let schemas: readonly OtherSchema[];
  beforeAll(async () => {
    schemas = await ensureOtherSchemas();
  });

  const accounts = ["accounts", "branches", "history", "tellers"].map((each) => `pgbench_${each}`);

  test.each([
    ["pgbench", accounts, []],
    ["pgbench, partitioned by hash", accounts, []],
    ["pgbench, partitioned by range", accounts, []],
    ["Emmett", ["messages", "processors", "projections", "streams"].map((each) => `emt_${each}`), []],
    ["pg-boss", ["archive", "job", "schedule", "subscription", "version"], []],
    ["graphile-worker", ["migrations"], ["it has row level security"]],
  ] as const)("of %s are declared, and nothing about them changes but who declares them", async (name, taken, why) => {
    const { schema, make } = schemas.find((each) => each.name === name)!;
    const target = await freshDatabase("others");
    await make(target);
    const { tables, left } = await imported(target, schema);
    expect(tables.map(({ props }) => props.name)).toEqual(taken);
    expect([...new Set(left.map(({ message }) => message.replace(/.*taken over: /, "")))]).toEqual(why);
    for (const each of tables)
      expect(await takenOver(target, each)).toEqual([expect.stringMatching(/^COMMENT ON TABLE/)]);
  });
});

test("tables of any name are declared, each under a variable of its own", async () => {
  const names = ["Order Items", "order_items", "order-items", "class", "1st", 'odd "name" */', "__proto__", "données", "表", "é".repeat(31), "😀", "a${b}%{c}`", "constructor"]; // prettier-ignore
  const schema = 'my "schema"';
  const quoted = (name: string): string => `"${name.replace(/"/g, '""')}"`;
  await client.query(`CREATE SCHEMA ${quoted(schema)}`);
  for (const name of names) {
    await client.query(
      `CREATE TABLE ${quoted(schema)}.${quoted(name)} ("__proto__" int, "2" int DEFAULT 3, ${quoted(`c ${name.slice(0, 20)}`)} text DEFAULT '"''\\', CHECK ("2" > 0), PRIMARY KEY ("2"))`,
    );
  }
  const said = await imported(database, schema);
  expect(said.left).toEqual([]);
  expect(said.tables.map(({ props }) => props.name).sort()).toEqual([...names].sort());
  expect(new Set(said.tables.map(({ variable }) => variable)).size).toBe(names.length);
  expect(await imported(database, schema)).toEqual(said);
  for (const each of said.tables) expect(await takenOver(database, each)).toHaveLength(1);
});

test("what is not declared is named with a reason: tables, parts of tables, other objects", async () => {
  await client.query(`
    CREATE SCHEMA app; CREATE SCHEMA other;
    CREATE EXTENSION postgres_fdw; CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw; CREATE EXTENSION hstore SCHEMA app;
    CREATE TYPE app.mood AS ENUM ('glad'); CREATE DOMAIN app.amount AS int; CREATE TYPE app.pair AS (a int, b int);
    CREATE SEQUENCE app.numbers; CREATE COLLATION app.german (locale = 'C');
    CREATE TABLE app.parent (id int); CREATE TABLE app.heir () INHERITS (app.parent);
    CREATE TABLE app.ruled (id int); CREATE RULE quiet AS ON DELETE TO app.ruled DO INSTEAD NOTHING;
    CREATE TABLE app.guarded (id int); ALTER TABLE app.guarded ENABLE ROW LEVEL SECURITY;
    CREATE POLICY mine ON app.guarded USING (true);
    CREATE TABLE app.typed OF app.pair; CREATE UNLOGGED TABLE app.unlogged (id int);
    CREATE FOREIGN TABLE app.distant (id int) SERVER far;
    CREATE TABLE app.declared (id int); COMMENT ON TABLE app.declared IS 'eventloom:shop';
    CREATE TABLE other.split (id int) PARTITION BY HASH (id);
    CREATE TABLE app.piece PARTITION OF other.split FOR VALUES WITH (MODULUS 1, REMAINDER 0);
    CREATE FUNCTION app.f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
    CREATE VIEW app.seen AS SELECT 1 AS one;
    CREATE TABLE app.rich (id int GENERATED ALWAYS AS IDENTITY (START 7) PRIMARY KEY, note text, n serial, at point,
      CONSTRAINT positive CHECK (n > 0));
    ALTER TABLE app.rich REPLICA IDENTITY FULL, ALTER note SET STORAGE EXTERNAL, ALTER note SET STATISTICS 7,
      ADD CONSTRAINT open CHECK (n < 9) NOT VALID, ADD CONSTRAINT points FOREIGN KEY (n) REFERENCES app.rich NOT VALID;
    GRANT SELECT ON app.rich TO PUBLIC; GRANT UPDATE (note) ON app.rich TO PUBLIC;
    CREATE INDEX spatial ON app.rich USING spgist (at); CLUSTER app.rich USING rich_pkey;
    CREATE STATISTICS app.linked ON n, id FROM app.rich; CREATE PUBLICATION told FOR TABLE app.rich;
    GRANT USAGE ON SCHEMA app TO PUBLIC; CREATE PUBLICATION whole FOR TABLES IN SCHEMA app;
    COMMENT ON CONSTRAINT positive ON app.rich IS 'why'; COMMENT ON INDEX app.spatial IS 'where';
    CREATE TRIGGER sometimes BEFORE UPDATE ON app.rich FOR EACH ROW WHEN (NEW.n > 1) EXECUTE FUNCTION app.f();
    CREATE TRIGGER off BEFORE INSERT ON app.rich FOR EACH ROW EXECUTE FUNCTION app.f();
    ALTER TABLE app.rich DISABLE TRIGGER off; COMMENT ON TRIGGER off ON app.rich IS 'later'`);
  const said = await imported(database, "app");
  expect(said.exitCode).toBe(1);
  expect(said.tables.map(({ props }) => props.name)).toEqual(["rich"]);
  const left = said.left.map(({ code, path, message }) => `${code} ${path} ${message.replace(/^[^:]*: /, "")}`);
  expect(left).toEqual([
    'CL550 app.declared "shop" declares it already',
    "CL550 app.guarded it has row level security",
    "CL550 app.guarded policy mine",
    "CL550 app.heir it inherits from another table",
    "CL550 app.parent table app.heir inherits from it",
    ...[
      "column id: how its identity counts",
      "column note: how it is stored",
      "column note: how statistics are gathered",
      "column note: what roles may do with it",
      "comment of constraint positive on table app.rich",
      "comment of index app.spatial",
      "comment of trigger off on table app.rich",
      "index rich_pkey: CLUSTER follows it",
      "its replica identity",
      "publication told",
      "statistics linked",
      "what roles may do with it",
      'index "spatial"',
      'trigger "off"',
      'trigger "sometimes"',
    ].map((each) => `CL551 app.rich ${each}`),
    'CL553 app.rich check "open"',
    "CL550 app.ruled rule quiet rewrites what it is asked",
    "CL550 app.typed it is a table of type app.pair",
    "CL550 app.unlogged it is unlogged",
    "CL550 app.distant it is a foreign table",
    "CL550 app.piece it is a partition of another schema's table",
  ]);
  expect(said.tables[0]?.props.foreignKeys).toMatchObject([{ name: "points", validated: false }]);
  expect(await takenOver(database, said.tables[0]!)).toEqual([
    expect.stringMatching(/^COMMENT ON TABLE/),
    expect.stringContaining('VALIDATE CONSTRAINT "open"'),
  ]);
  expect(said.others.map(({ path }) => path)).toEqual(
    ["collation german", "domain amount", "enum mood", "extension hstore", "function f()", "grants on the schema to public", "publication whole", "sequence numbers", "sequence rich_n_seq", "type pair", "view seen"].map((each) => `app: ${each}`), // prettier-ignore
  );
});

describe("a server that can't be asked", () => {
  test.each([
    ["without a user", { PGUSER: undefined }, "PG450"],
    ["with a wrong password", { PGPASSWORD: "wrong" }, "PG452"],
    ["where none listens", { PGPORT: "1" }, "PG451"],
    ["with a database that is not there", { PGDATABASE: "nowhere" }, "PG453"],
  ])("%s is said with its code, and without the password", async (_, environment, code) => {
    const question = { schema: "public", engine: "cdktf", out: null, imports: null } as const;
    const variables = { ...serverVariables(database), ...environment };
    const result = await importPostgres(question, variables, readSchema);
    expect(result).toMatchObject({ exitCode: 2, text: expect.stringMatching(`^${code} public: `) });
    expect(JSON.stringify(result)).not.toContain(database.password);
  });

  test("a schema that is not there, or has no table, is none of its mistakes", async () => {
    await client.query("CREATE SCHEMA bare");
    const ask = async (schema: string): Promise<unknown> =>
      importPostgres({ schema, engine: "cdktf", out: null, imports: null }, serverVariables(database), readSchema);
    expect(await ask("nowhere")).toMatchObject({ exitCode: 1, text: expect.stringMatching(/^CL554 nowhere: no such/) });
    expect(await ask("bare")).toMatchObject({ exitCode: 1, text: expect.stringMatching(/^CL555 bare: no table/) });
  });
});

test("what only Postgres 18 has bars a table that has it", async () => {
  await client.query("CREATE SCHEMA newer");
  await client.query("CREATE TABLE newer.plain (id int)");
  if ((POSTGRES ?? 15) >= 18) await client.query("CREATE TABLE newer.late (id int, n int GENERATED ALWAYS AS (id))");
  const { left } = await imported(database, "newer");
  expect(left.map(({ path }) => path)).toEqual((POSTGRES ?? 15) >= 18 ? ["newer.late"] : []);
});
