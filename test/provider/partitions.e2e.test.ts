import type { Client } from "pg";
import { plainPartition, plainPartitioning, plainTable } from "../../lib/postgres/defaults";
import { diffTable } from "../../lib/postgres/diff";
import type { PartitionModel, TableModel } from "../../lib/postgres/model";
import { planTable, type Statement } from "../../lib/postgres/plan";
import { freshDatabase } from "../e2e/servers";
import { column, foreignKey } from "../postgres/tables";
import type { ValueMap } from "../../lib/provider/value";
import { codes, connect, Deployment, type TestDatabase, written } from "./deployment";

jest.setTimeout(120_000);

let database: TestDatabase;
let client: Client;
const opened: Deployment[] = [];

beforeAll(async () => {
  database = await freshDatabase("partitions");
  // Bounds mean the same whatever the database's own settings are.
  client = await connect(database);
  await client.query(`ALTER DATABASE "${database.database}" SET TimeZone = 'Asia/Kathmandu'`);
  await client.query(`ALTER DATABASE "${database.database}" SET DateStyle = 'German'`);
  await client.end();
  client = await connect(database);
  await client.query("CREATE SCHEMA s");
  await client.query("CREATE TYPE s.mood AS ENUM ('good', 'bad')");
  await client.query("CREATE TABLE s.target (id bigint PRIMARY KEY)");
  await client.query("CREATE FUNCTION s.guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$");
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((deployment) => deployment.close()));
});

afterAll(() => client.end());

/** A process of its own, as every run of an engine is. */
function run(stored: Deployment["stored"] = null): Deployment {
  const deployment = Deployment.on(database, "table");
  deployment.stored = stored;
  opened.push(deployment);
  return deployment;
}

type Config = Record<string, never>;

function table(name: string, columns: readonly (readonly [string, string])[], partitioning: object, more = {}): Config {
  const all = columns.map(([column, type]) => ({ name: column, type, nullable: true }));
  return { schema: "s", name, declaredBy: "orders", columns: all, partitioning, ...more } as unknown as Config;
}

async function created(config: Config): Promise<Deployment["stored"]> {
  const deployment = run();
  await deployment.deploy(config);
  await unchanged(deployment, config);
  return deployment.stored;
}

async function unchanged({ stored }: Deployment, config: Config): Promise<void> {
  expect(await run(stored).plan(config)).toMatchObject({ action: "none", changed: [], issues: [] });
  const { removal: _, ...rest } = config;
  expect(await run().plan(rest)).toMatchObject({ action: "adopt", statements: [], issues: [] });
}

const ranges = (pairs: readonly (readonly [string, string, string])[]): object[] =>
  pairs.map(([name, from, to]) => ({ name, from: [from], to: [to] }));

