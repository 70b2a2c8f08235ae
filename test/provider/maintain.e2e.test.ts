import type { Client } from "pg";
import { maintainSchema, type Maintained, type MaintainedTable } from "../../lib/provider/postgres/maintain";
import { connect, type Deployment } from "./deployment";
import { type Config, partitionRuns, table } from "./partition-runs";

jest.setTimeout(120_000);

const runs = partitionRuns("maintain");
const { run } = runs;
let client: Client;

beforeAll(async () => (client = await runs.start()));

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const start = Date.UTC(2026, 0, 30, 12);

/** A rule of days, two ahead, on `at`. */
function rolling(name: string, rule: object = {}, more: object = {}, type = "timestamptz"): Config {
  const columns = [
    { name: "at", type },
    { name: "n", type: "integer", nullable: true },
  ];
  const partitioning = { strategy: "range", columns: ["at"], rolling: { interval: "day", ahead: 2, ...rule }, ...more };
  return table(name, [], partitioning, { columns, primaryKey: null });
}

const withRest = (name: string, rule: object = {}): Config =>
  rolling(name, rule, { partitions: [{ name: `${name}_rest`, default: true }] });

async function deployed(config: Config, now = start): Promise<Deployment["stored"]> {
  const deployment = run(null, () => now);
  await deployment.deploy(config);
  return deployment.stored;
}

async function maintained(now: number, dryRun = false, lockTimeout = 3): Promise<Maintained> {
  const { host, port, username, password, database } = runs.database;
  const environment = {
    PGHOST: host,
    PGPORT: String(port),
    PGUSER: username,
    PGPASSWORD: password,
    PGDATABASE: database,
    PGSSLMODE: "disable",
  };
  const outcome = await maintainSchema(environment, "s", {
    dryRun,
    lockTimeout,
    now: () => now,
    onStep: () => undefined,
  });
  if ("issues" in outcome || outcome.maintained === null) throw new Error(JSON.stringify(outcome));
  return outcome.maintained;
}

async function maintainedTable(name: string, now: number, dryRun = false): Promise<MaintainedTable> {
  const { tables } = await maintained(now, dryRun);
  return tables.find((each) => each.table === name)!;
}

async function leaves(name: string): Promise<readonly string[]> {
  const { rows } = await client.query<{ leaf: string }>(
    "SELECT relid::regclass::text AS leaf FROM pg_partition_tree($1) WHERE isleaf ORDER BY 1",
    [`s.${name}`],
  );
  return rows.map(({ leaf }) => leaf.replace(`s.${name}_`, ""));
}

/** What an engine finds that has the state from before. */
async function unchanged(stored: Deployment["stored"], config: Config, now: number): Promise<void> {
  const planned = await run(stored, () => now).plan(config);
  expect(planned).toMatchObject({ action: "none", changed: [], issues: [] });
}

/** Each test has the schema's rolling tables for itself. */
afterEach(async () => {
  const { rows } = await client.query<{ name: string }>(
    "SELECT oid::regclass::text AS name FROM pg_class WHERE relnamespace = 's'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition AND relname <> 'target'",
  );
  for (const { name } of rows) await client.query(`DROP TABLE ${name}`);
});

