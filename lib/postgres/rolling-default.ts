import {
  AFTER_ALL,
  ascending,
  axisOf,
  BEFORE_ALL,
  nextStart,
  partitionOf,
  type Span,
  spanOf,
  startOf,
} from "./rolling";
import type { LeafModel, PartitionModel, TableModel } from "./model";
import { readLiteral } from "./bound-value";
import { boundValue, typedColumns } from "./partitions";

/** What the default partition of a table that rolls holds. */
export interface DefaultRows {
  /** The first and the last time of its rows, as literals; null where it has none. */
  readonly first: string | null;
  readonly last: string | null;
  /** Whether some rows have no time at all. */
  readonly withoutTime: boolean;
}

/**
 * The leaf that a default partition can become, rows and all, where leaves were made too late and the rows went there: from the
 * interval of its first row to the end of the interval of its last one, or of now, as far as no other leaf is in between.
 *
 * @param table with a `rolling` rule
 * @param now milliseconds since 1970 in UTC
 * @param existing all other partitions of the table
 * @returns null where its rows are not of one stretch of time that no leaf covers
 */
export function leafOfDefault(
  table: TableModel,
  now: number,
  existing: readonly LeafModel[],
  rows: DefaultRows,
): PartitionModel | null {
  const rule = table.partitioning?.rolling ?? null;
  if (rule === null || table.partitioning === null || rows.withoutTime) return null;
  const [column] = typedColumns(table.partitioning.columns, table.columns);
  const axis = axisOf(column?.type ?? "");
  const timeOf = (literal: string | null): bigint | null => {
    const order = literal === null || readLiteral(literal) === null ? null : boundValue(literal, column)?.order;
    return order === null || order === undefined || order.outside !== 0 ? null : axis.micros(order.digits, "from");
  };
  const [first, last] = [timeOf(rows.first), timeOf(rows.last)];
  if (first === null || last === null) return null;
  const covered = existing.flatMap((each) => spanOf(each, axis));
  const gap = gapAround(first, covered);
  if (gap === null || last >= gap.to) return null;
  const today = BigInt(Math.floor(now)) * 1000n;
  const latest = today > last && today < gap.to ? today : last;
  const start = startOf(rule, first);
  const end = nextStart(rule, startOf(rule, latest));
  const span = { from: start < gap.from ? gap.from : start, to: end > gap.to ? gap.to : end };
  return partitionOf(table.name, span, rule, axis);
}

/** The longest stretch without a leaf around a time; null where a leaf has it. */
function gapAround(time: bigint, covered: readonly Span[]): Span | null {
  const before = covered.filter(({ from }) => from <= time).sort((a, b) => ascending(b.to, a.to))[0];
  const after = covered.filter(({ from }) => from > time).sort((a, b) => ascending(a.from, b.from))[0];
  if (before !== undefined && before.to > time) return null;
  return { from: before?.to ?? BEFORE_ALL, to: after?.from ?? AFTER_ALL };
}
