import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compile } from "eventloom";
import { orders } from "../../examples/orders/domain";
import { plainKey, plainPartition, plainPartitioning } from "../../lib/postgres/defaults";
import { diffTable } from "../../lib/postgres/diff";
import type { PartitionModel, TableModel } from "../../lib/postgres/model";
import { leavesOf, partitionNodes } from "../../lib/postgres/partitions";
import { planTable, shownSql, type Statement } from "../../lib/postgres/plan";
import { createStatements } from "../../lib/preview/render-sql";
import { ensureSquawk } from "../../tools/squawk";
import { column, exclusion, foreignKey, hash, index, table, trigger, unique } from "./tables";

jest.setTimeout(300_000);

interface Finding {
  readonly line: number;
  readonly rule_name: string;
}

/** What squawk says of a new table and of changes alike, and why it stays. */
const EVERYWHERE: Readonly<Record<string, string>> = {
  "require-statement-timeout":
    "a build or a validation takes as long as the rows take, and holds up nobody; what holds somebody up has a lock_timeout",
  "prefer-robust-stmts":
    "IF NOT EXISTS takes whatever has the name; a second run inspects what the first one left, and plans the rest",
  "prefer-bigint-over-int": "the type is the user's own",
  "prefer-bigint-over-smallint": "the type is the user's own",
};

const seen = new Set<string>();