describe("bounds", () => {
  test.each<[string, string, string[][]]>([
    ["whole numbers", "bigint", [["1", "'-7'", "NULL"], ["'002'"], ["9223372036854775807"]]],
    [
      "numbers",
      "numeric(10,2)",
      [
        ["1.50", "2e1"],
        ["-0.25", "'3'"],
      ],
    ],
    ["numbers of any size", "numeric", [["1.500", "1e20"], ["-0.000001"]]],
    [
      "texts",
      "text",
      [
        ["'it''s'", "'back\\slash'", "''"],
        ["'NULL'", "'é, (x)'"],
      ],
    ],
    ["short texts", "varchar(5)", [["'a'", "'b'"], ["'MINVA'"]]],
    ["padded texts", "char(3)", [["'a'"], ["'b  '"]]],
    ["truths", "boolean", [["true"], ["'no'", "NULL"]]],
    ["UUIDs", "uuid", [["'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'"], ["'{00000000000000000000000000000001}'"]]],
    ["days", "date", [["'2026-01-31'"], ["'infinity'", "NULL"]]],
    ["times", "timestamp", [["'2026-01-31'", "'2026-01-31T08:00'"], ["'-infinity'"]]],
    [
      "times in a zone",
      "timestamptz(3)",
      [["'2026-01-31 08:00+05:45'", "'2026-01-31T08:00:00.120Z'"], ["'2026-02-01'"]],
    ],
    ["moods", "s.mood", [["'good'"], ["'bad'", "NULL"]]],
  ])("of %s in a list are what was declared, in any zone and style", async (_, type, lists) => {
    const name = `list_${type.replace(/\W/g, "_")}`;
    const partitions = lists.map((values, at) => ({ name: `${name}_${at}`, values }));
    await created(
      table(name, [["c", type]], {
        strategy: "list",
        columns: ["c"],
        partitions: [...partitions, { name: `${name}_rest`, default: true }],
      }),
    );
  });

  test.each<[string, string, [string, string][]]>([
    [
      "whole numbers",
      "int",
      [
        ["MINVALUE", "-5"],
        ["-5", "'7'"],
        ["10", "MAXVALUE"],
      ],
    ],
    [
      "numbers",
      "numeric",
      [
        ["0.10", "0.2"],
        ["1e1", "20.00"],
      ],
    ],
    [
      "texts",
      "text",
      [
        ["'a'", "'it''s'"],
        ["'it''s'", "MAXVALUE"],
      ],
    ],
    ["UUIDs", "uuid", [["'00000000-0000-0000-0000-000000000000'", "'A0000000-0000-0000-0000-000000000000'"]]],
    [
      "days",
      "date",
      [
        ["'2025-12-31'", "'2026-01-01'"],
        ["'2026-02-01'", "'infinity'"],
      ],
    ],
    ["times", "timestamp", [["'2026-01-01 00:00:00.5'", "'2026-01-02'"]]],
    [
      "times in a zone",
      "timestamptz",
      [
        ["'2026-01-01T00:00+14:00'", "'2026-01-01Z'"],
        ["'2026-01-01'", "MAXVALUE"],
      ],
    ],
  ])("of %s in a range are what was declared, in any zone and style", async (_, type, pairs) => {
    const name = `range_${type}`;
    const partitions = pairs.map(([from, to], at) => ({ name: `${name}_${at}`, from: [from], to: [to] }));
    await created(table(name, [["c", type]], { strategy: "range", columns: ["c"], partitions }));
  });

  test("of several columns are compared from the left", async () => {
    const partitions = [
      { name: "several_0", from: ["MINVALUE", "MINVALUE"], to: ["1", "'m'"] },
      { name: "several_1", from: ["1", "'m'"], to: ["1", "'z'"] },
      { name: "several_2", from: ["2", "MINVALUE"], to: ["3", "MAXVALUE"] },
    ];
    await created(
      table(
        "several",
        [
          ["a", "int"],
          ["b", "text"],
        ],
        { strategy: "range", columns: ["a", "b"], partitions },
      ),
    );
  });
});

