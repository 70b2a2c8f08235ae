/** Ours: an application has advisory locks of its own, on hashes of other things. */
const SEED = 7331;

/**
 * The key of an aggregate's advisory lock. Two aggregates that share one wait for each other, and nothing worse.
 *
 * @param id an expression for the aggregate's id
 */
export function lockOf(id: string): string {
  return `hashtextextended(${id}, ${SEED})`;
}