describe("a table that rolls", () => {
  test("has its rule in its comment, beside what was declared as such", async () => {
    const config = { ...rolling("noted", { retain: "90 days" }), comment: "what\nhappened" } as unknown as Config;
    const stored = await deployed(config);
    const { rows } = await client.query("SELECT obj_description('s.noted'::regclass) AS comment");
    expect(rows).toEqual([
      { comment: "what\nhappened\neventloom-rolls:day, 2 ahead, retain 90 days\neventloom:orders" },
    ]);
    await unchanged(stored, config, start);
    const other = { ...rolling("noted", { retain: "91 days" }), comment: "what\nhappened" } as unknown as Config;
    const second = run(stored, () => start);
    expect(await second.deploy(other)).toEqual([expect.stringMatching(/^COMMENT ON TABLE .*retain 91 days/s)]);
    await unchanged(second.stored, other, start);
  });

  test.each(["timestamptz", "timestamp", "date", "uuid"])(
    "by %s gets the leaves that are due, and the engine finds nothing to do afterwards",
    async (type) => {
      const config = rolling("ahead", {}, {}, type);
      const stored = await deployed(config);
      const later = start + 2 * DAY;
      const dry = await maintainedTable("ahead", later, true);
      expect(await leaves("ahead")).toEqual(["p20260130", "p20260131", "p20260201"]);
      const done = await maintainedTable("ahead", later);
      expect(done).toMatchObject({ made: ["ahead_p20260202", "ahead_p20260203"], detached: [], left: [] });
      expect(done.statements).toEqual(dry.statements);
      expect(await leaves("ahead")).toEqual(["p20260130", "p20260131", "p20260201", "p20260202", "p20260203"]);
      expect(await maintainedTable("ahead", later)).toMatchObject({ made: [], statements: [] });
      await unchanged(stored, config, later);
    },
  );

  test("loses the leaves that are past what is retained, beside writers, and they are kept with their rows", async () => {
    const stored = await deployed(rolling("old", { retain: "2 days" }));
    await client.query("INSERT INTO s.old VALUES ('2026-01-30 08:00+00', 1), ('2026-01-31 08:00+00', 2)");
    const just = Date.UTC(2026, 1, 2);
    expect(await maintainedTable("old", just - 1)).toMatchObject({ detached: [] });
    const done = await maintainedTable("old", just);
    expect(done).toMatchObject({ detached: ["old_p20260130"], left: [] });
    expect(done.statements).toContain('ALTER TABLE "s"."old" DETACH PARTITION "s"."old_p20260130" CONCURRENTLY');
    expect((await client.query("SELECT n FROM s.old_p20260130")).rows).toEqual([{ n: 1 }]);
    expect((await client.query("SELECT n FROM s.old")).rows).toEqual([{ n: 2 }]);
    await unchanged(stored, rolling("old", { retain: "2 days" }), just);
  });

  test("keeps leaves that are declared, however old they are", async () => {
    const history = { name: "own_history", from: ["'2020-01-01'"], to: ["'2021-01-01'"] };
    await deployed(rolling("own", { retain: "1 day" }, { partitions: [history] }));
    expect(await maintainedTable("own", start + 3 * DAY)).toMatchObject({
      detached: ["own_p20260130", "own_p20260131"],
    });
    expect(await leaves("own")).toContain("history");
  });

  test("is done to the end where a run broke off: a detaching, and a check of an attaching", async () => {
    await deployed(withRest("half"));
    await client.query(
      `ALTER TABLE s.half_rest ADD CONSTRAINT eventloom_attaching_half CHECK (NOT (at >= '2026-02-02' AND at < '2026-02-03'))`,
    );
    const done = await maintainedTable("half", start + 3 * DAY);
    expect(done).toMatchObject({ made: ["half_p20260202", "half_p20260203", "half_p20260204"], left: [] });
    const { rows } = await client.query(
      "SELECT conname FROM pg_constraint WHERE conname LIKE 'eventloom\\_attaching%'",
    );
    expect(rows).toEqual([]);

    await deployed(rolling("cut", { retain: "1 day" }));
    const reader = await connect(runs.database);
    await reader.query("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT * FROM s.cut");
    await client.query("SET lock_timeout = '200ms'");
    await expect(client.query("ALTER TABLE s.cut DETACH PARTITION s.cut_p20260130 CONCURRENTLY")).rejects.toThrow(
      /lock timeout/,
    );
    await client.query("RESET lock_timeout");
    await reader.query("COMMIT");
    await reader.end();
    const statements = (await maintainedTable("cut", start + DAY)).statements;
    expect(statements[0]).toBe('ALTER TABLE "s"."cut" DETACH PARTITION "s"."cut_p20260130" FINALIZE');
    expect(await leaves("cut")).toEqual(["p20260131", "p20260201", "p20260202"]);
    // one that was detached by hand is in the way of a leaf of its name
    await client.query("ALTER TABLE s.cut DETACH PARTITION s.cut_p20260201");
    expect(await maintainedTable("cut", start + DAY)).toMatchObject({ made: [], left: [{ code: "PG431" }] });
  });
});