describe("two levels", () => {
  const columns = [
    ["tenant", "text"],
    ["at", "timestamptz"],
    ["id", "bigint"],
  ] as const;
  const byHash = { strategy: "hash", columns: ["id"], modulus: 2 };
  const byTenant = (prefix: string): object => ({
    strategy: "list",
    columns: ["tenant"],
    partitions: [
      { name: `${prefix}_acme`, values: ["'acme'"] },
      { name: `${prefix}_rest`, default: true },
    ],
  });

  test("are a list and then a hash", async () => {
    const config = table("tenants", columns, {
      strategy: "list",
      columns: ["tenant"],
      partitions: [
        { name: "tenants_acme", values: ["'acme'"], partitioning: byHash },
        { name: "tenants_rest", default: true, partitioning: { ...byHash, modulus: 3 } },
      ],
      storage: { fillfactor: "90" },
    });
    const stored = await created(config);
    const { rows } = await client.query<{ leaves: string[] }>(
      "SELECT array_agg(relid::text ORDER BY relid::text) AS leaves FROM pg_partition_tree('s.tenants') WHERE isleaf",
    );
    expect(rows[0]?.leaves).toEqual([
      "s.tenants_acme_p00",
      "s.tenants_acme_p01",
      "s.tenants_rest_p00",
      "s.tenants_rest_p01",
      "s.tenants_rest_p02",
    ]);
    const changed = { ...config, indexes: [{ name: "tenants_at", keys: [{ column: "at" }] }] } as unknown as Config;
    const next = run(stored);
    expect(await next.deploy(changed)).toEqual([
      'CREATE INDEX "tenants_at" ON ONLY "s"."tenants" USING btree ("at")',
      'CREATE INDEX "tenants_acme_tenants_at" ON ONLY "s"."tenants_acme" USING btree ("at")',
      'CREATE INDEX "tenants_rest_tenants_at" ON ONLY "s"."tenants_rest" USING btree ("at")',
      'CREATE INDEX CONCURRENTLY "tenants_acme_p00_tenants_at" ON "s"."tenants_acme_p00" USING btree ("at")',
      'CREATE INDEX CONCURRENTLY "tenants_acme_p01_tenants_at" ON "s"."tenants_acme_p01" USING btree ("at")',
      'CREATE INDEX CONCURRENTLY "tenants_rest_p00_tenants_at" ON "s"."tenants_rest_p00" USING btree ("at")',
      'CREATE INDEX CONCURRENTLY "tenants_rest_p01_tenants_at" ON "s"."tenants_rest_p01" USING btree ("at")',
      'CREATE INDEX CONCURRENTLY "tenants_rest_p02_tenants_at" ON "s"."tenants_rest_p02" USING btree ("at")',
      'ALTER INDEX "s"."tenants_acme_tenants_at" ATTACH PARTITION "s"."tenants_acme_p00_tenants_at"',
      'ALTER INDEX "s"."tenants_acme_tenants_at" ATTACH PARTITION "s"."tenants_acme_p01_tenants_at"',
      'ALTER INDEX "s"."tenants_rest_tenants_at" ATTACH PARTITION "s"."tenants_rest_p00_tenants_at"',
      'ALTER INDEX "s"."tenants_rest_tenants_at" ATTACH PARTITION "s"."tenants_rest_p01_tenants_at"',
      'ALTER INDEX "s"."tenants_rest_tenants_at" ATTACH PARTITION "s"."tenants_rest_p02_tenants_at"',
      'ALTER INDEX "s"."tenants_at" ATTACH PARTITION "s"."tenants_acme_tenants_at"',
      'ALTER INDEX "s"."tenants_at" ATTACH PARTITION "s"."tenants_rest_tenants_at"',
    ]);
    await unchanged(next, changed);
  });

  test.each([1, 2, 3, 4, 5, 6])(
    "get an index and a unique constraint also where that broke off after %d statements",
    async (count) => {
      const name = `torn_${count}`;
      const config = table(name, columns, {
        strategy: "list",
        columns: ["tenant"],
        partitions: [{ name: `${name}_acme`, values: ["'acme'"], partitioning: byHash }],
      });
      const stored = await created(config);
      const grown = {
        ...config,
        indexes: [{ name: `${name}_at`, keys: [{ column: "at" }] }],
        uniques: [{ name: `${name}_key`, columns: ["tenant", "id"] }],
      } as unknown as Config;
      const { statements } = await run(stored).plan(grown);
      const [indexed, unique] = [`${name}_at`, `${name}_key`].map((of) =>
        statements!.filter((each) => each.includes(of)),
      );
      for (const each of [...indexed!.slice(0, count), ...unique!.slice(0, count)]) await client.query(each);
      const next = run(stored);
      await next.deploy(grown);
      await unchanged(next, grown);
    },
  );

  test("are a range and then a list, and take all that a table can be given later", async () => {
    const config = table("years", columns, {
      strategy: "range",
      columns: ["at"],
      partitions: [
        { name: "y25", from: ["'2025-01-01'"], to: ["'2026-01-01'"], partitioning: byTenant("y25") },
        { name: "y26", from: ["'2026-01-01'"], to: ["'2027-01-01'"], partitioning: byTenant("y26") },
      ],
    });
    const stored = await created(config);
    await client.query("INSERT INTO s.target VALUES (1); INSERT INTO s.years VALUES ('acme', '2026-05-05', 1)");
    const whole = {
      ...config,
      columns: [
        ...columns.map(([name, type]) => ({
          name,
          type,
          nullable: true,
          ...(type === "text" ? { compression: "pglz" } : {}),
        })),
        { name: "n", type: "int", default: "0" },
      ],
      checks: [{ name: "positive", expression: "id > 0" }],
      uniques: [{ name: "years_key", columns: ["tenant", "at", "id"] }],
      foreignKeys: [
        {
          name: "years_target",
          columns: ["id"],
          referencesSchema: "s",
          referencesTable: "target",
          referencesColumns: ["id"],
        },
      ],
      triggers: [
        {
          name: "g",
          timing: "after",
          events: ["insert"],
          functionSchema: "s",
          functionName: "guard",
          enabled: "always",
        },
        {
          name: "h",
          timing: "before",
          level: "statement",
          events: ["delete"],
          functionSchema: "s",
          functionName: "guard",
        },
      ],
    } as unknown as Config;
    const next = run(stored);
    await next.deploy(whole);
    await unchanged(next, whole);
  });
});

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
    const watching = await connect(database);
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
    const reader = await connect(database);
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

