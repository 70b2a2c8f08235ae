import type { Duration } from "./duration";
import type { InputOf, OutputOf, Schema } from "./schema";
import type { StorePartitioning } from "./store-partitioning";

/* eslint-disable @typescript-eslint/no-explicit-any --
   names and payloads are inferred through mapped types; `any` marks places where a payload's type is carried, not read */

// ---- retries

/** How long to wait before each re-delivery. */
export interface Backoff {
  readonly kind: "exponential" | "fixed";
  /** The wait before the first re-delivery: 1 millisecond to 49 days. */
  readonly base: Duration;
  /**
   * What each wait is multiplied by to give the next: 1 to 10.
   * @default 2
   */
  readonly factor?: number;
  /**
   * No wait is longer than this: at most 49 days (RabbitMQ's TTL is below 2^32 ms through its Terraform provider).
   * @default "10 minutes"
   */
  readonly max?: Duration;
}

/** What {@link exponential} takes. */
export interface ExponentialOptions {
  /** The wait before the first re-delivery. */
  readonly base: Duration;
  /**
   * What each wait is multiplied by to give the next: 1 to 10.
   * @default 2
   */
  readonly factor?: number;
  /** No wait is longer than this. */
  readonly max: Duration;
}

/** Waits that grow: `exponential({ base: "1 second", factor: 2, max: "10 minutes" })` gives 1 s, 2 s, 4 s and so on. */
export function exponential(options: ExponentialOptions): Backoff {
  return { kind: "exponential", ...options };
}

/** The same wait each time. */
export function fixed(base: Duration): Backoff {
  return { kind: "fixed", base };
}

/** How often and when a failed message comes again, and where it goes in the end. */
export interface Retry {
  /**
   * Re-deliveries after the first delivery: 0 to 50. After the last one the message is parked.
   * @default 3
   */
  readonly maxRetries?: number;
  /**
   * How long to wait before each re-delivery.
   * @default exponential({ base: "1 second", factor: 2, max: "10 minutes" })
   */
  readonly backoff?: Backoff;
  /**
   * How long a message that has failed for good is kept, in its parking queue or dead letter topic. Then it is gone.
   * @default { retention: "14 days" }
   */
  readonly park?: { readonly retention: Duration };
}

/**
 * The names that a thing had before: one, or several, the oldest first. What is on a server is never renamed: its physical name
 * comes from the oldest name for ever. A name goes back to where it came from by standing first: `["Paid", "Settled"]` on `Paid`.
 */
export type RenamedFrom = string | readonly string[];

// ---- events and their versions

interface Next { 1: 2; 2: 3; 3: 4; 4: 5; 5: 6; 6: 7; 7: 8; 8: 9; 9: 10; 10: 11; 11: 12; 12: 13; 13: 14; 14: 15; 15: 16; 16: 17; 17: 18; 18: 19; 19: 20 } // prettier-ignore
interface Prev { 2: 1; 3: 2; 4: 3; 5: 4; 6: 5; 7: 6; 8: 7; 9: 8; 10: 9; 11: 10; 12: 11; 13: 12; 14: 13; 15: 14; 16: 15; 17: 16; 18: 17; 19: 18; 20: 19 } // prettier-ignore
type NextOf<N> = N extends keyof Next ? Next[N] : never;
/** The highest version number of a record of payloads by version. */
export type LatestOf<P> = { [N in keyof P]: NextOf<N> extends keyof P ? never : N }[keyof P];
type Older<V> = { [N in keyof V]: NextOf<N> extends keyof V ? N : never }[keyof V];
interface VersionsGoUpFrom1WithoutGaps {
  readonly "versions go 1, 2, 3 and so on without gaps": never;
}
type Misnumbered<V> = {
  [N in keyof V]: N extends 1 ? never : N extends keyof Prev ? (Prev[N] extends keyof V ? never : N) : N;
}[keyof V];
interface Misnumbering<V> {
  readonly versions: { readonly [N in Misnumbered<V>]: VersionsGoUpFrom1WithoutGaps };
}

