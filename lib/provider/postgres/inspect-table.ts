import { splitMarker } from "../../postgres/marker";
import type { ColumnModel, PrimaryKeyModel, TableModel, TriggerModel } from "../../postgres/model";
import { stripOuterParentheses } from "../../postgres/normalise";
import type { IndexObstacle } from "../../postgres/plan";
import { passingCheckPrefix } from "../../postgres/plan";
import { quoteName } from "../../postgres/quote";
import { splitRule } from "../../postgres/rolling-rule";
import type { ColumnRow, ConstraintRow, IndexRow, TableRow, TriggerRow } from "./catalog";
import { constraintProblems, toForeignKeys } from "./inspect-constraint";
import { toIndexes } from "./inspect-index";
import { partitionProblems, sizesOf, toPartitions } from "./inspect-partition";
import type { InspectedTable, PassingCheck } from "./inspected";
import { toStorage } from "./storage-options";

/** What the queries found for one table. */
export interface TableRows {
  readonly table: TableRow;
  readonly columns: readonly ColumnRow[];
  readonly constraints: readonly ConstraintRow[];
  readonly indexes: readonly IndexRow[];
  readonly triggers: readonly TriggerRow[];
}

/** The model of a table on the server. What the model can't say is left out, and told in `problems` where it matters. */
export function toTable(schema: string, rows: TableRows): InspectedTable {
  const { comment: own, declaredBy } = splitMarker(rows.table.comment);
  // Whatever stands in the comment of another table, it has no leaves of time.
  const { comment, rule } = rows.table.strategy === "r" ? splitRule(own) : { comment: own, rule: null };
  const { partitioning, leaves, branches, leaving } = toPartitions(rows.table);
  const { obstacles, ...indexes } = toIndexes(rows.table.name, rows.indexes, rows.constraints);
  const constraints = rows.constraints.filter((row) => row.leaf === null && !isPassing(row));
  const checks = constraints.filter((row) => row.type === "c");
  const model: TableModel = {
    schema,
    name: rows.table.name,
    columns: rows.columns.map(toColumn),
    primaryKey: toPrimaryKey(constraints),
    uniques: indexes.uniques,
    foreignKeys: toForeignKeys(constraints),
    exclusions: indexes.exclusions,
    checks: checks.map((row) => ({ name: row.name, expression: stripOuterParentheses(row.expression ?? "") })),
    indexes: indexes.indexes,
    partitioning: partitioning && { ...partitioning, rolling: rule },
    triggers: toTriggers(rows.triggers, [...branches.map(({ name }) => name), ...leaves]),
    storage: toStorage(rows.table.options),
    comment,
  };
  return {
    kind: "table",
    model,
    declaredBy,
    leaves,
    branches,
    leaving,
    passingChecks: passingChecks(rows.table.name, rows.constraints),
    obstacles: [...obstacles, ...leafForeignKeys(rows.constraints)],
    unvalidated: constraints.filter((row) => !row.validated).map((row) => row.name),
    sizes: sizesOf(rows.table),
    problems: problemsOf(schema, rows),
  };
}

/** Foreign keys of leaves alone: the table's own takes them over, or the leaf's is in its way. */
function leafForeignKeys(constraints: readonly ConstraintRow[]): readonly IndexObstacle[] {
  return constraints
    .filter((row) => row.leaf !== null && row.type === "f")
    .map(({ name, leaf }) => ({ name, partitioned: false, constraintOf: leaf, valid: true }));
}

/** Checks that an attaching or a NOT NULL left which broke off. */
function passingChecks(table: string, constraints: readonly ConstraintRow[]): readonly PassingCheck[] {
  return constraints.filter(isPassing).map(({ name, leaf }) => ({ check: name, on: leaf ?? table }));
}

function isPassing({ type, name }: ConstraintRow): boolean {
  return type === "c" && name.startsWith(passingCheckPrefix);
}

const IDENTITIES: Readonly<Record<string, ColumnModel["identity"]>> = { a: "always", d: "by-default" };
const COMPRESSIONS: Readonly<Record<string, ColumnModel["compression"]>> = { p: "pglz", l: "lz4" };

function collationName({ collation, collation_schema: schema }: ColumnRow): string | null {
  return collation === null || schema === null ? collation : quoteName(schema, collation);
}

function toColumn(row: ColumnRow): ColumnModel {
  return {
    name: row.name,
    type: row.type,
    nullable: row.nullable,
    default: row.generated === "" ? row.default : null,
    collation: collationName(row),
    identity: IDENTITIES[row.identity] ?? null,
    generated: row.generated === "" ? null : row.default,
    compression: COMPRESSIONS[row.compression] ?? null,
    fill: null,
    comment: row.comment,
  };
}

function toPrimaryKey(constraints: readonly ConstraintRow[]): PrimaryKeyModel | null {
  const row = constraints.find((constraint) => constraint.type === "p");
  return row === undefined ? null : { name: row.name, columns: row.columns };
}

/** Those that guard the table and all its partitions; one that is off or missing somewhere is left out, and so made again. */
function toTriggers(rows: readonly TriggerRow[], partitions: readonly string[]): TriggerModel[] {
  const guards = (row: TriggerRow): boolean => !row.special && (row.enabled === "O" || row.enabled === "A");
  return rows
    .filter((row) => row.leaf === null && guards(row))
    .filter((row) => partitions.every((each) => rows.some((r) => r.leaf === each && guards(r) && sameTrigger(r, row))))
    .map(toTrigger);
}

function sameTrigger(a: TriggerRow, b: TriggerRow): boolean {
  return (
    a.name === b.name &&
    a.type === b.type &&
    a.enabled === b.enabled &&
    a.function_schema === b.function_schema &&
    a.function_name === b.function_name
  );
}

/** Bits of `tgtype`: 1 row, 2 before, 4 insert, 8 delete, 16 update, 32 truncate. */
function toTrigger(row: TriggerRow): TriggerModel {
  const events = [
    [4, "insert"],
    [16, "update"],
    [8, "delete"],
    [32, "truncate"],
  ] as const;
  return {
    name: row.name,
    timing: (row.type & 2) === 0 ? "after" : "before",
    events: events.filter(([bit]) => (row.type & bit) !== 0).map(([, event]) => event),
    level: (row.type & 1) === 0 ? "statement" : "row",
    functionSchema: row.function_schema,
    functionName: row.function_name,
    enabled: row.enabled === "A" ? "always" : "origin",
  };
}

function problemsOf(schema: string, rows: TableRows): string[] {
  const { table } = rows;
  const problems: string[] = [];
  if (table.inherits) problems.push("it inherits from another table");
  for (const column of rows.columns.filter((c) => c.generated !== "" && c.generated !== "s")) {
    problems.push(`column "${column.name}" is generated when it is read, not stored`);
  }
  problems.push(...constraintProblems(rows.constraints));
  return [...problems, ...partitionProblems(schema, table)];
}
