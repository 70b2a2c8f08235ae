import { readValue, WrongValue } from "../../lib/postgres/bound-value";
import { leanTable, plainPartition, plainPartitioning, wholeTable } from "../../lib/postgres/defaults";
import { diffTable } from "../../lib/postgres/diff";
import type { PartitioningModel, PartitionModel, TableModel } from "../../lib/postgres/model";
import { partitionCondition } from "../../lib/postgres/partition-condition";
import { partitioningModel } from "../../lib/postgres/partition-props";
import { canonicalBound, leavesOf, partitionNodes } from "../../lib/postgres/partitions";
import { lockText, planTable, type Statement, withSizes } from "../../lib/postgres/plan";
import { judgeChange } from "../../lib/postgres/safety";
import { MAXVALUE, MINVALUE, tableModel } from "../../lib/postgres/table-props";
import { validateTable } from "../../lib/postgres/validate";
import { readBound } from "../../lib/provider/postgres/inspect-partition";
import { column, table, unique } from "./tables";

const part = (name: string, more: Partial<PartitionModel> = {}): PartitionModel => ({
  ...plainPartition,
  name,
  ...more,
});
const range = (name: string, from: string, to: string): PartitionModel => part(name, { from: [from], to: [to] });
const list = (name: string, ...values: readonly string[]): PartitionModel => part(name, { values });
const other = (name = "t_rest"): PartitionModel => part(name, { default: true });

const by = (
  strategy: PartitioningModel["strategy"],
  partitions: readonly PartitionModel[],
  more: Partial<PartitioningModel> = {},
): PartitioningModel => ({ ...plainPartitioning, strategy, columns: ["id"], partitions, ...more });

const sized = (type: string, partitioning: PartitioningModel): Partial<TableModel> => ({
  columns: [column("id", type), column("note", "text", { nullable: true })],
  partitioning,
});

function issues(more: Partial<TableModel>): string[] {
  return validateTable(table(more)).map(({ code, path, message }) => `${code} ${path}: ${message}`);
}

test("sound partitions have no issue: gaps, open ends, nulls, a default, and two levels", () => {
  const byNote = {
    strategy: "list",
    columns: ["note"],
    modulus: null,
    partitions: [list("t_0_a", "'a'", "NULL")],
  } as const;
  const keyed = { primaryKey: null, uniques: [unique("u", ["id", "note"])] };
  const partitions = [
    { ...range("t_0", "MINVALUE", "5"), partitioning: byNote },
    range("t_1", "5", "9"),
    range("t_2", "20", "MAXVALUE"),
    other(),
  ];
  expect(issues({ ...keyed, partitioning: by("range", partitions) })).toEqual([]);
  expect(issues({ partitioning: by("list", [list("t_0", "1", "'2'"), list("t_1", "NULL")]) })).toEqual([]);
  expect(issues({ partitioning: by("list", [list("x".repeat(63), "1")]) })).toEqual([]);
  const hash = { strategy: "hash", columns: ["id"], modulus: 100, partitions: [] } as const;
  const branch = { ...range("x".repeat(59), "1", "2"), partitioning: hash };
  expect(issues({ partitioning: by("range", [branch]) })).toEqual([]);
});

