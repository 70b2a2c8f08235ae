import type { Client } from "pg";
import type { ValueMap } from "../../lib/provider/value";
import { type Config, partitionRuns, table } from "./partition-runs";

jest.setTimeout(120_000);

const runs = partitionRuns("partitions");
const { run, created, unchanged } = runs;
let client: Client;

beforeAll(async () => (client = await runs.start()));

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
