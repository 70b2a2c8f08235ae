import type { Duration } from "./duration";
import type { StorePartitioning } from "./store-partitioning";

/** The Postgres event store. */
export interface StoreInput {
  /** The layout of the event store's tables. A newer library never alters tables of a format that is already there. */
  readonly format: 1;
  /**
   * The leaves of `event_store`: `hash(n)`, `none()`, `list(tenants)` or `range({ … })`. Final: each of them says what it can't do. Up to 16
   * leaves are cheap to read as a whole on Postgres 17 and older (16 fast-path lock slots).
   * @default hash(8)
   */
  readonly partitioning?: StorePartitioning;
  /**
   * How long the inbox remembers.
   * @default { retain: "30 days" }
   */
  readonly inbox?: InboxInput;
  /**
   * Whether the store brings group roles for those who use it: `<schema>_writer`, `_reader`, `_projector` and `_relay`, without a
   * login, each with what its work needs. Who deploys then needs CREATEROLE, or roles that are there already.
   * @default true
   */
  readonly roles?: boolean;
}

/** What consumers have handled already. */
export interface InboxInput {
  /**
   * How long a message's id is kept after the message was handled, as `eventloom maintain` and `maintain()` go by it: 1 day to 10 years. A
   * message that comes again later is handled again: keep ids for longer than topics and parking queues keep messages.
   * @default "30 days"
   */
  readonly retain?: Duration;
}
