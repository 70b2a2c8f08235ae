import type { SameExpression } from "./canonical";

/** Pieces of every comparison. */

interface Matching<T, R> {
  readonly added: (item: T) => R[];
  readonly dropped: (item: T) => R[];
  readonly both: (from: T, to: T) => R[];
}

/** Items of the same name side by side: what is gone first, then the others in the order of `to`. */
export function match<T extends { readonly name: string }, R>(
  from: readonly T[],
  to: readonly T[],
  { added, dropped, both }: Matching<T, R>,
): R[] {
  const before = new Map(from.map((item) => [item.name, item]));
  const after = new Set(to.map((item) => item.name));
  return [
    ...from.filter((item) => !after.has(item.name)).flatMap(dropped),
    ...to.flatMap((item) => {
      const prior = before.get(item.name);
      return prior === undefined ? added(item) : both(prior, item);
    }),
  ];
}

export function sameOrNull(a: string | null, b: string | null, same: SameExpression): boolean {
  return a === null || b === null ? a === b : same(a, b);
}

/** Equal as data; the order of keys does not count. */
export function equal(a: unknown, b: unknown): boolean {
  return stable(a) === stable(b);
}

/** JSON with sorted keys: equal exactly when the data are equal. */
export function stable(value: unknown): string {
  return stableText(value) as string;
}

/** Undefined for what JSON leaves out, as JSON.stringify. By hand: JSON.stringify with sorted copies takes several times as long, and plans do little else. */
function stableText(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item) => stableText(item) ?? "null").join(",")}]`;
  const parts: string[] = [];
  for (const key of sortedKeys(value)) {
    const text = stableText((value as Record<string, unknown>)[key]);
    if (text !== undefined) parts.push(`${JSON.stringify(key)}:${text}`);
  }
  return `{${parts.join(",")}}`;
}

/** Whole numbers come first, as they do in every object: fingerprints that are stored have them so. */
function sortedKeys(value: object): readonly string[] {
  const keys = Object.keys(value).sort();
  return keys.some((key) => /^\d/.test(key)) ? Object.keys(Object.fromEntries(keys.map((key) => [key, 0]))) : keys;
}
