import * as fc from "fast-check";
import type { ColumnModel, IndexModel, TableModel, TriggerModel } from "../../lib/postgres/model";

/** Tables within what this version can manage; `s.guard()` must exist where triggers are used. */

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
const compressible = ["text", "jsonb", "bytea", "varchar(20)", "text[]"];

const column = (index: number): fc.Arbitrary<ColumnModel> =>
  fc
    .record({
      suffix: oddName,
      identity: fc.constantFrom(null, null, null, "always", "by-default"),
      generated: fc.nat(),
      compression: fc.constantFrom(null, null, "pglz", "lz4"),
      type: fc.constantFrom(...types),
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

function index(number: number, all: readonly ColumnModel[], partition: readonly string[]): fc.Arbitrary<IndexModel> {
  const indexable = all.filter((c) => c.type !== "jsonb");
  const names = indexable.length > 0 ? indexable.map((c) => c.name) : [all[0]!.name];
  return fc
    .record({
      suffix: oddName,
      keys: fc.uniqueArray(fc.constantFrom(...names), { minLength: 1, maxLength: 3 }),
      descending: fc.boolean(),
      unique: fc.boolean(),
      include: fc.uniqueArray(fc.constantFrom(...names), { maxLength: 2 }),
      where: fc.option(fc.constantFrom(...predicates(names[0]!)), { nil: null }),
      hash: fc.boolean(),
    })
    .map(({ suffix, keys, descending, unique, include, where, hash }) => {
      const plain = hash && !unique;
      const wanted = plain ? keys.slice(0, 1) : unique ? [...new Set([...partition, ...keys])] : keys;
      return {
        name: `i${number}${suffix}`,
        keys: wanted.map((name) => ({ column: name, descending: descending && !plain })),
        unique,
        method: plain ? "hash" : "btree",
        include: plain ? [] : include.filter((name) => !wanted.includes(name)),
        where,
      };
    });
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

/** @param name unique per run; an odd ending is added */
export function tableModel(name: string): fc.Arbitrary<TableModel> {
  return columns.chain((all) => {
    const hashable = all[0]!.type === "jsonb" ? null : all[0]!.name;
    return fc.record({ modulus: fc.option(fc.integer({ min: 1, max: 3 }), { nil: 0 }), storage }).chain((shape) => {
      const partition = shape.modulus > 0 && hashable !== null ? [hashable] : [];
      const partitioned = partition.length > 0;
      return fc.record({
        schema: fc.constant("s"),
        name: oddName.map((suffix) => name + suffix),
        columns: fc.constant(all),
        primaryKey: hashable === null ? fc.constant(null) : fc.option(key(name, hashable), { nil: null }),
        checks: fc.uniqueArray(
          fc.record({ name: oddName.map((s) => `k${s}`), expression: fc.constantFrom(...conditions(all[0]!.name)) }),
          { maxLength: 2, selector: (check) => check.name },
        ),
        indexes: fc.tuple(index(0, all, partition), index(1, all, partition)).chain((made) => fc.subarray(made)),
        partitioning: fc.constant(
          partitioned
            ? { strategy: "hash" as const, columns: partition, modulus: shape.modulus, storage: shape.storage }
            : null,
        ),
        triggers: fc.tuple(trigger(0), trigger(1)).chain((made) => fc.subarray(made)),
        storage: fc.constant(partitioned ? {} : shape.storage),
        comment: fc.option(fc.string({ minLength: 1, maxLength: 20, unit: nameCharacters }), { nil: null }),
      });
    });
  });
}

function key(table: string, columnName: string): fc.Arbitrary<TableModel["primaryKey"]> {
  return fc.constant({ name: `${table}_key`, columns: [columnName] });
}
