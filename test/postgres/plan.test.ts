import { diffFunction, diffSchema, diffSequence, diffTable } from "../../lib/postgres/diff";
import { splitMarker, withMarker } from "../../lib/postgres/marker";
import { leafIndexName, leafName, nameBytes, shortenName } from "../../lib/postgres/names";
import {
  lockText,
  planFunction,
  planSchema,
  planSequence,
  type PlanContext,
  planTable,
  shownSql,
  type Statement,
} from "../../lib/postgres/plan";
import { quoteDollar, quoteIdent, quoteLiteral } from "../../lib/postgres/quote";
import type { TableModel } from "../../lib/postgres/model";
import { column, fn, foreignKey, hash, index, table, trigger, unique } from "./tables";

const context = { declaredBy: "orders", leaves: ["t_p00", "t_p01"], obstacles: [] };

function plan(from: TableModel | null, to: TableModel): Statement[] {
  return planTable(diffTable(from, to), to, context);
}

const sql = (statements: readonly Statement[]): string[] => statements.map((statement) => statement.sql);

test("a table is created whole in one transaction, with leaves, guards on each of them, and its marker", () => {
  const statements = plan(
    null,
    table({
      columns: [column("id", "text", { collation: "C" }), column("n", "int", { default: "1", comment: "it's n" })],
      checks: [{ name: "c", expression: "n > 0" }],
      indexes: [index("i", ["n", "id"], { unique: true, include: [], where: "n > 1" })],
      partitioning: hash(2, { storage: { fillfactor: "90" } }),
      triggers: [trigger("g"), trigger("s", { level: "statement", events: ["truncate"], enabled: "always" })],
      comment: "all of it",
    }),
  );
  expect(statements.every((statement) => statement.transactional)).toBe(true);
  expect(sql(statements)).toEqual([
    `CREATE TABLE "s"."t" (
  "id" text COLLATE "C" NOT NULL,
  "n" integer NOT NULL DEFAULT 1,
  CONSTRAINT "t_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "c" CHECK (n > 0)
) PARTITION BY HASH ("id")`,
    `CREATE TABLE "s"."t_p00" PARTITION OF "s"."t" FOR VALUES WITH (MODULUS 2, REMAINDER 0) WITH ("fillfactor" = '90')`,
    `CREATE TABLE "s"."t_p01" PARTITION OF "s"."t" FOR VALUES WITH (MODULUS 2, REMAINDER 1) WITH ("fillfactor" = '90')`,
    `CREATE UNIQUE INDEX "i" ON "s"."t" USING btree ("n", "id") WHERE (n > 1)`,
    `CREATE TRIGGER "g" BEFORE UPDATE OR DELETE ON "s"."t" FOR EACH ROW EXECUTE FUNCTION "s"."refuse"()`,
    `CREATE TRIGGER "s" BEFORE TRUNCATE ON "s"."t" FOR EACH STATEMENT EXECUTE FUNCTION "s"."refuse"()`,
    `ALTER TABLE "s"."t" ENABLE ALWAYS TRIGGER "s"`,
    `CREATE TRIGGER "s" BEFORE TRUNCATE ON "s"."t_p00" FOR EACH STATEMENT EXECUTE FUNCTION "s"."refuse"()`,
    `ALTER TABLE "s"."t_p00" ENABLE ALWAYS TRIGGER "s"`,
    `CREATE TRIGGER "s" BEFORE TRUNCATE ON "s"."t_p01" FOR EACH STATEMENT EXECUTE FUNCTION "s"."refuse"()`,
    `ALTER TABLE "s"."t_p01" ENABLE ALWAYS TRIGGER "s"`,
    `COMMENT ON COLUMN "s"."t"."n" IS 'it''s n'`,
    `COMMENT ON TABLE "s"."t" IS 'all of it\neventloom:orders'`,
  ]);
});

