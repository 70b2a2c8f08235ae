import fc from "fast-check";
import type { CampaignOptions } from "../campaign";

/**
 * So many of all: drawn by the seed, or those from a round on in their order.
 *
 * @throws Error where that is none
 */
export function chosen<T>(
  all: readonly T[],
  { seed, count, from }: Pick<CampaignOptions, "seed" | "count" | "from">,
): readonly T[] {
  const some = from === undefined ? all : all.slice(from - 1, from - 1 + count);
  if (some.length === 0) throw new Error(`there are ${all.length} rounds, and none of them was asked for`);
  if (from !== undefined || count >= all.length) return some;
  const [drawn = []] = fc.sample(fc.shuffledSubarray([...all], { minLength: count, maxLength: count }), { seed, numRuns: 1 }); // prettier-ignore
  return drawn;
}
