import { readdirSync, readFileSync } from "node:fs";

/** The processes that were started by a process, and by those, as long as they run. */
function descendantsOf(pid: number): readonly number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync("/proc").filter((each) => /^\d+$/.test(each))) {
    const parent = parentOf(Number(name));
    if (parent !== null) children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const below = (of: number): number[] => (children.get(of) ?? []).flatMap((each) => [each, ...below(each)]);
  return below(pid);
}

/** Those of them whose command line, its parts divided by spaces, is one of these. */
export function runningBelow(pid: number, command: RegExp): readonly number[] {
  return descendantsOf(pid).filter((each) => command.test(commandOf(each)));
}

function parentOf(pid: number): number | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return Number(text.slice(text.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return null;
  }
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    return "";
  }
}