test.each<[string, Partial<TableModel>, string]>([
  [
    "no partition",
    { partitioning: by("list", []) },
    "PG424 partitioning.partitions: without a partition every insert fails",
  ],
  [
    "no column",
    { partitioning: by("range", [other()], { columns: [] }) },
    "PG424 partitioning.columns: no column decides",
  ],
  [
    "a list of two columns",
    { primaryKey: null, partitioning: by("list", [other()], { columns: ["id", "note"] }) },
    "PG424 partitioning.columns: too many columns decide",
  ],
  [
    "a modulus",
    { partitioning: by("list", [other()], { modulus: 2 }) },
    "PG429 partitioning.modulus: a list has no modulus",
  ],
  [
    "bounds of a hash",
    { partitioning: by("hash", [list("t_0", "1")], { modulus: 2 }) },
    "PG429 partitioning.partitions: the leaves of a hash have no bounds",
  ],
  [
    "a type without an order of ours",
    sized("interval", by("range", [other()])),
    'PG429 partitioning.columns: bounds of column "id" can\'t be compared',
  ],
  [
    "a name of 64 bytes",
    { partitioning: by("list", [list("x".repeat(64), "1")]) },
    "PG420 partitioning.partitions[0].name: the name has 64 bytes",
  ],
  [
    "leaves' names of 64 bytes",
    {
      partitioning: by("list", [
        {
          ...list("x".repeat(60), "1"),
          partitioning: { strategy: "hash", columns: ["id"], modulus: 2, partitions: [] },
        },
      ]),
    },
    "PG420 partitioning.partitions[0].name: the leaves' names would be too long",
  ],
  [
    "a name twice",
    { partitioning: by("list", [list("p", "1"), list("p", "2")]) },
    "PG422 partitioning.partitions: the name is used twice",
  ],
  [
    "the table's own name",
    { partitioning: by("list", [list("t", "1")]) },
    "PG422 partitioning.partitions: the name is used twice",
  ],
  [
    "the key's name",
    { partitioning: by("list", [list("t_pkey", "1")]) },
    "PG422 partitioning.partitions: the name is used twice",
  ],
  [
    "a list without values",
    { partitioning: by("list", [part("p")]) },
    "PG429 partitioning.partitions[0].values: there is no value",
  ],
  [
    "a list with ends",
    { partitioning: by("list", [part("p", { values: ["1"], from: ["1"] })]) },
    "PG429 partitioning.partitions[0].from: a list has none",
  ],
  [
    "a range with values",
    { partitioning: by("range", [{ ...range("p", "1", "2"), values: ["1"] }]) },
    "PG429 partitioning.partitions[0].values: a range has none",
  ],
  [
    "a default with values",
    { partitioning: by("list", [{ ...other("p"), values: ["1"] }]) },
    "PG429 partitioning.partitions[0].values: a default has none",
  ],
  [
    "a text for a number",
    { partitioning: by("list", [list("p", "'a'")]) },
    'PG429 partitioning.partitions[0].values[0]: this is no value of column "id"',
  ],
  [
    "a number that is too big",
    sized("smallint", by("list", [list("p", "32768")])),
    'PG429 partitioning.partitions[0].values[0]: this is no value of column "id"',
  ],
  [
    "a day that there is not",
    sized("date", by("list", [list("p", "'2026-02-29'")])),
    'PG429 partitioning.partitions[0].values[0]: this is no value of column "id"',
  ],
  [
    "a day that is today",
    sized("date", by("list", [list("p", "'today'")])),
    'PG429 partitioning.partitions[0].values[0]: this is no value of column "id"',
  ],
  [
    "more than a literal",
    { partitioning: by("list", [list("p", "1); DROP TABLE t; --")]) },
    "PG429 partitioning.partitions[0].values[0]: this is not one literal",
  ],
  [
    "two literals",
    { partitioning: by("list", [list("p", "'a' 'b'")]) },
    "PG429 partitioning.partitions[0].values[0]: this is not one literal",
  ],
  [
    "MINVALUE in a list",
    { partitioning: by("list", [list("p", "MINVALUE")]) },
    "PG429 partitioning.partitions[0].values[0]: a list has no MINVALUE",
  ],
  [
    "NULL in a range",
    { partitioning: by("range", [range("p", "NULL", "2")]) },
    "PG429 partitioning.partitions[0].from[0]: a range has no NULL",
  ],
  [
    "too few bounds",
    { partitioning: by("range", [part("p", { from: ["1"] })]) },
    "PG429 partitioning.partitions[0].to: the bound needs a value for each column",
  ],
  [
    "a value behind MAXVALUE",
    {
      primaryKey: null,
      partitioning: by("range", [part("p", { from: ["1", "'a'"], to: ["MAXVALUE", "'b'"] })], {
        columns: ["id", "note"],
      }),
    },
    "PG429 partitioning.partitions[0].to: a value follows MAXVALUE",
  ],
  [
    "no reason for a detaching",
    { partitioning: by("list", [list("p", "1"), part("q", { values: ["2"], detached: " " })]) },
    "PG429 partitioning.partitions[1].detached: the reason is empty",
  ],
  [
    "two defaults",
    { partitioning: by("list", [other("p"), other("q")]) },
    "PG432 partitioning.partitions: there are two default partitions",
  ],
  [
    "a value twice",
    { partitioning: by("list", [list("p", "1"), list("q", "'01'")]) },
    'PG432 partitioning.partitions: a value is in "p" and in "q"',
  ],
  [
    "a value twice in one",
    { partitioning: by("list", [list("p", "NULL", "NULL")]) },
    'PG432 partitioning.partitions: a value is twice in "p"',
  ],
  [
    "an empty range",
    { partitioning: by("range", [range("p", "2", "2")]) },
    "PG432 partitioning.partitions: the range holds no row",
  ],
  [
    "a range backwards",
    { partitioning: by("range", [range("p", "10", "9")]) },
    "PG432 partitioning.partitions: the range holds no row",
  ],
  [
    "an overlap",
    { partitioning: by("range", [range("p", "1", "10"), range("q", "9", "20")]) },
    'PG432 partitioning.partitions: "p" and "q" overlap',
  ],
  [
    "an overlap of times in other zones",
    sized(
      "timestamptz",
      by("range", [range("p", "'2026-01-01'", "'2026-01-02'"), range("q", "'2026-01-02 01:00+02'", "MAXVALUE")]),
    ),
    'PG432 partitioning.partitions: "p" and "q" overlap',
  ],
  [
    "a column below that the key lacks",
    {
      partitioning: by("list", [
        { ...list("p", "1"), partitioning: { strategy: "hash", columns: ["note"], modulus: 2, partitions: [] } },
      ]),
    },
    "PG423 primaryKey.columns: a unique key of a partitioned table must hold every partition column",
  ],
  [
    "a column below that there is not",
    {
      primaryKey: null,
      partitioning: by("list", [
        { ...list("p", "1"), partitioning: { strategy: "hash", columns: ["no"], modulus: 2, partitions: [] } },
      ]),
    },
    "PG421 partitioning.partitions[0].partitioning.columns: there is no such column",
  ],
])("refuses %s", (_, more, expected) => {
  expect(issues(more)).toEqual([expected]);
});

