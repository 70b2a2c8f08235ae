import type { LevelModel, TableModel } from "./model";
import type { PartitionNode } from "./partitions";
import { quoteIdent, quoteName } from "./quote";
import { quoteList, withStorage } from "./sql-parts";

/** ` PARTITION BY HASH ("id")`, or nothing for a level of null. */
export function partitionBy(level: LevelModel | null): string {
  return level === null ? "" : ` PARTITION BY ${level.strategy.toUpperCase()} (${quoteList(level.columns)})`;
}

/** A partition of a table that is made in the same transaction. */
export function createPartition(node: PartitionNode, { schema, partitioning }: TableModel): string {
  const storage = node.level === null ? withStorage(partitioning?.storage ?? {}) : "";
  return (
    `CREATE TABLE ${quoteName(schema, node.name)} PARTITION OF ${quoteName(schema, node.parent)} ` +
    `${node.bound}${partitionBy(node.level)}${storage}`
  );
}

/**
 * A table that is to become a partition, beside the one that it will be of: nobody waits for it. What is left out comes with the
 * attaching: foreign keys, row triggers, and an identity, which a table to be attached may not have.
 */
export function createBeside(
  node: PartitionNode,
  { schema, partitioning }: TableModel,
  check: { readonly name: string; readonly expression: string } | null,
): string {
  const like = "INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING GENERATED INCLUDING INDEXES INCLUDING STORAGE";
  const storage = node.level === null ? withStorage(partitioning?.storage ?? {}) : "";
  const bound = check === null ? "" : `,\n  CONSTRAINT ${quoteIdent(check.name)} CHECK (${check.expression})`;
  return (
    `CREATE TABLE ${quoteName(schema, node.name)} (\n  LIKE ${quoteName(schema, node.parent)} ` +
    `${like} INCLUDING COMPRESSION${bound}\n)${partitionBy(node.level)}${storage}`
  );
}

export function attachPartition(schema: string, { name, parent, bound }: PartitionNode): string {
  return `ALTER TABLE ${quoteName(schema, parent)} ATTACH PARTITION ${quoteName(schema, name)} ${bound}`;
}

/** @param how beside writers; not at once where there is a default partition; or the end of one that broke off */
export function detachPartition(
  schema: string,
  parent: string,
  name: string,
  how: "concurrently" | "at-once" | "finalize",
): string {
  const mode = { concurrently: " CONCURRENTLY", "at-once": "", finalize: " FINALIZE" }[how];
  return `ALTER TABLE ${quoteName(schema, parent)} DETACH PARTITION ${quoteName(schema, name)}${mode}`;
}
