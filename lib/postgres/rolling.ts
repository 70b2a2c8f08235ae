import { bareType, readLiteral, uuidText } from "./bound-value";
import { addMonths, civilOf, DAY, dateText, daysOf, floorTo, HOUR, timeText } from "./calendar";
import { plainPartition } from "./defaults";
import type { LeafModel, PartitionModel, RollingModel, TableModel } from "./model";
import { shortenName } from "./names";
import { attached, boundValue, typedColumns } from "./partitions";
import { quoteLiteral } from "./quote";

/**
 * Leaves of time by a rule. Nothing here knows what time it is: that comes as a value, so that a plan and the apply of it decide
 * alike.
 */

/** What a rule asks for at some time. */
export interface Rolled {
  /** Leaves that are missing, the earliest first. */
  readonly create: readonly PartitionModel[];
  /** Names of leaves that are too old to stay attached, the earliest first. They are kept on the server; nothing drops them. */
  readonly detach: readonly string[];
}

/** Types of a column that leaves can be rolled by: times, and UUIDs of version 7, which begin with one. */
export const rollingTypes = ["timestamp with time zone", "timestamp without time zone", "date", "uuid"] as const;

/** Hours that divide a day, so that the leaves of every day are the same. */
export const rollingHours: readonly number[] = [1, 2, 3, 4, 6, 8, 12];

/**
 * What a table's rolling rule asks for.
 *
 * @param table with a `rolling` rule; without one nothing is asked for
 * @param now milliseconds since 1970 in UTC
 * @param existing the partitions that the table has on the server, whoever made them
 */
export function rollPartitions(table: TableModel, now: number, existing: readonly LeafModel[]): Rolled {
  const rule = table.partitioning?.rolling ?? null;
  if (rule === null || table.partitioning === null) return { create: [], detach: [] };
  const { partitions, columns } = table.partitioning;
  const [column] = typedColumns(columns, table.columns);
  const axis = axisOf(column?.type ?? "");
  const micros = BigInt(Math.floor(now)) * 1000n;
  const declared = attached(partitions);
  const there = [...existing, ...declared.filter(({ name }) => !existing.some((each) => each.name === name))];
  const covered = there.flatMap((each) => spanOf(each, axis)).sort((a, b) => ascending(a.from, b.from));
  const wanted = grid(rule, micros);
  const spans = wanted.flatMap((each) => gaps(each, covered, axis));
  const kept = new Set(partitions.map(({ name }) => name));
  return {
    create: spans.map((span) => partitionOf(table.name, span, rule, axis)),
    detach: retired(rule, micros, existing, axis).filter((name) => !kept.has(name)),
  };
}

/** The beginning of the interval that a time is in. */
export function startOf(rule: RollingModel, micros: bigint): bigint {
  switch (rule.interval) {
    case "day":
      return floorTo(micros, DAY);
    case "week":
      // The first of January 1970 was a Thursday: three days after a Monday.
      return floorTo(micros + 3n * DAY, 7n * DAY) - 3n * DAY;
    case "month": {
      const { year, month } = civilOf(Number(floorTo(micros, DAY) / DAY));
      return BigInt(daysOf({ year, month, day: 1 })) * DAY;
    }
    default:
      return floorTo(micros, hoursOf(rule.interval) * HOUR);
  }
}

export function nextStart(rule: RollingModel, start: bigint): bigint {
  switch (rule.interval) {
    case "day":
      return start + DAY;
    case "week":
      return start + 7n * DAY;
    case "month":
      return addMonths(start, 1);
    default:
      return start + hoursOf(rule.interval) * HOUR;
  }
}

/** Of `6 hours`; 24 for a text that is none, which validation refuses. */
export function hoursOf(interval: string): bigint {
  return BigInt(/^(\d{1,2}) hours?$/.exec(interval)?.[1] ?? 24);
}

export interface Span {
  readonly from: bigint;
  readonly to: bigint;
}

/** The interval of now and those ahead of it. */
function grid(rule: RollingModel, now: bigint): readonly Span[] {
  const spans: Span[] = [];
  let from = startOf(rule, now);
  for (let n = 0; n <= rule.ahead; n++) {
    const to = nextStart(rule, from);
    spans.push({ from, to });
    from = to;
  }
  return spans;
}

/** How times stand in a column: UUIDs of version 7 begin with 48 bits of milliseconds. */
export interface Axis {
  readonly literal: (micros: bigint) => string;
  /** Of a bound: the time at or next to it, on the outer side of the partition. */
  readonly micros: (digits: bigint, side: "from" | "to") => bigint;
}

const UUID_SHIFT = 2n ** 80n;

export function axisOf(type: string): Axis {
  switch (bareType(type).name) {
    case "uuid":
      return {
        literal: (micros) => {
          const milliseconds = micros / 1000n < 0n ? 0n : micros / 1000n;
          return quoteLiteral(uuidText((milliseconds * UUID_SHIFT).toString(16).padStart(32, "0")));
        },
        micros: (digits, side) => ((digits + (side === "to" ? UUID_SHIFT - 1n : 0n)) / UUID_SHIFT) * 1000n,
      };
    case "date":
      return { literal: (micros) => quoteLiteral(dateText(micros)), micros: (digits) => digits };
    case "timestamp without time zone":
      return { literal: (micros) => quoteLiteral(timeText(micros)), micros: (digits) => digits };
    default:
      return { literal: (micros) => quoteLiteral(`${timeText(micros)}+00`), micros: (digits) => digits };
  }
}

