import type { DeclaredKind, RenamedKind } from "../domain/definition";
import type { GrantsModel, RoleModel } from "../postgres/access-model";
import type { AcceptanceModel } from "../postgres/acceptance-model";
import type { PublicationModel } from "../postgres/publication-model";
import type { FunctionModel, Removal, SchemaModel, SequenceModel, TableModel } from "../postgres/model";

/**
 * What a domain becomes: plain frozen data, in an order in which everything comes after what it needs. Engines loop over
 * `resources`; previews, diffs and exports read the same value.
 */
export interface Topology {
  readonly domain: string;
  /** The version of this data's own layout. */
  readonly format: 1;
  readonly resources: readonly Resource[];
  readonly flows: readonly Flow[];
  readonly contracts: readonly Contract[];
  readonly sagas: readonly SagaModel[];
  /** What was called otherwise before. */
  readonly renamed: readonly Renamed[];
  /**
   * Where the engines' state may still have what was renamed, each place with the one that came after it, oldest first. Nothing on a
   * server moves.
   */
  readonly moved: readonly Moved[];
  /** What has left the declaration on purpose: forgotten by the engine, kept on the server, its names reserved. */
  readonly retired: readonly Retired[];
  /** Risks that somebody has accepted, each for exactly one change. */
  readonly acceptances: readonly Acceptance[];
}

/** The construct that a resource belongs to; names in it are those of the declaration. */
export type Part = "domain" | "store" | `saga/${string}` | `dead-letter/${string}`;

interface Base {
  /** Identity for ever: construct ids and Pulumi names derive from it alone. Unique in a topology. Of `[A-Za-z0-9_./-]`. */
  readonly key: string;
  /** Where in the declaration it comes from: `consumers.billing.retry`. */
  readonly path: string;
  readonly part: Part;
  /** Holds messages or rows that exist nowhere else: `prevent_destroy`, or `protect` and `retainOnDelete`. */
  readonly protect: boolean;
  /** Keys of what must exist before it. */
  readonly dependsOn: readonly string[];
}

/** A Kafka topic. */
export interface KafkaTopic extends Base {
  readonly kind: "kafka-topic";
  readonly role: "event" | "retry" | "dead-letter";
  readonly name: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  /** Topic settings by Kafka's own names, values in canonical text. */
  readonly config: Readonly<Record<string, string>>;
  /** By setting: the place in the declaration that decided its value, where that is not `path`. */
  readonly causes: Readonly<Record<string, string>>;
}

/** A durable RabbitMQ exchange. */
export interface RabbitmqExchange extends Base {
  readonly kind: "rabbitmq-exchange";
  readonly name: string;
  readonly type: "topic" | "direct" | "fanout";
}

/** A durable queue. Everything that can change later is in its policy: a queue's arguments are frozen when it is declared. */
export interface RabbitmqQueue extends Base {
  readonly kind: "rabbitmq-queue";
  readonly role: "work" | "retry-level" | "parking" | "unrouted";
  readonly name: string;
  /** By RabbitMQ's own names. */
  readonly arguments: Readonly<Record<string, QueueArgument>>;
}

/** The value of a queue argument: RabbitMQ tells apart `true` and `"true"`. */
export type QueueArgument = string | number | boolean;

/** A RabbitMQ policy: the settings of one queue or exchange, which can change while it holds messages. */
export interface RabbitmqPolicy extends Base {
  readonly kind: "rabbitmq-policy";
  readonly name: string;
  /** An anchored, escaped regular expression for exactly one name. */
  readonly pattern: string;
  readonly priority: number;
  readonly applyTo: "queues" | "exchanges";
  /** Policy settings by RabbitMQ's own names; numbers as canonical decimal text (the provider turns them into numbers). */
  readonly definition: Readonly<Record<string, string>>;
}

/** From an exchange to a queue. Replaced together with its queue (`destinationKey`): a server drops bindings with the queue. */
export interface RabbitmqBinding extends Base {
  readonly kind: "rabbitmq-binding";
  readonly source: string;
  readonly sourceKey: string;
  readonly destination: string;
  readonly destinationKey: string;
  readonly routingKey: string;
}

