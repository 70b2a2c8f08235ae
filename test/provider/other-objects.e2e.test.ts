import type { Client } from "pg";
import { freshDatabase } from "../e2e/servers";
import { codes, connect, Deployment, type TestDatabase } from "./deployment";
import type { Kind } from "../../lib/provider/schema";

jest.setTimeout(120_000);

let database: TestDatabase;
let client: Client;
const opened: Deployment[] = [];

beforeAll(async () => {
  database = await freshDatabase("objects");
  client = await connect(database);
  await client.query("CREATE SCHEMA s");
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((deployment) => deployment.close()));
});

afterAll(() => client.end());

function run(kind: Kind, stored: Deployment["stored"] = null): Deployment {
  const deployment = Deployment.on(database, kind);
  deployment.stored = stored;
  opened.push(deployment);
  return deployment;
}

type Config = Record<string, never>;

function fn(name: string, more: object = {}): Config {
  return {
    schema: "s",
    name,
    declaredBy: "orders",
    language: "sql",
    returns: "int4",
    body: "SELECT 1",
    ...more,
  } as unknown as Config;
}

describe("a function", () => {
  test("with every kind of argument is created, and planned again without a change", async () => {
    const config = fn("many", {
      language: "plpgsql",
      returns: null,
      arguments: [
        { name: "p_id", type: "text" },
        { name: "p_at", type: "timestamptz", default: "now()" },
        { name: "p_ids", type: "uuid[]", default: "'{}'" },
        { name: "total", type: "int8", mode: "out" },
        { name: "last", type: "xid8", mode: "out" },
      ],
      volatility: "stable",
      parallel: "safe",
      strict: true,
      securityDefiner: true,
      settings: { search_path: "pg_catalog,pg_temp", work_mem: "8MB" },
      body: "BEGIN total := 1; last := '5'; END -- it's $$ dollars $",
      comment: "counts",
    });
    const deployment = run("function");
    await deployment.deploy(config);
    expect(deployment.stored?.attributes["id"]).toBe("s.many(text,timestamp with time zone,uuid[])");
    expect(await run("function", deployment.stored).plan(config)).toMatchObject({ action: "none", issues: [] });
    expect((await client.query("SELECT s.many('a')")).rows).toEqual([{ many: "(1,5)" }]);
    const { rows } = await client.query(
      "SELECT count(*)::int AS open FROM pg_proc p, aclexplode(p.proacl) a WHERE p.proname = 'many' AND a.grantee = 0",
    );
    expect(rows).toEqual([{ open: 0 }]);
  });

  test("that returns a table is created, and planned again without a change", async () => {
    const config = fn("rows", {
      returns: null,
      arguments: [
        { name: "n", type: "int" },
        { name: "x", type: "int", mode: "table" },
      ],
      body: "SELECT generate_series(1, n)",
    });
    const deployment = run("function");
    await deployment.deploy(config);
    expect(await run("function", deployment.stored).plan(config)).toMatchObject({ action: "none", issues: [] });
  });

  test("gets a new body, volatility, setting and comment in place, also when changed by hand", async () => {
    const deployment = run("function");
    await deployment.deploy(fn("body"));
    const config = fn("body", {
      body: "SELECT 2",
      volatility: "immutable",
      settings: { work_mem: "4MB" },
      comment: "two",
    });
    const next = run("function", deployment.stored);
    const statements = await next.deploy(config);
    expect(statements).toHaveLength(2);
    expect(statements[0]).toMatch(/^CREATE OR REPLACE FUNCTION "s"."body"\(\)/);
    await client.query("CREATE OR REPLACE FUNCTION s.body() RETURNS int LANGUAGE sql AS 'SELECT 3'");
    await run("function", next.stored).deploy(config);
    expect((await client.query("SELECT s.body()")).rows).toEqual([{ body: 2 }]);
  });

  test("keeps its signature: another result, another argument name", async () => {
    const deployment = run("function");
    const one = [{ name: "a", type: "int" }];
    await deployment.deploy(fn("signed", { arguments: one }));
    for (const change of [
      { arguments: one, returns: "bigint", body: "SELECT 1::bigint" },
      { arguments: [{ name: "b", type: "int" }] },
      { arguments: [{ name: "a", type: "text" }] },
    ]) {
      expect(codes(await run("function", deployment.stored).plan(fn("signed", change)))).toEqual(["PG409"]);
    }
  });

  test("is dropped with its resource, but kept with a warning while a table needs it", async () => {
    const deployment = run("function");
    const body = "BEGIN RETURN NEW; END";
    await deployment.deploy(fn("guard", { language: "plpgsql", returns: "trigger", body }));
    await client.query("CREATE TABLE s.needs (id int)");
    await client.query("CREATE TRIGGER t BEFORE INSERT ON s.needs FOR EACH ROW EXECUTE FUNCTION s.guard()");
    const next = run("function", deployment.stored);
    const planned = await next.plan(null);
    expect(planned).toMatchObject({ action: "drop", statements: ['DROP FUNCTION "s"."guard"()'] });
    const kept = await next.apply(planned);
    expect(kept.stored).toBeNull();
    expect(kept.issues).toMatchObject([
      { severity: "warning", code: "PG468", detail: expect.stringContaining("s.needs") },
    ]);
    await client.query("DROP TABLE s.needs");
    const last = run("function", deployment.stored);
    expect(await last.apply(await last.plan(null))).toEqual({ stored: null, issues: [] });
    expect((await client.query("SELECT to_regproc('s.guard') AS found")).rows).toEqual([{ found: null }]);
  });
});

describe("a sequence", () => {
  const config = { schema: "s", name: "position", declaredBy: "orders" } as unknown as Config;

  test("is created, changed in its cache, and forgotten rather than dropped", async () => {
    const deployment = run("sequence");
    await deployment.deploy(config);
    const wider = { ...config, cache: 32 } as unknown as Config;
    expect(await run("sequence", deployment.stored).deploy(wider)).toEqual(['ALTER SEQUENCE "s"."position" CACHE 32']);
    const next = run("sequence", deployment.stored);
    const planned = await next.plan(null);
    expect(planned).toMatchObject({ action: "forget", statements: [] });
    expect(await next.apply(planned)).toEqual({ stored: null, issues: [] });
    expect(await run("sequence").plan(wider)).toMatchObject({ action: "adopt", statements: [] });
  });
});

describe("a schema", () => {
  const config = { name: "own", declaredBy: "orders", comment: "ours" } as unknown as Config;

  test("is created, adopted, dropped when empty, and kept with a warning otherwise", async () => {
    const deployment = run("schema");
    expect(await deployment.deploy(config)).toEqual([
      'CREATE SCHEMA "own"',
      `COMMENT ON SCHEMA "own" IS 'ours\neventloom:orders'`,
    ]);
    expect(await run("schema").plan(config)).toMatchObject({ action: "adopt", statements: [] });
    await client.query("CREATE TABLE own.t (id int)");
    const next = run("schema", deployment.stored);
    expect((await next.apply(await next.plan(null))).issues).toMatchObject([{ severity: "warning", code: "PG468" }]);
    await client.query("DROP TABLE own.t");
    const last = run("schema", deployment.stored);
    expect(await last.apply(await last.plan(null))).toEqual({ stored: null, issues: [] });
  });

  test("that somebody else made is not taken over unasked", async () => {
    await client.query("CREATE SCHEMA theirs");
    expect(codes(await run("schema").plan({ ...config, name: "theirs" } as unknown as Config))).toEqual(["PG461"]);
  });
});
