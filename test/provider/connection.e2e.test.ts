import type { Client } from "pg";
import { freshDatabase } from "../e2e/servers";
import { createHandlers } from "../../lib/provider/handlers";
import { StatementProxy } from "../../campaigns/crashes/statement-proxy";
import { codes, connect, Deployment, providerConfig, written, type TestDatabase } from "./deployment";
import { UNKNOWN, type ValueMap } from "../../lib/provider/value";

jest.setTimeout(120_000);

let database: TestDatabase;
let client: Client;
const opened: Deployment[] = [];

beforeAll(async () => {
  database = await freshDatabase("connection");
  client = await connect(database);
  await client.query("CREATE SCHEMA s");
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((deployment) => deployment.close()));
});

afterAll(() => client.end());

function run(more: ValueMap = {}): Deployment {
  const deployment = Deployment.on(database, "table", more);
  opened.push(deployment);
  return deployment;
}

function table(name: string, more: object = {}): Record<string, never> {
  const columns = [{ name: "id", type: "int8" }];
  return { schema: "s", name, declaredBy: "orders", columns, ...more } as unknown as Record<string, never>;
}

describe("a server that can't be used", () => {
  test.each([
    ["that is down", { port: 1 }, "PG451", "can't be reached"],
    ["that nobody knows", { host: "no-such-host.invalid" }, "PG451", "can't be reached"],
    ["with another password", { password: "not the secret" }, "PG452", "refuses the login"],
    ["without the database", { database: "nowhere" }, "PG453", "there is no database"],
    ["without TLS where it is asked for", { sslmode: "verify-full" }, "PG455", "can't be protected"],
  ])("%s gives one issue with a fix and no secret", async (_what, more, code, text) => {
    const planned = await run(more).plan(table("t"));
    expect(codes(planned)).toEqual([code]);
    const said = JSON.stringify(planned.issues);
    expect(said).toContain(text);
    for (const secret of [database.password, "not the secret", "    at "]) expect(said).not.toContain(secret);
  });

  test("with too few rights says which role lacks one", async () => {
    const role = `weak_${database.database}`;
    await client.query(`CREATE ROLE "${role}" LOGIN PASSWORD 'weak'`);
    const weak = run({ username: role, password: "weak" });
    const applied = await weak.apply(await weak.plan(table("t")));
    expect(applied.issues).toMatchObject([{ code: "PG454", summary: `"${role}" lacks a right` }]);
    expect(applied.stored).toBeNull();
  });

  test("whose settings are missing or wrong is not asked: all of it is said at once", () => {
    const { issues } = createHandlers({ PGPORT: "70000", PGSSLMODE: "prefer" }).configure(
      providerConfig(database, { database: null, username: null, port: null, sslmode: null }),
    );
    expect(issues.map((issue) => issue.attribute).sort()).toEqual(["database", "port", "sslmode", "username"]);
    expect(issues.every((issue) => issue.code === "PG450")).toBe(true);
  });

  test("takes from the environment what the configuration leaves out", async () => {
    const handlers = createHandlers({
      PGHOST: database.host,
      PGPORT: String(database.port),
      PGUSER: database.username,
      PGPASSWORD: database.password,
      PGDATABASE: database.database,
      PGSSLMODE: "disable",
    });
    expect(handlers.configure({})).toEqual({ issues: [] });
    const deployment = new Deployment(handlers, "table");
    opened.push(deployment);
    expect(await deployment.plan(table("env"))).toMatchObject({ action: "create", issues: [] });
  });

  test("that isn't known yet leaves creates open, keeps the state and warns once", async () => {
    const known = run();
    await known.deploy(table("early"));
    const handlers = createHandlers({});
    handlers.configure({ ...providerConfig(database), host: UNKNOWN });
    const create = await handlers.plan("table", { prior: null, config: written("table", table("late")) });
    expect(create).toMatchObject({ action: "later", statements: null });
    expect(create.issues).toMatchObject([{ severity: "warning", code: "PG469" }]);
    expect(await handlers.read("table", known.stored!)).toEqual({ stored: known.stored, issues: [] });
    expect(codes(await handlers.apply("table", { prior: known.stored, planned: null, private: null }))).toEqual([
      "PG469",
    ]);
  });
});

