import { readFileSync } from "node:fs";

/** What a command took, in ms. */
export interface Took {
  /** On the clock. */
  readonly wall: number;
  /** Of processors, in all its processes: what else the machine does is not in it. NaN where that can't be asked. */
  readonly cpu: number;
}

/**
 * What each takes, by round. They take turns, and each round begins with another one: what else the machine does hits them alike.
 *
 * @param run - starts processes and waits for them; no others end meanwhile
 */
export async function inTurn<T>(
  arms: readonly T[],
  rounds: number,
  run: (arm: T) => Promise<unknown>,
  progress: (line: string) => void,
): Promise<readonly (readonly Took[])[]> {
  const took = arms.map((): Took[] => []);
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < arms.length; turn++) {
      const at = (round + turn) % arms.length;
      const [from, used] = [performance.now(), endedChildrenCpu()];
      await run(arms[at]!);
      took[at]!.push({ wall: performance.now() - from, cpu: endedChildrenCpu() - used });
    }
    const last = took.map((each) => `${Math.round(each[round]!.wall)} (cpu ${Math.round(each[round]!.cpu)})`);
    progress(`round ${round + 1} of ${rounds}: ${last.join(", ")} ms`);
  }
  return took;
}

export function walls(took: readonly Took[] | undefined): readonly number[] {
  return (took ?? []).map(({ wall }) => wall);
}

export function cpus(took: readonly Took[] | undefined): readonly number[] {
  return (took ?? []).map(({ cpu }) => cpu);
}

/** USER_HZ of every Linux that node runs on. */
const TICK_MS = 10;

/** Processor time of the children that ended, and of their children: fields 16 and 17 of the kernel's own account. */
function endedChildrenCpu(): number {
  if (process.platform !== "linux") return Number.NaN;
  const text = readFileSync("/proc/self/stat", "utf8");
  // the name of the program stands in parentheses, and may hold anything
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[13]) + Number(fields[14])) * TICK_MS;
}
