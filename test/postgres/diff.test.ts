import { diffFunction, diffSchema, diffSequence, diffTable } from "../../lib/postgres/diff";
import type { TableModel } from "../../lib/postgres/model";
import { plainKey } from "../../lib/postgres/defaults";
import { column, exclusion, fn, foreignKey, hash, index, table, trigger, unique } from "./tables";

const kinds = (changes: readonly { kind: string }[]): string[] => changes.map((change) => change.kind);

test("two spellings of one table have no difference, in whatever order things are declared", () => {
  const a = table({
    columns: [column("id", "int8"), column("at", "timestamptz", { default: "now()" })],
    checks: [
      { name: "b", expression: "(id > 0)" },
      { name: "a", expression: "id < 9" },
    ],
    indexes: [index("i", ["id"]), index("h", ["at"])],
    triggers: [trigger("g", { events: ["delete", "update"] })],
    storage: { fillfactor: "75", autovacuum_enabled: "true" },
    comment: "",
  });
  const b = table({
    columns: [column("at", "timestamp with time zone", { default: "NOW()" }), column("id", "bigint")],
    checks: [
      { name: "a", expression: "id<9" },
      { name: "b", expression: "id > 0" },
    ],
    indexes: [index("h", ["at"]), index("i", ["id"])],
    triggers: [trigger("g", { events: ["update", "delete"] })],
    storage: { autovacuum_enabled: "true", fillfactor: "75" },
    comment: null,
  });
  expect(diffTable(a, b)).toEqual([]);
});

test.each<[string, Partial<TableModel>, Partial<TableModel>, string[]]>([
  ["a new column", {}, { columns: [...table().columns, column("n")] }, ["add-column"]],
  ["a column gone", {}, { columns: [column("id")] }, ["drop-column"]],
  ["another type", {}, { columns: [column("id", "int"), table().columns[1]!] }, ["change-column-type"]],
  [
    "another collation",
    {},
    { columns: [column("id"), column("note", "text", { nullable: true, collation: "C" })] },
    ["change-column-collation"],
  ],
  ["NOT NULL", {}, { columns: [column("id"), column("note", "text")] }, ["change-column-nullable"]],
  [
    "a default",
    {},
    { columns: [column("id", "bigint", { default: "1" }), table().columns[1]!] },
    ["change-column-default"],
  ],
  [
    "a column's comment",
    {},
    { columns: [column("id", "bigint", { comment: "x" }), table().columns[1]!] },
    ["comment-column"],
  ],
  [
    "an identity",
    {},
    { columns: [column("id", "bigint", { identity: "always" }), table().columns[1]!] },
    ["change-column-identity"],
  ],
  [
    "an identity in a default's place",
    { columns: [column("id", "bigint", { default: "1" }), table().columns[1]!] },
    { columns: [column("id", "bigint", { identity: "by-default" }), table().columns[1]!] },
    ["change-column-default", "change-column-identity"],
  ],
  [
    "what a column is generated from",
    { columns: [column("id"), column("note", "text", { generated: "'a'" })] },
    { columns: [column("id"), column("note", "text", { generated: "'b'" })] },
    ["change-column-generated"],
  ],
  [
    "compression",
    {},
    { columns: [column("id"), column("note", "text", { nullable: true, compression: "lz4" })] },
    ["change-column-compression"],
  ],
  ["another key", {}, { primaryKey: null }, ["change-primary-key"]],
  ["a check", {}, { checks: [{ name: "c", expression: "id > 0" }] }, ["add-check"]],
  ["a check gone", { checks: [{ name: "c", expression: "id > 0" }] }, {}, ["drop-check"]],
  [
    "a check changed",
    { checks: [{ name: "c", expression: "id > 0" }] },
    { checks: [{ name: "c", expression: "id > 1" }] },
    ["change-check"],
  ],
  ["an index", {}, { indexes: [index("i", ["id"])] }, ["add-index"]],
  ["an index gone", { indexes: [index("i", ["id"])] }, {}, ["drop-index"]],
  ["an index on others", { indexes: [index("i", ["id"])] }, { indexes: [index("i", ["note"])] }, ["change-index"]],
  [
    "an index's condition",
    { indexes: [index("i", ["id"], { where: "id > 0" })] },
    { indexes: [index("i", ["id"])] },
    ["change-index"],
  ],
  ["a unique constraint", {}, { uniques: [unique("u", ["id"])] }, ["add-unique"]],
  ["a unique constraint gone", { uniques: [unique("u", ["id"])] }, {}, ["drop-constraint"]],
  [
    "nulls that are alike",
    { uniques: [unique("u", ["id"])] },
    { uniques: [unique("u", ["id"], { nullsNotDistinct: true })] },
    ["change-constraint"],
  ],
  ["a foreign key", {}, { foreignKeys: [foreignKey("f")] }, ["add-foreign-key"]],
  ["a foreign key gone", { foreignKeys: [foreignKey("f")] }, {}, ["drop-constraint"]],
  [
    "a foreign key that waits",
    { foreignKeys: [foreignKey("f")] },
    { foreignKeys: [foreignKey("f", { deferrable: "deferred" })] },
    ["defer-foreign-key"],
  ],
  [
    "a foreign key that does something else",
    { foreignKeys: [foreignKey("f")] },
    { foreignKeys: [foreignKey("f", { onDelete: "cascade", deferrable: "deferred" })] },
    ["change-constraint"],
  ],
  ["an exclusion", {}, { exclusions: [exclusion("x")] }, ["add-exclusion"]],
  ["an exclusion gone", { exclusions: [exclusion("x")] }, {}, ["drop-constraint"]],
  [
    "an exclusion of some rows",
    { exclusions: [exclusion("x")] },
    { exclusions: [exclusion("x", { where: "id > 0" })] },
    ["change-constraint"],
  ],
  [
    "where nulls stand",
    { indexes: [index("i", ["id"])] },
    { indexes: [index("i", [], { keys: [{ ...plainKey, column: "id", nulls: "first" }] })] },
    ["change-index"],
  ],
  [
    "an operator class",
    { indexes: [index("i", ["note"])] },
    { indexes: [index("i", [], { keys: [{ ...plainKey, column: "note", opclass: "text_pattern_ops" }] })] },
    ["change-index"],
  ],
  [
    "an expression",
    { indexes: [index("i", [], { keys: [{ ...plainKey, column: null, expression: "id + 1" }] })] },
    { indexes: [index("i", [], { keys: [{ ...plainKey, column: null, expression: "id + 2" }] })] },
    ["change-index"],
  ],
  [
    "an index's storage",
    { indexes: [index("i", ["id"])] },
    { indexes: [index("i", ["id"], { storage: { fillfactor: "70" } })] },
    ["change-index-storage"],
  ],
  [
    "an index's storage on leaves",
    { partitioning: hash(2), indexes: [index("i", ["id"])] },
    { partitioning: hash(2), indexes: [index("i", ["id"], { storage: { fillfactor: "70" } })] },
    ["change-index"],
  ],
  ["partitions", {}, { partitioning: hash(4) }, ["change-partitioning"]],
  ["more partitions", { partitioning: hash(4) }, { partitioning: hash(8) }, ["change-partitioning"]],
  [
    "the leaves' storage",
    { partitioning: hash(4) },
    { partitioning: hash(4, { storage: { fillfactor: "90" } }) },
    ["change-leaf-storage"],
  ],
  ["a trigger", {}, { triggers: [trigger("g")] }, ["add-trigger"]],
  ["a trigger gone", { triggers: [trigger("g")] }, {}, ["drop-trigger"]],
  [
    "a trigger always",
    { triggers: [trigger("g")] },
    { triggers: [trigger("g", { enabled: "always" })] },
    ["change-trigger"],
  ],
  ["storage", {}, { storage: { fillfactor: "75" } }, ["change-storage"]],
  ["a comment", {}, { comment: "x" }, ["comment-table"]],
  ["another name", {}, { name: "u" }, ["rename-table"]],
])("%s is one change", (_what, from, to, expected) => {
  expect(kinds(diffTable(table(from), table(to)))).toEqual(expected);
});

