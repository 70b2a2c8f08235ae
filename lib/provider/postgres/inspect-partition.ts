import { plainPartition } from "../../postgres/defaults";
import type { LevelModel, PartitioningModel, PartitionModel } from "../../postgres/model";
import type { Branch } from "../../postgres/partitions";
import type { TableSize } from "../../postgres/plan";
import { quoteLiteral } from "../../postgres/quote";
import { type Token, tokenize } from "../../postgres/tokens";
import type { PartitionRow, TableRow } from "./catalog";
import { toStorage } from "./storage-options";

/** The partitions of a table on the server. */
export interface InspectedPartitions {
  readonly partitioning: PartitioningModel | null;
  /** The names of the tables that hold the rows: of a hash by remainder. */
  readonly leaves: readonly string[];
  readonly branches: readonly Branch[];
  /** Partitions whose detaching broke off. */
  readonly leaving: readonly { readonly partition: string; readonly parent: string }[];
}

const STRATEGIES: Readonly<Record<string, LevelModel["strategy"]>> = { h: "hash", l: "list", r: "range" };

export function toPartitions(table: TableRow): InspectedPartitions {
  const rows = table.partitions.filter((row) => !row.leaving);
  const leaves = inOrder(table.name, rows).filter((row) => row.strategy === null);
  const below = (parent: string): readonly string[] =>
    leaves.filter((row) => row.parent === parent).map((row) => row.name);
  const level = toLevel(table, table.partition_columns, rows);
  return {
    partitioning: level === null ? null : { ...level, rolling: null, storage: mergedStorage(leaves) },
    leaves: leaves.map((row) => row.name),
    branches: rows
      .filter((row) => row.strategy !== null && row.depth === 1)
      .map(({ name }) => ({ name, leaves: below(name) })),
    leaving: table.partitions.filter((row) => row.leaving).map(({ name, parent }) => ({ partition: name, parent })),
  };
}

/** The sizes of a table and its partitions, where the server has looked; a partitioned one is as large as its leaves. */
export function sizesOf(table: TableRow): Readonly<Record<string, TableSize>> {
  const leaves = table.partitions.filter((row) => row.strategy === null);
  const known = (table.partitioned ? leaves : [table]).filter((row) => row.rows >= 0);
  const sum = (rows: readonly TableSize[]): TableSize => ({
    bytes: rows.reduce((total, each) => total + each.bytes, 0),
    rows: rows.reduce((total, each) => total + each.rows, 0),
  });
  if (known.length === 0) return {};
  const branches = table.partitions.filter((row) => row.strategy !== null);
  return Object.fromEntries([
    [table.name, sum(known)],
    ...branches.map(({ name }) => [name, sum(leaves.filter((row) => row.parent === name && row.rows >= 0))] as const),
    ...known.map(({ name, bytes, rows }) => [name, { bytes, rows }] as const),
  ]);
}

/** Each partition before what is below it; the leaves of a hash by remainder, others by name. */
function inOrder(parent: string, rows: readonly PartitionRow[]): readonly PartitionRow[] {
  return childrenOf(parent, rows).flatMap((row) => [row, ...inOrder(row.name, rows)]);
}

function childrenOf(parent: string, rows: readonly PartitionRow[]): readonly PartitionRow[] {
  return rows
    .filter((row) => row.parent === parent)
    .sort((a, b) => (hashOf(a)?.remainder ?? 0) - (hashOf(b)?.remainder ?? 0));
}

export function hashOf({ bound }: PartitionRow): { readonly modulus: number; readonly remainder: number } | null {
  const numbers = /^FOR VALUES WITH \(modulus (\d+), remainder (\d+)\)$/i.exec(bound);
  return numbers === null ? null : { modulus: Number(numbers[1]), remainder: Number(numbers[2]) };
}

type Partitioned = Pick<TableRow, "name" | "strategy">;

