import { mkdirSync, mkdtempSync, rmSync, chmodSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { ensureDebianPackages } from "../../tools/debian";
import type { OnProgress } from "../../tools/progress";
import type { ServerProcess } from "../../tools/servers/launch";
import { needed, postgresPackage, startPostgres } from "../../tools/servers/postgres";
import { end } from "../../tools/servers/process";
import type { PostgresServer } from "../../tools/servers/state";
import type { Append, StoreArm } from "./arms";
import { pgbench, type Load, type Seen } from "./pgbench";

/** What one run of one arm gave. */
export interface Run extends Seen {
  readonly events: number;
  readonly usPerEvent: number;
  readonly walPerEvent: number;
  readonly bytesPerEvent: number;
}

/** A server whose commits wait for the disk, with a template database for each arm. */
export class BenchServer {
  readonly #server: PostgresServer;
  readonly #process: ServerProcess;
  readonly #dir: string;
  #runs = 0;

  private constructor(server: PostgresServer, started: ServerProcess, dir: string) {
    this.#server = server;
    this.#process = started;
    this.#dir = dir;
  }

  /** How it is reached. */
  get address(): PostgresServer {
    return this.#server;
  }

  static async start(onProgress: OnProgress): Promise<BenchServer> {
    await ensureDebianPackages([postgresPackage], onProgress);
    const dir = mkdtempSync(join(tmpdir(), "eventloom-bench-"));
    // the server runs as another user
    chmodSync(dir, 0o755);
    const home = join(dir, "postgres");
    mkdirSync(home);
    let started: ServerProcess | undefined;
    const server = await startPostgres(home, (each) => (started = each), { durable: true });
    if (started === undefined) throw new Error("postgres did not say that it started");
    return new BenchServer(server, started, dir);
  }

  async stop(): Promise<void> {
    await end(this.#process);
    rmSync(this.#dir, { recursive: true, force: true });
  }

  /** Makes the database that each run of an arm starts from. */
  async prepare(arm: StoreArm): Promise<void> {
    const name = templateOf(arm);
    await this.ask("postgres", `CREATE DATABASE "${name}"`);
    if (typeof arm.schema === "function") await arm.schema(this.#server, name);
    else for (const statement of arm.schema) await this.ask(name, statement);
  }

  /** Runs an arm in a fresh database. */
  async run(arm: StoreArm, append: Append, load: Load): Promise<Run> {
    const database = `run_${++this.#runs}`;
    await this.ask("postgres", `CREATE DATABASE ${database} TEMPLATE "${templateOf(arm)}"`);
    await this.ask("postgres", "CHECKPOINT");
    const dir = join(this.#dir, database);
    mkdirSync(dir);
    const before = await this.ask(database, "SELECT pg_current_wal_insert_lsn()::text");
    const seen = await pgbench(needed("pgbench"), this.#server, database, arm.script(append), load, dir);
    const wal = Number(await this.ask(database, `SELECT pg_current_wal_insert_lsn() - '${before}'::pg_lsn`));
    const events = Number(await this.ask(database, arm.count));
    if (events === 0) throw new Error(`nothing was appended by ${arm.name}`);
    const bytes = Number(await this.ask(database, RELATIONS));
    await this.ask("postgres", `DROP DATABASE ${database}`);
    rmSync(dir, { recursive: true });
    return {
      ...seen,
      events,
      usPerEvent: (load.seconds * 1e6) / events,
      walPerEvent: wal / events,
      bytesPerEvent: bytes / events,
    };
  }

  /** The first value of an answer, as text. */
  async ask(database: string, statement: string): Promise<string> {
    const { username, ...rest } = this.#server;
    const client = new Client({ ...rest, user: username, database });
    await client.connect();
    try {
      const result = await client.query({ text: statement, rowMode: "array" });
      const row = (result as unknown as { rows?: unknown[][] }).rows?.[0];
      return String(row?.[0] ?? "");
    } finally {
      await client.end();
    }
  }
}

const RELATIONS = `SELECT sum(pg_table_size(c.oid) + CASE WHEN c.relkind = 'r' THEN pg_indexes_size(c.oid) ELSE 0 END)
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'r' AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'`;

function templateOf(arm: StoreArm): string {
  return `template of ${arm.name}`.slice(0, 63);
}
