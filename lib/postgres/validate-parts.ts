import type { PostgresCode, PostgresIssue } from "./errors";
import type { TableModel } from "./model";
import { maxNameBytes, nameBytes } from "./names";
import { partitionColumns } from "./partitions";
import { isExpression, isType, normaliseType } from "./normalise";

/** What every part of a declaration is checked for. */

export function missingPartitionColumns(path: string, columns: readonly string[], table: TableModel): PostgresIssue[] {
  return partitionColumns(table)
    .filter((column) => !columns.includes(column))
    .map((column) =>
      issue(
        "PG423",
        path,
        "a unique key of a partitioned table must hold every partition column",
        columns.join(", "),
        `with ${column}`,
        `add ${column} to it`,
      ),
    );
}

export function unknownColumns(path: string, columns: readonly string[], table: TableModel): PostgresIssue[] {
  const known = table.columns.map((column) => column.name);
  return columns
    .filter((column) => !known.includes(column))
    .map((column) =>
      issue("PG421", path, "there is no such column", column, known.join(", "), "name one of the table's columns"),
    );
}

export function nameIssues(path: string, name: string): PostgresIssue[] {
  const bytes = nameBytes(name);
  // Half a character would be written as another one, and the object would not be found by its name.
  if (bytes >= 1 && bytes <= maxNameBytes && !name.includes("\0") && !/\p{Surrogate}/u.test(name)) return [];
  return [
    issue(
      "PG420",
      path,
      bytes > maxNameBytes
        ? `the name has ${bytes} bytes`
        : "the name is empty, or holds a zero byte or half a character",
      JSON.stringify(name),
      `1 to ${maxNameBytes} bytes`,
      "choose another name",
    ),
  ];
}

export function typeIssues(path: string, type: string): PostgresIssue[] {
  if (!isType(type)) {
    return [
      issue("PG425", path, "this is not one type", JSON.stringify(type), "such as bigint or text[]", "write a type"),
    ];
  }
  return /^(small|big)?serial[248]?$/.test(normaliseType(type))
    ? [issue("PG425", path, "serial is not a type", type, "bigint", "declare a sequence and a default of nextval(...)")]
    : [];
}

export function expressionIssues(path: string, sql: string | null): PostgresIssue[] {
  if (sql === null || isExpression(sql)) return [];
  return [
    issue("PG425", path, "this is not one expression", sql, "one SQL expression", "close its quotes and brackets"),
  ];
}

export function storageIssues(path: string, storage: Readonly<Record<string, string>>): PostgresIssue[] {
  return Object.keys(storage).flatMap((name) => settingNameIssues(path, name));
}

export function settingNameIssues(path: string, name: string): PostgresIssue[] {
  if (/^[a-z_][a-z0-9_]*$/.test(name)) return [];
  return [
    issue("PG425", path, "this is not a setting that can be used here", name, "[a-z_]", "write it in lower case"),
  ];
}

export function duplicates(path: string, items: readonly { readonly name: string }[]): PostgresIssue[] {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const { name } of items) (seen.has(name) ? twice : seen).add(name);
  return [...twice].map((name) => issue("PG422", path, "the name is used twice", name, "each once", "rename one"));
}

export function issue(
  code: PostgresCode,
  path: string,
  message: string,
  received: string,
  allowed: string,
  fix: string,
): PostgresIssue {
  return { code, path, message, received, allowed, fix };
}