describe("a run that was missed", () => {
  test("stops no inserts where there is a default partition, and the next run makes a leaf of it, without moving a row", async () => {
    const config = withRest("late", { retain: "90 days" });
    const stored = await deployed(config);
    const days = [4, 5, 6].map((each) => `2026-02-0${each} 08:00+00`);
    for (const [n, at] of days.entries()) await client.query("INSERT INTO s.late VALUES ($1, $2)", [at, n]);
    const before = (await client.query("SELECT ctid::text, * FROM s.late_rest ORDER BY n")).rows;
    const now = Date.UTC(2026, 1, 6, 12);
    const done = await maintainedTable("late", now);
    expect(done).toMatchObject({
      made: ["late_p20260207", "late_p20260208"],
      mended: ["late_p20260204"],
      left: [],
    });
    expect((await client.query("SELECT ctid::text, * FROM s.late_p20260204 ORDER BY n")).rows).toEqual(before);
    expect((await client.query("SELECT * FROM s.late_rest")).rows).toEqual([]);
    const bound =
      "SELECT pg_get_expr(relpartbound, oid) AS bound FROM pg_class WHERE oid = 's.late_p20260204'::regclass";
    await client.query("SET TimeZone = 'UTC'; SET DateStyle = 'ISO'");
    expect((await client.query(bound)).rows).toEqual([
      { bound: "FOR VALUES FROM ('2026-02-04 00:00:00+00') TO ('2026-02-07 00:00:00+00')" },
    ]);
    await client.query("RESET TimeZone; RESET DateStyle");
    const { rows } = await client.query(
      "SELECT conname FROM pg_constraint WHERE conname LIKE 'eventloom\\_attaching%'",
    );
    expect(rows).toEqual([]);
    expect(await maintainedTable("late", now)).toMatchObject({ statements: [], left: [] });
    await unchanged(stored, config, now);
    const later = await maintainedTable("late", Date.UTC(2026, 4, 8));
    expect(later.detached).toContain("late_p20260204");
  });

  test("is said where the rows of the default partition can be no leaf, and all the rest is done", async () => {
    await deployed(withRest("apart"));
    await client.query("INSERT INTO s.apart VALUES ('2020-01-01', 1), ('2026-02-04 08:00+00', 2)");
    const done = await maintainedTable("apart", Date.UTC(2026, 1, 4, 12));
    expect(done).toMatchObject({ made: ["apart_p20260205", "apart_p20260206"], mended: [], left: [{ code: "PG431" }] });
    expect((await client.query("SELECT n FROM s.apart ORDER BY n")).rows).toEqual([{ n: 1 }, { n: 2 }]);
  });

  test("is mended while others write: nobody waits for longer than a lock's timeout, and no insert fails", async () => {
    await deployed(withRest("busy"));
    await client.query(
      "INSERT INTO s.busy SELECT timestamptz '2026-02-04 00:00+00' + g * interval '1 second', g FROM generate_series(1, 40000) g",
    );
    const writers = await Promise.all([1, 2, 3].map(() => connect(runs.database)));
    let open = true;
    const written = writers.map(async (writer) => {
      let [longest, n] = [0, 0];
      for (; open; n++) {
        const began = Date.now();
        await writer.query("INSERT INTO s.busy VALUES ('2026-02-04 12:00+00', -1)");
        longest = Math.max(longest, Date.now() - began);
      }
      return { longest, n };
    });
    const done = await maintainedTable("busy", Date.UTC(2026, 1, 4, 12));
    open = false;
    const all = await Promise.all(written);
    await Promise.all(writers.map((each) => each.end()));
    expect(done).toMatchObject({ mended: ["busy_p20260204"], left: [] });
    expect(Math.max(...all.map(({ longest }) => longest))).toBeLessThan(3_000);
    const { rows } = await client.query<{ n: number }>("SELECT count(*)::int AS n FROM s.busy");
    expect(rows[0]?.n).toBe(40_000 + all.reduce((sum, { n }) => sum + n, 0));
  });
});

test("twenty runs at once, and a deploy among them, end in the same state, and none fails", async () => {
  const config = withRest("many", { retain: "2 days" });
  const stored = await deployed(config);
  await client.query("INSERT INTO s.many VALUES ('2026-02-04 08:00+00', 1)");
  const now = Date.UTC(2026, 1, 4, 12);
  const deploy = run(stored, () => now);
  const all = await Promise.all([
    ...Array.from({ length: 20 }, () => maintainedTable("many", now)),
    deploy.plan(config).then((planned) => deploy.apply(planned)),
  ]);
  expect(all.slice(0, 20).flatMap((each) => (each as MaintainedTable).left)).toEqual([]);
  expect(all.slice(0, 20).flatMap((each) => (each as MaintainedTable).mended)).toEqual(["many_p20260204"]);
  expect(await leaves("many")).toEqual(["p20260204", "p20260205", "p20260206", "rest"]);
});

test("a lock that another holds is waited for and given up, table by table, and the next run does it", async () => {
  await deployed(withRest("held", { retain: "1 day" }));
  await deployed(rolling("other"));
  const holder = await connect(runs.database);
  await holder.query("BEGIN; LOCK TABLE s.held IN SHARE ROW EXCLUSIVE MODE");
  const now = start + 3 * DAY;
  const { tables } = await maintained(now, false, 0.05);
  await holder.query("ROLLBACK");
  await holder.end();
  expect(tables.map(({ table: name, left }) => [name, left.map(({ code }) => code)])).toEqual([
    ["held", ["PG457"]],
    ["other", []],
  ]);
  expect(await maintainedTable("held", now)).toMatchObject({
    detached: ["held_p20260130", "held_p20260131"],
    left: [],
  });
});
