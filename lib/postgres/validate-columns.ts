import type { PostgresIssue } from "./errors";
import type { ColumnModel, TableModel } from "./model";
import { normaliseType } from "./normalise";
import { partitionColumns } from "./partitions";
import { expressionIssues, issue, nameIssues, typeIssues } from "./validate-parts";

export function columnIssues(table: TableModel): PostgresIssue[] {
  const none =
    table.columns.length === 0
      ? [issue("PG424", "columns", "the table has no column", "none", "1 to 1600 columns", "declare a column")]
      : [];
  return [
    ...none,
    ...table.columns.flatMap((column, i) => oneColumnIssues(column, `columns[${i}]`)),
    ...spreadingFills(table),
  ];
}

const INTEGERS = ["smallint", "integer", "bigint"];

function oneColumnIssues(column: ColumnModel, path: string): PostgresIssue[] {
  const sources = [
    ...(column.default === null ? [] : ["default"]),
    ...(column.identity === null ? [] : ["identity"]),
    ...(column.generated === null ? [] : ["generated"]),
  ];
  const combined = (at: string, message: string, received: string, allowed: string, fix: string): PostgresIssue =>
    issue("PG427", `${path}.${at}`, message, received, allowed, fix);
  return [
    ...nameIssues(`${path}.name`, column.name),
    ...typeIssues(`${path}.type`, column.type),
    ...expressionIssues(`${path}.default`, column.default),
    ...expressionIssues(`${path}.generated`, column.generated),
    ...expressionIssues(`${path}.fill`, column.fill),
    ...(sources.length > 1
      ? [combined(sources[1]!, "a value comes from one place", sources.join(", "), "one of them", "drop the others")]
      : []),
    ...(column.fill !== null && (column.identity !== null || column.generated !== null)
      ? [combined("fill", "every row has a value already", column.fill, "a column that is written", "drop it")]
      : []),
    ...(column.identity !== null && !INTEGERS.includes(normaliseType(column.type))
      ? [combined("identity", "an identity counts", column.type, INTEGERS.join(", "), "choose another type")]
      : []),
    ...(column.identity !== null && column.nullable
      ? [combined("identity", "an identity is never null", "nullable", "NOT NULL", "drop nullable")]
      : []),
  ];
}

/** Another value would be another partition's. */
function spreadingFills(table: TableModel): PostgresIssue[] {
  const spread = partitionColumns(table);
  return table.columns.flatMap(({ name, fill }, i) =>
    fill !== null && spread.includes(name)
      ? [issue("PG427", `columns[${i}].fill`, "rows are spread by this column", fill, "any other column", "drop it")]
      : [],
  );
}
