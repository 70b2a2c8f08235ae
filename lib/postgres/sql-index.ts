import type { IndexKeyModel, IndexModel } from "./model";
import { quoteParts } from "./qualified";
import { quoteIdent, quoteName } from "./quote";
import { collate, quoteList, storageChanges, withStorage } from "./sql-parts";

export interface IndexPlace {
  readonly schema: string;
  readonly table: string;
  readonly concurrently: boolean;
  /** On the partitioned parent alone, to be completed by {@link attachIndex}. */
  readonly only: boolean;
}

export function createIndex(index: IndexModel, name: string, place: IndexPlace): string {
  return (
    `CREATE ${index.unique ? "UNIQUE " : ""}INDEX ${place.concurrently ? "CONCURRENTLY " : ""}${quoteIdent(name)} ` +
    `ON ${place.only ? "ONLY " : ""}${quoteName(place.schema, place.table)} USING ${index.method} ` +
    `(${index.keys.map(indexKey).join(", ")})` +
    (index.include.length === 0 ? "" : ` INCLUDE (${quoteList(index.include)})`) +
    (index.nullsNotDistinct ? " NULLS NOT DISTINCT" : "") +
    withStorage(index.storage) +
    (index.where === null ? "" : ` WHERE (${index.where})`)
  );
}

export function indexKey(key: IndexKeyModel): string {
  return (
    (key.column === null ? `(${key.expression ?? ""})` : quoteIdent(key.column)) +
    collate(key.collation) +
    (key.opclass === null ? "" : ` ${quoteParts(key.opclass)}`) +
    (key.descending ? " DESC" : "") +
    (key.nulls === null ? "" : ` NULLS ${key.nulls.toUpperCase()}`)
  );
}

export function attachIndex(schema: string, parent: string, leafIndex: string): string {
  return `ALTER INDEX ${quoteName(schema, parent)} ATTACH PARTITION ${quoteName(schema, leafIndex)}`;
}

/** Postgres can't drop the index of a partitioned table concurrently (0A000). */
export function dropIndex(schema: string, name: string, concurrently: boolean): string {
  return `DROP INDEX ${concurrently ? "CONCURRENTLY " : ""}${quoteName(schema, name)}`;
}

export function alterIndexStorage(schema: string, from: IndexModel, to: IndexModel): string[] {
  return storageChanges(`ALTER INDEX ${quoteName(schema, to.name)}`, from.storage, to.storage);
}
