import { plural } from "../domain/plural";

const UNITS: readonly (readonly [string, number])[] = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1_000],
  ["millisecond", 1],
];

/** `1 topic`, `2 topics`, `3 policies`. */
export function count(amount: number, noun: string): string {
  return `${amount} ${amount === 1 ? noun : plural(noun)}`;
}

/** `1 topic, 2 queues`, what there is none of left out. */
export function counts(amounts: readonly (readonly [number, string])[]): string {
  return amounts
    .filter(([amount]) => amount > 0)
    .map(([amount, noun]) => count(amount, noun))
    .join(", ");
}

/** The shortest exact form with one unit: 604800000 is `7 days`, 90000 is `90 seconds`. */
export function durationWords(milliseconds: number): string {
  const [unit, size] = UNITS.find(([, each]) => milliseconds >= each && milliseconds % each === 0) ?? [
    "millisecond",
    1,
  ];
  return count(milliseconds / size, unit);
}
