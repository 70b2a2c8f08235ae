import type { Client } from "pg";
import { codes, connect, type Deployment, written } from "./deployment";
import { type Config, partitionRuns, ranges, table } from "./partition-runs";

jest.setTimeout(120_000);

const runs = partitionRuns("partition_leaves");
const { run, created, unchanged } = runs;
let client: Client;

beforeAll(async () => (client = await runs.start()));

describe("what holds rows", () => {
  const columns = [["id", "bigint"]] as const;
  const config = (name: string, partitions: object[], strategy = "range"): Config =>
    table(name, columns, { strategy, columns: ["id"], partitions });

  test("is not removed, moved or spread otherwise", async () => {
    const [zero, one] = ranges([
      ["held_0", "0", "10"],
      ["held_1", "10", "20"],
    ]) as [object, object];
    const stored = await created(config("held", [zero, one]));
    const refused = async (changed: Config): Promise<readonly string[]> => codes(await run(stored).plan(changed));
    expect(await refused(config("held", [zero]))).toEqual(["PG418"]);
    expect(await refused(config("held", [zero, { ...one, to: ["30"] }]))).toEqual(["PG419"]);
    expect(await refused(config("held", [zero, { ...one, to: [], from: [], default: true }]))).toEqual(["PG419"]);
    const hash = { strategy: "hash", columns: ["id"], modulus: 2 };
    expect(await refused(config("held", [zero, { ...one, partitioning: hash }]))).toEqual(["PG419"]);
    const other = table("held", columns, hash);
    expect(await refused(other)).toEqual(["PG406"]);
    const list = config("held", [{ name: "held_0", values: ["1"] }], "list");
    expect(await refused(list)).toEqual(["PG406"]);
  });

  test("is detached beside writers where the declaration says why, and stays on the server", async () => {
    const [zero, one] = ranges([
      ["off_0", "0", "10"],
      ["off_1", "10", "20"],
    ]) as [object, object];
    const stored = await created(config("off", [zero, one]));
    await client.query("INSERT INTO s.off VALUES (5), (15)");
    const reason = config("off", [{ ...zero, detached: "moved to the archive" }, one]);
    const next = run(stored);
    expect(await next.deploy(reason)).toEqual(['ALTER TABLE "s"."off" DETACH PARTITION "s"."off_0" CONCURRENTLY']);
    await unchanged(next, reason);
    expect((await client.query("SELECT id::int FROM s.off_0")).rows).toEqual([{ id: 5 }]);
    const left = run(next.stored);
    await left.deploy(config("off", [one]));
    await unchanged(left, config("off", [one]));
    expect(codes(await run(next.stored).plan(config("off", [zero, one])))).toEqual(["PG419"]);
  });

  test("is detached at once where there is a default partition, and its bound is free for another", async () => {
    const rest = { name: "once_rest", default: true };
    const [zero, again] = ranges([
      ["once_0", "0", "10"],
      ["once_a", "0", "20"],
    ]) as [object, object];
    const stored = await created(config("once", [zero, rest]));
    const changed = config("once", [{ ...zero, detached: "too small" }, again, rest]);
    const next = run(stored);
    const statements = await next.deploy(changed);
    expect(statements[0]).toBe('ALTER TABLE "s"."once" DETACH PARTITION "s"."once_0"');
    await unchanged(next, changed);
  });

  test("is detached to the end where that broke off", async () => {
    const [zero, one] = ranges([
      ["half_0", "0", "10"],
      ["half_1", "10", "20"],
    ]) as [object, object];
    const stored = await created(config("half", [zero, one]));
    const reader = await connect(runs.database);
    await reader.query("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT * FROM s.half");
    await client.query("SET lock_timeout = '200ms'");
    await expect(client.query("ALTER TABLE s.half DETACH PARTITION s.half_0 CONCURRENTLY")).rejects.toThrow(
      /lock timeout/,
    );
    await client.query("RESET lock_timeout");
    await reader.query("COMMIT");
    await reader.end();
    const changed = config("half", [{ ...zero, detached: "old" }, one]);
    const next = run(stored);
    expect(await next.deploy(changed)).toEqual(['ALTER TABLE "s"."half" DETACH PARTITION "s"."half_0" FINALIZE']);
    await unchanged(next, changed);
  });
});

