import type { PostgresIssue } from "./errors";
import { parseId } from "./import-id";
import { PUBLISHED_OPERATIONS, type PublicationModel } from "./publication-model";
import { duplicates, expressionIssues, issue, nameIssues } from "./validate-parts";

/** What Postgres would refuse in a declared publication: all of it at once. */
export function validatePublication(publication: PublicationModel): PostgresIssue[] {
  const named = (names: readonly string[]): readonly { readonly name: string }[] => names.map((name) => ({ name }));
  const known: readonly string[] = PUBLISHED_OPERATIONS;
  const operations: readonly string[] = publication.operations;
  const wrong = operations.filter((each, i) => !known.includes(each) || operations.indexOf(each) < i);
  return [
    ...nameIssues("name", publication.name),
    ...publication.tables.flatMap((table, i) => [
      ...tableNameIssues(`tables[${i}].name`, table.name),
      ...table.columns.flatMap((column, j) => nameIssues(`tables[${i}].columns[${j}]`, column)),
      ...duplicates(`tables[${i}].columns`, named(table.columns)),
      ...expressionIssues(`tables[${i}].where`, table.where),
    ]),
    ...publication.schemas.flatMap((schema, i) => nameIssues(`schemas[${i}]`, schema)),
    ...columnListIssues(publication),
    ...duplicates("tables", publication.tables),
    ...duplicates("schemas", named(publication.schemas)),
    ...(wrong.length === 0 && operations.length > 0
      ? []
      : [
          issue(
            "PG443",
            "operations",
            "this is not what a publication publishes",
            operations.join(", "),
            `some of ${known.join(", ")}, each once`,
            "name what is to be published",
          ),
        ]),
  ];
}

/** Postgres has no columns of a table beside whole schemas. */
function columnListIssues({ tables, schemas }: PublicationModel): PostgresIssue[] {
  return tables.flatMap(({ columns }, i) =>
    columns.length === 0 || schemas.length === 0
      ? []
      : [
          issue(
            "PG443",
            `tables[${i}].columns`,
            "columns can't be named beside whole schemas",
            columns.join(", "),
            "none, where schemas are published",
            "publish it by a publication of its own",
          ),
        ],
  );
}

function tableNameIssues(path: string, name: string): PostgresIssue[] {
  try {
    const parsed = parseId(name, "object");
    if (parsed.kind === "object") return [...nameIssues(path, parsed.schema), ...nameIssues(path, parsed.name)];
  } catch {
    // told below
  }
  const [allowed, fix] = [
    "a schema and a table",
    'write schema.table, with "" around what is no plain lower-case name',
  ];
  return [issue("PG443", path, "this is not a table with its schema", name, allowed, fix)];
}
