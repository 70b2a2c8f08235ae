import { Client, Pool, type ClientConfig, type PoolClient, type QueryResultRow } from "pg";
import { refuseSharedSessions } from "./pooler";
import { connectRetryable, errorCode, ProviderError } from "./server-error";
import type { ConnectionSettings } from "./settings";

/** What is written back, and what is meant by a time without a zone, must not depend on a role's or a server's settings. */
const sessionSettings = "SET search_path = pg_catalog; SET TimeZone = 'UTC'; SET DateStyle = 'ISO, MDY'";

/** The oldest server whose catalog and DDL we know (`server_version_num`). */
const oldestServer = 150000;

const ignore = (): void => undefined;

/** What runs statements on one session. */
export interface Session {
  query<R extends QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<R[]>;
  /** @returns how many rows it wrote */
  change(sql: string, values: readonly unknown[]): Promise<number>;
}

/**
 * Connections to one database: a few sessions, each with `search_path = pg_catalog`, so that what Postgres writes back names the
 * schema of everything, and what is declared means the same for every role.
 */
export class Database {
  private readonly options: ClientConfig;
  private readonly pool: Pool;
  private readonly busy = new Set<PoolClient>();
  private failure: { readonly error: unknown; readonly at: number } | null = null;
  private checked = false;
  private refusal: ProviderError | null = null;
  private stopping = false;

  constructor(readonly settings: ConnectionSettings) {
    this.options = {
      host: settings.host,
      port: settings.port,
      database: settings.database,
      user: settings.username,
      ...(settings.password === null ? {} : { password: settings.password }),
      ssl: tls(settings),
      application_name: "eventloom",
      connectionTimeoutMillis: 10_000,
    };
    this.pool = new Pool({ ...this.options, max: 4, idleTimeoutMillis: 10_000, allowExitOnIdle: true });
    // A server that goes away while a session idles must not end the process; the next use reports it.
    this.pool.on("error", ignore);
  }

  get stopped(): boolean {
    return this.stopping;
  }

  /** Runs `work` on one session, which is closed rather than reused when `work` fails. */
  async use<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const client = await this.connect();
    // Of a connection that is lost between two statements, the next one reports it; unheard, it would end the process.
    client.on("error", ignore);
    this.busy.add(client);
    let failed = true;
    try {
      // Before anything is set: where sessions are shared, others would get our settings.
      if (!this.checked) await this.checkServer(client);
      await client.query(sessionSettings);
      const result = await work(sessionOf(client));
      failed = false;
      return result;
    } finally {
      this.busy.delete(client);
      client.off("error", ignore);
      client.release(failed);
    }
  }

  /** Cancels what runs; what comes after fails at once. */
  async stop(): Promise<void> {
    this.stopping = true;
    const processes = [...this.busy].map((client) => (client as unknown as { processID: number }).processID);
    if (processes.length === 0) return;
    const client = new Client(this.options);
    try {
      await client.connect();
      await client.query("SELECT pg_cancel_backend(pid) FROM unnest($1::int[]) AS pid", [processes]);
    } finally {
      await client.end();
    }
  }

  close(): Promise<void> {
    return this.pool.end();
  }

  private async connect(): Promise<PoolClient> {
    for (let wait = 200; ; wait *= 2) {
      if (this.stopping) throw new ProviderError("PG460", "stopped before it was done", "run the same command again");
      // A plan asks for hundreds of objects: a server that is down is waited for once.
      if (this.failure !== null && Date.now() - this.failure.at < 5_000) throw this.failure.error;
      try {
        const client = await this.pool.connect();
        this.failure = null;
        return client;
      } catch (error) {
        if (!connectRetryable.has(errorCode(error) ?? "") || wait > 3_200) {
          this.failure = { error, at: Date.now() };
          throw error;
        }
        await new Promise((resolve) => setTimeout(resolve, wait));
      }
    }
  }

  /** Once; what was found wrong is not looked for again by the next of a plan's hundreds of objects. */
  private async checkServer(client: PoolClient): Promise<void> {
    if (this.refusal !== null) throw this.refusal;
    try {
      const { rows } = await client.query<ServerSays>(asked);
      const [row] = rows;
      if (row !== undefined) requireVersion(Number(row.number), row.version);
      if (row !== undefined) await refuseSharedSessions(client, row.pid, this.options);
    } catch (error) {
      if (error instanceof ProviderError) this.refusal = error;
      throw error;
    }
    this.checked = true;
  }
}

interface ServerSays {
  readonly number: string;
  readonly version: string;
  readonly pid: number;
}

const asked = `SELECT pg_catalog.current_setting('server_version_num') AS number,
  pg_catalog.current_setting('server_version') AS version, pg_catalog.pg_backend_pid() AS pid`;

/** @throws ProviderError (PG456) for a server whose catalog and DDL we don't know */
export function requireVersion(number: number, version: string): void {
  if (number >= oldestServer) return;
  throw new ProviderError("PG456", `the server is Postgres ${version}`, "15 or later is needed; upgrade it");
}

function sessionOf(client: PoolClient): Session {
  return {
    async query<R extends QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<R[]> {
      if (values === undefined) return (await client.query<R>(sql)).rows;
      // Named, so that a session plans each of the catalog queries once: planning costs more than running them.
      const result = await client.query<R>({ name: statementName(sql), text: sql, values: [...values] });
      return result.rows;
    },
    async change(sql, values) {
      return (await client.query({ text: sql, values: [...values] })).rowCount ?? 0;
    },
  };
}

const statementNames = new Map<string, string>();

function statementName(sql: string): string {
  const known = statementNames.get(sql);
  if (known !== undefined) return known;
  const name = `eventloom_${statementNames.size}`;
  statementNames.set(sql, name);
  return name;
}

function tls(settings: ConnectionSettings): false | { rejectUnauthorized: boolean; ca?: string } {
  // A socket in the file system needs no protection, and has none.
  if (settings.sslMode === "disable" || settings.host.startsWith("/")) return false;
  if (settings.sslMode === "require") return { rejectUnauthorized: false };
  return { rejectUnauthorized: true, ...(settings.sslRootCert === null ? {} : { ca: settings.sslRootCert }) };
}