describe("leaves that roll", () => {
  const day = 86_400_000;
  const start = Date.UTC(2026, 0, 30, 12);
  const rolling = (name: string, more: object = {}, rule: object = {}, type = "timestamptz"): Config =>
    table(
      name,
      [],
      { strategy: "range", columns: ["at"], rolling: { interval: "day", ahead: 2, ...rule }, ...more },
      {
        columns: [{ name: "at", type }],
      },
    );

  const runAt = (now: number, stored: Deployment["stored"] = null): Deployment => run(stored, () => now);

  const leaves = async (name: string): Promise<readonly string[]> => {
    const { rows } = await client.query<{ leaf: string }>(
      "SELECT relid::regclass::text AS leaf FROM pg_partition_tree($1) WHERE isleaf ORDER BY 1",
      [`s.${name}`],
    );
    return rows.map(({ leaf }) => leaf.replace(`s.${name}_p`, ""));
  };

  test.each(["timestamptz", "timestamp", "date", "uuid"])(
    "by %s are made with the table, ahead by later plans, and are no difference",
    async (type) => {
      const config = rolling(`log_${type}`, {}, {}, type);
      const first = runAt(start);
      await first.deploy(config);
      expect(await leaves(`log_${type}`)).toEqual(["20260130", "20260131", "20260201"]);
      for (const hours of [0, 11]) {
        const again = runAt(start + hours * 3_600_000, first.stored);
        expect(await again.plan(config)).toMatchObject({ action: "none", changed: [], statements: [], issues: [] });
      }
      const later = runAt(start + 2 * day, first.stored);
      const planned = await later.plan(config);
      expect(planned).toMatchObject({ action: "update", changed: ["ddl"], issues: [] });
      await later.apply(planned);
      expect(await leaves(`log_${type}`)).toEqual(["20260130", "20260131", "20260201", "20260202", "20260203"]);
      expect(await runAt(start + 2 * day, later.stored).plan(config)).toMatchObject({ action: "none", statements: [] });
      const { removal: _, ...unowned } = config;
      expect(await runAt(start + 2 * day).plan(unowned as Config)).toMatchObject({
        action: "adopt",
        statements: [],
        issues: [],
      });
    },
  );

  test("are made by the time of the read, so that an engine that plans again while it applies has the same plan", async () => {
    const config = rolling("twice");
    const first = runAt(start);
    const made = await first.plan(config);
    // Which leaves there are depends on when it is made: they are no part of what was planned.
    expect(made.statements?.filter((each) => each.includes("PARTITION OF"))).toEqual([]);
    await first.apply(made);
    expect(await leaves("twice")).toHaveLength(3);
    const second = runAt(start + day, first.stored);
    const planned = await second.plan(config);
    const again = runAt(start + 5 * day, second.stored);
    const request = { prior: again.stored, config: written("table", config) };
    expect(await again.handlers.plan("table", request)).toEqual(planned);
  });

  test("are those of the time of the plan, also when its apply comes on the next day", async () => {
    const config = rolling("night");
    const first = runAt(start);
    await first.deploy(config);
    const planned = await runAt(start + day, first.stored).plan(config);
    const apply = runAt(start + 2 * day, first.stored);
    await apply.refresh();
    expect((await apply.apply(planned)).issues).toEqual([]);
    expect(await leaves("night")).toEqual(["20260130", "20260131", "20260201", "20260202"]);
  });

  test("come and go between a plan and its apply, where something else makes and detaches them", async () => {
    const config = rolling("kept");
    const first = runAt(start - day);
    await first.deploy(config);
    const second = runAt(start, first.stored);
    const planned = await second.plan(config);
    await client.query(
      "CREATE TABLE s.kept_p20260202 PARTITION OF s.kept FOR VALUES FROM ('2026-02-02 00:00+00') TO ('2026-02-03 00:00+00')",
    );
    await client.query("ALTER TABLE s.kept DETACH PARTITION s.kept_p20260129");
    expect((await second.apply(planned)).issues).toEqual([]);
    expect(await leaves("kept")).toEqual(["20260130", "20260131", "20260201", "20260202"]);
    // What somebody else has made meanwhile is no longer to be made.
    const third = runAt(start + 2 * day, second.stored);
    const outrun = await third.plan(config);
    await client.query(
      "CREATE TABLE s.kept_p20260203 PARTITION OF s.kept FOR VALUES FROM ('2026-02-03 00:00+00') TO ('2026-02-04 00:00+00')",
    );
    expect((await third.apply(outrun)).issues).toEqual([]);
  });

  test("beside declared ones, around them, and never in their place", async () => {
    const history = { name: "beside_old", from: ["MINVALUE"], to: ["'2026-01-30 18:00+00'"] };
    const config = rolling("beside", { partitions: [history] }, { interval: "12 hours", ahead: 1 });
    const first = runAt(start);
    await first.deploy(config);
    expect(await leaves("beside")).toEqual(["s.beside_old", "2026013018", "2026013100"]);
    const refused = await runAt(start, first.stored).plan(
      rolling("beside", { partitions: [{ ...history, to: ["'2026-01-31'"] }] }),
    );
    expect(codes(refused)).toEqual(["PG419"]);
  });

  test("are no reason to refuse the rest where a default partition holds rows of one", async () => {
    const config = rolling("late", { partitions: [{ name: "late_rest", default: true }] });
    const first = runAt(start);
    await first.deploy(config);
    await client.query("INSERT INTO s.late VALUES ('2026-02-02 08:00+00')");
    const second = runAt(start + 2 * day, first.stored);
    const planned = await second.plan(config);
    expect(planned.issues).toMatchObject([{ code: "PG431", severity: "warning" }]);
    await second.apply(planned);
    expect(await leaves("late")).toEqual(["20260130", "20260131", "20260201", "20260203", "s.late_rest"]);
  });
});
