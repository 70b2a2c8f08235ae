import { diffFunction, diffTable, type Change } from "../../lib/postgres/diff";
import { lacking, needsServer } from "../../lib/postgres/capabilities";
import { postgresCodes } from "../../lib/postgres/errors";
import type { TableModel } from "../../lib/postgres/model";
import { planTable } from "../../lib/postgres/plan";
import { judgeChange, judgeRemoval, type Situation } from "../../lib/postgres/safety";
import { column, exclusion, fn, foreignKey, hash, index, table, trigger, unique } from "./tables";

const unknown: Situation = { rows: "unknown" };

function judge(from: Partial<TableModel>, to: Partial<TableModel>, situation = unknown): (string | null)[] {
  return diffTable(table(from), table(to)).map((change) => judgeChange(change, situation).code);
}

const more = (...columns: TableModel["columns"]): Partial<TableModel> => ({
  columns: [...table().columns, ...columns],
});

test.each<[string, Partial<TableModel>, Partial<TableModel>]>([
  ["a nullable column", {}, more(column("n", "text", { nullable: true }))],
  ["a column with a constant default", {}, more(column("n", "text", { default: "'x'" }))],
  ["an index", {}, { indexes: [index("i", ["id"])] }],
  ["an index less", { indexes: [index("i", ["id"])] }, {}],
  ["a check", {}, { checks: [{ name: "c", expression: "id > 0" }] }],
  ["a trigger", {}, { triggers: [trigger("g")] }],
  [
    "a trigger for more",
    { triggers: [trigger("g", { events: ["update"] })] },
    { triggers: [trigger("g", { enabled: "always" })] },
  ],
  ["storage and comments", {}, { storage: { fillfactor: "75" }, comment: "x" }],
  ["another default", {}, { columns: [column("id", "bigint", { default: "0" }), table().columns[1]!] }],
  [
    "an identity that takes values",
    { columns: [column("id", "bigint", { identity: "always" }), table().columns[1]!] },
    { columns: [column("id", "bigint", { identity: "by-default" }), table().columns[1]!] },
  ],
  ["a compression", {}, { columns: [column("id"), column("note", "text", { nullable: true, compression: "lz4" })] }],
  ["a unique constraint", {}, { uniques: [unique("u", ["note"])] }],
  ["a foreign key", {}, { foreignKeys: [foreignKey("f")] }],
  [
    "a foreign key that waits",
    { foreignKeys: [foreignKey("f")] },
    { foreignKeys: [foreignKey("f", { deferrable: "deferred" })] },
  ],
  [
    "an index's storage",
    { indexes: [index("i", ["id"])] },
    { indexes: [index("i", ["id"], { storage: { fillfactor: "70" } })] },
  ],
])("%s is allowed", (_what, from, to) => {
  const codes = judge(from, to);
  expect(codes.length).toBeGreaterThan(0);
  expect(codes.every((code) => code === null)).toBe(true);
});

test.each<[string, Partial<TableModel>, Partial<TableModel>, string]>([
  ["a column less", {}, { columns: [column("id")] }, "PG401"],
  ["another type", {}, { columns: [column("id", "int"), table().columns[1]!] }, "PG402"],
  ["nullable", { columns: [column("id"), column("note", "text")] }, {}, "PG403"],
  ["a NOT NULL column", {}, more(column("n")), "PG404"],
  ["another key", {}, { primaryKey: { name: "t_pkey", columns: ["note"] } }, "PG405"],
  ["another modulus", { partitioning: hash(2) }, { partitioning: hash(4) }, "PG406"],
  ["a trigger less", { triggers: [trigger("g")] }, {}, "PG407"],
  ["a trigger for less", { triggers: [trigger("g")] }, { triggers: [trigger("g", { events: ["update"] })] }, "PG407"],
  ["a trigger not always", { triggers: [trigger("g", { enabled: "always" })] }, { triggers: [trigger("g")] }, "PG407"],
  ["a check less", { checks: [{ name: "c", expression: "id > 0" }] }, {}, "PG408"],
  ["a unique constraint less", { uniques: [unique("u", ["note"])] }, {}, "PG416"],
  ["a foreign key less", { foreignKeys: [foreignKey("f")] }, {}, "PG416"],
  ["an exclusion less", { exclusions: [exclusion("x")] }, {}, "PG416"],
  [
    "a foreign key that does something else",
    { foreignKeys: [foreignKey("f")] },
    { foreignKeys: [foreignKey("f", { onDelete: "cascade" })] },
    "PG416",
  ],
  ["an exclusion", {}, { exclusions: [exclusion("x")] }, "PG417"],
  ["another name", {}, { name: "u" }, "PG410"],
  ["an identity", {}, { columns: [column("id", "bigint", { identity: "always" }), table().columns[1]!] }, "PG414"],
  ["an identity less", { columns: [column("id", "bigint", { identity: "always" }), table().columns[1]!] }, {}, "PG414"],
  [
    "an identity that takes no values",
    { columns: [column("id", "bigint", { identity: "by-default" }), table().columns[1]!] },
    { columns: [column("id", "bigint", { identity: "always" }), table().columns[1]!] },
    "PG414",
  ],
  [
    "a column generated from something else",
    { columns: [column("id"), column("note", "text", { nullable: true, generated: "'a'" })] },
    {},
    "PG414",
  ],
  ["a new identity column", {}, more(column("n", "bigint", { identity: "always" })), "PG413"],
  ["a new generated column", {}, more(column("n", "bigint", { generated: "id + 1", nullable: true })), "PG413"],
  ["a column with a computed default", {}, more(column("n", "uuid", { default: "gen_random_uuid()" })), "PG413"],
])("%s is refused", (_what, from, to, code) => {
  expect(judge(from, to)).toEqual([code]);
});

