import type { Pool } from "pg";
import type { WrittenEvent } from "./event-message";
import type { Lifetime } from "./lifetime";
import { type Database, type EventRow, schema, transaction, writtenEvent } from "./store";

const PAGE = 200;
const PAUSE_MS = 40;

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

const SHARD = 0;
const GENERATION = 1;

/** Another instance has moved the checkpoint meanwhile. */
class CheckpointMoved extends Error {}

/** The checkpoint of a reader, made when it reads for the first time. */
export async function checkpointOf(database: Database, processor: string): Promise<Place> {
  await database.query(
    `INSERT INTO ${schema}.checkpoints (processor, shard, generation) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
    [processor, SHARD, GENERATION],
  );
  const { rows } = await database.query<{ epoch: number; transaction_id: string; global_position: string }>(
    `SELECT epoch, transaction_id, global_position FROM ${schema}.checkpoints
      WHERE processor = $1 AND shard = $2 AND generation = $3`,
    [processor, SHARD, GENERATION],
  );
  const [row] = rows;
  if (!row) throw new Error(`the checkpoint of ${processor} was deleted`);
  return { epoch: row.epoch, transactionId: row.transaction_id, position: row.global_position };
}

/**
 * @throws CheckpointMoved
 */
export async function moveCheckpoint(database: Database, processor: string, from: Place, to: Place): Promise<void> {
  const { rowCount } = await database.query(
    `UPDATE ${schema}.checkpoints SET epoch = $4, transaction_id = $5, global_position = $6, updated_at = now()
      WHERE processor = $1 AND shard = $2 AND generation = $3
        AND epoch = $7 AND transaction_id = $8 AND global_position = $9`,
    [
      processor,
      SHARD,
      GENERATION,
      to.epoch,
      to.transactionId,
      to.position,
      from.epoch,
      from.transactionId,
      from.position,
    ],
  );
  if (rowCount !== 1) throw new CheckpointMoved(`the checkpoint of ${processor} was moved by another instance`);
}

/** The next events after a place, in the order that never changes; null when there are none yet. */
export async function readPage(database: Database, after: Place): Promise<Page | null> {
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
 * Reads the feed from the reader's checkpoint on, until the service stops. `handle` and the checkpoint are one transaction: what
 * `handle` writes happens once for each event, whatever breaks in between.
 */
export function followFeed(
  life: Lifetime,
  pool: Pool,
  processor: string,
  handle: (database: Database, events: readonly WrittenEvent[]) => Promise<void>,
): void {
  let place: Place | null = null;
  life.poll(PAUSE_MS, async () => {
    place ??= await checkpointOf(pool, processor);
    const from = place;
    // outside the transaction: a transaction that has written holds back every reader of the feed
    const page = await readPage(pool, from);
    if (!page) return false;
    try {
      await transaction(pool, async (client) => {
        await handle(client, page.events);
        await moveCheckpoint(client, processor, from, page.next);
      });
      place = page.next;
    } catch (error) {
      if (!(error instanceof CheckpointMoved)) throw error;
      place = null;
    }
    return true;
  });
}
