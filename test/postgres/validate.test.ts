import type { TableModel } from "../../lib/postgres/model";
import { validateFunction, validateSchema, validateSequence, validateTable } from "../../lib/postgres/validate";
import { plainKey } from "../../lib/postgres/defaults";
import { column, exclusion, fn, foreignKey, hash, index, table, trigger, unique } from "./tables";

function codes(more: Partial<TableModel>): string[] {
  return validateTable(table(more)).map((issue) => `${issue.code} ${issue.path}`);
}

test("a sound table has no issue, with names at the limit", () => {
  const name = "x".repeat(63);
  expect(codes({ name, columns: [column("id"), column(name)], partitioning: null })).toEqual([]);
  expect(codes({ name: "x".repeat(59), partitioning: hash(100) })).toEqual([]);
});

test.each<[string, Partial<TableModel>, string]>([
  ["no column", { columns: [], primaryKey: null }, "PG424 columns"],
  ["an empty name", { name: "" }, "PG420 name"],
  ["a name of 64 bytes", { name: "x".repeat(64) }, "PG420 name"],
  ["a name whose leaves' are too long", { name: "x".repeat(60), partitioning: hash(2) }, "PG420 name"],
  ["a column twice", { columns: [column("id"), column("id")] }, "PG422 columns"],
  ["a type that is more", { columns: [column("id", "int; DROP TABLE t")] }, "PG425 columns[0].type"],
  ["serial", { columns: [column("id", "bigserial")] }, "PG425 columns[0].type"],
  ["a default that is more", { columns: [column("id", "int", { default: "1); DROP" })] }, "PG425 columns[0].default"],
  [
    "a default of an identity",
    { columns: [column("id", "bigint", { identity: "always", default: "1" })] },
    "PG427 columns[0].identity",
  ],
  [
    "a default of a generated column",
    { columns: [column("id"), column("n", "bigint", { default: "1", generated: "id + 1" })] },
    "PG427 columns[1].generated",
  ],
  [
    "an expression left open",
    { columns: [column("id"), column("n", "bigint", { generated: "(id + 1" })] },
    "PG425 columns[1].generated",
  ],
  ["an identity of texts", { columns: [column("id", "text", { identity: "always" })] }, "PG427 columns[0].identity"],
  [
    "an identity that is nullable",
    { columns: [column("id"), column("n", "int", { identity: "by-default", nullable: true })] },
    "PG427 columns[1].identity",
  ],
  [
    "a generated column that decides on the leaf",
    { columns: [column("id", "bigint", { generated: "1" })], partitioning: hash(2) },
    "PG427 partitioning.columns",
  ],
  [
    "a foreign key of a partitioned table that stays NOT VALID",
    { partitioning: hash(2), foreignKeys: [foreignKey("f", { validated: false })] },
    "PG428 foreignKeys[0].validated",
  ],
  ["a key on nothing", { primaryKey: { name: "k", columns: ["no"] } }, "PG421 primaryKey.columns"],
  ["a nullable key", { primaryKey: { name: "k", columns: ["note"] } }, "PG425 primaryKey.columns"],
  ["an index on nothing", { indexes: [index("i", ["no"])] }, "PG421 indexes[0].keys"],
  ["an index without keys", { indexes: [index("i", [])] }, "PG424 indexes[0].keys"],
  ["an index with the table's name", { indexes: [index("t", ["id"])] }, "PG422 indexes"],
  ["a unique gin", { indexes: [index("i", ["id"], { method: "gin", unique: true })] }, "PG425 indexes[0].method"],
  [
    "a gin that includes",
    { indexes: [index("i", ["id"], { method: "gin", include: ["note"] })] },
    "PG425 indexes[0].include",
  ],
  [
    "a unique index without the partition's column",
    { partitioning: hash(2), indexes: [index("i", ["note"], { unique: true })] },
    "PG423 indexes[0].keys",
  ],
  [
    "a key without the partition's column",
    { partitioning: hash(2, { columns: ["note"] }) },
    "PG423 primaryKey.columns",
  ],
  ["a unique constraint on nothing", { uniques: [unique("u", ["no"])] }, "PG421 uniques[0].columns"],
  ["a unique constraint without columns", { uniques: [unique("u", [])] }, "PG424 uniques[0].columns"],
  [
    "a unique constraint without the partition's column",
    { partitioning: hash(2), uniques: [unique("u", ["note"])] },
    "PG423 uniques[0].columns",
  ],
  ["a unique constraint that the key is", { uniques: [unique("u", ["id"])] }, "PG428 uniques[0]"],
  ["two that say the same", { uniques: [unique("u", ["note"]), unique("v", ["note"])] }, "PG428 uniques[1]"],
  ["a constraint with the key's name", { uniques: [unique("t_pkey", ["note"])] }, "PG422 checks"],
  [
    "a foreign key with a check's name",
    { foreignKeys: [foreignKey("c")], checks: [{ name: "c", expression: "id > 0" }] },
    "PG422 checks",
  ],
  [
    "an index with a constraint's name",
    { uniques: [unique("u", ["note"])], indexes: [index("u", ["id"])] },
    "PG422 indexes",
  ],
  [
    "a foreign key from nothing",
    { foreignKeys: [foreignKey("f", { columns: ["no"] })] },
    "PG421 foreignKeys[0].columns",
  ],
  [
    "a foreign key to fewer columns",
    { foreignKeys: [foreignKey("f", { columns: ["id", "note"] })] },
    "PG428 foreignKeys[0].referencesColumns",
  ],
  [
    "a foreign key that sets what is never null to null",
    { foreignKeys: [foreignKey("f", { onDelete: "set-null" })] },
    "PG428 foreignKeys[0].onDelete",
  ],
  [
    "a foreign key to no table",
    { foreignKeys: [foreignKey("f", { referencesTable: "" })] },
    "PG420 foreignKeys[0].referencesTable",
  ],
  [
    "an operator that is more",
    { exclusions: [exclusion("x", { elements: [{ ...plainKey, column: "id", operator: "=) --" }] })] },
    "PG428 exclusions[0].elements[0].operator",
  ],
  ["an exclusion on leaves", { partitioning: hash(2), exclusions: [exclusion("x")] }, "PG428 exclusions[0]"],
  [
    "a key that is both",
    { indexes: [index("i", [], { keys: [{ ...plainKey, column: "id", expression: "id + 1" }] })] },
    "PG425 indexes[0].keys[0]",
  ],
  [
    "a key that is neither",
    { indexes: [index("i", [], { keys: [{ ...plainKey, column: null }] })] },
    "PG425 indexes[0].keys[0]",
  ],
  [
    "a key left open",
    { indexes: [index("i", [], { keys: [{ ...plainKey, column: null, expression: "(id" }] })] },
    "PG425 indexes[0].keys[0].expression",
  ],
  [
    "an operator class that is more",
    { indexes: [index("i", [], { keys: [{ ...plainKey, column: "id", opclass: "int8_ops) --" }] })] },
    "PG425 indexes[0].keys[0].opclass",
  ],
  [
    "nulls first in a gin",
    { indexes: [index("i", [], { method: "gin", keys: [{ ...plainKey, column: "id", nulls: "first" }] })] },
    "PG425 indexes[0].method",
  ],
  ["a hash of two", { indexes: [index("i", ["id", "note"], { method: "hash" })] }, "PG425 indexes[0].keys"],
  [
    "nulls alike in any index",
    { indexes: [index("i", ["id"], { nullsNotDistinct: true })] },
    "PG425 indexes[0].nullsNotDistinct",
  ],
  [
    "another method's option",
    { indexes: [index("i", ["id"], { storage: { fastupdate: "off" } })] },
    "PG425 indexes[0].storage",
  ],
  ["zero leaves", { partitioning: hash(0) }, "PG424 partitioning.modulus"],
  ["too many leaves", { partitioning: hash(1025) }, "PG424 partitioning.modulus"],
  ["half a leaf", { partitioning: hash(1.5) }, "PG424 partitioning.modulus"],
  ["storage of a partitioned table", { partitioning: hash(2), storage: { fillfactor: "9" } }, "PG425 storage"],
  ["an odd option", { storage: { "fill factor": "9" } }, "PG425 storage"],
  ["a row trigger on truncate", { triggers: [trigger("g", { events: ["truncate"] })] }, "PG426 triggers[0].level"],
  ["a trigger on nothing", { triggers: [trigger("g", { events: [] })] }, "PG426 triggers[0].events"],
  ["a check left open", { checks: [{ name: "c", expression: "(id > 0" }] }, "PG425 checks[0].expression"],
])("%s is an issue", (_what, more, expected) => {
  expect(codes(more)).toContain(expected);
});