test("ranges that only touch are apart, and so are those of a partition that is detached", () => {
  expect(issues({ partitioning: by("range", [range("p", "1", "10"), range("q", "10", "20")]) })).toEqual([]);
  const gone = { ...range("q", "1", "20"), detached: "split" };
  expect(issues({ partitioning: by("range", [range("p", "1", "10"), gone]) })).toEqual([]);
  expect(issues({ partitioning: by("list", [other("p"), { ...other("q"), detached: "too big" }]) })).toEqual([]);
});

test.each<[string, readonly string[], string]>([
  ["bigint", ["7", "'7'", "'+007'", "' 7 '"], "7"],
  ["numeric", ["1.5", "'1.50'", "15e-1", "'+01.5000'"], "1.5"],
  ["numeric(10,2)", ["-0.5", "'-.50'"], "-0.5"],
  ["numeric", ["0", "'-0.00'", "0e5"], "0"],
  ["boolean", ["true", "'t'", "'Yes'", "1"], "true"],
  [
    "uuid",
    ["'A0EEBC999C0B4EF8BB6D6BB9BD380A11'", "'{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}'"],
    "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'",
  ],
  ["date", ["'2026-01-31'", "'2026-01-31 00:00'"], "'2026-01-31'"],
  ["timestamp", ["'2026-01-31'", "'2026-01-31T00:00:00.000'"], "'2026-01-31 00:00:00'"],
  [
    "timestamptz",
    ["'2026-01-31'", "'2026-01-31 05:45+05:45'", "'2026-01-30T23:00:00-0100'", "'2026-01-31 00:00:00Z'"],
    "'2026-01-31 00:00:00+00'",
  ],
  ["timestamptz", ["'-INFINITY'"], "'-infinity'"],
  ["char(3)", ["'a'", "'a  '"], "'a'"],
  ["text", ["'a'", "E'a'", "$$a$$"], "'a'"],
  ["text", ["7", "'7'"], "'7'"],
])("%s: %j are one bound", (type, spellings, canonical) => {
  const of = { name: "c", type, collation: null };
  expect(spellings.map((each) => canonicalBound(each, of))).toEqual(spellings.map(() => canonical));
});

