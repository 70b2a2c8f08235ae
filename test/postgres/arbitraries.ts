import fc from "fast-check";
import { plainIndex, plainKey } from "../../lib/postgres/defaults";
import type {
  ColumnModel,
  ExclusionModel,
  ForeignKeyModel,
  IndexKeyModel,
  IndexModel,
  ReferentialAction,
  TableModel,
  TriggerModel,
  UniqueModel,
} from "../../lib/postgres/model";
import { partitionColumns } from "../../lib/postgres/partitions";
import { validateTable } from "../../lib/postgres/validate";
import { partitioning } from "./partition-arbitraries";

/**
 * Tables within what this version can manage, in the schema `s`, where `s.guard()` (a trigger's function), the sequence `s.numbers` and
 * `s.target (id bigint PRIMARY KEY)` have to exist.
 */

const nameCharacters = fc.constantFrom(..."abz_09AZ.\"' -é$");

/** Names as hostile as Postgres takes them; unique by a running number put before. */
const oddName = fc.string({ unit: nameCharacters, minLength: 0, maxLength: 12 });

const types: readonly (readonly [string, readonly (string | null)[]])[] = [
  ["bigint", [null, "0", "-7", "(1 + 2) * 3", "nextval('s.numbers')"]],
  ["int4", [null, "42", "length('abc')"]],
  ["smallint", [null, "1"]],
  ["numeric(10,2)", [null, "0.5"]],
  ["numeric(6)", [null]],
  ["varchar(20)", [null, "'it''s'", "upper('x')"]],
  ["char(3)", [null, "'abc'"]],
  ["text", [null, "''", "'a' || 'b'", "'back\\slash'", "current_user"]],
  ["text[]", [null, "'{}'", "ARRAY['a','b']"]],
  ["bool", [null, "true", "NOT false"]],
  ["uuid", [null, "gen_random_uuid()"]],
  ["jsonb", [null, "'{}'", `'{"a": [1, null]}'`, "jsonb_build_object('n', 1)"]],
  ["timestamptz", [null, "now()", "CURRENT_TIMESTAMP", "now() + interval '1 day'"]],
  ["timestamp(3)", [null, "LOCALTIMESTAMP"]],
  ["date", [null, "'2026-01-01'", "CURRENT_DATE"]],
  ["bytea", [null, "'\\x00'"]],
  ["xid8", [null, "pg_current_xact_id()"]],
  ["double precision", [null, "1e3"]],
];

/** What a column of a type may be generated from: nothing that depends on a setting. */
const generations: Readonly<Record<string, readonly string[]>> = {
  bigint: ["1 + 2", "abs(-5)"],
  "numeric(10,2)": ["0.5 * 2"],
  text: ["'a' || 'b'", "repeat('x', 3)", "CASE WHEN 1 < 2 THEN 'A' ELSE 'B' END"],
  jsonb: ["'[]'::jsonb || '[1]'"],
};
const countable = ["bigint", "int4", "smallint"];
/** Types that keys, expressions and constraints are made of: half of all columns. */
const frequent = ["bigint", "text", "jsonb"];
const compressible = ["text", "jsonb", "bytea", "varchar(20)", "text[]"];

const column = (index: number): fc.Arbitrary<ColumnModel> =>
  fc
    .record({
      suffix: oddName,
      identity: fc.constantFrom(null, null, null, "always", "by-default"),
      generated: fc.nat(),
      compression: fc.constantFrom(null, null, "pglz", "lz4"),
      type: fc.oneof(fc.constantFrom(...types.filter(([type]) => frequent.includes(type))), fc.constantFrom(...types)),
      nullable: fc.boolean(),
      collate: fc.boolean(),
      comment: fc.option(fc.string({ unit: nameCharacters, minLength: 1, maxLength: 20 }), { nil: null }),
    })
    .chain(({ suffix, type: [type, defaults], nullable, collate, comment, ...chosen }) =>
      fc.constantFrom(...defaults).map((preset): ColumnModel => {
        const identity = countable.includes(type) ? chosen.identity : null;
        const all = generations[type] ?? [];
        // The first column may decide where a row goes, which a generated one can't.
        const generated =
          index > 0 && identity === null && chosen.generated % 3 === 0 ? all[chosen.generated % 5] : null;
        return {
          name: `c${index}${suffix}`,
          type,
          nullable: index > 0 && nullable && identity === null,
          default: identity === null && (generated ?? null) === null ? preset : null,
          collation: collate && type === "text" ? "C" : null,
          identity,
          generated: generated ?? null,
          compression: compressible.includes(type) ? chosen.compression : null,
          fill: null,
          comment,
        };
      }),
    );

