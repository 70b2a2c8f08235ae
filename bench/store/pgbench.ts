import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../tools/command";
import type { PostgresServer } from "../../tools/servers/state";

/** How many clients do the same thing for how long. */
export interface Load {
  readonly clients: number;
  readonly seconds: number;
  /** What the script's variables hold. */
  readonly variables: Readonly<Record<string, string>>;
}

/** What the clients saw. */
export interface Seen {
  readonly transactions: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Whether an error ended a client early; pgbench goes on with the others. */
  readonly lostClients: boolean;
}

/**
 * Runs a script with pgbench: prepared statements, one connection a client.
 *
 * @param dir a folder of its own, for the script and the log
 */
export async function pgbench(
  program: string,
  server: PostgresServer,
  database: string,
  script: string,
  { clients, seconds, variables }: Load,
  dir: string,
): Promise<Seen> {
  const file = join(dir, "script.sql");
  writeFileSync(file, script);
  const { host, port, username, password } = server;
  const where = ["-h", host, "-p", String(port), "-U", username];
  const how = ["-n", "-M", "prepared", "-c", String(clients), "-j", "1", "-T", String(seconds), "-l", "-f", file];
  const set = Object.entries(variables).flatMap(([name, value]) => ["-D", `${name}=${value}`]);
  let failure: unknown;
  await run(program, [...where, ...how, ...set, database], {
    cwd: dir,
    env: { ...process.env, PGPASSWORD: password },
  }).catch((error: unknown) => (failure = error));
  const latencies = readdirSync(dir)
    .filter((name) => name.startsWith("pgbench_log."))
    .flatMap((name) => readFileSync(join(dir, name), "utf8").trimEnd().split("\n"))
    // client, transaction, microseconds, script, time
    .map((line) => Number(line.split(" ")[2]))
    .sort((a, b) => a - b);
  if (failure !== undefined && latencies.length === 0) throw failure;
  const at = (part: number): number => (latencies[Math.floor(latencies.length * part)] ?? Number.NaN) / 1000;
  return { transactions: latencies.length, p50Ms: at(0.5), p99Ms: at(0.99), lostClients: failure !== undefined };
}
