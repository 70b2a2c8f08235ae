import type { RollingProps } from "../postgres/partition-props";

/** How the rows of `event_store` are spread over leaves by a hash. */
export interface HashPartitioning {
  readonly strategy: "hash";
  readonly modulus: number;
}

/**
 * `event_store` in so many leaves, by the hash of the aggregate's id. Choose once: rows do not move to other leaves by
 * themselves.
 *
 * What it can't do: let go of old events or of a tenant by detaching a leaf, and change the number later.
 *
 * @param modulus - how many leaves: a power of 2 from 1 to 256
 */
export function hash(modulus: number): HashPartitioning {
  return { strategy: "hash", modulus };
}

/** `event_store` as one ordinary table. */
export interface NoPartitioning {
  readonly strategy: "none";
}

/**
 * `event_store` as one ordinary table: the least work for an append, and the feed is read from one index. For stores that stay small enough
 * for one vacuum.
 *
 * What it can't do: keep a vacuum, an index build or a freeze to a part of the events, let go of old events or of a tenant, and become
 * partitioned later.
 */
export function none(): NoPartitioning {
  return { strategy: "none" };
}

/** `event_store` in a leaf for each tenant that is listed, and one for all others. */
export interface ListPartitioning {
  readonly strategy: "list";
  readonly tenants: readonly string[];
  /**
   * Why the leaf of a tenant is no longer part of the store, by tenant.
   * @default {}
   */
  readonly detached?: Readonly<Record<string, string>>;
}

/**
 * `event_store` in a leaf for each tenant, and one for all tenants that are not listed. Events have a column `tenant`, which the functions take
 * first: `append_events(tenant, id, …)`, `read_aggregate(tenant, id, …)`. One aggregate's id may be in use by two tenants, and means two
 * aggregates.
 *
 * What it can't do: list a tenant that has events already (they are in the default leaf, and events don't move), and keep two tenants
 * apart where a message carries an aggregate's id alone, as keys of topics, correlation keys of sagas, the inbox and the outbox do: give
 * ids that no two tenants share wherever these are used. It keeps nobody from reading another tenant's events.
 *
 * @param tenants - those with a leaf of their own, 1 to 500; list a tenant before its first event
 * @param detached - tenants whose leaf is taken off and kept as a table of its own, with the reason: their events are in no feed any more
 */
export function list(tenants: readonly string[], detached: Readonly<Record<string, string>> = {}): ListPartitioning {
  return { strategy: "list", tenants, detached };
}

/** `event_store` in leaves of time. */
export interface RangePartitioning {
  readonly strategy: "range";
  /**
   * How long a leaf is, in UTC.
   * @default "month"
   */
  readonly interval?: "day" | "week" | "month";
  /**
   * How many leaves are made ahead of the one of now, 1 to 1000.
   * @default 3
   */
  readonly ahead?: number;
  /**
   * How long a leaf stays after its end; then `eventloom maintain` detaches it, if every reader of the feed has read it. Nothing drops it.
   * @default - for ever
   */
  readonly retain?: RollingProps["retain"];
}

/**
 * `event_store` in leaves of time, by when an event's transaction began: for a store that has to let go of old events. Leaves are made ahead by
 * deploys, `eventloom maintain` and `maintain()`; what comes when nobody has made one goes to a default leaf.
 *
 * What it can't do:
 * - a unique key of (aggregate, version) over all leaves, since Postgres wants the time in it. `append_events` gives each version once, under
 *   the aggregate's lock; rows that are inserted past it are not caught.
 * - append at REPEATABLE READ or SERIALIZABLE (0A000): nothing would catch a snapshot from before the lock.
 * - read an aggregate from one leaf: reading and appending look into every leaf, so keep them few (16 or less on Postgres 17 and older).
 * - remember an aggregate all of whose events are past `retain`: it is a new one then, and begins with version 1. One of which a part is past
 *   is read from its first event that is left: keep a snapshot. Retain for longer than any aggregate lives.
 */
export function range(options: Omit<RangePartitioning, "strategy"> = {}): RangePartitioning {
  return { strategy: "range", ...options };
}

/** How the rows of `event_store` are spread. */
export type StorePartitioning = HashPartitioning | NoPartitioning | ListPartitioning | RangePartitioning;