test("all issues are reported at once, each with what was received, what is allowed and a fix", () => {
  const issues = validateTable(
    table({ name: "", columns: [column("id", "nope nope")], indexes: [index("i", ["a", "b"])], storage: { A: "1" } }),
  );
  expect(issues).toHaveLength(5);
  for (const issue of issues)
    expect([issue.received, issue.allowed, issue.fix].every((text) => text !== "")).toBe(true);
});

test("functions, sequences and schemas are checked as well", () => {
  expect(validateFunction(fn())).toEqual([]);
  expect(validateFunction(fn({ returns: null })).map((i) => i.path)).toEqual(["returns"]);
  expect(validateFunction(fn({ settings: { "a b": "c" } })).map((i) => i.path)).toEqual(["settings"]);
  const argument = { name: "a", type: "integer", mode: "in", default: null } as const;
  expect(validateFunction(fn({ arguments: [argument, argument] })).map((i) => i.code)).toEqual(["PG422"]);
  const sequence = { schema: "s", name: "p", cache: 1, comment: null };
  expect(validateSequence(sequence)).toEqual([]);
  expect(validateSequence({ ...sequence, cache: 0 }).map((i) => i.path)).toEqual(["cache"]);
  expect(validateSchema({ name: "orders", comment: null })).toEqual([]);
  expect(validateSchema({ name: "pg_orders", comment: null }).map((i) => i.code)).toEqual(["PG420"]);
});
