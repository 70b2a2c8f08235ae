import { existsSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ToolError } from "../command";
import type { ServerProcess } from "./launch";
import { isRunning, type ProcessIdentity } from "./process";

/** Which servers there are. */
export type ServerName = "kafka" | "rabbitmq" | "postgres";

/** How to reach the Kafka broker. */
export interface KafkaServer {
  /** `host:port`. */
  readonly bootstrapServers: string;
}

/** How to reach RabbitMQ. */
export interface RabbitmqServer {
  /** With user, password and vhost. */
  readonly amqpUrl: string;
  /** URL of the management API. */
  readonly endpoint: string;
  readonly username: string;
  readonly password: string;
  readonly vhost: string;
}

/** How to reach Postgres. */
export interface PostgresServer {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  readonly database: string;
}

/** How to reach each server that was started. */
export interface Connections {
  readonly kafka: KafkaServer;
  readonly rabbitmq: RabbitmqServer;
  readonly postgres: PostgresServer;
}

/** What `servers.json` holds. */
export interface ServersState {
  readonly connections: Partial<Connections>;
  readonly processes: readonly ServerProcess[];
  /** Ends the servers with whoever started them. @default - they run until they are stopped */
  readonly guard?: ProcessIdentity;
  /** Data and logs of the servers. */
  readonly dataDir: string;
}

const FILE = "servers.json";

/** Writes the state at once: whoever reads it sees all of it or none. */
export function writeState(dir: string, state: ServersState): void {
  const temporary = join(dir, `${FILE}.${process.pid}.tmp`);
  // It holds passwords.
  writeFileSync(temporary, `${JSON.stringify(state, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(temporary, statePath(dir));
}

/**
 * Reads the state, or nothing when there is none.
 *
 * @throws ToolError - the file is there but is not what we wrote.
 */
export function readState(dir: string): ServersState | undefined {
  let text: string;
  try {
    text = readFileSync(statePath(dir), "utf8");
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
  const state = parse(text);
  if (state === undefined) throw new ToolError(`${statePath(dir)} is not the state of servers: remove it`);
  return state;
}

/** Removes the state, and its folder when nothing else is in it. */
export function removeState(dir: string): void {
  rmSync(statePath(dir), { force: true });
  if (existsSync(dir) && readdirSync(dir).length === 0) rmdirSync(dir);
}

/** Where the state of a folder is kept. */
export function statePath(dir: string): string {
  return join(dir, FILE);
}

/** Whether every process of the state still runs. */
export function allRunning(state: ServersState): boolean {
  return state.processes.every(isRunning);
}

function parse(text: string): ServersState | undefined {
  try {
    const state = JSON.parse(text) as ServersState;
    return Array.isArray(state.processes) && typeof state.dataDir === "string" ? state : undefined;
  } catch {
    return undefined;
  }
}