const columns = fc
  .integer({ min: 1, max: 7 })
  .chain((count) => fc.tuple(...Array.from({ length: count }, (_, index) => column(index))));

const quoted = (name: string): string => `"${name.replace(/"/g, '""')}"`;

const conditions = (name: string): readonly string[] => [
  `${quoted(name)} IS NOT NULL`,
  `length((${quoted(name)})::text) between 0 and 1000`,
  `(${quoted(name)})::text NOT IN ('x', 'y') or ${quoted(name)} IS NULL`,
  `coalesce(${quoted(name)}::varchar, '') <> 'never'`,
];

/** What an index may ask: nothing that depends on a setting. */
const predicates = (name: string): readonly string[] => [
  `${quoted(name)} IS NOT NULL`,
  `not (${quoted(name)} IS NULL)`,
  `${quoted(name)} is null or (${quoted(name)} is not null and 1 < 2)`,
];

/** Types whose values are compared by a collation. */
const collatable = ["text", "varchar(20)", "char(3)"];

/** Operator classes of a btree, the type's own among them. */
const opclasses: Readonly<Record<string, readonly string[]>> = {
  text: ["text_pattern_ops", "text_ops", "pg_catalog.text_ops"],
  "varchar(20)": ["varchar_pattern_ops", "text_ops"],
  "char(3)": ["bpchar_pattern_ops"],
  bigint: ["int8_ops"],
};

/** Expressions of a column that an index may hold. */
const indexed: Readonly<Record<string, readonly ((name: string) => string)[]>> = {
  text: [(c) => `lower(${c})`, (c) => `${c} || 'x'`, (c) => `(lower(${c}::varchar))`],
  "varchar(20)": [(c) => `upper(${c})`, (c) => `substring(${c} from 1 for 2)`],
  bigint: [(c) => `${c} + 1`, (c) => `abs(${c})`, (c) => `CASE WHEN ${c} in (1, 2) THEN 0 ELSE ${c} END`],
  jsonb: [(c) => `${c} ->> 'id'`],
};

function key(of: ColumnModel): fc.Arbitrary<IndexKeyModel> {
  const expressions = (indexed[of.type] ?? []).map((write) => write(quoted(of.name)));
  return fc
    .record({
      expression: fc.option(fc.constantFrom(...expressions, null), { nil: null }),
      opclass: fc.option(fc.constantFrom(...(opclasses[of.type] ?? []), null), { nil: null }),
      collation: fc.constantFrom(null, "C", "POSIX"),
      descending: fc.boolean(),
      nulls: fc.constantFrom(null, "first" as const, "last" as const),
    })
    .map(({ expression, opclass, collation, ...order }) => {
      const own = expression === null && of.type !== "jsonb";
      return {
        ...order,
        column: expression === null ? of.name : null,
        expression,
        opclass: own ? opclass : null,
        collation: own ? (collatable.includes(of.type) ? collation : null) : null,
      };
    });
}

const btreeStorage = fc.constantFrom({}, {}, { fillfactor: "70" }, { deduplicate_items: "off" });

function btree(name: string, all: readonly ColumnModel[], partition: readonly string[]): fc.Arbitrary<IndexModel> {
  const plain = all.filter((c) => c.type !== "jsonb");
  const columns = plain.length > 0 ? plain : all.filter((c) => c.type === "jsonb");
  return fc
    .record({
      keys: fc
        .uniqueArray(fc.constantFrom(...columns), { minLength: 1, maxLength: 3, selector: (c) => c.name })
        .chain((chosen) => fc.tuple(...chosen.map(key))),
      unique: fc.boolean(),
      nullsNotDistinct: fc.boolean(),
      include: fc.uniqueArray(fc.constantFrom(...columns.map((c) => c.name)), { maxLength: 2 }),
      where: fc.option(fc.constantFrom(...predicates(columns[0]!.name)), { nil: null }),
      storage: btreeStorage,
    })
    .map(({ keys, unique, nullsNotDistinct, include, where, storage }) => {
      const held = keys.map(({ column }) => column);
      // Text keys with a pattern class or another collation are no equality for the leaf's hash.
      const own = unique && partition.length > 0 ? keys.map((k) => ({ ...k, opclass: null, collation: null })) : keys;
      const missing = unique ? partition.filter((each) => !held.includes(each)) : [];
      return {
        ...plainIndex,
        name,
        keys: [...missing.map((column) => ({ ...plainKey, column })), ...own],
        unique,
        nullsNotDistinct: unique && nullsNotDistinct,
        include: include.filter((each) => !held.includes(each) && !missing.includes(each)),
        where,
        storage,
      };
    });
}

