import { type Statement, strongestLock } from "../../postgres/plan";
import { dropIndex } from "../../postgres/sql-index";
import type { Database, Session } from "./connection";
import { fillInBatches } from "./fill";
import { isRetryable, ProviderError } from "./server-error";

/** How often one transaction or statement is tried while locks are held by others. */
const tries = 15;

/**
 * Milliseconds that the first try waits for a lock, and every next one twice as long, up to the provider's `lockTimeout`: whoever
 * comes after us queues behind us for as long, and most locks are held for an instant.
 */
const firstLockTimeout = 100;

/**
 * Milliseconds that a lock is waited for which nobody else is held up by while we wait: CREATE INDEX CONCURRENTLY and VALIDATE
 * wait for older transactions, and appends pass them meanwhile.
 */
const patientLockTimeout = 120_000;

export interface Execution {
  readonly database: Database;
  readonly session: Session;
  /** Runs in the transaction before its statements: what must hold for them. */
  readonly guard?: (session: Session) => Promise<void>;
}

/** What was tried more than once, since others held a lock. */
export interface Wait {
  /** What it is for. */
  readonly comment: string;
  readonly tries: number;
  readonly milliseconds: number;
}

/**
 * Runs a plan: its transaction first, then the statements that stand alone, each with a lock timeout and retries.
 *
 * @returns what had to be tried again
 */
export async function execute(statements: readonly Statement[], execution: Execution): Promise<readonly Wait[]> {
  const together = statements.filter((statement) => statement.transactional);
  const waits: (Wait | null)[] = [];
  if (together.length > 0 || execution.guard !== undefined) {
    waits.push(await retry(execution, together, (n) => transaction(together, execution, n)));
  }
  for (const group of groupsOf(statements.filter((statement) => !statement.transactional))) {
    waits.push(await retryOrUndo(group, execution));
  }
  return waits.filter((wait) => wait !== null);
}

/** Statements that are one transaction of their own together, and each other one by itself. */
function groupsOf(statements: readonly Statement[]): readonly (readonly [Statement, ...Statement[]])[] {
  const groups: [Statement, ...Statement[]][] = [];
  for (const statement of statements) {
    const last = groups.at(-1);
    if (statement.group !== null && last?.[0].group === statement.group) last.push(statement);
    else groups.push([statement]);
  }
  return groups;
}

async function retryOrUndo(group: readonly [Statement, ...Statement[]], execution: Execution): Promise<Wait | null> {
  const [first] = group;
  try {
    if (first.rest !== null) return await filled(first, execution);
    return await retry(execution, group, (n) =>
      first.group === null ? single(first, execution, n) : transaction(group, { ...execution, guard: noGuard }, n),
    );
  } catch (error) {
    await undo(first, execution);
    throw error;
  }
}

/** Each batch is tried again by itself: what came before it is done. */
async function filled(statement: Statement, execution: Execution): Promise<null> {
  const { session, database } = execution;
  try {
    await fillInBatches(statement, session, (attempt) =>
      retry(execution, [statement], async (n) => {
        await session.query(`SET lock_timeout = ${lockTimeoutOf(n, database)}`);
        await attempt();
      }),
    );
    return null;
  } finally {
    await session.query("RESET lock_timeout").catch(() => undefined);
  }
}

const noGuard = (): Promise<void> => Promise.resolve();

/** What can't be taken back now is found and taken back by the next plan. */
async function undo({ undo: text }: Statement, { session, database }: Execution): Promise<void> {
  if (text === null) return;
  await session.query(`SET lock_timeout = ${Math.round(database.settings.lockTimeout)}`).catch(() => undefined);
  await session.query(text).catch(() => undefined);
  await session.query("RESET lock_timeout").catch(() => undefined);
}

/** How long the nth try waits for a lock, in milliseconds. */
function lockTimeoutOf(n: number, { settings }: Database): number {
  return Math.round(Math.min(settings.lockTimeout, firstLockTimeout * 2 ** (n - 1)));
}

