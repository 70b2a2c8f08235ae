/** Points of time as microseconds since 1970 in UTC: what Postgres keeps of a timestamp, without a clock or a time zone. */

const SECOND = 1_000_000n;
export const MINUTE = 60n * SECOND;
export const HOUR = 60n * MINUTE;
export const DAY = 24n * HOUR;

export interface CivilDate {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  /** 1 to 31. */
  readonly day: number;
}

/** Days since 1970-01-01, in the Gregorian calendar without an end on either side, as Postgres counts. */
export function daysOf({ year, month, day }: CivilDate): number {
  // Years begin in March here, so that the leap day is their last one.
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  return (
    era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
  );
}

/** The reverse of {@link daysOf}. */
export function civilOf(days: number): CivilDate {
  const z = days + 719_468;
  const era = Math.floor(z / 146_097);
  const dayOfEra = z - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1,
  };
}

/** The last day of a month, 28 to 31. */
export function lastDay(year: number, month: number): number {
  const next = month === 12 ? { year: year + 1, month: 1, day: 1 } : { year, month: month + 1, day: 1 };
  return daysOf(next) - daysOf({ year, month, day: 1 });
}

/** The greatest multiple of `step` that is not above `value`. */
export function floorTo(value: bigint, step: bigint): bigint {
  const rest = value % step;
  return rest < 0n ? value - rest - step : value - rest;
}

/** Months later, or earlier; a day that the month doesn't have is its last one. */
export function addMonths(micros: bigint, months: number): bigint {
  const midnight = floorTo(micros, DAY);
  const { year, month, day } = civilOf(Number(midnight / DAY));
  const index = year * 12 + month - 1 + months;
  const to = { year: Math.floor(index / 12), month: (((index % 12) + 12) % 12) + 1 };
  const days = daysOf({ ...to, day: Math.min(day, lastDay(to.year, to.month)) });
  return BigInt(days) * DAY + (micros - midnight);
}

export interface ReadTime {
  readonly micros: bigint;
  /** Whether it says which zone it is in. */
  readonly zoned: boolean;
  /** How many digits a second has after its point, without zeros at the end. */
  readonly digits: number;
}

const FORM =
  /^(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?)?\s*(Z|z|UTC|[+-]\d\d(?::?\d\d)?)?$/;

/**
 * Reads a date or a time in ISO 8601's form, with or without a zone: `2026-01-31`, `2026-01-31 08:00`, `2026-01-31T08:00:00.5Z`. Without
 * a zone it is UTC.
 *
 * @returns null for any other form, and for a day that no calendar has
 */
export function readTime(text: string): ReadTime | null {
  const found = FORM.exec(text.trim());
  if (found === null) return null;
  const [year, month, day, hour, minute, second] = [1, 2, 3, 4, 5, 6].map((at) => Number(found[at] ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const known = year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= lastDay(year, month);
  if (!known || hour > 23 || minute > 59 || second > 59) return null;
  const fraction = (found[7] ?? "").replace(/0+$/, "");
  const clock = BigInt(hour) * HOUR + BigInt(minute) * MINUTE + BigInt(second) * SECOND;
  const micros = BigInt(daysOf({ year, month, day })) * DAY + clock + BigInt(fraction.padEnd(6, "0"));
  const zone = found[8];
  return { micros: micros - offsetOf(zone), zoned: zone !== undefined, digits: fraction.length };
}

function offsetOf(zone: string | undefined): bigint {
  const found = /^([+-])(\d\d):?(\d\d)?$/.exec(zone ?? "");
  if (found === null) return 0n;
  const size = BigInt(found[2] ?? 0) * HOUR + BigInt(found[3] ?? 0) * MINUTE;
  return found[1] === "-" ? -size : size;
}

/** `2026-01-31`. */
export function dateText(micros: bigint): string {
  const { year, month, day } = civilOf(Number(floorTo(micros, DAY) / DAY));
  return `${padded(year, 4)}-${padded(month, 2)}-${padded(day, 2)}`;
}

/** `2026-01-31 08:00:00`, with the fraction of the second where there is one. */
export function timeText(micros: bigint): string {
  const rest = micros - floorTo(micros, DAY);
  const fraction = padded(rest % SECOND, 6).replace(/0+$/, "");
  const [hour, minute, second] = [rest / HOUR, (rest / MINUTE) % 60n, (rest / SECOND) % 60n].map((n) => padded(n, 2));
  return `${dateText(micros)} ${hour}:${minute}:${second}${fraction === "" ? "" : `.${fraction}`}`;
}

function padded(value: number | bigint, width: number): string {
  return String(value).padStart(width, "0");
}