describe("a table in use", () => {
  test("is altered between the transactions that hold it, without making others wait for long", async () => {
    const deployment = run({ lockTimeout: 0.1 });
    await deployment.deploy(table("busy"));
    await client.query("BEGIN");
    await client.query("SELECT * FROM s.busy");
    const planned = await deployment.plan(
      table("busy", {
        storage: {},
        columns: [
          { name: "id", type: "int8" },
          { name: "more", type: "text", nullable: true },
        ],
      }),
    );
    const applying = deployment.apply(planned);
    await new Promise((resolve) => setTimeout(resolve, 700));
    const other = await connect(database);
    const started = Date.now();
    await other.query("SELECT * FROM s.busy");
    expect(Date.now() - started).toBeLessThan(500);
    await other.end();
    await client.query("COMMIT");
    const { issues } = await applying;
    expect(issues).toMatchObject([{ severity: "warning", code: "PG471" }]);
    expect(issues[0]?.detail).toMatch(
      /^to add column more took \d+ tries in \d+\.\d seconds, since others used the table/,
    );
  });

  test("is given up on with the reason when the lock is never had", async () => {
    const deployment = run({ lockTimeout: 0.02 });
    await deployment.deploy(table("held"));
    await client.query("BEGIN");
    await client.query("SELECT * FROM s.held");
    const planned = await deployment.plan(table("held", { checks: [{ name: "c", expression: "id > 0" }] }));
    const applied = await deployment.apply(planned);
    await client.query("COMMIT");
    expect(codes(applied)).toEqual(["PG457"]);
    expect(applied.issues[0]?.detail).toMatch(
      /\(add check c for new rows\), after 15 tries in \d+\.\d seconds; now it is held by process \d+, idle in transaction, in a transaction since \d{4}-/,
    );
    expect(applied.stored?.attributes["checks"]).toEqual([]);
  });

  test("waits for another deploy of its schema, and a stop ends the wait", async () => {
    await client.query("SELECT pg_advisory_lock(hashtextextended('eventloom:schema:s', 0))");
    const deployment = run();
    const planned = await deployment.plan(table("queued"));
    const applying = deployment.apply(planned);
    await new Promise((resolve) => setTimeout(resolve, 200));
    deployment.handlers.stop();
    expect(codes(await applying)).toEqual(["PG460"]);
    await client.query("SELECT pg_advisory_unlock(hashtextextended('eventloom:schema:s', 0))");
    const next = run();
    expect((await next.apply(await next.plan(table("queued")))).issues).toEqual([]);
  });

  test("is read when another deploy is done with it, so that a plan is not made of what is half done", async () => {
    await run().deploy(table("halfway"));
    await client.query("SELECT pg_advisory_lock(hashtextextended('eventloom:schema:s', 0))");
    const planning = run().plan(table("halfway"));
    await client.query("COMMENT ON TABLE s.halfway IS NULL");
    await new Promise((resolve) => setTimeout(resolve, 300));
    await client.query("COMMENT ON TABLE s.halfway IS 'eventloom:orders'");
    await client.query("SELECT pg_advisory_unlock(hashtextextended('eventloom:schema:s', 0))");
    expect(await planning).toMatchObject({ action: "adopt", statements: [], issues: [] });
  });

  test("is read all the same when another deploy takes longer than ten lock timeouts", async () => {
    await client.query("SELECT pg_advisory_lock(hashtextextended('eventloom:schema:s', 0))");
    const began = Date.now();
    const planned = await run({ lockTimeout: 0.05 }).plan(table("meanwhile"));
    await client.query("SELECT pg_advisory_unlock(hashtextextended('eventloom:schema:s', 0))");
    expect(planned).toMatchObject({ action: "create", issues: [] });
    expect(Date.now() - began).toBeGreaterThanOrEqual(500);
  });

  test("is given back soon after the process that held it is gone, whatever its statement still waits for", async () => {
    const reader = await connect(database);
    await run().deploy(table("orphaned"));
    await reader.query("BEGIN");
    await reader.query("LOCK TABLE s.orphaned IN ACCESS EXCLUSIVE MODE");
    const proxy = await StatementProxy.start(database);
    const lost = run({ host: "127.0.0.1", port: proxy.port, lockTimeout: 60 });
    const config = table("orphaned", { comment: "new" });
    const planned = await lost.plan(config);
    const applying = lost.apply(planned);
    const untilHeldBy = async (n: number): Promise<boolean> => {
      const held = "SELECT count(*)::int AS n FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1";
      const deadline = Date.now() + 10_000;
      while (Date.now() < deadline) {
        if ((await client.query<{ n: number }>(held)).rows[0]?.n === n) return true;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      return false;
    };
    expect(await untilHeldBy(1)).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 200));
    await proxy.close();
    expect(codes(await applying)).toEqual(["PG451"]);
    expect(await untilHeldBy(0)).toBe(true);
    await reader.end();
  });

  test("is given up on when another deploy never ends, which is named", async () => {
    await client.query("SELECT pg_advisory_lock(hashtextextended('eventloom:schema:s', 0))");
    const deployment = run({ lockTimeout: 0.01 });
    const applied = await deployment.apply(await deployment.plan(table("blocked")));
    await client.query("SELECT pg_advisory_unlock(hashtextextended('eventloom:schema:s', 0))");
    expect(codes(applied)).toEqual(["PG458"]);
    expect(applied.issues[0]?.detail).toMatch(/process \d+, connected since/);
  });

  test("by twenty deploys at once is made once: the others take it over or say that it came to be", async () => {
    const runs = Array.from({ length: 20 }, () => run());
    const planned = await Promise.all(runs.map((deployment) => deployment.plan(table("raced"))));
    const applied = await Promise.all(runs.map((deployment, i) => deployment.apply(planned[i]!)));
    expect(applied.filter((result) => result.issues.length === 0)).toHaveLength(1);
    expect(applied.flatMap(codes).filter((code) => code !== "PG464")).toEqual([]);
    const again = run();
    expect(await again.plan(table("raced"))).toMatchObject({ action: "adopt", statements: [] });
  });

  test("an index build that fails leaves nothing invalid behind", async () => {
    const deployment = run();
    await deployment.deploy(table("doubled"));
    await client.query("INSERT INTO s.doubled VALUES (1), (1)");
    const config = table("doubled", { indexes: [{ name: "doubled_once", keys: [{ column: "id" }], unique: true }] });
    const applied = await deployment.apply(await deployment.plan(config));
    expect(applied.issues).toMatchObject([{ code: "PG459", detail: expect.stringContaining("is duplicated") }]);
    expect((await client.query("SELECT to_regclass('s.doubled_once') AS found")).rows).toEqual([{ found: null }]);
    await client.query("DELETE FROM s.doubled");
    await run().deploy(config);
  });

  test("an index of another table with the same name is never dropped", async () => {
    await client.query("CREATE TABLE s.elsewhere (id int)");
    await client.query("CREATE INDEX taken ON s.elsewhere (id)");
    const deployment = run();
    await deployment.deploy(table("wants"));
    const config = table("wants", { indexes: [{ name: "taken", keys: [{ column: "id" }] }] });
    expect(codes(await deployment.apply(await deployment.plan(config)))).toEqual(["PG459"]);
    expect((await client.query("SELECT to_regclass('s.taken')::text AS found")).rows).toEqual([{ found: "s.taken" }]);
  });
});
