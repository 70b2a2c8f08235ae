import type { Statement } from "../../postgres/plan";
import { formatId } from "../../postgres/import-id";
import { quoteName } from "../../postgres/quote";
import type { Session } from "./connection";
import { ProviderError } from "./server-error";

/** How long a batch is to take, in milliseconds: a writer of one of its rows waits for it. */
const BATCH_MS = 100;
/** Pages of the first batch, some thousand rows; the next ones are larger or smaller by what it took. */
const FIRST_PAGES = 32;
const MOST_PAGES = 8_192;
/** Passes in a row that find nothing but rows which others hold. */
const TRIES = 20;

/** Runs a batch, which commits by itself, again when it may well succeed the next time. */
export type Attempts = (attempt: () => Promise<void>) => Promise<unknown>;

/**
 * Runs a statement page by page of its table until no row is left for it. What it has done stays when it breaks off, and the next run
 * has less to do. How far it is stands in `pg_stat_activity`, as the session's `application_name`.
 *
 * @throws ProviderError (PG474) when others keep the rows that are left
 */
export async function fillInBatches(statement: Statement, session: Session, attempts: Attempts): Promise<void> {
  const { table, rest } = statement;
  if (table === null || rest === null) throw new Error(`${statement.comment}: not a statement in batches`);
  try {
    for (let idle = 0; ;) {
      const written = await onePass(statement, session, attempts);
      const [left] = await session.query<{ found: boolean }>(rest);
      if (left?.found !== true) return;
      // Held by others, or written since it was passed.
      idle = written > 0 ? 0 : idle + 1;
      if (idle >= TRIES) throw stillHeld(statement);
      await new Promise((resolve) => setTimeout(resolve, Math.min(100 * idle, 2_000)));
    }
  } finally {
    await show(session, "eventloom").catch(() => undefined);
  }
}

/** @returns how many rows it wrote */
async function onePass(statement: Statement, session: Session, attempts: Attempts): Promise<number> {
  const { schema, name } = statement.table!;
  const pages = await pagesOf(session, quoteName(schema, name));
  let written = 0;
  for (let [at, size] = [0, FIRST_PAGES]; at < pages;) {
    const to = Math.min(at + size, pages);
    const began = Date.now();
    await attempts(async () => {
      written += await session.change(statement.sql, [`(${at},0)`, `(${to},0)`]);
    });
    const took = Date.now() - began;
    at = to;
    size = took > BATCH_MS ? Math.max(1, size >> 1) : took < BATCH_MS / 2 ? Math.min(size * 2, MOST_PAGES) : size;
    await show(session, `eventloom: ${Math.floor((100 * to) / pages)} % of ${statement.comment}`);
  }
  return written;
}

/** What a pass adds to the table is none of its business: those are rows that have a value. */
async function pagesOf(session: Session, table: string): Promise<number> {
  const [row] = await session.query<{ pages: string }>(
    "SELECT pg_relation_size($1::regclass) / current_setting('block_size')::bigint AS pages",
    [table],
  );
  return Number(row?.pages ?? 0);
}

async function show(session: Session, text: string): Promise<void> {
  await session.query("SELECT set_config('application_name', $1, false)", [text]);
}

function stillHeld({ comment, table }: Statement): ProviderError {
  const place = formatId(table!.schema, table!.name);
  return new ProviderError(
    "PG474",
    `${comment}: the last rows of ${place} are held by others`,
    "each was passed over whenever it was their turn; end the transactions that hold them (pg_stat_activity says which), and run the same command again: it goes on where it was",
  );
}