export const BEFORE_ALL = -(2n ** 80n);
export const AFTER_ALL = 2n ** 80n;

/** The time that a partition covers; nothing for a default and for what is no time. */
export function spanOf(partition: LeafModel, axis: Axis): readonly (Span & { readonly name: string })[] {
  const [from, to] = [edge(partition.from[0], axis, "from"), edge(partition.to[0], axis, "to")];
  if (partition.default || from === null || to === null) return [];
  return [{ name: partition.name, from, to }];
}

function edge(sql: string | undefined, axis: Axis, side: "from" | "to"): bigint | null {
  const kind = readLiteral(sql ?? "")?.kind;
  if (kind === "minvalue") return BEFORE_ALL;
  if (kind === "maxvalue") return AFTER_ALL;
  const order = boundValue(sql ?? "", typeOfLiteral(sql ?? ""))?.order ?? null;
  if (order === null) return null;
  return order.outside === -1 ? BEFORE_ALL : order.outside === 1 ? AFTER_ALL : axis.micros(order.digits, side);
}

/** A bound of time says by its form what it is. */
function typeOfLiteral(sql: string): { readonly name: string; readonly type: string; readonly collation: null } {
  const uuid = /^'[0-9a-f]{8}-/i.test(sql);
  return { name: "", type: uuid ? "uuid" : "timestamptz", collation: null };
}

/** What of a span nobody covers. */
function gaps(span: Span, covered: readonly Span[], axis: Axis): readonly Span[] {
  let open = span.from;
  const found: Span[] = [];
  for (const { from, to } of covered) {
    if (to <= open || from >= span.to) continue;
    if (from > open) found.push({ from: open, to: from });
    open = to;
  }
  if (open < span.to) found.push({ from: open, to: span.to });
  return found.filter((each) => axis.literal(each.from) !== axis.literal(each.to));
}

export function partitionOf(table: string, { from, to }: Span, rule: RollingModel, axis: Axis): PartitionModel {
  const name = shortenName(`${table}_p${stampOf(from, rule)}`);
  return { ...plainPartition, name, from: [axis.literal(from)], to: [axis.literal(to)] };
}

/** Digits of a time in a name: to the month, the day, the hour, the second, the microsecond. */
const STAMPS: readonly number[] = [6, 8, 10, 14, 20];

/** `202601`, `20260131`, `2026013108`: as exact as the time needs, and never shorter than the rule's interval. */
function stampOf(micros: bigint, { interval }: RollingModel): string {
  const digits = timeText(micros).replace(/\D/g, "").padEnd(20, "0");
  const least = interval === "month" ? 6 : interval === "day" || interval === "week" ? 8 : 10;
  const exact = /^(\d{6})01000000(0{6})$/.test(digits) ? 6 : digits.replace(/0+$/, "").length;
  const enough = STAMPS.find((length) => length >= Math.max(least, exact)) ?? 20;
  return digits.slice(0, enough);
}

/** Whether a partition has a name that a rule gives, of whatever interval: a rule may have been another one when it was made. */
export function namedByRule(table: string, partition: LeafModel, type: string): boolean {
  const [span] = spanOf(partition, axisOf(type));
  if (span === undefined || span.from === BEFORE_ALL) return false;
  const digits = timeText(span.from).replace(/\D/g, "").padEnd(20, "0");
  return STAMPS.some((length) => partition.name === shortenName(`${table}_p${digits.slice(0, length)}`));
}

/** The longest name that a rule gives on its grid, in bytes beyond the table's own. */
export function rolledNameBytes({ interval }: RollingModel): number {
  return "_p".length + (interval === "month" ? 6 : interval === "day" || interval === "week" ? 8 : 10);
}

function retired(rule: RollingModel, now: bigint, existing: readonly LeafModel[], axis: Axis): readonly string[] {
  const limit = rule.retain === null ? null : before(now, rule.retain);
  if (limit === null) return [];
  return existing
    .flatMap((each) => spanOf(each, axis))
    .filter(({ to }) => to <= limit)
    .sort((a, b) => ascending(a.to, b.to))
    .map(({ name }) => name);
}

/** A time earlier by `90 days`, in UTC; null for what is no length of time. */
export function before(micros: bigint, length: string): bigint | null {
  const found = /^(\d{1,5}) (hour|day|week|month|year)s?$/.exec(length);
  if (found === null) return null;
  const count = BigInt(found[1]!);
  switch (found[2]) {
    case "hour":
      return micros - count * HOUR;
    case "day":
      return micros - count * DAY;
    case "week":
      return micros - count * 7n * DAY;
    case "month":
      return addMonths(micros, -Number(count));
    default:
      return addMonths(micros, -12 * Number(count));
  }
}

export function ascending(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
