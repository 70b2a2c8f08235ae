import { bareType, type BoundColumn } from "./bound-value";
import type { LeafModel } from "./model";
import { boundSql } from "./partitions";
import { normaliseType } from "./normalise";
import { quoteIdent } from "./quote";

/**
 * The rows of a partition as a condition, in the shape of Postgres' own partition constraint: only then does it see, when it
 * attaches a table, that a check already says so, and doesn't read the rows. Source: `get_qual_for_list` and
 * `get_qual_for_range` in `partbounds.c`.
 */
export function partitionCondition(partition: LeafModel, columns: readonly BoundColumn[]): string {
  return partition.values.length > 0 ? listCondition(partition, columns[0]) : rangeCondition(partition, columns);
}

function listCondition({ values }: LeafModel, column: BoundColumn | undefined): string {
  const name = quoteIdent(column?.name ?? "");
  const literals = values.map((each) => boundSql(each, column));
  const others = literals.filter((each) => each !== "NULL").map((each) => typed(each, column));
  const takesNull = others.length < literals.length;
  const among =
    others.length === 1
      ? `${name} = ${others[0]}`
      : others.length > 1
        ? `${name} = ANY (ARRAY[${others.join(", ")}])`
        : "";
  if (!takesNull) return `${name} IS NOT NULL AND ${among}`;
  return among === "" ? `${name} IS NULL` : `${name} IS NULL OR ${among}`;
}

function rangeCondition({ from, to }: LeafModel, columns: readonly BoundColumn[]): string {
  const literals = (bounds: readonly string[]): readonly string[] =>
    bounds.map((each, at) => boundSql(each, columns[at]));
  const [low, high] = [literals(from), literals(to)];
  const names = columns.map(({ name }) => quoteIdent(name));
  // Columns in which both ends are equal come first, and are compared once.
  let equal = 0;
  while (equal < names.length - 1 && low[equal] === high[equal] && isValue(low[equal])) equal++;
  const same = names.slice(0, equal).map((name, at) => `${name} = ${typed(low[at]!, columns[at])}`);
  return [
    ...names.map((name) => `${name} IS NOT NULL`),
    ...same,
    ...orderedFrom(equal, low, columns, [">", ">="]),
    ...orderedFrom(equal, high, columns, ["<", "<"]),
  ].join(" AND ");
}

/** `a > 1 OR (a = 1 AND b >= 2)`: how a row of several columns stands to a bound. */
function orderedFrom(
  at: number,
  bounds: readonly string[],
  columns: readonly BoundColumn[],
  [strict, last]: readonly [string, string],
): readonly string[] {
  const alternatives: string[] = [];
  for (let end = at; end < bounds.length && isValue(bounds[end]); end++) {
    const before = columns.slice(at, end).map((column, i) => compared(column, "=", bounds[at + i]!));
    const final = end === bounds.length - 1;
    // Under MAXVALUE every value of the column before is in, above MINVALUE as well.
    const open = !final && !isValue(bounds[end + 1]);
    const inclusive = strict === ">" ? bounds[end + 1] === "MINVALUE" : bounds[end + 1] === "MAXVALUE";
    const operator = final ? last : open && inclusive ? `${strict}=` : strict;
    const all = [...before, compared(columns[end]!, operator, bounds[end]!)];
    alternatives.push(all.length > 1 ? `(${all.join(" AND ")})` : all[0]!);
    if (open) break;
  }
  if (alternatives.length === 0) return [];
  return [alternatives.length > 1 ? `(${alternatives.join(" OR ")})` : alternatives[0]!];
}

function compared(column: BoundColumn, operator: string, literal: string): string {
  return `${quoteIdent(column.name)} ${operator} ${typed(literal, column)}`;
}

function isValue(literal: string | undefined): boolean {
  return literal !== undefined && literal !== "MINVALUE" && literal !== "MAXVALUE";
}

function typed(literal: string, column: BoundColumn | undefined): string {
  if (column === undefined || bareType(column.type).name === "text") return literal;
  const text = literal.startsWith("'") || literal.startsWith("E'") ? literal : `'${literal}'`;
  return `${text}::${normaliseType(column.type)}`;
}
