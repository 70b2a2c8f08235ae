import type { AcceptanceInput } from "./acceptance-input";
import type { Duration } from "./duration";
import type { ProjectionInput } from "./projection-input";
import type { RenamedFrom } from "./renamed-from";
import type { RetiredInput } from "./retired-input";
import type { Retry } from "./retry";
import type { InputOf, OutputOf, Schema } from "./schema";
import type { StoreInput } from "./store-input";

/* eslint-disable @typescript-eslint/no-explicit-any --
   names and payloads are inferred through mapped types; `any` marks places where a payload's type is carried, not read */

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