test("every refusal says what it would do and what to do instead, and has no plan", () => {
  const changes: Change[] = [
    ...diffTable(table(), table({ columns: [column("id", "int")], primaryKey: null, partitioning: hash(2) })),
    ...diffFunction(fn(), fn({ returns: "text" })),
  ];
  expect(changes).toHaveLength(5);
  for (const change of changes) {
    const verdict = judgeChange(change, unknown);
    expect(verdict.allowed).toBe(false);
    expect(postgresCodes[verdict.code!]).toBeDefined();
    expect(verdict.change.length).toBeGreaterThan(10);
    expect(verdict.wayOut!.length).toBeGreaterThan(20);
  }
  const context = { declaredBy: "orders", leaves: [], obstacles: [] };
  expect(() => planTable(diffTable(table(), table({ primaryKey: null })), table(), context)).toThrow("it is refused");
});

test("an empty table takes what one with rows does not", () => {
  const wanted = more(column("n"), column("u", "uuid", { default: "gen_random_uuid()" }));
  expect(judge({}, wanted, { rows: "none" })).toEqual([null, null]);
  expect(judge({}, { exclusions: [exclusion("x")] }, { rows: "none" })).toEqual([null]);
  expect(judge({}, wanted, { rows: "some" })).toEqual(["PG404", "PG413"]);
});

test("an empty table takes an identity, and one that a server can't compress is refused with what it has", () => {
  const identity: Partial<TableModel> = {
    columns: [column("id", "bigint", { identity: "always" }), table().columns[1]!],
  };
  expect(judge({}, identity, { rows: "none" })).toEqual([null]);
  const changes = diffTable(table(), table(more(column("n", "text", { nullable: true, compression: "lz4" }))));
  expect(needsServer(changes)).toBe(true);
  expect(needsServer(diffTable(null, table()))).toBe(false);
  expect(lacking(changes, { version: 18, compressions: ["pglz", "lz4"], createsRoles: true })).toEqual([]);
  const [verdict] = lacking(changes, { version: 18, compressions: ["pglz"], createsRoles: true });
  expect(verdict).toMatchObject({ allowed: false, code: "PG415", wayOut: expect.stringContaining("has pglz") });
});

test("what a later Postgres has brought is refused on an older one, wherever it stands", () => {
  const wanted: Partial<TableModel> = {
    columns: [...table().columns, column("key", "uuid", { default: "UUIDV7()" })],
    checks: [{ name: "k", expression: "erf(1) > 0" }],
    indexes: [{ ...index("i", ["note"]), keys: [{ ...index("i", ["note"]).keys[0]!, collation: "pg_c_utf8" }] }],
    exclusions: [{ ...exclusion("x"), where: 'pg_catalog."array_sort"(tags) = tags' }],
  };
  const found = (version: number): readonly (readonly [string | null, string])[] =>
    lacking(diffTable(table(), table(wanted)), { version, compressions: [], createsRoles: true }).map((each) => [
      each.attribute,
      each.change,
    ]);
  const newest = [
    ["columns", "call uuidv7()"],
    ["exclusions", "call array_sort()"],
  ];
  expect(found(18)).toEqual([]);
  expect(found(17)).toEqual(newest);
  expect(found(16)).toEqual(expect.arrayContaining([...newest, ["indexes", 'collate index "i" by pg_c_utf8']]));
  expect(found(16)).toHaveLength(3);
  expect(found(15)).toEqual(expect.arrayContaining([["checks", "call erf()"]]));
  const named = diffTable(table(), table({ checks: [{ name: "k", expression: "app.uuidv7() = id AND uuidv7 = 1" }] }));
  expect(needsServer(named)).toBe(false);
});

test("a table leaves as its removal says", () => {
  expect(judgeRemoval("refuse", unknown)).toMatchObject({ allowed: false, code: "PG411" });
  expect(judgeRemoval("forget", { rows: "some" })).toMatchObject({ allowed: true, facts: { losesData: false } });
  expect(judgeRemoval("drop-if-empty", { rows: "some" })).toMatchObject({ allowed: false, code: "PG412" });
  expect(judgeRemoval("drop-if-empty", { rows: "none" })).toMatchObject({ allowed: true });
});

test("facts say what a change costs", () => {
  const [drop] = diffTable(table(), table({ columns: [column("id")] }));
  expect(judgeChange(drop!, unknown).facts).toEqual({ losesData: true, replaces: false, locksTable: "brief" });
  const [build] = diffTable(table(), table({ indexes: [index("i", ["id"])] }));
  expect(judgeChange(build!, unknown).facts).toEqual({ losesData: false, replaces: false, locksTable: "none" });
});
