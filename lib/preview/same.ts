/**
 * Whether two JSON values say the same: members in any order, and one that is `undefined` is not there. Stops at the first
 * difference and makes nothing: a lock holds a hundred thousand values, and most are as they were.
 */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a)) return Array.isArray(b) && sameEntries(a, b);
  return !Array.isArray(b) && sameMembers(a as Members, b as Members);
}

type Members = Readonly<Record<string, unknown>>;

function sameEntries(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (!same(a[index], b[index])) return false;
  return true;
}

function sameMembers(a: Members, b: Members): boolean {
  let more = 0;
  for (const name in a) {
    const value = a[name];
    if (value === undefined) continue;
    if (!same(value, b[name])) return false;
    more++;
  }
  // a member that is inherited is not counted here, so nobody's prototype stands in for what is missing
  for (const name in b) if (b[name] !== undefined) more--;
  return more === 0;
}
