import { type ClientBase, Pool, type QueryResultRow } from "pg";
import { at, type EventName, eventOfType, type Orders, type Payload } from "./addresses";
import { type Connections, reached } from "./connections";
import type { WrittenEvent } from "./event-message";
import type { Lifetime } from "./lifetime";
import type { EventOf } from "eventloom";
import { orders } from "../domain";

const POOL_SIZE = 5;
/** Each repetition starts with a later transaction id, so that a few are always enough. */
const REPETITIONS = 10;
const SERIALIZATION_FAILURE = "40001";
const DEADLOCK = "40P01";
/** A saga that the transaction has decided on has moved on meanwhile. */
const SAGA_MOVED_ON = "ES042";

export type Database = Pick<ClientBase, "query">;

/** The store's schema, quoted. */
export const schema = quoted(at.store?.schema ?? "");

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export async function openPool(life: Lifetime, { postgres }: Connections): Promise<Pool> {
  const { username: user, ...rest } = postgres;
  const pool = new Pool({ ...rest, user, max: POOL_SIZE });
  // an idle connection that breaks is replaced; a query on a broken one fails by itself
  pool.on("error", () => undefined);
  life.onStop(() => pool.end());
  await reached(`Postgres at ${rest.host}:${rest.port}`, pool.query(`SELECT ${schema}.check_identity()`));
  return pool;
}

/** Runs the work in one transaction, and anew when Postgres asks for a repetition. */
export async function transaction<T>(pool: Pool, work: (client: Database) => Promise<T>): Promise<T> {
  for (let left = REPETITIONS; ; left--) {
    const client = await pool.connect();
    let broken: Error | undefined;
    try {
      await client.query("BEGIN");
      const result = await work(client);
      await client.query("COMMIT");
      return result;
    } catch (error) {
      await client.query("ROLLBACK").catch((lost: Error) => (broken = lost));
      if (left <= 1 || !repeatable(error)) throw storeError(error);
    } finally {
      client.release(broken);
    }
  }
}

function repeatable(error: unknown): boolean {
  const { code } = error as { code?: string };
  return code === SERIALIZATION_FAILURE || code === DEADLOCK || code === SAGA_MOVED_ON;
}

/** Why an append was refused. */
export class AppendRefused extends Error {
  constructor(
    readonly reason: "wrong-version" | "archived" | "other-type" | "nothing-to-append" | "late-lock",
    message: string,
    /** With `wrong-version`: the version that the aggregate has. */
    readonly actualVersion: number | null,
  ) {
    super(message);
  }
}

/** The SQLSTATEs that the store's functions raise. */
const REASONS: Readonly<Record<string, AppendRefused["reason"]>> = {
  ES001: "wrong-version",
  ES002: "archived",
  ES003: "other-type",
  ES004: "late-lock",
  "22023": "nothing-to-append",
};

function storeError(error: unknown): unknown {
  const { code, detail, message } = error as { code?: string; detail?: string; message: string };
  const reason = REASONS[code ?? ""];
  return reason ? new AppendRefused(reason, message, detail === undefined ? null : Number(detail)) : error;
}

/** An event to append, as its latest version or as an older one that writers may still know. */
export type NewEvent =
  | {
      [N in EventName]: {
        readonly id: string;
        readonly type: N;
        readonly schemaVersion?: Orders["events"][N]["latest"];
        readonly payload: Payload<N>;
      };
    }[EventName]
  | {
      readonly id: string;
      readonly type: "OrderCreated";
      readonly schemaVersion: 1;
      readonly payload: EventOf<Orders, "OrderCreated", 1>;
    };

/**
 * Appends to one aggregate. Appending the same ids again with the same expected version changes nothing.
 *
 * @param expectedVersion - null for any, 0 for a new aggregate
 * @returns the aggregate's version afterwards
 * @throws AppendRefused
 */
export async function append(
  database: Database,
  aggregateId: string,
  expectedVersion: number | null,
  events: readonly NewEvent[],
): Promise<number> {
  const [first] = events;
  const { rows } = await database
    .query<{ last_version: string }>(
      `SELECT last_version FROM ${schema}.append_events($1, $2, $3, $4, $5, $6, $7::jsonb[], $8::jsonb[])`,
      [
        aggregateId,
        first && at.events[first.type].aggregateType,
        expectedVersion,
        events.map((each) => each.id),
        events.map((each) => at.events[each.type].type),
        events.map((each) => each.schemaVersion ?? orders.events[each.type].latest),
        events.map((each) => JSON.stringify(each.payload)),
        events.map(() => "{}"),
      ],
    )
    .catch((error: unknown) => {
      throw storeError(error);
    });
  return Number(rows[0]?.last_version);
}

/** The events of one aggregate in order. */
export async function readAggregate(database: Database, aggregateId: string): Promise<WrittenEvent[]> {
  const { rows } = await database.query<EventRow>(`SELECT * FROM ${schema}.read_aggregate($1, 0, 1000)`, [aggregateId]);
  return rows.map(writtenEvent);
}

/** Takes the aggregate's lock before the transaction writes anything: an append at its end is then never sent back. */
export async function lockAggregate(database: Database, aggregateId: string): Promise<void> {
  await database.query(`SELECT ${schema}.lock_aggregates($1)`, [[aggregateId]]);
}

export interface EventRow extends QueryResultRow {
  readonly epoch: number;
  readonly transaction_id: string;
  readonly global_position: string;
  readonly event_id: string;
  readonly event_type: string;
  readonly aggregate_id: string;
  readonly version: string;
  readonly schema_version: number;
  readonly occurred_at: Date;
  readonly data: unknown;
}

/**
 * @throws Error for an event that the declaration does not know
 */
export function writtenEvent(row: EventRow): WrittenEvent {
  const type = eventOfType(row.event_type);
  if (type === undefined) throw new Error(`the domain ${orders.name} has no event ${row.event_type}`);
  return {
    id: row.event_id,
    type,
    aggregateId: row.aggregate_id,
    aggregateVersion: Number(row.version),
    schemaVersion: row.schema_version,
    occurredAt: row.occurred_at.toISOString(),
    payload: row.data,
  };
}
