import { quoteIdent, quoteLiteral } from "./quote";

/** Pieces that several statements are made of. */

export type Storage = Readonly<Record<string, string>>;

export function quoteList(names: readonly string[]): string {
  return names.map(quoteIdent).join(", ");
}

/** A collation of `pg_catalog` by its bare name, whatever is in it; one of another schema as `"schema"."name"`. */
export function collate(collation: string | null): string {
  if (collation === null) return "";
  const qualified = /^("(?:[^"]|"")+"\."(?:[^"]|"")+")$/.exec(collation);
  return ` COLLATE ${qualified?.[1] ?? quoteIdent(collation)}`;
}

export function withStorage(storage: Storage): string {
  return Object.keys(storage).length === 0 ? "" : ` WITH (${storageList(storage)})`;
}

/**
 * The statements that lead from one set of storage options to the other: none, one or two.
 *
 * @param alter what they begin with: `ALTER TABLE "a"."b"`
 */
export function storageChanges(alter: string, from: Storage, to: Storage): string[] {
  const set = Object.entries(to).filter(([key, value]) => from[key] !== value);
  const reset = Object.keys(from).filter((key) => !Object.hasOwn(to, key));
  return [
    ...(set.length === 0 ? [] : [`${alter} SET (${storageList(Object.fromEntries(set))})`]),
    ...(reset.length === 0 ? [] : [`${alter} RESET (${quoteList(reset)})`]),
  ];
}

function storageList(storage: Storage): string {
  return Object.entries(storage)
    .map(([key, value]) => `${quoteIdent(key)} = ${quoteLiteral(value)}`)
    .join(", ");
}