async function transaction(statements: readonly Statement[], execution: Execution, n: number): Promise<void> {
  const { session, database } = execution;
  await session.query("BEGIN");
  try {
    await session.query(`SET LOCAL lock_timeout = ${lockTimeoutOf(n, database)}`);
    await execution.guard?.(session);
    for (const statement of statements) await named(statement, session);
    await session.query("COMMIT");
  } catch (error) {
    // On a lost connection there is nothing to roll back; what ended the transaction is what the user must hear.
    await session.query("ROLLBACK").catch(() => undefined);
    throw error;
  }
}

async function single(statement: Statement, execution: Execution, n: number): Promise<void> {
  const { session, database } = execution;
  const patient = strongestLock(statement) === "SHARE UPDATE EXCLUSIVE";
  await session.query(`SET lock_timeout = ${patient ? patientLockTimeout : lockTimeoutOf(n, database)}`);
  try {
    await named(statement, session);
  } catch (error) {
    if (statement.builds !== null) await clear(statement.builds, session);
    throw error;
  } finally {
    await session.query("RESET lock_timeout");
  }
}

/** Drops what a failed build left; never an index that is valid, whoever made it. */
async function clear(left: { readonly schema: string; readonly index: string }, session: Session): Promise<void> {
  const invalid = await session.query(
    `SELECT 1 FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = $1 AND c.relname = $2 AND NOT i.indisvalid`,
    [left.schema, left.index],
  );
  if (invalid.length > 0) await session.query(dropIndex(left.schema, left.index, true));
}

/** Adds the statement's purpose to what the server says. */
async function named(statement: Statement, session: Session): Promise<void> {
  try {
    await session.query(statement.sql);
  } catch (error) {
    if (error instanceof Error) error.message = `${error.message} (${statement.comment})`;
    throw error;
  }
}

async function retry(
  execution: Execution,
  statements: readonly Statement[],
  attempt: (n: number) => Promise<void>,
): Promise<Wait | null> {
  const began = Date.now();
  for (let n = 1; ; n++) {
    try {
      await attempt(n);
      const comment = statements[0]?.comment ?? "drop it";
      return n === 1 ? null : { comment, tries: n, milliseconds: Date.now() - began };
    } catch (error) {
      if (execution.database.stopped) {
        throw new ProviderError("PG460", "stopped before it was done", "run the same command again to complete it");
      }
      if (!isRetryable(error)) throw error;
      if (n >= tries) throw await givenUp(error, statements, n, Date.now() - began, execution.session);
      // Appends queue behind a waiting ALTER: they get time to pass before the next try.
      await new Promise((resolve) => setTimeout(resolve, Math.min(200 * n, 2_000) * (0.5 + Math.random())));
    }
  }
}

/** Says how often it was tried, and who stands in the way now. */
async function givenUp(
  error: unknown,
  statements: readonly Statement[],
  times: number,
  milliseconds: number,
  session: Session,
): Promise<unknown> {
  if (!(error instanceof Error)) return error;
  const tables = statements.flatMap(({ table, alsoLocks }) => [...(table === null ? [] : [table]), ...alsoLocks]);
  const holders = await session
    .query<{ pid: number; state: string; since: string }>(
      `SELECT DISTINCT a.pid, a.state, to_char(a.xact_start, 'YYYY-MM-DD HH24:MI:SS TZ') AS since, a.xact_start
         FROM pg_locks l JOIN pg_stat_activity a USING (pid)
         JOIN pg_class c ON c.oid = l.relation JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE l.granted AND a.pid <> pg_backend_pid()
          AND (n.nspname, c.relname) IN (SELECT * FROM unnest($1::text[], $2::text[]))
        ORDER BY a.xact_start LIMIT 3`,
      [tables.map(({ schema }) => schema), tables.map(({ name }) => name)],
    )
    .catch(() => []);
  const who = holders.map(({ pid, state, since }) => `process ${pid}, ${state}, in a transaction since ${since}`);
  const held = who.length === 0 ? "" : `; now it is held by ${who.join(", and ")}`;
  error.message = `${error.message}, after ${times} tries in ${(milliseconds / 1000).toFixed(1)} seconds${held}`;
  return error;
}