test.each([
  ["bigint", "9223372036854775808"],
  ["bigint", "1.0"],
  ["numeric(4,2)", "100"],
  ["numeric(4,2)", "1.005"],
  ["numeric", "NaN"],
  ["varchar(2)", "abc"],
  ["uuid", "a0eebc99"],
  ["boolean", "maybe"],
  ["date", "2026-01-31 08:00"],
  ["date", "31.01.2026"],
  ["timestamp", "2026-01-31 08:00+00"],
  ["timestamp(0)", "2026-01-31 08:00:00.5"],
  ["timestamptz", "2026-01-31 24:00"],
  ["timestamptz", "2026-13-01"],
])("%s takes no %s", (type, text) => {
  expect(readValue(text, { name: "c", type, collation: null })).toBeInstanceOf(WrongValue);
});

test("what Postgres writes of a bound is read as it is", () => {
  const none = { values: [], from: [], to: [], default: false };
  expect(readBound("DEFAULT")).toEqual({ ...none, default: true });
  expect(readBound("FOR VALUES IN ('a, (b)', E'c\\\\d', 'it''s', NULL, true, '-1', 2.5)")).toEqual({
    ...none,
    values: ["'a, (b)'", "E'c\\\\d'", "'it''s'", "NULL", "TRUE", "'-1'", "2.5"],
  });
  expect(readBound("FOR VALUES FROM ('-5', MINVALUE) TO (7, 'TO')")).toEqual({
    ...none,
    from: ["'-5'", "MINVALUE"],
    to: ["7", "'TO'"],
  });
});

test("the condition of a bound is what Postgres makes of it", () => {
  const a = { name: "a", type: "int", collation: null };
  const b = { name: "b", type: "text", collation: null };
  const of = (from: readonly string[], to: readonly string[]): string =>
    partitionCondition(part("p", { from, to }), [a, b]);
  const whole = '"a" IS NOT NULL AND "b" IS NOT NULL';
  expect(of(["1", "'a'"], ["5", "MAXVALUE"])).toBe(
    `${whole} AND ("a" > '1'::integer OR ("a" = '1'::integer AND "b" >= 'a')) AND "a" <= '5'::integer`,
  );
  expect(of(["5", "MAXVALUE"], ["7", "MINVALUE"])).toBe(`${whole} AND "a" > '5'::integer AND "a" < '7'::integer`);
  expect(of(["7", "'x'"], ["7", "'z'"])).toBe(`${whole} AND "a" = '7'::integer AND "b" >= 'x' AND "b" < 'z'`);
  expect(of(["MINVALUE", "MINVALUE"], ["MAXVALUE", "MAXVALUE"])).toBe(whole);
  expect(partitionCondition(list("p", "NULL"), [b])).toBe('"b" IS NULL');
  expect(partitionCondition(list("p", "'x'", "NULL"), [b])).toBe(`"b" IS NULL OR "b" = 'x'`);
  expect(partitionCondition(list("p", "'x'", "'y'"), [b])).toBe(`"b" IS NOT NULL AND "b" = ANY (ARRAY['x', 'y'])`);
});

function plan(
  from: readonly PartitionModel[],
  to: readonly PartitionModel[],
  strategy: "list" | "range" = "range",
): readonly Statement[] {
  const [before, after] = [table({ partitioning: by(strategy, from) }), table({ partitioning: by(strategy, to) })];
  return planTable(diffTable(before, after), after, {
    declaredBy: "orders",
    ...leavesOf(partitionNodes(before)),
    obstacles: [],
  });
}

