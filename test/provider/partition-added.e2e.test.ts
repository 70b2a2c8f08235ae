import type { Client } from "pg";
import { plainPartition, plainPartitioning, plainTable } from "../../lib/postgres/defaults";
import { diffTable } from "../../lib/postgres/diff";
import type { PartitionModel, TableModel } from "../../lib/postgres/model";
import { planTable, type Statement } from "../../lib/postgres/plan";
import { column, foreignKey } from "../postgres/tables";
import { codes, connect } from "./deployment";
import { type Config, partitionRuns, ranges, table } from "./partition-runs";

jest.setTimeout(120_000);

const runs = partitionRuns("partition_added");
const { run, created, unchanged } = runs;
let client: Client;

beforeAll(async () => (client = await runs.start()));

describe("a partition that is added", () => {
  const columns = [
    ["id", "bigint"],
    ["note", "text"],
  ] as const;
  const more = {
    checks: [{ name: "short", expression: "length(note) < 100" }],
    indexes: [{ name: "added_note", keys: [{ column: "note" }], where: "note IS NOT NULL" }],
    uniques: [{ name: "added_key", columns: ["id"] }],
    foreignKeys: [
      {
        name: "added_target",
        columns: ["id"],
        referencesSchema: "s",
        referencesTable: "target",
        referencesColumns: ["id"],
      },
    ],
    triggers: [
      { name: "g", timing: "after", events: ["insert"], functionSchema: "s", functionName: "guard", enabled: "always" },
      {
        name: "h",
        timing: "before",
        level: "statement",
        events: ["truncate"],
        functionSchema: "s",
        functionName: "guard",
        enabled: "always",
      },
    ],
  };
  const named = (name: string): object => JSON.parse(JSON.stringify(more).replace(/added/g, name)) as object;

  test("is built beside the table and attached with a lock that nobody waits for", async () => {
    const config = (partitions: object[]): Config =>
      table("added", columns, { strategy: "range", columns: ["id"], partitions, storage: { fillfactor: "80" } }, more);
    const stored = await created(config(ranges([["added_0", "0", "10"]])));
    const grown = config(
      ranges([
        ["added_0", "0", "10"],
        ["added_1", "10", "20"],
      ]),
    );
    const next = run(stored);
    const planned = await next.plan(grown);
    expect(planned.attributes?.["ddl"]).toEqual([
      `CREATE TABLE "s"."added_1" (
  LIKE "s"."added" INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING GENERATED INCLUDING INDEXES INCLUDING STORAGE INCLUDING COMPRESSION,
  CONSTRAINT "eventloom_attaching_added_1_added" CHECK ("id" IS NOT NULL AND "id" >= '10'::bigint AND "id" < '20'::bigint)
) WITH ("fillfactor" = '80')`,
      'CREATE TRIGGER "h" BEFORE TRUNCATE ON "s"."added_1" FOR EACH STATEMENT EXECUTE FUNCTION "s"."guard"()',
      'ALTER TABLE "s"."added_1" ENABLE ALWAYS TRIGGER "h"',
      `-- SHARE UPDATE EXCLUSIVE on s.added and SHARE ROW EXCLUSIVE on s.target (writers wait), reads no rows
ALTER TABLE "s"."added" ATTACH PARTITION "s"."added_1" FOR VALUES FROM (10) TO (20)`,
      `-- ACCESS EXCLUSIVE on s.added_1 (readers and writers wait), reads no rows
ALTER TABLE "s"."added_1" DROP CONSTRAINT "eventloom_attaching_added_1_added"`,
    ]);
    await next.apply(planned);
    await unchanged(next, grown);
  });

  test("may be partitioned itself, or go into one that is", async () => {
    const list = (prefix: string, ...values: string[]): object => ({
      strategy: "list",
      columns: ["note"],
      partitions: values.map((value) => ({ name: `${prefix}_${value}`, values: [`'${value}'`] })),
    });
    const config = (partitions: object[]): Config =>
      table(
        "deep",
        columns,
        { strategy: "range", columns: ["id"], partitions },
        {
          ...named("deep"),
          uniques: [{ name: "deep_key", columns: ["id", "note"] }],
        },
      );
    const zero = { ...ranges([["deep_0", "0", "10"]])[0], partitioning: list("deep_0", "a") };
    const stored = await created(config([zero]));
    const one = { ...ranges([["deep_1", "10", "20"]])[0], partitioning: list("deep_1", "a", "b") };
    const grown = config([{ ...zero, partitioning: list("deep_0", "a", "b") }, one]);
    const next = run(stored);
    expect(await next.deploy(grown)).toEqual(
      expect.arrayContaining([
        `ALTER TABLE "s"."deep_0" ATTACH PARTITION "s"."deep_0_b" FOR VALUES IN ('b')`,
        `ALTER TABLE "s"."deep" ATTACH PARTITION "s"."deep_1" FOR VALUES FROM (10) TO (20)`,
      ]),
    );
    await unchanged(next, grown);
  });

  test("takes its rows from a default partition on no account: it is refused while there are any", async () => {
    const config = (...values: string[]): Config =>
      table("strays", columns, {
        strategy: "list",
        columns: ["note"],
        partitions: [
          ...values.map((value) => ({ name: `strays_${value}`, values: [`'${value}'`] })),
          { name: "strays_rest", default: true },
        ],
      });
    const stored = await created(config("a"));
    await client.query("INSERT INTO s.strays VALUES (1, 'b'), (2, 'z'), (3, NULL)");
    const refused = await run(stored).plan(config("a", "b"));
    expect(codes(refused)).toEqual(["PG431"]);
    expect(refused.issues[0]?.detail).toContain("move them by hand in one transaction");
    const next = run(stored);
    expect(await next.deploy(config("a", "c"))).toEqual([
      `ALTER TABLE "s"."strays_rest" ADD CONSTRAINT "eventloom_attaching_strays_c_strays_rest" CHECK (NOT ("note" IS NOT NULL AND "note" = 'c')) NOT VALID`,
      'ALTER TABLE "s"."strays_rest" VALIDATE CONSTRAINT "eventloom_attaching_strays_c_strays_rest"',
      expect.stringContaining('CREATE TABLE "s"."strays_c"'),
      `ALTER TABLE "s"."strays" ATTACH PARTITION "s"."strays_c" FOR VALUES IN ('c')`,
      'ALTER TABLE "s"."strays_c" DROP CONSTRAINT "eventloom_attaching_strays_c_strays_rest"',
      'ALTER TABLE "s"."strays_rest" DROP CONSTRAINT "eventloom_attaching_strays_c_strays_rest"',
    ]);
    await unchanged(next, config("a", "c"));
  });

  test("leaves nothing that refuses rows where it broke off", async () => {
    const config = (...names: string[]): Config =>
      table("broken", columns, {
        strategy: "range",
        columns: ["id"],
        partitions: [
          ...names.map((name, at) => ({ name, from: [String(at)], to: [String(at + 1)] })),
          { name: "broken_rest", default: true },
        ],
      });
    const stored = await created(config("broken_0"));
    await client.query(
      'ALTER TABLE s.broken_rest ADD CONSTRAINT "eventloom_attaching_x" CHECK (NOT (id IS NOT NULL AND id = 5)) NOT VALID',
    );
    const next = run(stored);
    expect(await next.deploy(config("broken_0"))).toEqual([
      'ALTER TABLE "s"."broken_rest" DROP CONSTRAINT "eventloom_attaching_x"',
    ]);
    await unchanged(next, config("broken_0"));
    // The name is taken, so that the attaching fails after the default partition was told to take no more of its rows.
    await client.query("CREATE TABLE s.broken_1 (id int)");
    const taken = await next.apply(await next.plan(config("broken_0", "broken_1")));
    expect(codes(taken)).toEqual(["PG459"]);
    const { rows } = await client.query("SELECT conname FROM pg_constraint WHERE conrelid = 's.broken_rest'::regclass");
    expect(rows).toEqual([]);
  });

  test.each<[string, string, readonly string[]]>([
    ["a range of times", "timestamptz", ["'2026-01-01'", "'2026-02-01'", "'2026-03-01'"]],
    [
      "a range of UUIDs",
      "uuid",
      [
        "'10000000-0000-0000-0000-000000000000'",
        "'20000000-0000-0000-0000-000000000000'",
        "'30000000-0000-0000-0000-000000000000'",
      ],
    ],
    ["a range of numbers", "numeric(10,2)", ["1.5", "2.5", "3.25"]],
    ["a range of texts", "text", ["'a'", "'b'", "'c'"]],
    ["a range of short texts", "varchar(9)", ["'a'", "'b'", "'c'"]],
    ["a range of whole numbers", "smallint", ["-1", "5", "9"]],
  ])("of %s is attached without a look at any row", async (_, type, [a, b, c]) => {
    const name = `seen_${type.replace(/\W/g, "_")}`;
    await expectUnread(name, type, "range", [
      { name: `${name}_0`, from: [a], to: [b] },
      { name: `${name}_1`, from: [b], to: [c] },
    ]);
  });

  test.each<[string, string, readonly string[], readonly string[]]>([
    ["several texts", "text", ["'a'"], ["'b'", "'c'"]],
    ["one text", "text", ["'a'"], ["'b'"]],
    ["a text and none", "text", ["'a'"], ["'b'", "NULL"]],
    ["none", "int", ["1"], ["NULL"]],
    ["several short texts", "varchar(9)", ["'a'"], ["'b'", "'c'"]],
    ["days", "date", ["'2026-01-01'"], ["'2026-01-02'", "'2026-01-03'"]],
    ["moods", "s.mood", ["'good'"], ["'bad'"]],
    ["truths", "boolean", ["true"], ["false"]],
  ])("of %s is attached without a look at any row", async (what, type, first, second) => {
    const name = `listed_${what.replace(/\W/g, "_")}`;
    await expectUnread(name, type, "list", [
      { name: `${name}_0`, values: first },
      { name: `${name}_1`, values: second },
    ]);
  });

  /** Postgres says at `debug1` what it needs not read. */
  async function expectUnread(name: string, type: string, strategy: string, partitions: object[]): Promise<void> {
    const config = (some: object[]): Config =>
      table(name, [["c", type]], {
        strategy,
        columns: ["c"],
        partitions: [...some, { name: `${name}_rest`, default: true }],
      });
    await created(config(partitions.slice(0, 1)));
    const found = run();
    const { removal: _, ...unowned } = config(partitions);
    const planned = await found.plan(unowned as Config);
    expect(planned.issues).toEqual([]);
    const notices: string[] = [];
    const watching = await connect(runs.database);
    watching.on("notice", ({ message }) => notices.push(message ?? ""));
    await watching.query("SET search_path = pg_catalog; SET client_min_messages = debug1");
    for (const statement of planned.statements ?? []) await watching.query(statement);
    await watching.end();
    const said = notices.filter((each) => /is implied by existing constraints/.test(each));
    expect(said).toHaveLength(2);
  }
});

