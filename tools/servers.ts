import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { ToolError } from "./command";
import { ensureDebianPackages } from "./debian";
import type { PostgresMajor } from "./postgres-servers";
import { type OnProgress, printProgress, withProgress } from "./progress";
import { Guard } from "./servers/guard";
import { startKafka } from "./servers/kafka";
import type { ServerProcess } from "./servers/launch";
import { postgresPackage, startPostgres } from "./servers/postgres";
import { end } from "./servers/process";
import { rabbitmqPackage, startRabbitmq } from "./servers/rabbitmq";
import {
  allRunning,
  type Connections,
  readState,
  removeState,
  type ServerName,
  type ServersState,
  statePath,
  writeState,
} from "./servers/state";

/** Real servers on loopback. Reading one that was left out of `only` throws. */
export interface Servers extends Connections {
  /** Where their state is kept: what {@link findServers} and `npm run servers` take. */
  readonly dir: string;
  /** Ends them and removes their data. */
  stop(): Promise<void>;
}

/** What {@link startServers} starts. */
export interface ServersOptions {
  /** @default - all three */
  readonly only?: readonly ServerName[];
  /** The major version of Postgres. @default - Debian's 15, or what else the machine has */
  readonly postgres?: PostgresMajor;
  /** Folder for the state. @default - the temporary folder that holds data and logs as well */
  readonly dir?: string;
  /** They live on when this process ends. @default false */
  readonly detached?: boolean;
  /** Takes progress lines. @default - they are printed to stderr */
  readonly onProgress?: OnProgress;
}

const ALL: readonly ServerName[] = ["kafka", "rabbitmq", "postgres"];

/**
 * Starts real servers side by side on free ports, with their data in a temporary folder, and waits until each answers a real
 * client. Those that already run in `dir` are taken as they are.
 *
 * @throws ToolError - one cannot be started; nothing is left running then.
 */
export async function startServers(options: ServersOptions = {}): Promise<Servers> {
  const found = options.dir === undefined ? undefined : findServers(options.dir);
  if (found !== undefined) return found;
  if (options.dir !== undefined) await stopServers(options.dir);
  const onProgress = options.onProgress ?? printProgress;
  const names = options.only ?? ALL;
  const packages = { kafka: [], rabbitmq: [rabbitmqPackage], postgres: [postgresPackage] };
  await ensureDebianPackages(
    names.flatMap((name) => packages[name]),
    onProgress,
  );
  return startAll(names, options, onProgress);
}

/** The servers whose state is in a folder, when all of them run. */
export function findServers(dir: string): Servers | undefined {
  const state = readState(dir);
  return state !== undefined && allRunning(state) ? servers(resolve(dir), state) : undefined;
}

/** Ends what is left of the servers whose state is in a folder, and says whether there was any. */
export async function stopServers(dir: string): Promise<boolean> {
  const state = readState(dir);
  if (state === undefined) return false;
  if (state.guard !== undefined) await end(state.guard, "SIGKILL");
  await Promise.all(state.processes.map((started) => end(started, started.signal)));
  rmSync(state.dataDir, { recursive: true, force: true });
  removeState(dir);
  return true;
}

async function startAll(
  names: readonly ServerName[],
  options: ServersOptions,
  onProgress: OnProgress,
): Promise<Servers> {
  const dataDir = mkdtempSync(join(tmpdir(), "eventloom-servers-"));
  // Servers that run as users of their own have to get through.
  chmodSync(dataDir, 0o711);
  const dir = resolve(options.dir ?? dataDir);
  mkdirSync(dir, { recursive: true });
  const guard = await Guard.start(dataDir, statePath(dir));
  const processes: ServerProcess[] = [];
  const onStart = (started: ServerProcess): void => {
    processes.push(started);
    guard.watch(started);
  };
  const results = await Promise.allSettled(
    names.map((name) => startOne(name, { dataDir, major: options.postgres, onProgress, onStart })),
  );
  const failures = results.flatMap((result) => (result.status === "rejected" ? [messageOf(result.reason)] : []));
  const guarded = options.detached === true ? {} : { guard: guard.identity };
  const connections = Object.assign(
    {},
    ...results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : [])),
  );
  const state: ServersState = { connections, processes, dataDir, ...guarded };
  writeState(dir, state);
  if (options.detached === true || failures.length > 0) await guard.release();
  if (failures.length === 0) return servers(dir, state);
  await stopServers(dir);
  throw new ToolError(failures.join("; "));
}

interface Start {
  readonly dataDir: string;
  readonly major: PostgresMajor | undefined;
  readonly onProgress: OnProgress;
  readonly onStart: (started: ServerProcess) => void;
}

async function startOne(
  name: ServerName,
  { dataDir, major, onProgress, onStart }: Start,
): Promise<Partial<Connections>> {
  const dir = join(dataDir, name);
  mkdirSync(dir);
  return withProgress(`starting ${name}`, onProgress, async () => {
    switch (name) {
      case "kafka":
        return { kafka: await startKafka(dir, onProgress, onStart) };
      case "rabbitmq":
        return { rabbitmq: await startRabbitmq(dir, onStart) };
      case "postgres":
        return { postgres: await startPostgres(dir, onStart, { major }) };
    }
  });
}

function servers(dir: string, state: ServersState): Servers {
  const stop = async (): Promise<void> => void (await stopServers(dir));
  const result = { ...state.connections, dir, stop };
  for (const name of ALL) {
    if (state.connections[name] !== undefined) continue;
    const refuse = (): never => {
      throw new ToolError(`${name} was not started: add it to the servers that startServers gets`);
    };
    Object.defineProperty(result, name, { get: refuse, enumerable: false });
  }
  return result as Servers;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
