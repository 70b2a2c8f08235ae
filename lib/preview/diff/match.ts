/** What only one of two lists has. */
export interface Unmatched<T> {
  /** In the first list alone. */
  readonly gone: readonly T[];
  /** In the second list alone. */
  readonly added: readonly T[];
}

/**
 * Walks through two lists side by side and pairs what has the same id. In a lock both are in the order of their ids: then nothing
 * is hashed or kept but what one side lacks. In any other order the result is the same.
 *
 * @param isSame - whether two have the same id, for ids that have to be made first
 * @param pair - called with each pair
 */
export function matchById<T>(
  first: readonly T[],
  second: readonly T[],
  idOf: (item: T) => string,
  pair: (from: T, to: T) => void,
  isSame: (a: T, b: T) => boolean = (a, b) => idOf(a) === idOf(b),
): Unmatched<T> {
  const gone: T[] = [];
  const added: T[] = [];
  let [i, j] = [0, 0];
  while (i < first.length && j < second.length) {
    const [a, b] = [first[i] as T, second[j] as T];
    if (isSame(a, b)) {
      pair(a, b);
      i++;
      j++;
    } else if (idOf(a) < idOf(b)) {
      gone.push(a);
      i++;
    } else {
      added.push(b);
      j++;
    }
  }
  for (; i < first.length; i++) gone.push(first[i] as T);
  for (; j < second.length; j++) added.push(second[j] as T);
  return gone.length === 0 || added.length === 0 ? { gone, added } : pairedLate(gone, added, idOf, pair);
}

/** What stands at another place in the other list. */
function pairedLate<T>(
  gone: readonly T[],
  added: readonly T[],
  idOf: (item: T) => string,
  pair: (from: T, to: T) => void,
): Unmatched<T> {
  const waiting = new Map(gone.map((each) => [idOf(each), each]));
  const left = added.filter((each) => {
    const id = idOf(each);
    const from = waiting.get(id);
    if (from !== undefined) pair(from, each);
    return !waiting.delete(id);
  });
  return { gone: [...waiting.values()], added: left };
}