describe("an apply that is killed", () => {
  const columns = [
    ["id", "bigint"],
    ["note", "text"],
  ] as const;
  const more = (name: string): object => ({
    indexes: [{ name: `${name}_note`, keys: [{ column: "note" }] }],
    uniques: [{ name: `${name}_key`, columns: ["id"] }],
  });
  const config = (name: string, partitions: object[]): Config =>
    table(
      name,
      columns,
      { strategy: "range", columns: ["id"], partitions: [...partitions, { name: `${name}_rest`, default: true }] },
      more(name),
    );

  /** What commits by itself, in order: a statement, or a group of them. */
  function commits(statements: readonly string[]): readonly string[][] {
    const build = statements.findIndex((each) => each.startsWith("CREATE TABLE"));
    return [...statements.slice(0, build).map((each) => [each]), statements.slice(build)];
  }

  test.each([0, 1, 2, 3])("after %d of its commits is completed by the next one", async (count) => {
    const name = `killed_${count}`;
    const [zero, one] = ranges([
      [`${name}_0`, "0", "10"],
      [`${name}_1`, "10", "20"],
    ]) as [object, object];
    const stored = await created(config(name, [zero]));
    const grown = config(name, [zero, one]);
    const planned = await run(stored).plan(grown);
    const all = commits(planned.statements ?? []);
    expect(all).toHaveLength(3);
    for (const statements of all.slice(0, count)) {
      await client.query("BEGIN");
      for (const statement of statements) await client.query(statement);
      await client.query("COMMIT");
    }
    const next = run(stored);
    await next.deploy(grown);
    await unchanged(next, grown);
    await client.query(`INSERT INTO s.${name} VALUES (5), (15), (25)`);
    // Nothing is left that refuses rows.
    expect((await client.query(`SELECT conname FROM pg_constraint WHERE conname LIKE 'eventloom%'`)).rows).toEqual([]);
  });
});

