import type { Json } from "../contracts/json-schema";
import type { Removal, RollingModel } from "../postgres/model";
import type { HashPartitioning, ListPartitioning, NoPartitioning } from "./store-partitioning";
import type { ColumnType } from "./projection-input";

/**
 * A declaration that has been checked: every default filled in, every duration in milliseconds. Only `resolve` makes one, so
 * whoever holds one need not check again.
 */
export interface DomainDefinition {
  readonly name: string;
  readonly store: StoreDefinition | "none";
  readonly brokers: readonly Broker[];
  readonly aggregates: Readonly<Record<string, AggregateDefinition>>;
  readonly events: Readonly<Record<string, EventDefinition>>;
  readonly commands: Readonly<Record<string, CommandDefinition>>;
  /** By service: every one that handles a command. */
  readonly handlers: Readonly<Record<string, HandlerDefinition>>;
  readonly consumers: Readonly<Record<string, ConsumerDefinition>>;
  readonly projections: Readonly<Record<string, ProjectionDefinition>>;
  readonly sagas: Readonly<Record<string, SagaDefinition>>;
  readonly retry: RetryDefinition;
  readonly retired: readonly RetiredDefinition[];
  readonly acceptances: readonly AcceptanceDefinition[];
}

/** The Postgres event store. */
export interface StoreDefinition {
  readonly format: 1;
  readonly partitioning: StorePartitioningDefinition;
  /** How long the inbox keeps what was handled. */
  readonly inboxRetainMs: number;
  /** Whether the store brings its group roles. */
  readonly roles: boolean;
}

/** How the rows of `event_store` are spread. */
export type StorePartitioningDefinition =
  | HashPartitioning
  | NoPartitioning
  | Required<ListPartitioning>
  | { readonly strategy: "range"; readonly rolling: RollingModel };

/** Kinds of things that can leave a declaration, with the section in which they are retired. */
export const RETIRED_SECTIONS = {
  events: "event",
  commands: "command",
  consumers: "consumer",
  projections: "projection",
  sagas: "saga",
  handlers: "handler",
} as const;

/** Kinds of things that a declaration names. */
export type DeclaredKind = (typeof RETIRED_SECTIONS)[keyof typeof RETIRED_SECTIONS];

/** Sections of a definition whose things can be renamed, with what they are. A handler is not declared by itself. */
export const RENAMED_SECTIONS = {
  aggregates: "aggregate",
  events: "event",
  commands: "command",
  consumers: "consumer",
  projections: "projection",
  sagas: "saga",
} as const;

/** Kinds of things that can be renamed. */
export type RenamedKind = (typeof RENAMED_SECTIONS)[keyof typeof RENAMED_SECTIONS];

export interface RetiredDefinition {
  readonly kind: DeclaredKind;
  readonly name: string;
  readonly reason: string;
}

export interface AcceptanceDefinition {
  readonly change: string;
  readonly reason: string;
}

export type Broker = "kafka" | "rabbitmq";

/** Something with a name of its own, which may have had others before. */
export interface NamedDefinition {
  readonly name: string;
  /** Former names, the oldest first; empty for most. */
  readonly renamedFrom: readonly string[];
}

export interface AggregateDefinition extends NamedDefinition {
  readonly id: string;
  readonly snapshotEvery: number | null;
  readonly events: readonly string[];
}

export interface EventVersionDefinition {
  readonly version: number;
  readonly schema: { readonly [key: string]: Json };
  /** To the next version's payload; null for the latest. */
  readonly upcast: ((payload: unknown) => unknown) | null;
}

export interface EventDefinition extends NamedDefinition {
  readonly aggregate: string;
  readonly versions: readonly EventVersionDefinition[];
  readonly description: string | null;
  readonly partitions: number;
  readonly retentionMs: number;
  /** Whether `event_store` has an index of it alone. */
  readonly indexed: boolean;
  /** Of its topic. */
  readonly generation: number;
}

export interface CommandDefinition extends NamedDefinition {
  readonly handledBy: string;
  readonly schema: { readonly [key: string]: Json };
  readonly replies: readonly string[];
}

/** What cannot change while a queue is there, and which generation of the queue this is. */
export interface QueueDefinition {
  readonly singleActiveConsumer: boolean;
  /** Null leaves it to RabbitMQ. */
  readonly initialGroupSize: number | null;
  readonly generation: number;
}

export interface HandlerDefinition {
  readonly name: string;
  readonly queue: QueueDefinition;
}

export interface RetryDefinition {
  /** The wait before each re-delivery, in order: as many as there are re-deliveries. */
  readonly delaysMs: readonly number[];
  readonly parkRetentionMs: number;
}

export interface ConsumerDefinition extends NamedDefinition {
  readonly on: readonly string[];
  readonly via: Broker;
  readonly needsMs: number | null;
  readonly retry: RetryDefinition;
  /** Counts via RabbitMQ only. */
  readonly queue: QueueDefinition;
}

export interface ColumnDefinition {
  readonly name: string;
  readonly type: ColumnType;
  readonly nullable: boolean;
  readonly default: string | null;
  /** What it was called before; null for a column that was always called so. */
  readonly renamedFrom: string | null;
}

export interface ProjectionDefinition extends NamedDefinition {
  readonly from: readonly string[];
  readonly columns: readonly ColumnDefinition[];
  readonly key: readonly string[];
  readonly indexes: readonly { readonly columns: readonly string[]; readonly unique: boolean }[];
  readonly removal: Removal;
  /** Of the read table. */
  readonly generation: number;
}

export interface StepDefinition {
  readonly command: string;
  readonly success: string;
  readonly failure: string | null;
  readonly compensate: string | null;
  readonly timeoutMs: number | null;
}

export interface SagaDefinition extends NamedDefinition {
  readonly startedBy: string;
  readonly steps: readonly StepDefinition[];
  readonly retry: RetryDefinition;
  readonly queue: QueueDefinition;
}
