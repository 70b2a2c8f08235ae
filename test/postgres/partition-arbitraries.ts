import fc from "fast-check";
import { plainPartition, plainPartitioning } from "../../lib/postgres/defaults";
import type { ColumnModel, LeafModel, LevelModel, PartitioningModel, PartitionModel } from "../../lib/postgres/model";

/** Values of each type in their order, spelt in all the ways that Postgres takes. */
const values: Readonly<Record<string, readonly string[]>> = {
  bigint: ["-7", "'0'", "'+12'", "100", "9223372036854775807"],
  int4: ["-7", "0", "'0012'", "100", "3000"],
  smallint: ["'-32768'", "-1", "0", "' 7 '", "32767"],
  "numeric(10,2)": ["-1.50", "'0.00'", ".5", "'2.5'", "1e3"],
  "numeric(6)": ["-1", "0", "5", "'70'", "8e2"],
  "varchar(20)": ["'a'", "'b''c'", "'c\\d'", "E'e\"f'", "'g (h), i'"],
  "char(3)": ["'a'", "'b  '", "'c'", "'dd'", "'e'"],
  text: ["'a'", "'b''c'", "E'c\\\\d'", '$$e"f$$', "'g (h), i'"],
  bool: ["false", "'yes'"],
  uuid: [
    "'00000000-0000-0000-0000-000000000001'",
    "'{1}'".replace("1", "10000000000000000000000000000000"),
    "'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'",
    "'b0eebc999c0b4ef8bb6d6bb9bd380a11'",
    "'ffffffff-ffff-ffff-ffff-ffffffffffff'",
  ],
  timestamptz: [
    "'-infinity'",
    "'2026-01-01'",
    "'2026-01-01 00:00-05:45'",
    "'2026-01-01T08:00:00.25Z'",
    "'2026-01-01 23:59:59.999999-12'",
  ],
  "timestamp(3)": [
    "'1969-12-31 23:59'",
    "'2026-01-01'",
    "'2026-01-01T00:00:00.500'",
    "'2026-02-28 08:00'",
    "'infinity'",
  ],
  date: ["'0001-01-01'", "'2024-02-29'", "'2025-12-31'", "'2026-01-01 00:00'", "'9999-12-31'"],
};

/** Types that can be hashed: of the ones that columns are made of here, all but this. */
const unhashable = ["jsonb"];
const rollable = ["timestamptz", "timestamp(3)", "date", "uuid"];

const suffix = fc.string({ unit: fc.constantFrom(..."abz_09AZ.\"' -é$"), minLength: 0, maxLength: 8 });

/** Leaves of a list: groups of the type's values, one of them with NULL, and maybe a default. */
function lists(prefix: string, type: string): fc.Arbitrary<readonly LeafModel[]> {
  const all = values[type]!;
  return fc
    .record({
      chosen: fc.subarray([...all, "NULL"], { minLength: 1 }),
      groups: fc.integer({ min: 1, max: 3 }),
      rest: fc.boolean(),
      suffix,
    })
    .map(({ chosen, groups, rest, suffix: end }) => {
      const leaves = Array.from({ length: Math.min(groups, chosen.length) }, (_, group) =>
        leaf(`${prefix}${group}${end}`, { values: chosen.filter((_each, at) => at % groups === group) }),
      );
      return rest ? [leaf(`${prefix}r${end}`, { default: true }), ...leaves] : leaves;
    });
}

/** Leaves of a range, with gaps, open ends and maybe a default. The later columns have what is open only. */
function ranges(prefix: string, types: readonly string[]): fc.Arbitrary<readonly LeafModel[]> {
  const [first, ...others] = types as [string, ...string[]];
  return fc
    .record({
      cuts: fc.subarray([...values[first]!], { minLength: 2 }),
      skip: fc.integer({ min: 0, max: 4 }),
      open: fc.constantFrom("none", "low", "high", "both"),
      rest: fc.boolean(),
      end: fc.constantFrom("MINVALUE", "MAXVALUE", ...(others.length === 0 ? [] : [values[others[0]!]![1]!])),
      suffix,
    })
    .map(({ cuts, skip, open, rest, end, suffix: tail }) => {
      const low = open === "low" || open === "both" ? ["MINVALUE"] : [];
      const high = open === "high" || open === "both" ? ["MAXVALUE"] : [];
      const ends = [...low, ...cuts, ...high];
      const bound = (value: string): string[] =>
        value === "MINVALUE" || value === "MAXVALUE" ? types.map(() => value) : [value, ...others.map(() => end)];
      const leaves = ends
        .slice(1)
        .map((to, at) => leaf(`${prefix}${at}${tail}`, { from: bound(ends[at]!), to: bound(to) }))
        .filter((_each, at, made) => made.length === 1 || at !== skip);
      return rest ? [...leaves, leaf(`${prefix}r${tail}`, { default: true })] : leaves;
    });
}

