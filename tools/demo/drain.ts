import { setTimeout as delay } from "node:timers/promises";
import { compare, type Row } from "./compare";
import type { Observer } from "./found";
import type { Figures } from "./implied";

const LOOK_MS = 1_000;

/**
 * Looks again and again until everything implied is found, and nothing more.
 *
 * @param deadlineMs - after so long it gives up
 * @param failed - rejects when waiting makes no sense any more
 * @returns what was found last, also when the deadline has passed
 */
export async function drained(
  observer: Observer,
  implied: Figures,
  deadlineMs: number,
  failed: Promise<never>,
  onProgress: (rows: readonly Row[]) => void,
): Promise<readonly Row[]> {
  const deadline = Date.now() + deadlineMs;
  for (;;) {
    const rows = compare(implied, await Promise.race([observer.look(), failed]));
    onProgress(rows);
    if (Date.now() > deadline || rows.every((each) => each.holds)) return rows;
    await Promise.race([delay(LOOK_MS), failed]);
  }
}