const folder = mkdtempSync(join(tmpdir(), "eventloom-squawk-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** As the provider runs a plan: what belongs in one transaction, then the others alone or in groups, all with a lock timeout. */
function script(statements: readonly Statement[]): string {
  const lines: string[] = [];
  let open: string | null = null;
  const enter = (group: string | null): void => {
    if (group === open) return;
    if (open !== null) lines.push("COMMIT;");
    if (group !== null) lines.push("BEGIN;", "SET LOCAL lock_timeout = 3000;");
    open = group;
  };
  enter("the plan's");
  for (const each of statements.filter(({ transactional }) => transactional)) lines.push(`${shownSql(each)};`);
  enter(null);
  lines.push("SET lock_timeout = 3000;");
  for (const each of statements.filter(({ transactional }) => !transactional)) {
    enter(each.group);
    lines.push(`${shownSql(each)};`);
  }
  enter(null);
  return lines.join("\n");
}

async function lint(statements: readonly Statement[]): Promise<readonly string[]> {
  const squawk = await ensureSquawk();
  const file = join(folder, "plan.sql");
  const text = script(statements);
  writeFileSync(file, text);
  const found = await new Promise<readonly Finding[]>((resolve, reject) =>
    execFile(squawk, ["--reporter", "json", "--pg-version", "15.0", file], { maxBuffer: 2 ** 26 }, (error, stdout) => {
      if (stdout.trim() === "") reject(error ?? new Error("squawk said nothing"));
      else resolve(JSON.parse(stdout) as readonly Finding[]);
    }),
  );
  const lines = text.split("\n");
  for (const { rule_name: rule } of found) seen.add(rule);
  return found
    .filter(({ rule_name: rule }) => !Object.hasOwn(EVERYWHERE, rule))
    .map(({ rule_name: rule, line }) => `${rule}: ${lines[line] ?? ""}`);
}

function change(from: Partial<TableModel>, to: Partial<TableModel>): readonly Statement[] {
  const [before, after] = [table(from), table(to)];
  const there = leavesOf(partitionNodes(before));
  return planTable(diffTable(before, after), after, { declaredBy: "orders", ...there, obstacles: [] });
}

const wide: Partial<TableModel> = {
  columns: [
    ...table().columns,
    column("n", "bigint", { nullable: true, comment: "a number" }),
    column("kind", "text", { default: "'new'", collation: "C" }),
  ],
  uniques: [unique("t_note", ["id", "note"])],
  foreignKeys: [foreignKey("t_target", { onDelete: "cascade" })],
  checks: [{ name: "positive", expression: "id > 0" }],
  indexes: [
    index("t_n", ["n"], { where: "n IS NOT NULL" }),
    index("t_lower", [], { keys: [{ ...plainKey, column: null, expression: "lower(note)" }] }),
  ],
  triggers: [trigger("guard", { enabled: "always" })],
  comment: "A table.",
};

test("squawk sees what it is asked to see", async () => {
  const bad = { ...change({}, { indexes: [index("i", ["note"])] })[0]!, sql: 'CREATE INDEX "i" ON "s"."t" ("note")' };
  expect(await lint([bad])).toEqual([expect.stringContaining("require-concurrent-index-creation")]);
});

test("squawk finds nothing in what creates the store of the order system, but for the outbox's types", async () => {
  // The outbox has the columns that Debezium's router documents, types included.
  expect(await lint(createStatements(compile(orders)))).toEqual(
    ["aggregatetype", "aggregateid", "type"].map((name) => expect.stringMatching(`^prefer-text-field: +"${name}"`)),
  );
});

test("squawk finds nothing in what is added to a table with rows", async () => {
  expect(await lint(change({}, wide))).toEqual([]);
});

test("squawk finds nothing in what is added to a partitioned table, but for what Postgres can't do otherwise", async () => {
  const found = await lint(change({ partitioning: hash(2) }, { ...wide, partitioning: hash(2) }));
  const rules = (start: string): readonly string[] =>
    found
      .filter((each) => each.includes(start))
      .map((each) => each.slice(0, each.indexOf(":")))
      .sort();
  // A parent has no rows of its own and is declared in an instant; its leaves' parts are built concurrently and attached.
  expect(rules('CREATE INDEX "t_n" ON ONLY')).toEqual(["require-concurrent-index-creation"]);
  expect(rules('CREATE INDEX "t_lower" ON ONLY')).toEqual(["require-concurrent-index-creation"]);
  const unready = ["constraint-missing-not-valid", "disallowed-unique-constraint"];
  expect(rules('ALTER TABLE ONLY "s"."t" ADD CONSTRAINT "t_note" UNIQUE')).toEqual(unready);
  // The leaves have the key already, validated: Postgres takes it over without a look at the rows.
  const checked = ["adding-foreign-key-constraint", "constraint-missing-not-valid"];
  expect(rules('ALTER TABLE "s"."t" ADD CONSTRAINT "t_target"')).toEqual(checked);
  expect(found).toHaveLength(6);
});

test("squawk finds in accepted changes what they had to be accepted for, and nothing else", async () => {
  const columns = [...table().columns, column("kind", "character varying(9)", { default: "'new'" })];
  const from = { ...wide, columns: [...columns, column("old", "text")], uniques: [] };
  const to = {
    columns: [...table().columns, column("kind", "text", { nullable: true, default: "'new'" })],
    checks: [{ name: "positive", expression: "id > 5" }],
    comment: "A table.",
    indexes: [],
    foreignKeys: [],
    triggers: [],
  };
  const found = await lint(change({ ...from, indexes: [] }, to));
  expect(found.map((each) => each.slice(0, each.indexOf(":"))).sort()).toEqual([
    "ban-drop-column",
    "ban-drop-constraint",
    "ban-drop-constraint",
    // a default need not be of the new type: the same statement gives it anew
    "ban-drop-default",
    "ban-drop-not-null",
    "changing-column-type",
  ]);
}); // prettier-ignore

test("squawk finds nothing in a column that becomes NOT NULL, but for a check whose work is done", async () => {
  const open = table().columns.map((each) => (each.name === "note" ? { ...each, nullable: true } : each));
  const closed = open.map((each) => (each.name === "note" ? { ...each, nullable: false } : each));
  const found = await lint(change({ columns: open }, { columns: closed }));
  expect(found).toEqual([expect.stringMatching(/^ban-drop-constraint: .* DROP CONSTRAINT "eventloom_attaching_t_note"/)]); // prettier-ignore
});

test("squawk finds nothing in a column that is added and filled, but for a check whose work is done", async () => {
  const filled = [...table().columns, column("kind", "text", { default: "lower('X')", fill: "lower(note)" })];
  for (const partitioning of [null, hash(2)]) {
    const found = await lint(change({ partitioning }, { partitioning, columns: filled }));
    expect(found).toEqual([expect.stringMatching(/^ban-drop-constraint: .* DROP CONSTRAINT "eventloom_attaching_t_kind"/)]); // prettier-ignore
  }
});

test("squawk finds nothing in what changes", async () => {
  expect(
    await lint(
      change(
        { ...wide, storage: {}, indexes: [index("t_n", ["n"])] },
        {
          ...wide,
          columns: wide.columns!.map((each) => ({ ...each, compression: each.type === "text" ? "lz4" : null })),
          foreignKeys: [foreignKey("t_target", { onDelete: "cascade", deferrable: "deferred" })],
          indexes: [index("t_n", ["n"], { storage: { fillfactor: "80" } })],
          storage: { fillfactor: "80" },
          comment: "Another.",
        },
      ),
    ),
  ).toEqual([]);
});

const part = (name: string, more: Partial<PartitionModel>): PartitionModel => ({ ...plainPartition, name, ...more });
const ranges = (...partitions: readonly PartitionModel[]): Partial<TableModel> => ({
  ...wide,
  partitioning: { ...plainPartitioning, strategy: "range", columns: ["id"], partitions },
});
const first = part("t_0", { from: ["0"], to: ["10"] });
const second = part("t_1", {
  from: ["10"],
  to: ["20"],
  partitioning: { strategy: "hash", columns: ["id"], modulus: 2, partitions: [] },
});
const rest = part("t_rest", { default: true });

test("squawk finds nothing in what attaches a partition, but for checks whose work is done", async () => {
  // The bound says what the check said, and from then on Postgres keeps it.
  const done = (table: string): unknown =>
    expect.stringMatching(`^ban-drop-constraint: ALTER TABLE "s"."${table}" DROP`);
  expect(await lint(change(ranges(first), ranges(first, second)))).toEqual([done("t_1")]);
  expect(await lint(change(ranges(first, rest), ranges(first, second, rest)))).toEqual([done("t_1"), done("t_rest")]);
});

test("squawk finds nothing in what detaches a partition, but for what Postgres can't do beside a default one", async () => {
  const old = { ...first, detached: "old" };
  expect(await lint(change(ranges(first, second), ranges(old, second)))).toEqual([]);
  // Postgres detaches none concurrently where there is a default partition (55000).
  expect(await lint(change(ranges(first, rest), ranges(old, rest)))).toEqual([
    expect.stringMatching(/^require-concurrent-partition-detach: ALTER TABLE/),
  ]);
});

test("squawk finds what is planned for an empty table alone", async () => {
  const columns = [...table().columns, column("number", "bigint", { identity: "always" })];
  const found = await lint(change({}, { columns, exclusions: [exclusion("apart")] }));
  expect(found.map((each) => each.slice(0, each.indexOf(":")))).toEqual([
    // Refused by PG413 for a table that may hold rows.
    "adding-field-with-default",
    // Refused by PG417 for a table that may hold rows.
    "constraint-missing-not-valid",
  ]);
});

test("each exception is one that squawk makes", () => {
  expect(Object.keys(EVERYWHERE).filter((each) => !seen.has(each))).toEqual([]);
});
