import type { PostgresIssue } from "./errors";
import type { IndexKeyModel, IndexModel, TableModel } from "./model";
import { nameParts } from "./qualified";
import {
  expressionIssues,
  issue,
  missingPartitionColumns,
  nameIssues,
  storageIssues,
  unknownColumns,
} from "./validate-parts";

/** The storage options of each access method (Postgres 15 to 18). */
const STORAGE: Readonly<Record<IndexModel["method"], readonly string[]>> = {
  btree: ["fillfactor", "deduplicate_items"],
  hash: ["fillfactor"],
  gin: ["fastupdate", "gin_pending_list_limit"],
  gist: ["fillfactor", "buffering"],
  brin: ["pages_per_range", "autosummarize"],
};

export function indexIssues(index: IndexModel, path: string, table: TableModel): PostgresIssue[] {
  const columns = columnsOf(index.keys);
  const { method } = index;
  const wrong = (at: string, message: string, received: string, allowed: string, fix: string): PostgresIssue =>
    issue("PG425", `${path}.${at}`, message, received, allowed, fix);
  return [
    ...nameIssues(`${path}.name`, index.name),
    ...keyIssues(index.keys, `${path}.keys`, table),
    ...unknownColumns(`${path}.include`, index.include, table),
    ...expressionIssues(`${path}.where`, index.where),
    ...(index.unique && method !== "btree"
      ? [wrong("method", "only a btree is unique or has an order", method, "btree", "use btree")]
      : []),
    ...(method !== "btree" && index.keys.some((key) => key.descending || key.nulls !== null)
      ? [wrong("method", "only a btree is unique or has an order", method, "btree", "use btree")]
      : []),
    ...(index.include.length > 0 && !["btree", "gist"].includes(method)
      ? [wrong("include", "only btree and gist store columns", method, "btree, gist", "use btree")]
      : []),
    ...(method === "hash" && index.keys.length > 1
      ? [wrong("keys", "a hash index has one key", String(index.keys.length), "1", "use btree")]
      : []),
    ...(index.nullsNotDistinct && !index.unique
      ? [wrong("nullsNotDistinct", "only a unique index compares nulls", "not unique", "unique", "make it unique")]
      : []),
    ...storageIssues(`${path}.storage`, index.storage),
    ...Object.keys(index.storage)
      .filter((name) => !STORAGE[method].includes(name))
      .map((name) =>
        wrong("storage", `a ${method} index has no such option`, name, STORAGE[method].join(", "), "leave it out"),
      ),
    ...(index.unique ? missingPartitionColumns(`${path}.keys`, columns, table) : []),
  ];
}

/** What is wrong with the keys of an index, or the elements of an exclusion constraint. */
export function keyIssues(keys: readonly IndexKeyModel[], path: string, table: TableModel): PostgresIssue[] {
  return [
    ...unknownColumns(path, columnsOf(keys), table),
    ...(keys.length === 0
      ? [issue("PG424", path, "the index has no key", "none", "1 to 32 keys", "name a column")]
      : []),
    ...keys.flatMap((key, at) => [
      ...((key.column === null) === (key.expression === null)
        ? [
            issue(
              "PG425",
              `${path}[${at}]`,
              "a key is either a column or an expression",
              key.column === null ? "neither" : "both",
              "one of them",
              "write column or expression",
            ),
          ]
        : []),
      ...expressionIssues(`${path}[${at}].expression`, key.expression),
      ...(key.opclass !== null && nameParts(key.opclass) === null
        ? [
            issue(
              "PG425",
              `${path}[${at}].opclass`,
              "this is not the name of an operator class",
              key.opclass,
              "such as text_pattern_ops or public.gin_trgm_ops",
              "write its name, with its schema where it is not Postgres' own",
            ),
          ]
        : []),
    ]),
  ];
}

function columnsOf(keys: readonly IndexKeyModel[]): readonly string[] {
  return keys.flatMap(({ column }) => (column === null ? [] : [column]));
}
