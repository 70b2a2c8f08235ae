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
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