test("a plan says how large the table is, as the server last saw it, and does not depend on that", async () => {
  const config = (indexes: object[]): Config =>
    table("sized", [["id", "bigint"]], { strategy: "hash", columns: ["id"], modulus: 2 }, { indexes });
  const stored = await created(config([]));
  await client.query("INSERT INTO s.sized SELECT generate_series(1, 20000)");
  const checked = { ...config([]), checks: [{ name: "positive", expression: "id > 0" }] } as unknown as Config;
  const shown = (planned: { readonly attributes: ValueMap | null }): string => String(planned.attributes?.["ddl"]);
  expect(shown(await run(stored).plan(checked))).toContain("(nobody waits), reads all rows\n");
  await client.query("ANALYZE s.sized");
  const next = run(stored);
  const planned = await next.plan(checked);
  expect(shown(planned)).toMatch(/nobody waits\), reads all rows of about 20,000 rows, 7\d\d kB/);
  await client.query("INSERT INTO s.sized SELECT generate_series(20001, 90000); ANALYZE s.sized");
  expect((await next.apply(planned)).issues).toEqual([]);
});

test("a table that somebody else partitioned is imported with the names and bounds that it has", async () => {
  await client.query("CREATE TABLE s.found (at timestamptz NOT NULL, tenant text) PARTITION BY RANGE (at)");
  await client.query(
    "CREATE TABLE s.old PARTITION OF s.found FOR VALUES FROM (MINVALUE) TO ('2026-01-01 00:00+00') PARTITION BY LIST (tenant)",
  );
  await client.query("CREATE TABLE s.old_a PARTITION OF s.old FOR VALUES IN ('a', NULL)");
  await client.query("CREATE TABLE s.young PARTITION OF s.found DEFAULT");
  const deployment = run();
  const found = await deployment.handlers.import("table", "s.found");
  deployment.stored = found.stored;
  const config = table(
    "found",
    [],
    {
      strategy: "range",
      columns: ["at"],
      partitions: [
        { name: "young", default: true },
        {
          name: "old",
          from: ["MINVALUE"],
          to: ["'2026-01-01'"],
          partitioning: {
            strategy: "list",
            columns: ["tenant"],
            partitions: [{ name: "old_a", values: ["NULL", "'a'"] }],
          },
        },
      ],
    },
    {
      columns: [
        { name: "at", type: "timestamptz" },
        { name: "tenant", type: "text", nullable: true },
      ],
    },
  );
  expect(await deployment.deploy(config)).toEqual([
    expect.stringMatching(/^COMMENT ON TABLE "s"."found" IS '\s*eventloom:orders'$/),
  ]);
  await unchanged(deployment, config);
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

  function runAt(now: number, stored: Deployment["stored"] = null): Deployment {
    const deployment = Deployment.on(database, "table", {}, () => now);
    deployment.stored = stored;
    opened.push(deployment);
    return deployment;
  }

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
