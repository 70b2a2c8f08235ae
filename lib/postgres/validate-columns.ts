import type { PostgresIssue } from "./errors";
import type { ColumnModel, TableModel } from "./model";
import { normaliseType } from "./normalise";
import { expressionIssues, issue, nameIssues, typeIssues } from "./validate-parts";

export function columnIssues(table: TableModel): PostgresIssue[] {
  const none =
    table.columns.length === 0
      ? [issue("PG424", "columns", "the table has no column", "none", "1 to 1600 columns", "declare a column")]
      : [];
  return [...none, ...table.columns.flatMap((column, i) => oneColumnIssues(column, `columns[${i}]`))];
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
    ...(sources.length > 1
      ? [combined(sources[1]!, "a value comes from one place", sources.join(", "), "one of them", "drop the others")]
      : []),
    ...(column.identity !== null && !INTEGERS.includes(normaliseType(column.type))
      ? [combined("identity", "an identity counts", column.type, INTEGERS.join(", "), "choose another type")]
      : []),
    ...(column.identity !== null && column.nullable
      ? [combined("identity", "an identity is never null", "nullable", "NOT NULL", "drop nullable")]
      : []),
  ];
}
