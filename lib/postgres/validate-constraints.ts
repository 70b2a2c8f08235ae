import type { PostgresIssue } from "./errors";
import type { ExclusionModel, ForeignKeyModel, TableModel, UniqueModel } from "./model";
import { keyIssues } from "./validate-indexes";
import { expressionIssues, issue, missingPartitionColumns, nameIssues, unknownColumns } from "./validate-parts";

export function constraintIssues(table: TableModel): PostgresIssue[] {
  return [
    ...table.uniques.flatMap((each, i) => uniqueIssues(each, `uniques[${i}]`, table)),
    ...table.foreignKeys.flatMap((each, i) => foreignKeyIssues(each, `foreignKeys[${i}]`, table)),
    ...table.exclusions.flatMap((each, i) => exclusionIssues(each, `exclusions[${i}]`, table)),
  ];
}

function uniqueIssues(unique: UniqueModel, path: string, table: TableModel): PostgresIssue[] {
  return [
    ...nameIssues(`${path}.name`, unique.name),
    ...unknownColumns(`${path}.columns`, unique.columns, table),
    ...unknownColumns(`${path}.include`, unique.include, table),
    ...noColumns(`${path}.columns`, unique.columns),
    ...repeatedUnique(unique, path, table),
    ...missingPartitionColumns(`${path}.columns`, unique.columns, table),
  ];
}

/** Postgres makes one constraint of two that say the same, and drops the other's name without a word. */
function repeatedUnique(unique: UniqueModel, path: string, table: TableModel): PostgresIssue[] {
  const says = ({ name: _, ...rest }: UniqueModel): string => JSON.stringify(Object.entries(rest).sort());
  const key = table.primaryKey;
  const asUnique: readonly UniqueModel[] =
    key === null ? [] : [{ ...key, include: [], nullsNotDistinct: false, deferrable: "no" }];
  const others = [...asUnique, ...table.uniques.slice(0, table.uniques.indexOf(unique))];
  return others
    .filter((other) => says(other) === says(unique))
    .map((other) =>
      issue("PG428", path, "two constraints say the same", `${other.name}, ${unique.name}`, "one of them", "drop one"),
    );
}

function foreignKeyIssues(key: ForeignKeyModel, path: string, table: TableModel): PostgresIssue[] {
  const { columns, referencesColumns } = key;
  const nulls = [key.onDelete, key.onUpdate].includes("set-null");
  const never = nulls ? table.columns.filter(({ name, nullable }) => columns.includes(name) && !nullable) : [];
  return [
    ...nameIssues(`${path}.name`, key.name),
    ...nameIssues(`${path}.referencesSchema`, key.referencesSchema),
    ...nameIssues(`${path}.referencesTable`, key.referencesTable),
    ...unknownColumns(`${path}.columns`, columns, table),
    ...noColumns(`${path}.columns`, columns),
    ...(columns.length === referencesColumns.length
      ? []
      : [
          issue(
            "PG428",
            `${path}.referencesColumns`,
            "a foreign key refers to as many columns as it has",
            String(referencesColumns.length),
            String(columns.length),
            "name one column there for each column here",
          ),
        ]),
    ...openIssues(key, path, table),
    ...never.map(({ name }) =>
      issue(
        "PG428",
        `${path}.${key.onDelete === "set-null" ? "onDelete" : "onUpdate"}`,
        "a column that is never null can't be set to null",
        name,
        "a nullable column",
        "make it nullable, or choose another action",
      ),
    ),
  ];
}

/** Of Postgres 15 to 17, a partitioned table's foreign key can't stay NOT VALID. */
function openIssues({ validated }: ForeignKeyModel, path: string, table: TableModel): PostgresIssue[] {
  if (validated || table.partitioning === null) return [];
  const message = "a partitioned table's foreign key holds for all rows";
  return [issue("PG428", `${path}.validated`, message, "false", "true", "leave it out, and mend the rows")];
}

function exclusionIssues(exclusion: ExclusionModel, path: string, table: TableModel): PostgresIssue[] {
  const operators = exclusion.elements.map(({ operator }, at) => ({ operator, at }));
  return [
    ...nameIssues(`${path}.name`, exclusion.name),
    ...keyIssues(exclusion.elements, `${path}.elements`, table),
    ...expressionIssues(`${path}.where`, exclusion.where),
    ...operators
      .filter(({ operator }) => !/^(?:[^"\0]+\.)?(?!.*(?:--|\/\*))[-+*/<>=~!@#%^&|`?]+$/.test(operator))
      .map(({ operator, at }) =>
        issue(
          "PG428",
          `${path}.elements[${at}].operator`,
          "this is not an operator",
          operator,
          "such as = or &&",
          "write the operator, with its schema before a dot where it is not Postgres' own",
        ),
      ),
    ...(table.partitioning === null
      ? []
      : [
          issue(
            "PG428",
            path,
            "a partitioned table has no exclusion constraint",
            exclusion.name,
            "a table without partitions",
            "leave it out; Postgres 15 and 16 have none, and later ones within a leaf only",
          ),
        ]),
  ];
}

function noColumns(path: string, columns: readonly string[]): PostgresIssue[] {
  if (columns.length > 0) return [];
  return [issue("PG424", path, "the constraint has no column", "none", "1 to 32 columns", "name a column")];
}