describe("what statements for partitions lock", () => {
  const [zero, one] = [range("t_0", "0", "10"), range("t_1", "10", "20")];
  const locks = (statements: readonly Statement[]): readonly string[] =>
    statements.map(
      (each) =>
        `${each.sql.split(/[\n(]/, 1)[0]!.replace(/"/g, "").slice(0, 44).trim()}: ${lockText(each) ?? "nothing"}`,
    );

  test("an attaching lets readers and writers of the table pass", () => {
    const statements = plan([zero], [zero, one]);
    expect(locks(statements)).toEqual([
      "CREATE TABLE s.t_1: nothing",
      "ALTER TABLE s.t ATTACH PARTITION s.t_1 FOR V: SHARE UPDATE EXCLUSIVE on s.t (nobody waits), reads no rows",
      "ALTER TABLE s.t_1 DROP CONSTRAINT eventloom_: ACCESS EXCLUSIVE on s.t_1 (readers and writers wait), reads no rows",
    ]);
    expect(new Set(statements.map(({ group }) => group))).toEqual(new Set(["attach t_1"]));
  });

  test("beside a default partition, its rows are read while nobody waits, and it is locked for an instant", () => {
    expect(locks(plan([zero, other()], [zero, one, other()]))).toEqual([
      "ALTER TABLE s.t_rest ADD CONSTRAINT eventloo: ACCESS EXCLUSIVE on s.t_rest (readers and writers wait), reads no rows",
      "ALTER TABLE s.t_rest VALIDATE CONSTRAINT eve: SHARE UPDATE EXCLUSIVE on s.t_rest (nobody waits), reads all rows",
      "CREATE TABLE s.t_1: nothing",
      "ALTER TABLE s.t ATTACH PARTITION s.t_1 FOR V: SHARE UPDATE EXCLUSIVE on s.t and ACCESS EXCLUSIVE on s.t_rest (readers and writers wait), reads no rows",
      "ALTER TABLE s.t_1 DROP CONSTRAINT eventloom_: ACCESS EXCLUSIVE on s.t_1 (readers and writers wait), reads no rows",
      "ALTER TABLE s.t_rest DROP CONSTRAINT eventlo: ACCESS EXCLUSIVE on s.t_rest (readers and writers wait), reads no rows",
    ]);
  });

  test("a detaching is done beside writers, but not where there is a default partition", () => {
    const gone = { ...zero, detached: "old" };
    expect(locks(plan([zero, one], [gone, one]))).toEqual([
      "ALTER TABLE s.t DETACH PARTITION s.t_0 CONCU: SHARE UPDATE EXCLUSIVE on s.t (nobody waits), reads no rows",
    ]);
    expect(locks(plan([zero, one, other()], [gone, one, other()]))).toEqual([
      "ALTER TABLE s.t DETACH PARTITION s.t_0: ACCESS EXCLUSIVE on s.t and ACCESS EXCLUSIVE on s.t_0 and ACCESS EXCLUSIVE on s.t_rest (readers and writers wait), reads no rows",
    ]);
  });

  test("what frees a bound comes before what takes it, and a default comes last", () => {
    const statements = plan([zero], [{ ...zero, detached: "too small" }, other("a_rest"), range("t_2", "0", "30")]);
    expect(statements.filter(({ sql }) => /TACH/.test(sql)).map(({ sql }) => sql)).toEqual([
      'ALTER TABLE "s"."t" DETACH PARTITION "s"."t_0" CONCURRENTLY',
      expect.stringContaining('ATTACH PARTITION "s"."t_2"'),
      'ALTER TABLE "s"."t" ATTACH PARTITION "s"."a_rest" DEFAULT',
    ]);
  });
});

test("an order or a spelling is no difference", () => {
  const [a, b] = [list("p", "1", "'2'"), list("q", "NULL")];
  const to = [list("q", "NULL"), list("p", "2", "'1'")];
  expect(plan([a, b], to, "list")).toEqual([]);
});

test.each<[string, readonly PartitionModel[], readonly string[]]>([
  ["a partition less", [list("p", "1")], ["PG418"]],
  ["another value", [list("p", "1"), list("q", "3")], ["PG419"]],
  ["a value more", [list("p", "1", "5"), list("q", "2")], ["PG419"]],
  ["a partition more", [list("p", "1"), list("q", "2"), list("r", "3")], []],
  ["one that is detached", [list("p", "1"), { ...list("q", "2"), detached: "old" }], []],
])("of a list, %s is judged with a code and a way out", (_, partitions, codes) => {
  const from = table({ partitioning: by("list", [list("p", "1"), list("q", "2")]) });
  const verdicts = diffTable(from, table({ partitioning: by("list", partitions) })).map((each) =>
    judgeChange(each, { rows: "unknown" }),
  );
  expect(verdicts.filter(({ allowed }) => !allowed).map(({ code }) => code)).toEqual(codes);
  for (const verdict of verdicts.filter(({ allowed }) => !allowed)) expect(verdict.wayOut).toMatch(/detach/);
});

