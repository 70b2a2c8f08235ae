import { readFileSync } from "node:fs";
import { join } from "node:path";
import { diffTable } from "../lib/postgres/diff";
import type { TableModel } from "../lib/postgres/model";
import { leavesOf, partitionNodes } from "../lib/postgres/partitions";
import { planTable, shownSql } from "../lib/postgres/plan";
import { plainPartitioning } from "../lib/postgres/defaults";
import { column, index, table } from "./postgres/tables";

const page = readFileSync(join(__dirname, "../docs/tables.md"), "utf8");

/** The SQL block that follows a title. */
function block(title: string): string {
  return new RegExp(`\`${title}\`[^\`]*\n\n\`\`\`sql\n([^]*?)\n\`\`\``).exec(page)?.[1] ?? `no block after ${title}`;
}

function planned(from: Partial<TableModel>, to: Partial<TableModel>): string {
  const [before, after] = [table(from), table(to)];
  const there = leavesOf(partitionNodes(before));
  const statements = planTable(diffTable(before, after), after, { declaredBy: "shop", ...there, obstacles: [] });
  return statements.map((each) => `${shownSql(each)};`).join("\n");
}

const base = table();
const open = base.columns.map((each) => (each.name === "note" ? { ...each, nullable: true } : each));
const closed = base.columns.map((each) => (each.name === "note" ? { ...each, nullable: false } : each));
const leaves = { partitioning: { ...plainPartitioning, strategy: "hash", columns: ["id"], modulus: 2 } } as const;

test.each([
  ["nullable", planned({ columns: open }, { columns: closed })],
  ["checks", planned({}, { checks: [{ name: "positive", expression: "id > 0" }] })],
  ["columns", planned({}, { columns: [...base.columns, column("size", "integer", { default: "0" })] })],
  ["fill", planned({}, { columns: [...base.columns, column("kind", "text", { fill: "lower(note)" })] })],
  ["indexes", planned(leaves, { ...leaves, indexes: [index("t_note", ["note"])] })],
])("the page on tables shows how `%s` changes, as it is planned", (title, sql) => {
  expect(block(title)).toBe(sql);
});