describe("what a statement is said to lock, it locks, and nothing else", () => {
  const WEAKER = ["AccessShareLock", "RowShareLock", "RowExclusiveLock"];
  const words = (mode: string): string =>
    mode
      .replace(/Lock$/, "")
      .replace(/([a-z])([A-Z])/g, "$1 $2")
      .toUpperCase();

  /** Runs a plan as the provider does, and says after each statement which locks its transaction has got by then. */
  async function watched(statements: readonly Statement[]): Promise<readonly [string[], string[]][]> {
    const seen: [string[], string[]][] = [];
    const made = new Set<string>();
    let open: string | null = null;
    let said = new Set<string>();
    for (const each of statements) {
      if (each.group === null || each.group !== open) {
        await client.query(open === null ? "BEGIN" : "COMMIT; BEGIN");
        said = new Set();
      }
      open = each.group ?? "alone";
      await client.query(each.sql);
      const created = /^CREATE TABLE "s"."(\w+)"/.exec(each.sql)?.[1];
      if (created !== undefined) made.add(created);
      if (each.lock !== null && each.table !== null) said.add(`${each.lock} ${each.table.name}`);
      for (const { name, lock = "SHARE ROW EXCLUSIVE" } of each.alsoLocks) said.add(`${lock} ${name}`);
      const { rows } = await client.query<{ mode: string; name: string }>(
        `SELECT l.mode, c.relname AS name FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
          WHERE l.pid = pg_backend_pid() AND l.granted AND c.relkind IN ('r', 'p') AND c.relnamespace = 's'::regnamespace`,
      );
      const held = rows
        .filter(({ mode, name }) => !WEAKER.includes(mode) && !made.has(name))
        .map(({ mode, name }) => `${words(mode)} ${name}`);
      seen.push([[...new Set(held)].sort(), [...said].filter((text) => !made.has(text.split(" ").at(-1)!)).sort()]);
    }
    await client.query("COMMIT");
    return seen;
  }

  const model = (name: string, partitions: readonly PartitionModel[]): TableModel => ({
    ...plainTable,
    schema: "s",
    name,
    columns: [column("id")],
    foreignKeys: [foreignKey(`${name}_target`)],
    partitioning: { ...plainPartitioning, strategy: "range", columns: ["id"], partitions },
  });
  const zero = (name: string): PartitionModel => ({ ...plainPartition, name: `${name}_0`, from: ["0"], to: ["10"] });
  const one = (name: string): PartitionModel => ({ ...plainPartition, name: `${name}_1`, from: ["10"], to: ["20"] });
  const rest = (name: string): PartitionModel => ({ ...plainPartition, name: `${name}_rest`, default: true });

  test.each<[string, (name: string) => PartitionModel[], (name: string) => PartitionModel[]]>([
    ["attaching", (name) => [zero(name)], (name) => [zero(name), one(name)]],
    ["attaching_beside", (name) => [zero(name), rest(name)], (name) => [zero(name), one(name), rest(name)]],
    ["attaching_default", (name) => [zero(name)], (name) => [zero(name), rest(name)]],
    ["detaching", (name) => [zero(name), rest(name)], (name) => [{ ...zero(name), detached: "old" }, rest(name)]],
  ])("%s", async (name, from, to) => {
    const [before, after] = [model(name, from(name)), model(name, to(name))];
    const context = { declaredBy: "orders", leaves: [], obstacles: [] };
    for (const { sql } of planTable(diffTable(null, before), before, context)) await client.query(sql);
    const seen = await watched(planTable(diffTable(before, after), after, context));
    expect(seen.map(([held]) => held)).toEqual(seen.map(([, said]) => said));
  });
});