test("rows in the default partition refuse the new one that they belong to, and no other", () => {
  const change = { kind: "add-partition", partition: list("p", "1"), parent: "t", rolled: false } as const;
  expect(judgeChange(change, { rows: "some", strayRows: ["p"] })).toMatchObject({ allowed: false, code: "PG431" });
  expect(judgeChange(change, { rows: "some", strayRows: ["q"] })).toMatchObject({ allowed: true });
  expect(judgeChange(change, { rows: "unknown" })).toMatchObject({ allowed: true });
});

describe("what a person writes", () => {
  test("of bounds becomes literals, each said", () => {
    const model = partitioningModel({
      strategy: "range",
      columns: ["id", "note"],
      partitions: {
        p: { from: [MINVALUE, MINVALUE], to: [-5, "it's"] },
        q: { from: [7n, "a\\b"], to: [MAXVALUE, MAXVALUE] },
        r: { default: true },
      },
    });
    expect(model.partitions.map(({ name, from, to, default: rest }) => [name, from, to, rest])).toEqual([
      ["p", ["MINVALUE", "MINVALUE"], ["-5", "'it''s'"], false],
      ["q", ["7", "E'a\\\\b'"], ["MAXVALUE", "MAXVALUE"], false],
      ["r", [], [], true],
    ]);
    expect(model).toMatchObject({ strategy: "range", modulus: null, rolling: null, storage: {} });
  });

  test("of a list with a level below is a table that validates, and is lean and whole again", () => {
    const model = tableModel({
      schema: "s",
      name: "t",
      columns: { tenant: { type: "text" }, id: { type: "bigint" }, paid: { type: "boolean" } },
      primaryKey: ["tenant", "id", "paid"],
      partitioning: {
        strategy: "list",
        columns: ["tenant"],
        partitions: {
          t_acme: { values: ["acme"], partitioning: { strategy: "hash", columns: ["id"], modulus: 4 } },
          t_paid: {
            values: [null],
            partitioning: { strategy: "list", columns: ["paid"], partitions: { t_yes: { values: [true] } } },
          },
          t_old: { values: ["old"], detached: "no longer a customer" },
        },
        storage: { fillfactor: "90" },
      },
    });
    expect(validateTable(model).map(({ path, message }) => `${path}: ${message}`)).toEqual([]);
    expect(wholeTable(leanTable(model))).toEqual(model);
    expect(leanTable(model).partitioning).toEqual({
      strategy: "list",
      columns: ["tenant"],
      partitions: [
        { name: "t_acme", values: ["'acme'"], partitioning: { strategy: "hash", columns: ["id"], modulus: 4 } },
        {
          name: "t_paid",
          values: ["NULL"],
          partitioning: { strategy: "list", columns: ["paid"], partitions: [{ name: "t_yes", values: ["true"] }] },
        },
        { name: "t_old", values: ["'old'"], detached: "no longer a customer" },
      ],
      storage: { fillfactor: "90" },
    });
  });

  test("of a hash is what it was before there were others", () => {
    const partitioning = partitioningModel({ strategy: "hash", columns: ["id"], modulus: 2 });
    expect(leanTable(table({ partitioning })).partitioning).toEqual({
      strategy: "hash",
      columns: ["id"],
      modulus: 2,
      storage: {},
    });
  });
});

test.each([
  [{ rows: 1_234_567, bytes: 325_000_000 }, "reads all rows of about 1,200,000 rows, 310 MB"],
  [{ rows: 7, bytes: 8192 }, "reads all rows of about 7 rows, 8 kB"],
  [{ rows: 96_000_000_000, bytes: 2.2 * 1024 ** 4 }, "reads all rows of about 96,000,000,000 rows, 2.2 TB"],
  [{ rows: 5e6, bytes: 3.26 * 1024 ** 3 }, "reads all rows of about 5,000,000 rows, 3.3 GB"],
  [{ rows: 0, bytes: 0 }, "reads all rows"],
])("a statement says how large its table is: %j", (size, text) => {
  const statements = withSizes(
    plan([range("t_0", "0", "1"), other()], [range("t_0", "0", "1"), range("t_1", "1", "2"), other()]),
    {
      t_rest: size,
    },
  );
  const validates = statements.find(({ scans }) => scans)!;
  expect(lockText(validates)).toBe(`SHARE UPDATE EXCLUSIVE on s.t_rest (nobody waits), ${text}`);
  expect(statements.filter(({ table }) => table?.name !== "t_rest").every((each) => each.size === null)).toBe(true);
});
