import {
  COLUMN_PRIVILEGES,
  type GrantsModel,
  PUBLIC,
  type RoleModel,
  SCHEMA_PRIVILEGES,
  SEQUENCE_PRIVILEGES,
  TABLE_PRIVILEGES,
} from "./access-model";
import type { PostgresIssue } from "./errors";
import { canonicalSignature, readSignature } from "./grants";
import { isType } from "./normalise";
import { duplicates, issue, nameIssues } from "./validate-parts";

/** What Postgres would refuse in a declared role. */
export function validateRole({ name }: RoleModel): PostgresIssue[] {
  return roleNameIssues("name", name);
}

/** What Postgres would refuse, or would do other than asked, in declared grants: all of it at once. */
export function validateGrants(grants: GrantsModel): PostgresIssue[] {
  return [
    ...nameIssues("schema", grants.schema),
    ...(grants.role === PUBLIC ? [] : roleNameIssues("role", grants.role)),
    ...privilegeIssues("privileges", grants.privileges, SCHEMA_PRIVILEGES),
    ...grants.tables.flatMap((table, i) => [
      ...nameIssues(`tables[${i}].name`, table.name),
      ...privilegeIssues(`tables[${i}].privileges`, table.privileges, TABLE_PRIVILEGES),
      ...table.columns.flatMap((column, j) => [
        ...nameIssues(`tables[${i}].columns[${j}].name`, column.name),
        ...privilegeIssues(`tables[${i}].columns[${j}].privileges`, column.privileges, COLUMN_PRIVILEGES),
      ]),
      ...duplicates(`tables[${i}].columns`, table.columns),
    ]),
    ...grants.sequences.flatMap((sequence, i) => [
      ...nameIssues(`sequences[${i}].name`, sequence.name),
      ...privilegeIssues(`sequences[${i}].privileges`, sequence.privileges, SEQUENCE_PRIVILEGES),
    ]),
    ...grants.functions.flatMap((text, i) => signatureIssues(`functions[${i}]`, text)),
    ...duplicates("tables", grants.tables),
    ...duplicates("sequences", grants.sequences),
    ...duplicates("functions", grants.functions.map((text) => ({ name: canonicalSignature(text) }))), // prettier-ignore
  ];
}

function roleNameIssues(path: string, name: string): PostgresIssue[] {
  const reserved = name === PUBLIC || name === "none" || name.startsWith("pg_");
  return reserved
    ? [issue("PG420", path, "the name is Postgres' own", name, "a name without pg_", "choose another name")]
    : nameIssues(path, name);
}

function privilegeIssues(path: string, given: readonly string[], known: readonly string[]): PostgresIssue[] {
  const wrong = given.filter((each, i) => !known.includes(each) || given.indexOf(each) < i);
  return wrong.map((each) =>
    issue(
      "PG440",
      path,
      "there is no such privilege, or it is there twice",
      each,
      `${known.join(", ")}, each once`,
      "name what may be done with it",
    ),
  );
}

function signatureIssues(path: string, text: string): PostgresIssue[] {
  const parsed = readSignature(text);
  if (parsed !== null && parsed.types.every(isType)) return nameIssues(path, parsed.name);
  return [
    issue(
      "PG440",
      path,
      "this is not a function with its argument types",
      text,
      "such as append_events(text,bigint)",
      "write its name and the types that a caller passes, with () for none",
    ),
  ];
}
