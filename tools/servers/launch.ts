import { spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { lastLines, ToolError } from "../command";
import { identify, isRunning, type ProcessIdentity } from "./process";

/** A process that belongs to the servers, as it is remembered in the state file. */
export interface ServerProcess extends ProcessIdentity {
  /** Such as `kafka`. */
  readonly name: string;
  /** What asks it to end. */
  readonly signal: NodeJS.Signals;
  /** Where it writes its log. */
  readonly log: string;
}

/** A Unix user to run a server as. */
export interface User {
  readonly uid: number;
  readonly gid: number;
}

/** What to start. */
export interface Launch {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly log: string;
  readonly env?: NodeJS.ProcessEnv;
  /** @default - the user of this process */
  readonly user?: User | undefined;
  readonly cwd: string;
  /** @default "SIGTERM" */
  readonly signal?: NodeJS.Signals;
}

/** Starts a process as leader of a group of its own, so that it can be ended with all its children. */
export async function launch(what: Launch): Promise<ServerProcess> {
  const log = openSync(what.log, "a");
  const child = spawn(what.command, what.args, {
    cwd: what.cwd,
    env: what.env ?? process.env,
    detached: true,
    stdio: ["ignore", log, log],
    ...what.user,
  });
  closeSync(log);
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", (error) => reject(new ToolError(`${what.name} cannot be started: ${error.message}`)));
  });
  child.unref();
  return { ...identify(child.pid!), name: what.name, signal: what.signal ?? "SIGTERM", log: what.log };
}

/**
 * Waits until a server answers.
 *
 * @param probe asks the server something; throws as long as it does not answer.
 * @param patience in milliseconds.
 * @throws ToolError - it ended, or did not answer in time: with the end of its log.
 */
export async function untilReady(server: ServerProcess, probe: () => Promise<void>, patience = 120_000): Promise<void> {
  const deadline = Date.now() + patience;
  for (;;) {
    const problem = await probe().then(
      () => undefined,
      (error: unknown) => (error instanceof Error && error.message) || String(error),
    );
    if (problem === undefined) return;
    if (!isRunning(server)) throw new ToolError(`${server.name} ended while it started: ${logTail(server.log)}`);
    if (Date.now() > deadline) {
      throw new ToolError(
        `${server.name} does not answer after ${patience / 1000} s (${problem}): ${logTail(server.log)}`,
      );
    }
    await sleep(150);
  }
}

/** The end of a server's log, on one line. */
export function logTail(file: string): string {
  return lastLines(existsSync(file) ? readFileSync(file, "utf8") : "", 4);
}
