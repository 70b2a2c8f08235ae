import { randomUUID } from "node:crypto";
import type { Client } from "pg";
import { compile, range } from "eventloom";
import { untilNobodyWrites } from "../../campaigns/store/round";
import { maintainSchema, type Maintained } from "../../lib/provider/postgres/maintain";
import { connect, Deployment, type TestDatabase } from "../provider/deployment";
import { createStore } from "../store/create-store";
import { readFeed } from "../store/readers";
import { codeOf, spread, SpreadStore } from "../store/strategies";
import { freshDatabase } from "./servers";

jest.setTimeout(180_000);

let database: TestDatabase;
let client: Client;

beforeAll(async () => {
  database = await freshDatabase("range");
  client = await connect(database);
});

afterAll(() => client.end());

/** As `eventloom maintain` does it. */
async function maintained(schema: string, now = Date.now()): Promise<Maintained> {
  const { host, port, username, password, database: name } = database;
  const environment = {
    PGHOST: host,
    PGPORT: String(port),
    PGUSER: username,
    PGPASSWORD: password,
    PGDATABASE: name,
    PGSSLMODE: "disable",
  };
  const outcome = await maintainSchema(environment, schema, { dryRun: false, now: () => now, onStep: () => undefined });
  if ("issues" in outcome || outcome.maintained === null) throw new Error(JSON.stringify(outcome));
  return outcome.maintained;
}

async function leaves(schema: string): Promise<readonly string[]> {
  const { rows } = await client.query<{ leaf: string }>(
    "SELECT relid::regclass::text AS leaf FROM pg_partition_tree($1) WHERE isleaf ORDER BY 1",
    [`${schema}.event_store`],
  );
  return rows.map(({ leaf }) => leaf.replace(`${schema}.event_store_`, ""));
}

/** What the table provider finds to do. */
async function planned(schema: string, partitioning: ReturnType<typeof range>): Promise<unknown> {
  const resource = compile(spread(schema, partitioning)).resources.find((each) => each.key === "table/event_store");
  const deployment = Deployment.on(database, "table");
  const { statements, issues } = await deployment.plan({
    ...(resource as { definition: object }).definition,
    declaredBy: schema,
  } as never);
  await deployment.close();
  return { statements, issues };
}

describe.each(["day", "week", "month"] as const)("a store in leaves of a %s", (interval) => {
  const schema = `by${interval}`;
  const partitioning = range({ interval, ahead: 2 });

  test("has them made by a function of the database as the command and a deploy would make them", async () => {
    await createStore(client, spread(schema, partitioning));
    expect(await leaves(schema)).toEqual(["rest"]);
    await client.query("SET TimeZone = 'Asia/Kathmandu'; SET DateStyle = 'German'");
    const { rows } = await client.query(`SELECT * FROM ${schema}.maintain()`);
    await client.query("RESET TimeZone; RESET DateStyle");
    expect(rows).toEqual([{ inbox_deleted: "0", timeouts_deleted: "0", leaves_made: 3 }]);
    expect(await leaves(schema)).toHaveLength(4);
    expect(await planned(schema, partitioning)).toEqual({ statements: [], issues: [] });
    expect((await maintained(schema)).tables).toMatchObject([{ made: [], statements: [], left: [] }]);
    expect((await client.query(`SELECT * FROM ${schema}.maintain()`)).rows).toMatchObject([{ leaves_made: 0 }]);
  });

  test("takes events into the leaf of now", async () => {
    const store = new SpreadStore(client, schema);
    const id = randomUUID();
    for (const expected of [0, 1, 2]) await store.append(id, { expected });
    const { rows } = await client.query<{ leaf: string }>(
      `SELECT DISTINCT tableoid::regclass::text AS leaf FROM ${schema}.event_store`,
    );
    expect(rows).toEqual([{ leaf: expect.stringMatching(/_p\d{6}(\d\d)?$/) as string }]);
  });
});