test("what would stop writers runs outside the transaction, after it, each by itself", () => {
  const statements = plan(
    table(),
    table({
      indexes: [index("i", ["note"])],
      checks: [{ name: "c", expression: "id > 0" }],
      comment: "x",
    }),
  );
  expect(statements.map(({ transactional, lock }) => [transactional, lock])).toEqual([
    [true, "ACCESS EXCLUSIVE"],
    [true, "SHARE UPDATE EXCLUSIVE"],
    [false, "SHARE UPDATE EXCLUSIVE"],
    [false, "SHARE UPDATE EXCLUSIVE"],
  ]);
  expect(statements[3]).toMatchObject({ builds: { schema: "s", index: "i" } });
  expect(statements.every((statement) => statement.comment.length > 3)).toBe(true);
});

test("each statement says which table it locks, how, who waits for it, and whether it reads all rows", () => {
  const to = table({
    columns: [...table().columns, column("n", "int", { nullable: true })],
    uniques: [unique("u", ["note"])],
    foreignKeys: [foreignKey("f")],
    indexes: [index("i", ["note"])],
  });
  expect(plan(table(), to).map((each) => [each.sql.slice(0, 36), lockText(each)])).toEqual([
    ['ALTER TABLE "s"."t" ADD COLUMN "n" i', "ACCESS EXCLUSIVE on s.t (readers and writers wait), reads no rows"],
    [
      'ALTER TABLE "s"."t" ADD CONSTRAINT "',
      "SHARE ROW EXCLUSIVE on s.t and SHARE ROW EXCLUSIVE on s.target (writers wait), reads no rows",
    ],
    ['CREATE INDEX CONCURRENTLY "i" ON "s"', "SHARE UPDATE EXCLUSIVE on s.t (nobody waits), reads all rows"],
    ['CREATE UNIQUE INDEX CONCURRENTLY "u"', "SHARE UPDATE EXCLUSIVE on s.t (nobody waits), reads all rows"],
    ['ALTER TABLE "s"."t" ADD CONSTRAINT "', "ACCESS EXCLUSIVE on s.t (readers and writers wait), reads no rows"],
    ['ALTER TABLE "s"."t" VALIDATE CONSTRA', "SHARE UPDATE EXCLUSIVE on s.t (nobody waits), reads all rows"],
  ]);
  const [identity] = plan(
    table(),
    table({ columns: [...table().columns, column("n", "int", { identity: "always" })] }),
  );
  expect(identity).toMatchObject({ table: { schema: "s", name: "t" }, rewrites: true });
  expect(lockText(identity!)).toContain("rewrites all rows");
  expect(lockText(plan(null, table())[0]!)).toBeNull();
  const odd = { name: "t\n; DROP", columns: [...table().columns, column("n", "int", { nullable: true })] };
  const [shown] = plan(table({ name: odd.name }), table(odd)).map(shownSql);
  expect(shown!.split("\n")[0]).toBe('-- ACCESS EXCLUSIVE on s."t?; DROP" (readers and writers wait), reads no rows');
});

test("an index of a partitioned table is declared, built leaf by leaf and attached", () => {
  const parted = (indexes: TableModel["indexes"]): TableModel => table({ partitioning: hash(2), indexes });
  expect(sql(plan(parted([]), parted([index("i", ["note"])])))).toEqual([
    'CREATE INDEX "i" ON ONLY "s"."t" USING btree ("note")',
    'CREATE INDEX CONCURRENTLY "t_p00_i" ON "s"."t_p00" USING btree ("note")',
    'CREATE INDEX CONCURRENTLY "t_p01_i" ON "s"."t_p01" USING btree ("note")',
    'ALTER INDEX "s"."i" ATTACH PARTITION "s"."t_p00_i"',
    'ALTER INDEX "s"."i" ATTACH PARTITION "s"."t_p01_i"',
  ]);
});

test("only obstacles in the way of a wanted index are dropped", () => {
  const to = table({ indexes: [index("i", ["id"])] });
  const obstacles = [
    { name: "i", partitioned: false, constraintOf: null, valid: false },
    { name: "somebody_elses", partitioned: false, constraintOf: null, valid: true },
  ];
  expect(sql(planTable(diffTable(table(), to), to, { ...context, obstacles }))).toEqual([
    'DROP INDEX CONCURRENTLY "s"."i"',
    'CREATE INDEX CONCURRENTLY "i" ON "s"."t" USING btree ("id")',
  ]);
});