function leaf(name: string, more: Partial<LeafModel>): LeafModel {
  const { partitioning: _, ...plain } = plainPartition;
  return { ...plain, name, ...more };
}

function hash(columns: readonly string[], modulus: number): LevelModel {
  return { strategy: "hash", columns, modulus, partitions: [] };
}

/** How a table of these columns may be partitioned; the first column is always one that decides. */
export function partitioning(
  columns: readonly ColumnModel[],
  storage: Readonly<Record<string, string>>,
): fc.Arbitrary<PartitioningModel | null> {
  const [first] = columns as readonly [ColumnModel, ...ColumnModel[]];
  const second = columns.slice(1).find(({ generated, type }) => generated === null && !unhashable.includes(type));
  const bounded = Object.hasOwn(values, first.type);
  const ranged = bounded && first.type !== "bool";
  const whole = (more: Partial<PartitioningModel>): PartitioningModel => ({
    ...plainPartitioning,
    strategy: "hash",
    columns: [first.name],
    storage,
    ...more,
  });
  const below = levelBelow(second);
  const plain = (leaves: readonly LeafModel[], level: LevelModel | null): readonly PartitionModel[] =>
    leaves.map((each, at) => ({ ...each, partitioning: at % 2 === 0 ? named(level, each.name) : null }));
  const both = second !== undefined && Object.hasOwn(values, second.type) ? [first, second] : null;
  const kinds: fc.Arbitrary<PartitioningModel | null>[] = [
    fc.constant(null),
    ...(unhashable.includes(first.type) ? [] : [fc.integer({ min: 1, max: 3 }).map((modulus) => whole({ modulus }))]),
    ...(bounded
      ? [
          fc.tuple(lists("p", first.type), below).map(([leaves, level]) => {
            return whole({ strategy: "list", partitions: plain(leaves, level) });
          }),
        ]
      : []),
    ...(ranged
      ? [
          fc.tuple(ranges("p", [first.type]), below).map(([leaves, level]) => {
            return whole({ strategy: "range", partitions: plain(leaves, level) });
          }),
        ]
      : []),
    ...(ranged && both !== null
      ? [
          ranges(
            "p",
            both.map(({ type }) => type),
          ).map((leaves) => {
            return whole({ strategy: "range", columns: both.map(({ name }) => name), partitions: plain(leaves, null) });
          }),
        ]
      : []),
    ...(rollable.includes(first.type) ? [rolling(whole)] : []),
  ];
  return fc.oneof(fc.constant(null), ...kinds);
}

function rolling(whole: (more: Partial<PartitioningModel>) => PartitioningModel): fc.Arbitrary<PartitioningModel> {
  return fc
    .record({
      interval: fc.constantFrom("day", "week", "month"),
      ahead: fc.integer({ min: 1, max: 4 }),
      retain: fc.constantFrom(null, "90 days"),
    })
    .map((rule) => whole({ strategy: "range", rolling: rule }));
}

/** A second level by the second column, or none. */
function levelBelow(second: ColumnModel | undefined): fc.Arbitrary<LevelModel | null> {
  if (second === undefined) return fc.constant(null);
  const columns = [second.name];
  return fc.oneof(
    fc.constant(null),
    fc.integer({ min: 1, max: 3 }).map((modulus) => hash(columns, modulus)),
    ...(Object.hasOwn(values, second.type)
      ? [
          lists("l", second.type).map((partitions): LevelModel => ({
            strategy: "list",
            columns,
            modulus: null,
            partitions,
          })),
        ]
      : []),
  );
}

/** The same level once more, under names of its own. */
function named(level: LevelModel | null, above: string): LevelModel | null {
  return (
    level && { ...level, partitions: level.partitions.map((each) => ({ ...each, name: `${above}_${each.name}` })) }
  );
}
