/** Of how many texts an answer is kept, and how long a text may be: some hundred kilobytes at most. */
const MOST = 1_000;
const LONGEST = 200;

/**
 * A pure function of a text that keeps its answers: the tables of a plan have the same few types and expressions, and each is asked
 * about several times. An answer must not be changed by who gets it.
 */
export function remembered<T>(answer: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    if (text.length > LONGEST) return answer(text);
    const before = known.get(text);
    if (before !== undefined) return before;
    const found = answer(text);
    if (known.size >= MOST) known.clear();
    known.set(text, found);
    return found;
  };
}