describe("a store whose leaves nobody has made", () => {
  const partitioning = range({ interval: "month", ahead: 1 });
  let store: SpreadStore;

  beforeAll(async () => {
    await createStore(client, spread("late", partitioning));
    store = new SpreadStore(client, "late");
  });

  test("takes events into its default leaf, where the function leaves them and says what to run", async () => {
    for (const expected of [0, 1, 2]) await store.append("a", { expected });
    const said: string[] = [];
    client.on("notice", ({ message, hint }) => said.push(`${message}; ${hint}`));
    expect((await client.query("SELECT * FROM late.maintain()")).rows).toMatchObject([{ leaves_made: 0 }]);
    client.removeAllListeners("notice");
    expect(said).toEqual([
      "no leaf of event_store is made: the default one holds events; Run eventloom maintain, which makes a leaf of it.",
    ]);
    expect(await leaves("late")).toEqual(["rest"]);
  });

  test("is mended by the command while writers append and a reader reads: nobody fails, no event is lost or comes twice", async () => {
    const { username: user, ...rest } = database;
    let [appending, reading] = [true, true];
    const feed = readFeed({ ...rest, user }, "late", () => !reading);
    const writers = await Promise.all([1, 2, 3, 4].map(() => connect(database)));
    const written = writers.map(async (each, n) => {
      const own = new SpreadStore(each, "late");
      let count = 0;
      while (appending) {
        await own.append(`w-${n % 2}`);
        count++;
      }
      return count;
    });
    const { tables } = await maintained("late");
    expect(tables).toMatchObject([
      { made: [expect.any(String)], mended: [expect.stringMatching(/^event_store_p\d{6}$/)], left: [] },
    ]);
    await new Promise((resolve) => setTimeout(resolve, 300));
    appending = false;
    const counts = await Promise.all(written);
    await Promise.all(writers.map((each) => each.end()));
    await untilNobodyWrites(client);
    reading = false;
    const { seen } = await feed;
    const all = 3 + counts.reduce((sum, each) => sum + each, 0);
    expect(new Set(seen).size).toBe(all);
    expect(seen).toHaveLength(all);
    expect((await client.query("SELECT FROM late.event_store")).rowCount).toBe(all);
    expect(await store.read("a")).toEqual([1, 2, 3]);
    expect(await leaves("late")).toHaveLength(3);
    expect((await client.query("SELECT FROM late.event_store_rest")).rowCount).toBe(0);
  });

  test("is then as the provider would make it, guarded on every leaf, and rolled by the function again", async () => {
    expect(await planned("late", partitioning)).toEqual({ statements: [], issues: [] });
    await client.query("SET session_replication_role = replica");
    for (const leaf of await leaves("late")) {
      const table = `late.event_store_${leaf}`;
      expect(await codeOf(client.query(`TRUNCATE ${table}`))).toBe("ES009");
      if ((await client.query(`SELECT FROM ${table}`)).rowCount === 0) continue;
      expect(await codeOf(client.query(`DELETE FROM ${table}`))).toBe("ES009");
    }
    await client.query("RESET session_replication_role");
    expect(await store.append("a", { expected: 3 })).toMatchObject({ last_version: "4" });
    expect((await client.query("SELECT * FROM late.maintain()")).rows).toMatchObject([{ leaves_made: 0 }]);
  });

  test("makes no leaf while a deploy is at work, and waits for nobody long", async () => {
    await createStore(client, spread("busy", partitioning));
    const other = await connect(database);
    await other.query("SELECT pg_advisory_lock(hashtextextended('eventloom:schema:busy', 0))");
    expect((await client.query("SELECT * FROM busy.maintain()")).rows).toMatchObject([{ leaves_made: 0 }]);
    await other.query("SELECT pg_advisory_unlock_all()");
    await other.query("BEGIN; SELECT FROM busy.event_store");
    const began = Date.now();
    expect((await client.query("SELECT * FROM busy.maintain()")).rows).toMatchObject([{ leaves_made: 0 }]);
    expect(Date.now() - began).toBeLessThan(10_000);
    await other.end();
    expect((await client.query("SELECT * FROM busy.maintain()")).rows).toMatchObject([{ leaves_made: 2 }]);
  });
});

test("without the refusal of older snapshots, a version would be there twice", async () => {
  await createStore(client, spread("careless", range()));
  const find = "SELECT pg_get_functiondef(p.oid) AS text FROM pg_proc p WHERE p.proname = 'append_events' AND p.pronamespace = 'careless'::regnamespace"; // prettier-ignore
  const text = (await client.query<{ text: string }>(find)).rows[0]!.text;
  expect(text).toContain("NOT IN ('read committed', 'read uncommitted')");
  await client.query(text.replace("NOT IN ('read committed', 'read uncommitted')", "IS NULL"));
  const store = new SpreadStore(client, "careless");
  await store.append("a");
  const old = await connect(database);
  await old.query("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT FROM careless.event_store");
  await store.append("a");
  await new SpreadStore(old, "careless").append("a");
  await old.query("COMMIT");
  await old.end();
  expect(await store.read("a")).toEqual([1, 2, 2]);
});

describe("a store that lets go of old events", () => {
  const lastYear = Date.UTC(new Date().getUTCFullYear() - 2, 0, 15);

  /** As it was appended then. */
  const old = (id: string, version: number): Promise<unknown> =>
    client.query(
      `INSERT INTO old.event_store (version, event_id, epoch, occurred_at, aggregate_id, aggregate_type, event_type, data)
       VALUES ($2, gen_random_uuid(), 0, to_timestamp($3), $1, 'Order', 'OrderMade', '{}')`,
      [id, version, lastYear / 1000],
    );

  test("detaches a leaf when every reader has read it, and keeps it; what is left of an aggregate goes on where it was", async () => {
    await createStore(client, spread("old", range({ retain: "1 year" })));
    await maintained("old", lastYear);
    await old("part", 1);
    await old("whole", 1);
    const store = new SpreadStore(client, "old");
    await client.query("INSERT INTO old.checkpoints (processor) VALUES ('billing')");
    await maintained("old");
    await store.append("part", { expected: 1 });
    const name = `event_store_p${new Date(lastYear).toISOString().slice(0, 7).replace("-", "")}`;
    const blocked = await maintained("old");
    expect(blocked.tables).toMatchObject([
      { left: [{ code: "PG472", message: expect.stringContaining("billing") as string }] },
    ]);
    expect(await leaves("old")).toContain(name.replace("event_store_", ""));
    await client.query(
      "UPDATE old.checkpoints SET (transaction_id, global_position) = (SELECT transaction_id, global_position FROM old.event_store ORDER BY epoch DESC, transaction_id DESC, global_position DESC LIMIT 1)",
    );
    const done = await maintained("old");
    expect(done.tables).toMatchObject([{ detached: [name], left: [] }]);
    expect((await client.query(`SELECT FROM old.${name}`)).rowCount).toBe(2);
    expect(await store.read("part")).toEqual([2]);
    expect(await store.append("part", { expected: 2 })).toMatchObject({ last_version: "3" });
    // as its docstring says
    expect(await store.append("whole", { expected: 0 })).toMatchObject({ last_version: "1" });
  });
});