test("an index that is no longer asked for and that nobody may use is dropped with its parts, also where nothing else is to be done", () => {
  const left = (name: string, more: object): object => ({
    name,
    partitioned: false,
    constraintOf: null,
    valid: false,
    ...more,
  });
  const obstacles = [
    left("old", { partitioned: true }),
    left("t_p00_old", { valid: true }),
    left("t_p01_old", {}),
    left("t_p01_mine", { valid: true }),
  ] as PlanContext["obstacles"];
  const partitioned = table({ partitioning: hash(2) });
  expect(sql(planTable([], partitioned, { ...context, obstacles }))).toEqual([
    'DROP INDEX "s"."old"',
    'DROP INDEX CONCURRENTLY "s"."t_p00_old"',
    'DROP INDEX CONCURRENTLY "s"."t_p01_old"',
  ]);
});

test("a function with its owner's rights is closed to others when it becomes one", () => {
  const open = fn({ arguments: [{ name: "a", type: "int", mode: "in", default: "1" }] });
  const closed = { ...open, securityDefiner: true, settings: { search_path: "pg_catalog, pg_temp", work_mem: "8MB" } };
  expect(sql(planFunction(diffFunction(null, closed), "orders"))).toEqual([
    `CREATE OR REPLACE FUNCTION "s"."f"("a" integer DEFAULT 1)
RETURNS integer
LANGUAGE sql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET "search_path" = 'pg_catalog', 'pg_temp'
SET "work_mem" = '8MB'
AS $$SELECT 1$$`,
    'REVOKE ALL ON FUNCTION "s"."f"(integer) FROM PUBLIC',
    `COMMENT ON FUNCTION "s"."f"(integer) IS 'eventloom:orders'`,
  ]);
  expect(sql(planFunction(diffFunction(open, closed), "orders"))[1]).toContain("REVOKE ALL");
  expect(sql(planFunction(diffFunction(closed, { ...closed, body: "SELECT 2" }), "orders"))).toHaveLength(1);
});

test("schemas and sequences are made with their marker", () => {
  expect(sql(planSchema(diffSchema(null, { name: "a b", comment: "x" }), "orders"))).toEqual([
    'CREATE SCHEMA "a b"',
    `COMMENT ON SCHEMA "a b" IS 'x\neventloom:orders'`,
  ]);
  const sequence = { schema: "s", name: "p", cache: 4, comment: null };
  expect(sql(planSequence(diffSequence(null, sequence), "orders"))[0]).toBe(
    'CREATE SEQUENCE "s"."p" AS bigint CACHE 4',
  );
});

test("names and texts are quoted so that nothing breaks out of them", () => {
  expect(quoteIdent('a"; DROP TABLE t; --')).toBe('"a""; DROP TABLE t; --"');
  expect(quoteLiteral("it's \\ here")).toBe("E'it''s \\\\ here'");
  expect(quoteDollar("no $$ here")).toBe("$body$no $$ here$body$");
  expect(quoteDollar("ends in $")).toBe("$body$ends in $$body$");
  expect(quoteDollar("$$ $body$")).toBe("$body2$$$ $body$$body2$");
  expect(() => quoteIdent("a\0b")).toThrow(RangeError);
});

test("leaves and their indexes keep to 63 bytes and stay apart", () => {
  expect(leafName("t", 7, 8)).toBe("t_p07");
  expect(leafName("t", 7, 1024)).toBe("t_p0007");
  const long = "é".repeat(40);
  expect(nameBytes(shortenName(long))).toBeLessThanOrEqual(63);
  expect(leafIndexName("t_p00", long)).not.toBe(leafIndexName("t_p01", long));
  expect(shortenName("short")).toBe("short");
});

test("a marker is the last line of a comment, and is taken off again", () => {
  for (const comment of [null, "one", "two\nlines", "eventloom:looks like one\nbut is not the last"]) {
    expect(splitMarker(withMarker(comment, "orders"))).toEqual({ comment, declaredBy: "orders" });
  }
  expect(splitMarker("somebody's")).toEqual({ comment: "somebody's", declaredBy: null });
  expect(splitMarker(null)).toEqual({ comment: null, declaredBy: null });
});