/** Indexes of other methods, for the columns that there are. */
function other(name: string, all: readonly ColumnModel[]): fc.Arbitrary<IndexModel | null> {
  const made = all.flatMap((c): IndexModel[] => {
    const of = (method: IndexModel["method"], more: Partial<IndexKeyModel>, storage = {}): IndexModel => ({
      ...plainIndex,
      name,
      method,
      keys: [{ ...plainKey, column: c.name, ...more }],
      storage,
    });
    switch (c.type) {
      case "jsonb":
        return [
          of("gin", {}),
          of("gin", { opclass: "jsonb_path_ops" }, { fastupdate: "off" }),
          of("gin", { opclass: "jsonb_ops" }),
        ];
      case "text[]":
        return [of("gin", {}, { gin_pending_list_limit: "128" })];
      case "bigint":
        return [
          of("hash", {}, { fillfactor: "80" }),
          of("brin", {}, { pages_per_range: "32", autosummarize: "on" }),
          of("brin", { opclass: "int8_minmax_multi_ops" }),
          of(
            "gist",
            { column: null, expression: `int8range(${quoted(c.name)}, ${quoted(c.name)}, '[]')` },
            { buffering: "on" },
          ),
        ];
      default:
        return c.type === "text" ? [of("hash", {}), of("brin", {})] : [];
    }
  });
  return made.length === 0 ? fc.constant(null) : fc.constantFrom(...made);
}

const deferrable = fc.constantFrom("no" as const, "immediate" as const, "deferred" as const);

function unique(name: string, all: readonly ColumnModel[], partition: readonly string[]): fc.Arbitrary<UniqueModel> {
  const names = all.filter((c) => c.type !== "jsonb").map((c) => c.name);
  return fc
    .record({
      chosen: fc.uniqueArray(fc.constantFrom(...names), { minLength: 1, maxLength: 3 }),
      include: fc.uniqueArray(fc.constantFrom(...names), { maxLength: 1 }),
      nullsNotDistinct: fc.boolean(),
      deferrable,
    })
    .map(({ chosen, include, ...rest }) => {
      const columns = [...new Set([...partition, ...chosen])];
      return { ...rest, name, columns, include: include.filter((each) => !columns.includes(each)) };
    });
}

/** To `s.target`, whose key is a bigint. */
function foreignKey(
  name: string,
  all: readonly ColumnModel[],
  partitioned: boolean,
): fc.Arbitrary<ForeignKeyModel | null> {
  const able = all.filter((c) => c.type === "bigint" && c.generated === null && c.identity !== "always");
  if (able.length === 0) return fc.constant(null);
  return fc.constantFrom(...able).chain(({ name: column, nullable }) => {
    const action = fc.constantFrom<ReferentialAction>(
      "no-action",
      "restrict",
      "cascade",
      nullable ? "set-null" : "cascade",
    );
    return fc.record({
      name: fc.constant(name),
      columns: fc.constant([column]),
      referencesSchema: fc.constant("s"),
      referencesTable: fc.constant("target"),
      referencesColumns: fc.constant(["id"]),
      match: fc.constantFrom("simple", "full"),
      onUpdate: action,
      onDelete: action,
      deferrable,
      validated: partitioned ? fc.constant(true) : fc.constantFrom(true, true, false),
    });
  });
}

function exclusion(name: string, all: readonly ColumnModel[]): fc.Arbitrary<ExclusionModel | null> {
  const number = all.find((c) => c.type === "bigint");
  if (number === undefined) return fc.constant(null);
  const range = `int8range(${quoted(number.name)}, ${quoted(number.name)}, '[]')`;
  return fc
    .record({
      name: fc.constant(name),
      method: fc.constantFrom("gist", "btree", "hash"),
      where: fc.option(fc.constantFrom(...predicates(number.name)), { nil: null }),
      deferrable,
    })
    .map((made) => ({
      ...made,
      elements:
        made.method === "gist"
          ? [{ ...plainKey, column: null, expression: range, operator: "&&" }]
          : [{ ...plainKey, column: number.name, operator: "=" }],
    }));
}

const trigger = (number: number): fc.Arbitrary<TriggerModel> =>
  fc.record({
    name: oddName.map((suffix) => `t${number}${suffix}`),
    timing: fc.constantFrom("before", "after"),
    events: fc.uniqueArray(fc.constantFrom("insert", "update", "delete"), { minLength: 1 }),
    level: fc.constantFrom("row", "statement"),
    functionSchema: fc.constant("s"),
    functionName: fc.constant("guard"),
    enabled: fc.constantFrom("origin", "always"),
  });

