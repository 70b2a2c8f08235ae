import { randomBytes } from "node:crypto";
import { chmodSync, cpSync, existsSync, readdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { Client } from "pg";
import { findOnPath, ToolError } from "../command";
import type { DebianPackage } from "../debian";
import { ensurePostgresServers, type PackagedMajor, type PostgresMajor } from "../postgres-servers";
import { launch, logTail, type ServerProcess, untilReady, type User } from "./launch";
import { freePorts } from "./ports";
import { end, isRunning } from "./process";
import type { PostgresServer } from "./state";
import { giveTo, serverUser } from "./unix-user";
import { setTimeout as sleep } from "node:timers/promises";

/** Where the server comes from. */
export const postgresPackage: DebianPackage = {
  name: "postgresql-15",
  isInstalled: () => binary("initdb") !== undefined,
};

/** What a cluster is started with besides. */
export interface PostgresOptions {
  /** Every commit waits for the disk, as it would in production: for measurements. @default false */
  readonly durable?: boolean;
  /** @default - Debian's 15, or what else the machine has */
  readonly major?: PostgresMajor | undefined;
}

/** Starts a cluster of its own, reached by password over loopback alone. */
export async function startPostgres(
  dir: string,
  onStart: (started: ServerProcess) => void,
  { durable = false, major = 15 }: PostgresOptions = {},
): Promise<PostgresServer> {
  const user = await serverUser("postgres");
  const program = major === 15 ? needed : await packaged(major, dir, user);
  const [port] = (await freePorts(1)) as [number];
  const [username, database, password] = ["eventloom", "eventloom", randomBytes(12).toString("base64url")];
  const passwordFile = join(dir, "password");
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  giveTo(user, dir, passwordFile);
  const data = join(dir, "data");
  const common = { cwd: dir, user, log: join(dir, "postgres.log") };
  const init = ["-D", data, "-U", username, "-A", "scram-sha-256", `--pwfile=${passwordFile}`, "-E", "UTF8"];
  const cluster = await launch({
    ...common,
    name: "initdb",
    command: program("initdb"),
    args: [...init, "--locale=C.UTF-8", "--no-sync"],
  });
  while (isRunning(cluster)) await sleep(50);
  await end(cluster);
  if (!existsSync(join(data, "PG_VERSION"))) throw new ToolError(`postgres: initdb failed: ${logTail(common.log)}`);
  const started = await launch({
    ...common,
    name: "postgres",
    command: program("postgres"),
    args: [
      "-D",
      data,
      "-p",
      String(port),
      ...[...SETTINGS, ...(durable ? DURABLE : HASTY)].flatMap((setting) => ["-c", setting]),
    ],
    // The other signals wait for clients.
    signal: "SIGINT",
  });
  onStart(started);
  const server: PostgresServer = { host: "127.0.0.1", port, username, password, database };
  await untilReady(started, () => query({ ...server, database: "postgres" }, "SELECT 1"));
  await query({ ...server, database: "postgres" }, `CREATE DATABASE ${database}`);
  return server;
}

/** Runs a statement, or a script of several, on a connection of its own. */
export async function query({ username, ...rest }: PostgresServer, statement: string): Promise<void> {
  const client = new Client({ ...rest, user: username });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

const SETTINGS = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=200", "wal_level=logical"];

/** The data is thrown away: nothing is lost by not waiting for the disk. */
const HASTY = ["fsync=off", "full_page_writes=off"];

/** No checkpoint of its own accord may fall into a measurement. */
const DURABLE = ["shared_buffers=2GB", "max_wal_size=16GB", "checkpoint_timeout=1h", "wal_level=replica"];

/** The path of one of the server's programs. */
export function needed(name: string): string {
  const path = binary(name);
  if (path === undefined) throw new ToolError(`${name} is not on PATH: install postgresql-15`);
  return path;
}

/** The programs of another version, in the server's own folder: its user may not see our cache. */
async function packaged(major: PackagedMajor, dir: string, user: User | undefined): Promise<(name: string) => string> {
  const all = join(await ensurePostgresServers(), String(major));
  if (user === undefined) return (name) => join(all, "bin", name);
  const own = join(dir, "programs");
  cpSync(all, own, { recursive: true, verbatimSymlinks: true, filter: (path) => !path.endsWith(".a") });
  chmodSync(dir, 0o711);
  return (name) => join(own, "bin", name);
}

/** Debian keeps the server's programs off PATH, in a folder for each major version: 15 first, then the newest. */
function binary(name: string): string | undefined {
  const versions = "/usr/lib/postgresql";
  const age = (version: string): number => (version === "15" ? Infinity : Number(version));
  const folders = existsSync(versions) ? readdirSync(versions).sort((a, b) => age(b) - age(a)) : [];
  const debian = folders.map((version) => join(versions, version, "bin"));
  return findOnPath(name, [...debian, process.env["PATH"] ?? ""].join(delimiter));
}
