import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** A process that we started, told from a later one that got the same id by when it began. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks since the machine's start, as in field 22 of /proc/<pid>/stat; undefined where there is no /proc. */
  readonly startedAt?: number;
}

/** Remembers a process that is running now. */
export function identify(pid: number): ProcessIdentity {
  const startedAt = stat(pid)?.startedAt;
  return startedAt === undefined ? { pid } : { pid, startedAt };
}

/** Whether a process with this id exists, be it a zombie. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Whether this very process is still running. */
export function isRunning({ pid, startedAt }: ProcessIdentity): boolean {
  if (!isAlive(pid)) return false;
  const now = stat(pid);
  if (now === undefined) return startedAt === undefined;
  return now.state !== "Z" && (startedAt === undefined || now.startedAt === startedAt);
}

/**
 * Ends a process that leads a process group: by `signal` to itself, then, when it has gone or not gone in time, whatever is left
 * of its group.
 *
 * @param patience in milliseconds.
 */
export async function end(
  leader: ProcessIdentity,
  signal: NodeJS.Signals = "SIGTERM",
  patience = 20_000,
): Promise<void> {
  if (isRunning(leader)) {
    send(leader.pid, signal);
    const deadline = Date.now() + patience;
    while (isRunning(leader) && Date.now() < deadline) await sleep(50);
  } else if (isAlive(leader.pid) && stat(leader.pid)?.state !== "Z") {
    return;
  }
  send(-leader.pid, "SIGKILL");
}

function send(target: number, signal: NodeJS.Signals): void {
  try {
    process.kill(target, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

function stat(pid: number): { state: string; startedAt: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The command's name, in brackets, may hold spaces and brackets itself.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return { state: fields[0] ?? "", startedAt: Number(fields[19]) };
  } catch {
    return undefined;
  }
}