test("what goes without saying is no difference", () => {
  const key = { ...plainKey, column: "note", opclass: "pg_catalog.text_pattern_ops" } as const;
  const said = { ...key, nulls: "last", opclass: '"text_pattern_ops"' } as const;
  const high = { ...key, descending: true } as const;
  const from = table({ indexes: [index("a", [], { keys: [key] }), index("b", [], { keys: [high] })] });
  const to = table({
    indexes: [index("a", [], { keys: [said] }), index("b", [], { keys: [{ ...high, nulls: "first" }] })],
  });
  expect(diffTable(from, to)).toEqual([]);
});

test("from nothing a table is created, to nothing it is dropped, and nothing is no change", () => {
  expect(kinds(diffTable(null, table()))).toEqual(["create-table"]);
  expect(kinds(diffTable(table(), null))).toEqual(["drop-table"]);
  expect(diffTable(null, null)).toEqual([]);
});

test("a function is replaced where CREATE OR REPLACE can do it, and has another signature otherwise", () => {
  const argument = { name: "a", type: "int4", mode: "in", default: null } as const;
  const from = fn({ arguments: [argument] });
  expect(diffFunction(from, fn({ arguments: [{ ...argument, type: "integer" }], returns: "int" }))).toEqual([]);
  expect(kinds(diffFunction(from, { ...from, body: "SELECT 2", comment: "x" }))).toEqual([
    "replace-function",
    "comment-function",
  ]);
  expect(kinds(diffFunction(from, { ...from, settings: { search_path: "pg_catalog" } }))).toEqual(["replace-function"]);
  for (const other of [
    { arguments: [] },
    { arguments: [{ ...argument, name: "b" }] },
    { arguments: [{ ...argument, mode: "inout" as const }] },
    { returns: "bigint" },
  ]) {
    expect(kinds(diffFunction(from, { ...from, ...other }))).toEqual(["change-function-signature"]);
  }
  const out = { name: "r", type: "integer", mode: "out", default: null } as const;
  expect(diffFunction(fn({ arguments: [out], returns: null }), fn({ arguments: [out], returns: "integer" }))).toEqual(
    [],
  );
});

test("sequences and schemas differ in little", () => {
  const sequence = { schema: "s", name: "p", cache: 1, comment: null };
  expect(kinds(diffSequence(sequence, { ...sequence, cache: 8, comment: "x" }))).toEqual([
    "change-sequence-cache",
    "comment-sequence",
  ]);
  expect(kinds(diffSequence(sequence, { ...sequence, name: "q" }))).toEqual(["rename-sequence"]);
  expect(kinds(diffSchema({ name: "a", comment: null }, { name: "a", comment: "x" }))).toEqual(["comment-schema"]);
  expect(kinds(diffSchema({ name: "a", comment: null }, { name: "b", comment: null }))).toEqual(["rename-schema"]);
});