/** What {@link event} takes. */
export interface EventInput<V> {
  /** Schemas by version: 1, 2, 3 and so on. A published version never changes; add the next one. */
  readonly versions: V;
  /**
   * What the event says, in a sentence.
   * @default - none
   */
  readonly description?: string;
  /**
   * Partitions of the event's topic: 1 to 10000. They only grow, and growing them sends keys to other partitions.
   * @default - the domain's `kafka.partitions`
   */
  readonly partitions?: number;
  /**
   * How long the event's topic keeps a message, unless a consumer `needs` longer.
   * @default - the domain's `kafka.retention`
   */
  readonly retention?: Duration;
  /**
   * An index of its own in `event_store`, so that a reader of this event alone finds it among all others: for an event that is
   * rare and read by itself. It costs about 100 bytes of write-ahead log for each such event, and nothing for others.
   * @default false
   */
  readonly indexed?: boolean;
  /**
   * What it was called before, the oldest name first. Its topic, its routing key and the type that it is stored under stay what the
   * oldest name made them, and its versions go on; names in code and in the engine's state move.
   * @default - it was always called so
   */
  readonly renamedFrom?: RenamedFrom;
  /**
   * Which generation of the event's topic this is: 1 to 999. The next one is a topic of its own beside the old one
   * (`orders.paid.v2`), with any number of partitions; environments go over to it step by step (docs/generations.md).
   * @default 1
   */
  readonly generation?: number;
}

/** For each version but the latest: what turns its payload into the next version's. */
export interface UpcastNeeded<V> {
  readonly upcast: { readonly [N in Older<V>]: (payload: OutputOf<V[N]>) => InputOf<V[NextOf<N> & keyof V]> };
}

/** An event, as {@link event} gives it. `P`: payload types by version; no schema library's types appear in a domain's type. */
export interface EventDef<P> {
  readonly kind: "event";
  readonly versions: { readonly [N in keyof P]: Schema<any, P[N]> };
  readonly upcast: Readonly<Record<number, (payload: any) => any>>;
}

/**
 * Declares an event: `event({ versions: { 1: v1, 2: v2 }, upcast: { 1: (e) => ({ ...e, currency: "EUR" }) } })`.
 *
 * @param input - its schemas by version, and a function from each version to the next
 */
export function event<V extends { readonly [N in number]: Schema }>(
  input: EventInput<V> &
    ([Older<V>] extends [never] ? unknown : UpcastNeeded<V>) &
    ([Misnumbered<V>] extends [never] ? unknown : Misnumbering<V>),
): EventDef<{ -readonly [N in keyof V]: OutputOf<V[N]> }> {
  return { kind: "event", upcast: {}, ...(input as any) };
}

// ---- commands

/** What {@link command} takes. */
export interface CommandInput<S, R> {
  /** The service that handles it: one for each command. */
  readonly handledBy: string;
  /** The payload. */
  readonly schema: S;
  /**
   * What the handler may answer. A saga step waits for one of them.
   * @default []
   */
  readonly replies?: readonly R[];
  /**
   * What it was called before, the oldest name first. Its routing key and the type of its messages stay what the oldest name made
   * them; names in code and in the engine's state move.
   * @default - it was always called so
   */
  readonly renamedFrom?: RenamedFrom;
}

/** A command, as {@link command} gives it. */
export interface CommandDef<S> {
  readonly kind: "command";
  readonly schema: Schema<any, S extends { payload: infer P } ? P : any>;
  readonly handledBy: string;
  readonly replies: readonly string[];
  /**
   * Types only.
   * @default - never there at run time
   */
  readonly "~sig"?: S;
}

/**
 * Declares a command: `command({ handledBy: "inventory", schema, replies: ["InventoryReserved", "InventoryRejected"] })`.
 *
 * @param input - who handles it, its payload, and what may be answered
 */
// R has no default on purpose: with one, a misspelt property is reported at `replies` ("not assignable to never")
export function command<S extends Schema, R extends string>(
  input: CommandInput<S, R>,
): CommandDef<{ payload: OutputOf<S>; replies: string extends R ? never : R }> {
  return { kind: "command", replies: [], ...(input as any) };
}

// ---- aggregates, consumers, projections, sagas

type Latest<P> = P[LatestOf<P>];

