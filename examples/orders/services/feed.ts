import { randomUUID } from "node:crypto";
import type { Pool } from "pg";
import type { WrittenEvent } from "./event-message";
import type { Lifetime } from "./lifetime";
import { type Database, type EventRow, schema, transaction, writtenEvent } from "./store";

const PAGE = 200;
const PAUSE_MS = 40;
const HELD_PAUSE_MS = 1_000;

/** A place in the feed: everything up to it was handled. */
export interface Place {
  readonly epoch: number;
  /** xid8 and bigint are beyond a number's precision. */
  readonly transactionId: string;
  readonly position: string;
}

export interface Page {
  readonly events: readonly WrittenEvent[];
  readonly next: Place;
}

/** Who moves a checkpoint. */
export interface Reader {
  readonly processor: string;
  /** No two that may run at the same time have the same one. */
  readonly owner: string;
}

/** The checkpoint's shard and generation, here and in the store's functions. */
const WHICH = "$1, 0::smallint, 1";
const LEASE_MS = 5_000;
const LEASE = `${LEASE_MS} milliseconds`;

/** SQLSTATEs of the store: another owner has the checkpoint; it was moved, or was claimed, meanwhile. */
const HELD = "ES030";
const LOST: ReadonlySet<string | undefined> = new Set(["ES031", "ES032"]);

const codeOf = (error: unknown): string | undefined => (error as { code?: string }).code;

/** Where a reader has come to, for itself alone as long as it goes on claiming; null while another one has it. */
async function claimCheckpoint(database: Database, { processor, owner }: Reader): Promise<Place | null> {
  try {
    const { rows } = await database.query<{ epoch: number; transaction_id: string; global_position: string }>(
      `SELECT * FROM ${schema}.claim_checkpoint(${WHICH}, $2, $3)`,
      [processor, owner, LEASE],
    );
    const [row] = rows;
    return row ? { epoch: row.epoch, transactionId: row.transaction_id, position: row.global_position } : null;
  } catch (error) {
    if (codeOf(error) === HELD) return null;
    throw error;
  }
}

async function moveCheckpoint(database: Database, { processor, owner }: Reader, from: Place, to: Place): Promise<void> {
  await database.query(`SELECT ${schema}.move_checkpoint(${WHICH}, $2, $3, $4, $5, $6, $7, $8, $9)`, [
    processor,
    owner,
    ...[from.epoch, from.transactionId, from.position],
    ...[to.epoch, to.transactionId, to.position],
    LEASE,
  ]);
}

async function releaseCheckpoint(database: Database, { processor, owner }: Reader): Promise<void> {
  await database.query(`SELECT ${schema}.release_checkpoint(${WHICH}, $2)`, [processor, owner]);
}

/** The next events after a place, in the order that never changes; null when there are none yet. */
async function readPage(database: Database, after: Place): Promise<Page | null> {
  const page = await readEpoch(database, after);
  if (page) return page;
  const { rows } = await database.query<{ epoch: number }>(`SELECT ${schema}.current_epoch() AS epoch`);
  if (after.epoch >= (rows[0]?.epoch ?? 0)) return null;
  // the epoch is over: what it still gives now is all that it will ever give
  return (
    (await readEpoch(database, after)) ?? {
      events: [],
      next: { epoch: after.epoch + 1, transactionId: "0", position: "0" },
    }
  );
}

async function readEpoch(database: Database, after: Place): Promise<Page | null> {
  const { rows } = await database.query<EventRow>(`SELECT * FROM ${schema}.read_events($1, $2, $3, $4)`, [
    after.epoch,
    after.transactionId,
    after.position,
    PAGE,
  ]);
  const last = rows.at(-1);
  if (!last) return null;
  const next = { epoch: last.epoch, transactionId: last.transaction_id, position: last.global_position };
  return { events: rows.map(writtenEvent), next };
}

/**
 * Brings a reader page after page, from its checkpoint on, until the service stops. Of several instances one works and the others
 * wait. `take` moves the checkpoint when it has handled a page; what it has written in that transaction is rolled back with it.
 */
export function eachPage(
  life: Lifetime,
  pool: Pool,
  reader: Reader,
  take: (page: Page, move: (database: Database) => Promise<void>) => Promise<void>,
): void {
  let place: Place | null = null;
  let renewAt = 0;
  life.onStop(() => releaseCheckpoint(pool, reader));
  life.poll(PAUSE_MS, async () => {
    if (place === null || Date.now() >= renewAt) {
      renewAt = Date.now() + LEASE_MS / 2;
      place = await claimCheckpoint(pool, reader);
    }
    if (place === null) await life.sleep(HELD_PAUSE_MS);
    if (place === null) return false;
    const from = place;
    // outside the transaction: a transaction that has written holds back every reader of the feed
    const page = await readPage(pool, from);
    if (!page) return false;
    try {
      await take(page, (database) => moveCheckpoint(database, reader, from, page.next));
      place = page.next;
    } catch (error) {
      if (!LOST.has(codeOf(error))) throw error;
      place = null;
    }
    return true;
  });
}

/**
 * Reads the feed for one that writes to the store's database: `handle` and the checkpoint are one transaction, so what it writes
 * happens once for each event, whatever breaks in between.
 */
export function followFeed(
  life: Lifetime,
  pool: Pool,
  processor: string,
  handle: (database: Database, events: readonly WrittenEvent[]) => Promise<void>,
): void {
  eachPage(life, pool, { processor, owner: randomUUID() }, (page, move) =>
    transaction(pool, async (client) => {
      await handle(client, page.events);
      await move(client);
    }),
  );
}
