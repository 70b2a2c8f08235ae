import { type BoundColumn, type BoundValue, readLiteral, readValue, WrongValue } from "./bound-value";
import type { ColumnModel, LeafModel, LevelModel, PartitioningModel, PartitionModel, TableModel } from "./model";
import { leafName } from "./names";

/** A table that a partitioned one is made of, at any depth. */
export interface PartitionNode {
  readonly name: string;
  /** What it is attached to: the table, or another node. */
  readonly parent: string;
  /** As it stands after its name: `DEFAULT`, `FOR VALUES IN (1, 2)`. */
  readonly bound: string;
  /** How its own rows are spread; null for a leaf. */
  readonly level: LevelModel | null;
}

/** A partition whose rows are spread once more, with its leaves. */
export interface Branch {
  readonly name: string;
  readonly leaves: readonly string[];
}

/** All partitions that a table has attached as it is declared, each after its parent. */
export function partitionNodes({ name, columns, partitioning }: TableModel): readonly PartitionNode[] {
  return partitioning === null ? [] : nodesBelow(name, partitioning, columns);
}

/** One partition of a level and what is below it. */
export function nodesOf(
  partition: LeafModel | PartitionModel,
  parent: string,
  { columns, columnsOf }: { readonly columns: readonly string[]; readonly columnsOf: readonly ColumnModel[] },
): readonly PartitionNode[] {
  const level = levelOf(partition);
  const bound = boundText(partition, typedColumns(columns, columnsOf));
  const own = { name: partition.name, parent, bound, level };
  return level === null ? [own] : [own, ...nodesBelow(partition.name, level, columnsOf)];
}

function nodesBelow(parent: string, level: LevelModel, columnsOf: readonly ColumnModel[]): readonly PartitionNode[] {
  const { modulus, columns } = level;
  if (modulus !== null) {
    return Array.from({ length: modulus }, (_, remainder) => ({
      name: leafName(parent, remainder, modulus),
      parent,
      bound: `FOR VALUES WITH (MODULUS ${modulus}, REMAINDER ${remainder})`,
      level: null,
    }));
  }
  return attached(level.partitions).flatMap((each) => nodesOf(each, parent, { columns, columnsOf }));
}

/** The partitions that are not declared as detached. */
export function attached<P extends LeafModel>(partitions: readonly P[]): readonly P[] {
  return partitions.filter(({ detached }) => detached === null);
}

export function levelOf(partition: LeafModel | PartitionModel): LevelModel | null {
  return "partitioning" in partition ? partition.partitioning : null;
}

/** The tables that hold rows, and those between them and the table. */
export function leavesOf(nodes: readonly PartitionNode[]): {
  readonly leaves: readonly string[];
  readonly branches: readonly Branch[];
} {
  const leaves = nodes.filter(({ level }) => level === null);
  const branches = nodes.filter(({ level }) => level !== null);
  return {
    leaves: leaves.map(({ name }) => name),
    branches: branches.map(({ name }) => ({
      name,
      leaves: leaves.filter(({ parent }) => parent === name).map((leaf) => leaf.name),
    })),
  };
}

/** All columns that decide where a row of the table goes, at any depth. */
export function partitionColumns({ partitioning }: TableModel): readonly string[] {
  if (partitioning === null) return [];
  const below = partitioning.partitions.flatMap(({ partitioning: level }) => level?.columns ?? []);
  return [...new Set([...partitioning.columns, ...below])];
}

/** The columns of a level with their types; one that the table doesn't have is a text. */
export function typedColumns(names: readonly string[], columns: readonly ColumnModel[]): readonly BoundColumn[] {
  return names.map((name) => columns.find((each) => each.name === name) ?? { name, type: "text", collation: null });
}

/** A bound's literal as Postgres writes it; as it is written where it means nothing to the column. */
export function canonicalBound(sql: string, column: BoundColumn | undefined): string {
  const written = readLiteral(sql);
  if (written === null) return sql;
  if (written.kind !== "value") return written.kind.toUpperCase();
  const value = column === undefined ? null : readValue(written.text, column);
  return value === null || value instanceof WrongValue ? sql : value.sql;
}

/** The value of a bound's literal; null for NULL, MINVALUE, MAXVALUE and what means nothing to the column. */
export function boundValue(sql: string, column: BoundColumn | undefined): BoundValue | null {
  const written = readLiteral(sql);
  if (written?.kind !== "value" || column === undefined) return null;
  const value = readValue(written.text, column);
  return value instanceof WrongValue ? null : value;
}

/** `FOR VALUES …`. */
function boundText(partition: LeafModel, columns: readonly BoundColumn[]): string {
  const list = (literals: readonly string[], of: (at: number) => BoundColumn | undefined): string =>
    literals.map((each, at) => boundSql(each, of(at))).join(", ");
  if (partition.default) return "DEFAULT";
  if (partition.values.length > 0) return `FOR VALUES IN (${list(partition.values, () => columns[0])})`;
  return (
    `FOR VALUES FROM (${list(partition.from, (at) => columns[at])}) ` +
    `TO (${list(partition.to, (at) => columns[at])})`
  );
}

/** @throws RangeError for what is no literal: it has been refused before */
export function boundSql(sql: string, column: BoundColumn | undefined): string {
  if (readLiteral(sql) === null) throw new RangeError(`${JSON.stringify(sql)} is not one literal`);
  return canonicalBound(sql, column);
}

/** With every bound as Postgres writes it and in an order that means nothing, so that equal ones are equal as data. */
export function canonicalPartitioning(
  partitioning: PartitioningModel,
  columns: readonly ColumnModel[],
): PartitioningModel {
  const partitions = partitioning.partitions.map((each) => ({
    ...canonicalLeaf(each, partitioning, columns),
    partitioning: each.partitioning && canonicalLevel(each.partitioning, columns),
  }));
  return { ...partitioning, partitions: sortedByName(partitions) };
}

function canonicalLevel(level: LevelModel, columns: readonly ColumnModel[]): LevelModel {
  return { ...level, partitions: sortedByName(level.partitions.map((each) => canonicalLeaf(each, level, columns))) };
}

function canonicalLeaf<P extends LeafModel>(leaf: P, level: LevelModel, columns: readonly ColumnModel[]): P {
  const typed = typedColumns(level.columns, columns);
  const each = (sql: string, at: number): string => canonicalBound(sql, typed[at]);
  return {
    ...leaf,
    values: leaf.values.map((sql) => canonicalBound(sql, typed[0])).sort(),
    from: leaf.from.map(each),
    to: leaf.to.map(each),
  };
}

function sortedByName<T extends { readonly name: string }>(items: readonly T[]): readonly T[] {
  return [...items].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}