/** A Postgres schema. */
export interface PostgresSchema extends Base {
  readonly kind: "postgres-schema";
  readonly definition: SchemaModel;
}
/** A Postgres sequence. */
export interface PostgresSequence extends Base {
  readonly kind: "postgres-sequence";
  readonly definition: SequenceModel;
}
/** A Postgres function. */
export interface PostgresFunction extends Base {
  readonly kind: "postgres-function";
  readonly definition: FunctionModel;
}
/** A Postgres table, and what happens when it leaves the declaration. */
export interface PostgresTableResource extends Base {
  readonly kind: "postgres-table";
  readonly definition: TableModel;
  readonly removal: Removal;
  /**
   * Columns that were called otherwise; the definition has both, as they are in the end. An environment gets there in phases.
   * @default []
   */
  readonly renamedColumns?: readonly RenamedColumn[];
  /**
   * Changes that are refused by themselves, approved in writing: of one deploy, so that no lock has them here.
   * @default []
   */
  readonly accept?: readonly AcceptanceModel[];
}

/** A column of a table and what it was called before. */
export interface RenamedColumn {
  readonly from: string;
  readonly to: string;
}
/** A group role, which belongs to the whole cluster. */
export interface PostgresRole extends Base {
  readonly kind: "postgres-role";
  readonly definition: RoleModel;
}
/** What a role may do in a schema. */
export interface PostgresGrants extends Base {
  readonly kind: "postgres-grants";
  readonly definition: GrantsModel;
}
/** What is given to those who replicate from the database. */
export interface PostgresPublication extends Base {
  readonly kind: "postgres-publication";
  readonly definition: PublicationModel;
  /** As {@link PostgresTableResource.accept}. @default [] */
  readonly accept?: readonly AcceptanceModel[];
}

/** Anything that is created, told apart by `kind`. */
export type Resource =
  | KafkaTopic
  | RabbitmqExchange
  | RabbitmqQueue
  | RabbitmqPolicy
  | RabbitmqBinding
  | PostgresSchema
  | PostgresSequence
  | PostgresFunction
  | PostgresTableResource
  | PostgresRole
  | PostgresGrants
  | PostgresPublication;

/** What kinds of things are created. */
export type ResourceKind = Resource["kind"];

/** Who sends what to whom, and through which resources (by key) it goes. */
export interface Flow {
  readonly message: string;
  readonly kind: "event" | "command" | "reply";
  readonly from: string;
  readonly to: string;
  readonly via: "kafka" | "rabbitmq" | "store";
  readonly through: readonly string[];
}

/** A schema that is published: one version of an event, or a command. */
export interface Contract {
  readonly kind: "event" | "command";
  readonly name: string;
  readonly version: number;
  /** JSON Schema (draft 2020-12) of the payload as it is published; keys sorted. */
  readonly schema: unknown;
  /** Whether a function of the domain turns this version into the next one. */
  readonly upcast: boolean;
}

/** A saga as it is declared: what its running instances wait for. */
export interface SagaModel {
  readonly name: string;
  readonly startedBy: string;
  readonly steps: readonly SagaStepModel[];
}

/** A step of a saga. */
export interface SagaStepModel {
  readonly command: string;
  readonly success: string;
  readonly failure: string | null;
  readonly compensate: string | null;
  /** Milliseconds; null waits for ever. */
  readonly timeoutMs: number | null;
}

/** A thing that has left the declaration on purpose. */
export interface Retired {
  readonly kind: DeclaredKind;
  readonly name: string;
  readonly reason: string;
}

/** A thing that was called otherwise before. */
export interface Renamed {
  readonly kind: RenamedKind;
  /** What it is called now. */
  readonly name: string;
  /** Its former names; physical names come from the first one. */
  readonly from: readonly string[];
}

/** An identity that has moved: an engine moves its state, nothing is made anew. */
export interface Moved {
  readonly kind: ResourceKind;
  readonly from: { readonly key: string; readonly part: Part };
  /** The key that came next; where it is none of the topology's, that of another entry's `from`. */
  readonly to: string;
}

/** A risk that somebody has accepted. */
export interface Acceptance {
  /** The finding's id, as the preview prints it: `topic/OrderPaid partitions 12 -> 24`. */
  readonly change: string;
  readonly reason: string;
}