/** Something that events happen to, with an identity: an order. */
export interface AggregateInput<E> {
  /** The payload property that identifies the aggregate; the latest version of every event has it. */
  readonly id: keyof { [N in keyof E]: Latest<E[N]> }[keyof E] & string;
  /**
   * A snapshot after each so many events: 2 to 100000.
   * @default - no snapshots
   */
  readonly snapshotEvery?: number;
  /** The aggregate's events by name. A name is unique in the whole domain. */
  readonly events: { readonly [N in keyof E]: EventDef<E[N]> };
  /**
   * What it was called before, the oldest name first. The type that it is stored under stays what the oldest name made it, and so
   * do its events' topics, whose names may leave out the aggregate's.
   * @default - it was always called so
   */
  readonly renamedFrom?: RenamedFrom;
}

/**
 * What RabbitMQ fixes when a queue is declared. Everything else is in the queue's policy, which can change at any time; these
 * change with a new `generation` only.
 */
export interface QueueInput {
  /**
   * One consumer at a time gets messages, and another one goes on when it is gone: order over several instances of a service
   * (RabbitMQ: x-single-active-consumer).
   * @default false
   */
  readonly singleActiveConsumer?: boolean;
  /**
   * On how many nodes the queue is when it is declared: 1 to 99; on all of a smaller cluster (RabbitMQ:
   * x-quorum-initial-group-size).
   * @default - RabbitMQ's own: 3
   */
  readonly initialGroupSize?: number;
}

/** A queue that can have a successor. */
export interface QueueOwnerInput {
  /**
   * What is fixed when the queue is declared. RabbitMQ only.
   * @default {}
   */
  readonly queue?: QueueInput;
  /**
   * Which generation of the queue this is: 1 to 999. The next one is a queue of its own beside the old one
   * (`orders.billing.v2`); environments go over to it step by step (docs/generations.md). RabbitMQ only.
   * @default 1
   */
  readonly generation?: number;
}

/** Someone outside of the domain's own code who receives its events. */
export interface ConsumerInput<Ev> extends QueueOwnerInput {
  /** The events it receives. */
  readonly on: readonly Ev[];
  /**
   * By which broker: a consumer group on the events' topics, or a queue bound to the domain's event exchange.
   * @default "kafka"
   */
  readonly via?: "kafka" | "rabbitmq";
  /**
   * How far back it must be able to read, say `"30 days"`: the events' topics keep messages at least so long. Kafka only.
   * @default - what the events' topics keep anyway
   */
  readonly needs?: Duration;
  /**
   * How often and when a failed message comes again.
   * @default - the domain's `retry`, property by property
   */
  readonly retry?: Retry;
  /**
   * What it was called before, the oldest name first. Its queues, policies, consumer group, retry and dead letter topics and its
   * entries in the inbox stay under what the oldest name made them; names in code and in the engine's state move.
   * @default - it was always called so
   */
  readonly renamedFrom?: RenamedFrom;
}

export const COLUMN_TYPES = ["text", "uuid", "integer", "bigint", "numeric", "date", "timestamptz", "jsonb", "boolean"] as const; // prettier-ignore
/** The types that a read table's column may have. */
export type ColumnType = (typeof COLUMN_TYPES)[number];

/** A column of a read table. */
export interface ColumnInput<T> {
  readonly type: T extends ColumnType ? T : ColumnType;
  /**
   * Whether it may be NULL.
   * @default false
   */
  readonly nullable?: boolean;
  /**
   * An SQL expression for rows that do not say: `"0"`, `"now()"`. A column that is added later and not nullable needs one.
   * @default - none
   */
  readonly default?: string;
}

/** An index of a read table. */
export interface ProjectionIndexInput<Cols> {
  /** Key columns in order. */
  readonly columns: readonly (keyof Cols & string)[];
  /**
   * Whether no two rows may agree in all of them.
   * @default false
   */
  readonly unique?: boolean;
}

/** A read table. */
export interface ProjectionTableInput<Cols> {
  readonly columns: { readonly [X in keyof Cols]: ColumnInput<Cols[X]> };
  /**
   * The primary key's columns.
   * @default - the first column
   */
  readonly key?: readonly (keyof Cols & string)[];
  /**
   * Indexes besides the primary key.
   * @default []
   */
  readonly indexes?: readonly ProjectionIndexInput<Cols>[];
  /**
   * What happens when the table leaves the stack: `"refuse"` stops the plan, `"forget"` leaves the table on the server,
   * `"drop-if-empty"` drops it when it has no rows.
   * @default "refuse"
   */
  readonly removal?: "refuse" | "forget" | "drop-if-empty";
}

