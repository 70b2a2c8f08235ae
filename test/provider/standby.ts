import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { launch, untilReady } from "../../tools/servers/launch";
import { freePorts } from "../../tools/servers/ports";
import { needed, query } from "../../tools/servers/postgres";
import { end, isRunning } from "../../tools/servers/process";
import { giveTo, serverUser } from "../../tools/servers/unix-user";
import type { TestDatabase } from "./deployment";

/** A server that follows another one and can only be read. */
export interface Standby {
  readonly database: TestDatabase;
  stop(): Promise<void>;
}

/** Copies the cluster of a database, which is one of Debian's version, and follows it. */
export async function standbyOf(database: TestDatabase): Promise<Standby> {
  const user = await serverUser("postgres");
  const dir = mkdtempSync(join(tmpdir(), "eventloom-standby-"));
  const data = join(dir, "data");
  mkdirSync(data, { mode: 0o700 });
  giveTo(user, dir, data);
  const common = { cwd: dir, user, log: join(dir, "postgres.log") };
  const { host, username, password } = database;
  const [port] = (await freePorts(1)) as [number];
  const from = ["-h", host, "-p", String(database.port), "-U", username];
  const copy = await launch({
    ...common,
    name: "pg_basebackup",
    command: needed("pg_basebackup"),
    args: ["-D", data, "--write-recovery-conf", "--checkpoint=fast", "--no-sync", ...from],
    env: { ...process.env, PGPASSWORD: password },
  });
  while (isRunning(copy)) await new Promise((resolve) => setTimeout(resolve, 50));
  const settings = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=200"];
  const server = await launch({
    ...common,
    name: "standby",
    command: needed("postgres"),
    args: ["-D", data, "-p", String(port), ...settings.flatMap((setting) => ["-c", setting])],
    signal: "SIGINT",
  });
  const standby = { ...database, port };
  const stop = async (): Promise<void> => {
    await end(server, server.signal);
    rmSync(dir, { recursive: true, force: true });
  };
  await untilReady(server, () => query(standby, "SELECT 1"));
  return { database: standby, stop };
}
