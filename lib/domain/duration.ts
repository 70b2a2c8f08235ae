/**
 * A length of time in words: `"30 seconds"`, `"1 day"`. A whole number and a unit from milliseconds to weeks.
 * (A union of templates, so that a compiler's message says `Duration` and not its members.)
 */
export type Duration =
  | `${number} milliseconds`
  | `${number} second`
  | `${number} seconds`
  | `${number} minute`
  | `${number} minutes`
  | `${number} hour`
  | `${number} hours`
  | `${number} day`
  | `${number} days`
  | `${number} week`
  | `${number} weeks`;

const UNITS: Readonly<Record<string, number>> = {
  milliseconds: 1,
  second: 1_000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
};

/** Milliseconds, or undefined for what is no duration: a fraction, a negative number, an unknown unit, more than 2^53 ms. */
export function parseDuration(text: unknown): number | undefined {
  if (typeof text !== "string") return undefined;
  const match = /^(\d{1,16}) (milliseconds|second|minute|hour|day|week)s?$/.exec(text);
  if (!match) return undefined;
  const total = Number(match[1]) * (UNITS[match[2] as string] as number);
  return Number.isSafeInteger(total) ? total : undefined;
}

const SHORT: readonly (readonly [string, number])[] = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
  ["ms", 1],
];

/** The shortest exact form with one unit, for names: 1000 is `1s`, 90000 is `90s`, 1209600000 is `14d`. */
export function shortDuration(milliseconds: number): string {
  const [unit, size] = SHORT.find(([, each]) => milliseconds >= each && milliseconds % each === 0) ?? ["ms", 1];
  return `${milliseconds / size}${unit}`;
}