/** A read table and the events that it is made of. */
export interface ProjectionInput<Ev, Cols> {
  /** The events that it is made of. */
  readonly from: readonly Ev[];
  /** Its read table, in the store's schema; the table is named after the projection. */
  readonly table: ProjectionTableInput<Cols>;
  /**
   * What it was called before, the oldest name first. Its table with all rows and its checkpoint stay under what the oldest name
   * made them; names in code and in the engine's state move.
   * @default - it was always called so
   */
  readonly renamedFrom?: RenamedFrom;
}

/** (a message, not a type to use) */
interface ThisCommandDeclaresNoReplies {
  readonly "declare them: command({ replies: [...] })": never;
}
type RepliesOf<C, N> = N extends keyof C
  ? C[N] extends { replies: infer R }
    ? [R] extends [never]
      ? ThisCommandDeclaresNoReplies
      : R
    : never
  : string;

/** One step of a saga: a command, and what its replies lead to. */
export interface StepInput<C, N> {
  /** The command that is sent. */
  readonly command: N extends keyof C ? N : keyof C;
  /** The reply that goes on to the next step. */
  readonly success: RepliesOf<C, N>;
  /**
   * The reply that starts the compensations.
   * @default - only a timeout starts them
   */
  readonly failure?: RepliesOf<C, N>;
  /** The command that undoes this step; "none" where nothing needs undoing, say the last step. */
  readonly compensate: (keyof C & string) | "none";
  /**
   * How long to wait for a reply before compensating: 1 second to 365 days.
   * @default - for ever
   */
  readonly timeout?: Duration;
}

/** A process over several services that is undone step by step when one of them fails. */
export interface SagaInput<Ev, C, T> extends QueueOwnerInput {
  /** The event that starts one. */
  readonly startedBy: Ev;
  /** Its steps in order. Compensations run in reverse order. */
  readonly steps: { readonly [I in keyof T]: StepInput<C, T[I]> };
  /**
   * How often and when a reply that could not be handled comes again.
   * @default - the domain's `retry`, property by property
   */
  readonly retry?: Retry;
  /**
   * What it was called before, the oldest name first. Its queues, the type of its instances, their ids and its checkpoint stay what
   * the oldest name made them, so that those that run go on; names in code and in the engine's state move.
   * @default - it was always called so
   */
  readonly renamedFrom?: RenamedFrom;
}

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

/** What holds for all event topics. */
export interface KafkaInput {
  /**
   * Partitions of each event's topic: 1 to 10000. They only grow, and growing them sends keys to other partitions: start high.
   * @default 12
   */
  readonly partitions?: number;
  /**
   * How long topics keep messages: 1 minute to 10 years.
   * @default "7 days"
   */
  readonly retention?: Duration;
}