function toLevel(
  { name, strategy }: Partitioned,
  columns: readonly (string | null)[] | null,
  rows: readonly PartitionRow[],
): (Omit<LevelModel, "partitions"> & { readonly partitions: readonly PartitionModel[] }) | null {
  if (strategy === null) return null;
  const children = childrenOf(name, rows);
  const hash = strategy === "h";
  return {
    strategy: STRATEGIES[strategy] ?? "hash",
    columns: (columns ?? []).flatMap((column) => (column === null ? [] : [column])),
    modulus: hash ? (hashOf(children[0] ?? noRow)?.modulus ?? 0) : null,
    partitions: hash ? [] : children.map((row) => toPartition(row, rows)),
  };
}

const noRow = { bound: "" } as PartitionRow;

function toPartition(row: PartitionRow, rows: readonly PartitionRow[]): PartitionModel {
  const level = toLevel(row, row.columns, rows);
  const partition = { ...plainPartition, name: row.name, ...readBound(row.bound) };
  return {
    ...partition,
    // Below this there is nothing that the model can say.
    partitioning: level && { ...level, partitions: level.partitions.map(({ partitioning: _, ...leaf }) => leaf) },
  };
}

/** What `pg_get_expr` writes of a bound: `DEFAULT`, `FOR VALUES IN (…)`, `FOR VALUES FROM (…) TO (…)`. */
export function readBound(text: string): Pick<PartitionModel, "values" | "from" | "to" | "default"> {
  const lists: string[][] = [];
  let words: Token[] = [];
  for (const token of tokenize(text)) {
    const mark = token.kind === "symbol" ? token.text : "";
    if (mark === "(") lists.push([]);
    else if (mark === "," || mark === ")") {
      lists.at(-1)?.push(literalOf(words));
      words = [];
    } else if (lists.length > 0) words.push(token);
    // The TO between the two lists of a range.
    if (mark === "(") words = [];
  }
  const [first = [], second = []] = lists;
  const isDefault = text === "DEFAULT";
  return lists.length > 1
    ? { values: [], from: first, to: second, default: isDefault }
    : { values: first, from: [], to: [], default: isDefault };
}

function literalOf(tokens: readonly Token[]): string {
  return tokens
    .map((token) => (token.kind === "string" ? quoteLiteral(token.text) : token.text.toUpperCase()))
    .join("");
}

/** What all leaves have; where they differ, a text that equals no setting, so that the difference is seen and mended. */
function mergedStorage(leaves: readonly PartitionRow[]): Record<string, string> {
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

/** Why the partitions of a table can't be managed as they stand. */
export function partitionProblems(schema: string, table: TableRow): string[] {
  if (!table.partitioned) return [];
  const rows = table.partitions.filter((row) => !row.leaving);
  const partitioned: readonly {
    readonly name: string;
    readonly columns: TableRow["partition_columns"];
    readonly strategy: string | null;
  }[] = [
    { name: table.name, columns: table.partition_columns, strategy: table.strategy },
    ...rows.filter((row) => row.strategy !== null),
  ];
  const what = (name: string): string => (name === table.name ? "it" : `partition "${name}"`);
  return [
    ...partitioned
      .filter(({ columns }) => (columns ?? []).includes(null))
      .map(({ name }) => `${what(name)} is partitioned by an expression`),
    ...partitioned
      .filter(({ strategy }) => strategy === "h")
      .flatMap(({ name }) => hashProblems(childrenOf(name, rows), what(name))),
    ...rows.filter((row) => row.depth > 2).map((row) => `partition "${row.name}" is the third level: two are managed`),
    ...rows.filter((row) => row.schema !== schema).map((row) => `leaf "${row.name}" is in schema "${row.schema}"`),
  ];
}

function hashProblems(leaves: readonly PartitionRow[], what: string): string[] {
  const bounds = leaves.flatMap((leaf) => hashOf(leaf) ?? []);
  const modulus = bounds[0]?.modulus ?? 0;
  const missing = Array.from({ length: modulus }, (_, remainder) => remainder).filter(
    (remainder) => !bounds.some((bound) => bound.remainder === remainder),
  );
  const whose = what === "it" ? "its" : `of ${what} the`;
  return [
    ...(modulus === 0 ? [`${what} has no leaf: every insert fails`] : []),
    ...(bounds.some((bound) => bound.modulus !== modulus) ? [`${whose} leaves differ in their modulus`] : []),
    ...missing.map((remainder) => `the leaf for remainder ${remainder} of ${modulus} is missing: attach it again`),
  ];
}
