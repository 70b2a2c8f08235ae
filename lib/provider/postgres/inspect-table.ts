import { splitMarker } from "../../postgres/marker";
import type {
  ColumnModel,
  HashPartitioningModel,
  PrimaryKeyModel,
  TableModel,
  TriggerModel,
} from "../../postgres/model";
import { stripOuterParentheses } from "../../postgres/normalise";
import type { IndexObstacle } from "../../postgres/plan";
import { quoteName } from "../../postgres/quote";
import type { ColumnRow, ConstraintRow, IndexRow, LeafRow, TableRow, TriggerRow } from "./catalog";
import { toForeignKeys } from "./inspect-constraint";
import { toIndexes } from "./inspect-index";
import type { InspectedTable } from "./inspected";
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
  const { comment, declaredBy } = splitMarker(rows.table.comment);
  const leaves = orderedLeaves(rows.table.leaves);
  const { obstacles, ...indexes } = toIndexes(rows.table.name, rows.indexes, rows.constraints);
  const own = rows.constraints.filter((row) => row.leaf === null);
  const checks = own.filter((row) => row.type === "c");
  const model: TableModel = {
    schema,
    name: rows.table.name,
    columns: rows.columns.map(toColumn),
    primaryKey: toPrimaryKey(own),
    uniques: indexes.uniques,
    foreignKeys: toForeignKeys(own),
    exclusions: indexes.exclusions,
    checks: checks.map((row) => ({ name: row.name, expression: stripOuterParentheses(row.expression ?? "") })),
    indexes: indexes.indexes,
    partitioning: toPartitioning(rows.table, leaves),
    triggers: toTriggers(rows.triggers, leaves),
    storage: toStorage(rows.table.options),
    comment,
  };
  return {
    kind: "table",
    model,
    declaredBy,
    leaves: leaves.map((leaf) => leaf.name),
    obstacles: [...obstacles, ...leafForeignKeys(rows.constraints)],
    unvalidated: own.filter((row) => !row.validated).map((row) => row.name),
    problems: problemsOf(schema, rows, leaves),
  };
}

/** Foreign keys of leaves alone: the table's own takes them over, or the leaf's is in its way. */
function leafForeignKeys(constraints: readonly ConstraintRow[]): readonly IndexObstacle[] {
  return constraints
    .filter((row) => row.leaf !== null && row.type === "f")
    .map(({ name, leaf }) => ({ name, partitioned: false, constraintOf: leaf }));
}

type Leaf = LeafRow & { readonly modulus: number; readonly remainder: number };

function orderedLeaves(leaves: readonly LeafRow[]): Leaf[] {
  return leaves
    .map((leaf) => {
      const numbers = /modulus (\d+), remainder (\d+)/i.exec(leaf.bound);
      return { ...leaf, modulus: Number(numbers?.[1] ?? 0), remainder: Number(numbers?.[2] ?? 0) };
    })
    .sort((a, b) => a.remainder - b.remainder);
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
    comment: row.comment,
  };
}

function toPrimaryKey(constraints: readonly ConstraintRow[]): PrimaryKeyModel | null {
  const row = constraints.find((constraint) => constraint.type === "p");
  return row === undefined ? null : { name: row.name, columns: row.columns };
}

function toPartitioning(table: TableRow, leaves: readonly Leaf[]): HashPartitioningModel | null {
  if (!table.partitioned) return null;
  return {
    strategy: "hash",
    columns: (table.partition_columns ?? []).flatMap((column) => (column === null ? [] : [column])),
    modulus: leaves[0]?.modulus ?? 0,
    storage: mergedStorage(leaves),
  };
}

/** What all leaves have; where they differ, a text that equals no setting, so that the difference is seen and mended. */
function mergedStorage(leaves: readonly Leaf[]): Record<string, string> {
  const each = leaves.map((leaf) => ({ name: leaf.name, storage: toStorage(leaf.options) }));
  const keys = new Set(each.flatMap(({ storage }) => Object.keys(storage)));
  return Object.fromEntries(
    [...keys].map((key) => {
      const values = each.map(({ name, storage }) => ({ name, value: storage[key] ?? "unset" }));
      const first = values[0]?.value ?? "";
      const other = values.find(({ value }) => value !== first);
      return [key, other === undefined ? first : `${first}, but ${other.value} on ${other.name}`];
    }),
  );
}

/** Those that guard the table and all its leaves; one that is off or missing somewhere is left out, and so made again. */
function toTriggers(rows: readonly TriggerRow[], leaves: readonly Leaf[]): TriggerModel[] {
  const guards = (row: TriggerRow): boolean => !row.special && (row.enabled === "O" || row.enabled === "A");
  return rows
    .filter((row) => row.leaf === null && guards(row))
    .filter((row) => leaves.every((leaf) => rows.some((r) => r.leaf === leaf.name && guards(r) && sameTrigger(r, row))))
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

function problemsOf(schema: string, rows: TableRows, leaves: readonly Leaf[]): string[] {
  const { table } = rows;
  const problems: string[] = [];
  if (table.inherits) problems.push("it inherits from another table");
  for (const column of rows.columns.filter((c) => c.generated !== "" && c.generated !== "s")) {
    problems.push(`column "${column.name}" is generated when it is read, not stored`);
  }
  for (const { name } of rows.constraints.filter((row) => row.references?.partial)) {
    problems.push(`foreign key "${name}" sets only some of its columns`);
  }
  if (!table.partitioned) return problems;
  if (table.strategy !== "h") {
    return [...problems, `it is partitioned by ${table.strategy === "r" ? "range" : "list"}, not by hash`];
  }
  if ((table.partition_columns ?? []).includes(null)) problems.push("it is partitioned by an expression");
  const modulus = leaves[0]?.modulus ?? 0;
  if (modulus === 0) problems.push("it has no leaf: every insert fails");
  if (leaves.some((leaf) => leaf.modulus !== modulus)) problems.push("its leaves differ in their modulus");
  for (let remainder = 0; remainder < modulus; remainder++) {
    if (!leaves.some((leaf) => leaf.remainder === remainder)) {
      problems.push(`the leaf for remainder ${remainder} of ${modulus} is missing: attach it again`);
    }
  }
  for (const leaf of leaves.filter((l) => l.schema !== schema)) {
    problems.push(`leaf "${leaf.name}" is in schema "${leaf.schema}"`);
  }
  return problems;
}
