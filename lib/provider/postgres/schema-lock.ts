import { schemaLockKey } from "../../postgres/schema-lock-key";
import type { Database, Session } from "./connection";
import { ProviderError, sharedSession } from "./server-error";

/** For how many lock timeouts we wait for another deploy of the same schema: two minutes by default. */
const patience = 40;

/** For how many a plan does, which may also go on: half a minute by default. */
const patienceToRead = 10;

/**
 * After how long the server looks whether we are still there, while it works for us: what a process that was killed has begun ends
 * then, and its locks go. Servers on systems that can't look refuse the setting.
 */
const lookForUs = "SELECT set_config('client_connection_check_interval', '2s', false)";

/**
 * One change at a time per schema, across processes: a session-level advisory lock. It is polled: a session that blocks in
 * `pg_advisory_lock` holds a snapshot, for which CREATE INDEX CONCURRENTLY of the holder would wait for ever.
 */
export class SchemaLocks {
  private readonly queues = new Map<string, Promise<unknown>>();
  private readonly held = new Set<string>();

  constructor(private readonly database: Database) {}

  /** Runs `work` on a session that holds the schema's lock. Calls of one process queue here, without a session each. */
  run<T>(schema: string, work: (session: Session) => Promise<T>): Promise<T> {
    const before = this.queues.get(schema) ?? Promise.resolve();
    const mine = before.catch(() => undefined).then(() => this.locked(schema, work));
    this.queues.set(schema, mine);
    return mine;
  }

  private locked<T>(schema: string, work: (session: Session) => Promise<T>): Promise<T> {
    return this.database.use(async (session) => {
      await session.query(lookForUs).catch(() => undefined);
      await this.acquire(session, schema);
      this.held.add(schema);
      try {
        const result = await work(session);
        // When work fails the session is closed, and the lock goes with it.
        const [unlocked] = await session.query<{ held: boolean }>(
          "SELECT pg_advisory_unlock(hashtextextended($1, 0)) AS held",
          [schemaLockKey(schema)],
        );
        if (unlocked?.held === false) throw sharedSession("the schema's lock was another session's when it was given back"); // prettier-ignore
        return result;
      } finally {
        this.held.delete(schema);
      }
    });
  }

  /**
   * Waits until no other process changes the schema, so that a plan is not made of what is half done: the server goes on for a while
   * with what a process that was killed has begun. Who changes it for longer is not waited for.
   */
  async settled(session: Session, schema: string): Promise<void> {
    const deadline = Date.now() + patienceToRead * this.database.settings.lockTimeout;
    while (!this.held.has(schema) && Date.now() < deadline && !this.database.stopped) {
      if ((await holders(session, schema)).length === 0) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  private async acquire(session: Session, schema: string): Promise<void> {
    const longest = patience * this.database.settings.lockTimeout;
    const deadline = Date.now() + longest;
    for (let wait = 25; ; wait = Math.min(wait * 2, 250)) {
      const rows = await session.query<{ held: boolean }>(
        "SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS held",
        [schemaLockKey(schema)],
      );
      if (rows[0]?.held === true) return;
      if (this.database.stopped) throw new ProviderError("PG460", "stopped before it was done", "run it again");
      if (Date.now() > deadline) throw await busy(session, schema, longest);
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
}

function holders(session: Session, schema: string): Promise<{ pid: number; since: string }[]> {
  return session.query<{ pid: number; since: string }>(
    `SELECT a.pid, to_char(a.backend_start, 'YYYY-MM-DD HH24:MI:SS TZ') AS since
       FROM pg_locks l JOIN pg_stat_activity a USING (pid)
      WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND (l.classid::bigint << 32 | l.objid::bigint) = hashtextextended($1, 0)`,
    [schemaLockKey(schema)],
  );
}

async function busy(session: Session, schema: string, waited: number): Promise<ProviderError> {
  const rows = await holders(session, schema);
  const holder = rows[0] === undefined ? "" : ` (process ${rows[0].pid}, connected since ${rows[0].since})`;
  return new ProviderError(
    "PG458",
    `another deploy is at work on ${schema === "" ? "roles or publications" : `schema "${schema}"`}`,
    `it held ${schema === "" ? "their" : "the schema's"} lock for ${Math.ceil(waited / 1000)} seconds${holder}; wait for it to end, and run the same command again`,
  );
}