const storage = fc.constantFrom({}, { fillfactor: "70" }, { autovacuum_enabled: "false", fillfactor: "100" });

const present = <T>(made: readonly (T | null)[]): readonly T[] => made.filter((each): each is T => each !== null);

/**
 * @param name unique per run; an odd ending is added
 * @param compressions those that the server was built with
 */
export function tableModel(name: string, compressions: readonly string[] = ["pglz", "lz4"]): fc.Arbitrary<TableModel> {
  const had = (each: ColumnModel): ColumnModel =>
    compressions.includes(each.compression ?? "") ? each : { ...each, compression: null };
  return anyTable(name).map((any) => {
    const table = { ...any, columns: any.columns.map(had) };
    const repeated = validateTable(table).some(({ code, path }) => code === "PG428" && path.startsWith("uniques"));
    return repeated ? { ...table, uniques: [] } : table;
  });
}

function anyTable(name: string): fc.Arbitrary<TableModel> {
  return columns.chain((all) =>
    storage.chain((stored) =>
      partitioning(all, stored).chain((parts) => {
        const partition = parts === null ? [] : partitionColumns({ partitioning: parts } as TableModel);
        return tableOf(name, all, { parts, partition, stored });
      }),
    ),
  );
}

interface Parts {
  readonly parts: TableModel["partitioning"];
  /** The columns that decide, at any depth. */
  readonly partition: readonly string[];
  readonly stored: TableModel["storage"];
}

function tableOf(
  name: string,
  all: readonly ColumnModel[],
  { parts, partition, stored }: Parts,
): fc.Arbitrary<TableModel> {
  const partitioned = parts !== null;
  const comparable = all.some((c) => c.type !== "jsonb");
  const keyable = all.filter((c) => (partition.length > 0 ? partition.includes(c.name) : c === all[0]));
  const keyed = keyable.every((c) => c.type !== "jsonb" && !c.nullable);
  return fc.record({
    schema: fc.constant("s"),
    name: oddName.map((suffix) => name + suffix),
    columns: fc.constant(all),
    primaryKey: keyed ? fc.option(primaryKey(name, keyable), { nil: null }) : fc.constant(null),
    uniques: comparable
      ? oddName.chain((s) => unique(`u${s}`, all, partition)).chain((made) => fc.subarray([made]))
      : fc.constant([]),
    foreignKeys: oddName
      .chain((s) => foreignKey(`f${s}`, all, partitioned))
      .chain((made) => fc.subarray([...present([made])])),
    exclusions: partitioned
      ? fc.constant([])
      : oddName.chain((s) => exclusion(`x${s}`, all)).chain((made) => fc.subarray([...present([made])])),
    checks: fc.uniqueArray(
      fc.record({ name: oddName.map((s) => `k${s}`), expression: fc.constantFrom(...conditions(all[0]!.name)) }),
      { maxLength: 2, selector: (check) => check.name },
    ),
    indexes: fc
      .tuple(
        oddName.chain((s) => btree(`i0${s}`, all, partition)),
        oddName.chain((s) => btree(`i1${s}`, all, partition)),
        oddName.chain((s) => other(`i2${s}`, all)),
      )
      .chain((made) => fc.subarray([...present<IndexModel>(made)])),
    partitioning: fc.constant(parts),
    triggers: fc.tuple(trigger(0), trigger(1)).chain((made) => fc.subarray(made)),
    storage: fc.constant(partitioned ? {} : stored),
    comment: fc.option(fc.string({ minLength: 1, maxLength: 20, unit: nameCharacters }), { nil: null }),
  });
}

function primaryKey(table: string, of: readonly ColumnModel[]): fc.Arbitrary<TableModel["primaryKey"]> {
  return fc.constant({ name: `${table}_key`, columns: of.map((column) => column.name) });
}

/** What a table needs to be there at all: the columns that decide, and one partition. The rest can be added. */
export function bareOf(model: TableModel): TableModel {
  const deciding = partitionColumns(model);
  const { partitioning: parts } = model;
  return {
    ...model,
    columns: model.columns.filter((each, at) => at === 0 || deciding.includes(each.name)),
    uniques: [],
    foreignKeys: [],
    exclusions: [],
    checks: [],
    indexes: [],
    triggers: [],
    storage: {},
    partitioning: parts && {
      ...parts,
      storage: {},
      partitions: parts.partitions.slice(0, 1).map((each) => ({
        ...each,
        partitioning: each.partitioning && {
          ...each.partitioning,
          partitions: each.partitioning.partitions.slice(0, 1),
        },
      })),
    },
    comment: null,
  };
}

/** When the leaves of a rolling rule are made. */
export const rollingNow = Date.UTC(2026, 0, 31, 12);
