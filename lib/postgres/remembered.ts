import { Recent } from "./recent";

/** Of how many texts an answer is kept, and how long a text may be: some hundred kilobytes at most. */
const MOST = 1_000;
const LONGEST = 200;

/**
 * A pure function of a text that keeps its answers: the tables of a plan have the same few types and expressions, and each is asked
 * about several times. An answer must not be changed by who gets it.
 */
export function remembered<T>(answer: (text: string) => T): (text: string) => T {
  const known = new Recent<T>(MOST);
  return (text) => (text.length > LONGEST ? answer(text) : known.get(text, () => answer(text)));
}
