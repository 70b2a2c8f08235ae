import { readFileSync, readlinkSync, statSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { startServers, stopServers } from "../../tools/servers";
import type { PostgresMajor } from "../../tools/postgres-servers";
import { Guard } from "../../tools/servers/guard";
import { launch, type ServerProcess, untilReady } from "../../tools/servers/launch";
import { query } from "../../tools/servers/postgres";
import { isAlive } from "../../tools/servers/process";
import { type PostgresServer, readState, type ServersState, statePath, writeState } from "../../tools/servers/state";

/** Another session. */
export interface Bystander {
  /** Kept when the server has ended it. */
  readonly ended: Promise<void>;
}

/** A Postgres of our own, that can be killed and started again. */
export class OwnPostgres {
  private constructor(
    private readonly dir: string,
    private readonly guard: Guard,
    readonly server: PostgresServer,
  ) {}

  static async start(dir: string, major: PostgresMajor = 15): Promise<OwnPostgres> {
    // Detached, with a guard of our own that hears of each new process.
    const { postgres } = await startServers({ dir, only: ["postgres"], postgres: major, detached: true });
    const { dataDir, processes } = stateIn(dir);
    const guard = await Guard.start(dataDir, statePath(dir));
    for (const each of processes) guard.watch(each);
    return new OwnPostgres(dir, guard, postgres);
  }

  /** `kill -9` of the process that all others are children of, and another one in its place. */
  async killAndStart(): Promise<void> {
    const state = stateIn(this.dir);
    const { pid, log, name, signal } = state.processes[0];
    const proc = `/proc/${pid}`;
    const [command = "", ...args] = readFileSync(`${proc}/cmdline`, "utf8").split("\0").slice(0, -1);
    const [cwd, program, { uid, gid }] = [readlinkSync(`${proc}/cwd`), readlinkSync(`${proc}/exe`), statSync(proc)];
    process.kill(pid, "SIGKILL");
    while (isAlive(pid) && !isZombie(pid)) await sleep(5);
    const user = uid === process.getuid?.() ? undefined : { uid, gid };
    for (let left = 100; ; left--) {
      // While one of the old processes still ends, the new one refuses to begin.
      const started = await launch({
        name,
        command: command.startsWith("/") ? command : program,
        args,
        cwd,
        log,
        signal,
        user,
      });
      this.guard.watch(started);
      writeState(this.dir, { ...state, processes: [started] });
      const failed = await untilReady(started, () => this.ready()).then(() => null, (error: unknown) => error as Error); // prettier-ignore
      if (failed === null) return;
      if (left === 0) throw failed;
      await sleep(50);
    }
  }

  /** Connects somebody who sees the server end all sessions: before one of them is killed, since a statement may be done by then. */
  async bystander(): Promise<Bystander> {
    const { username: user, ...rest } = this.server;
    const client = new Client({ ...rest, user });
    await client.connect();
    const ended = new Promise<void>((resolve) => client.once("error", () => resolve()).once("end", () => resolve()));
    return { ended };
  }

  /**
   * `kill -9` of the process of one session, after which the server ends all others, recovers, and goes on.
   *
   * @throws Error - the server took no notice: the process had ended before
   */
  async killSession(backend: number, { ended }: Bystander): Promise<void> {
    process.kill(backend, "SIGKILL");
    const patience = new AbortController();
    const inTime = await Promise.race([
      ended.then(() => true),
      sleep(60_000, false, { signal: patience.signal }).catch(() => true),
    ]);
    patience.abort();
    if (!inTime) throw new Error("the server took no notice of a session that was killed");
    await this.untilReady();
  }

  /** @throws Error - it does not answer */
  private ready(): Promise<void> {
    return query({ ...this.server, database: "postgres" }, "SELECT 1");
  }

  private async untilReady(): Promise<void> {
    for (let left = 600; ; left--) {
      const failed = await this.ready().then(() => null, (error: unknown) => error); // prettier-ignore
      if (failed === null) return;
      if (left === 0) throw failed as Error;
      await sleep(50);
    }
  }

  async stop(): Promise<void> {
    await this.guard.release();
    await stopServers(this.dir);
  }
}

interface Running extends ServersState {
  readonly processes: readonly [ServerProcess];
}

function stateIn(dir: string): Running {
  const state = readState(dir);
  if (state?.processes.length !== 1) throw new Error(`no Postgres runs in ${dir}`);
  return state as Running;
}

function isZombie(pid: number): boolean {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).startsWith("Z");
  } catch {
    return true;
  }
}