/** What {@link defineDomain} takes. */
export interface DomainInput<A, C, K extends string, J, G> {
  /**
   * The Postgres event store; `"none"` for channels alone.
   * @default { format: 1 }
   */
  readonly store?: StoreInput | "none";
  /**
   * The brokers that the domain uses.
   * @default ["kafka", "rabbitmq"]
   */
  readonly brokers?: readonly ("kafka" | "rabbitmq")[];
  /**
   * What holds for all topics.
   * @default { partitions: 12, retention: "7 days" }
   */
  readonly kafka?: KafkaInput;
  /** What events happen to, by name. */
  readonly aggregates: { readonly [X in keyof A]: AggregateInput<A[X]> };
  /**
   * What services may be asked to do, by name.
   * @default {}
   */
  readonly commands?: { readonly [X in keyof C]: CommandDef<C[X]> };
  /**
   * The queues of the services that handle commands, by the service's name as `handledBy` has it.
   * @default {}
   */
  readonly handlers?: Readonly<Record<string, QueueOwnerInput>>;
  /**
   * Who receives events by a broker, by name.
   * @default {}
   */
  readonly consumers?: { readonly [X in K]: ConsumerInput<{ [X in keyof A]: keyof A[X] & string }[keyof A]> };
  /**
   * Read tables made of events, by name.
   * @default {}
   */
  readonly projections?: {
    readonly [X in keyof J]: ProjectionInput<{ [X in keyof A]: keyof A[X] & string }[keyof A], J[X]>;
  };
  /**
   * Processes over several services, by name.
   * @default {}
   */
  readonly sagas?: {
    readonly [X in keyof G]: SagaInput<{ [X in keyof A]: keyof A[X] & string }[keyof A], C, G[X]>;
  };
  /**
   * How often and when a failed message comes again, for all consumers, command handlers and sagas.
   * @default { maxRetries: 3, backoff: exponential({ base: "1 second", factor: 2, max: "10 minutes" }), park: { retention: "14 days" } }
   */
  readonly retry?: Retry;
  /**
   * What has left the declaration on purpose. It stays on the servers, and its name stays reserved.
   * @default {}
   */
  readonly retired?: RetiredInput;
  /**
   * Risks that you take, each for exactly one change.
   * @default []
   */
  readonly accept?: readonly AcceptanceInput[];
}

/** Why something has left the declaration. */
export interface RetiredReason {
  /** In a sentence, for those who read it later. */
  readonly reason: string;
}

/** What has left the declaration on purpose, by name. */
export interface RetiredInput {
  /**
   * Events that are not published any more.
   * @default {}
   */
  readonly events?: Readonly<Record<string, RetiredReason>>;
  /**
   * Commands that are not sent any more.
   * @default {}
   */
  readonly commands?: Readonly<Record<string, RetiredReason>>;
  /**
   * Consumers that do not listen any more.
   * @default {}
   */
  readonly consumers?: Readonly<Record<string, RetiredReason>>;
  /**
   * Projections that are not written any more.
   * @default {}
   */
  readonly projections?: Readonly<Record<string, RetiredReason>>;
  /**
   * Sagas of which none is started any more.
   * @default {}
   */
  readonly sagas?: Readonly<Record<string, RetiredReason>>;
  /**
   * Services that do not handle commands any more.
   * @default {}
   */
  readonly handlers?: Readonly<Record<string, RetiredReason>>;
}

/** A risk that you take. */
export interface AcceptanceInput {
  /** The change as the diff names it, with its values: `"topic/OrderPaid partitions 12 -> 24"`. */
  readonly change: string;
  /** Why it may be done, in a sentence. */
  readonly reason: string;
}

// ---- what defineDomain gives

/** Type-level names of events, by aggregate. */
export type EventNames<A> = { [X in keyof A]: keyof A[X] & string }[keyof A];
export type PayloadsOf<A, N> = { [X in keyof A]: N extends keyof A[X] ? A[X][N] : never }[keyof A];

/** An event of a domain: its name and its latest version. */
export interface EventHandle<N, P> {
  readonly name: N;
  readonly latest: LatestOf<P>;
}

/** Types only: what {@link EventOf} and {@link CommandOf} read. */
export interface Model<A, C, J> {
  readonly events: A;
  readonly commands: C;
  readonly tables: J;
}

/** Any domain, whatever it declares. */
export interface AnyDomain {
  readonly name: string;
  readonly "~types": Model<any, any, any>;
}
type Events<D extends AnyDomain> = D["~types"]["events"];
/** The names of a domain's events. */
export type EventNameOf<D extends AnyDomain> = { [X in keyof Events<D>]: keyof Events<D>[X] & string }[keyof Events<D>];

/** An event's latest payload; with a version, that one's: `EventOf<typeof orders, "OrderCreated", 1>`. */
export type EventOf<
  D extends AnyDomain,
  N extends { [X in keyof Events<D>]: keyof Events<D>[X] & string }[keyof Events<D>],
  V extends keyof PayloadsOf<Events<D>, N> = LatestOf<PayloadsOf<Events<D>, N>>,
> = PayloadsOf<Events<D>, N>[V];

/** A command's payload. */
export type CommandOf<
  D extends AnyDomain,
  N extends keyof D["~types"]["commands"],
> = D["~types"]["commands"][N]["payload"];
