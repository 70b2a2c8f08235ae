export { defineDomain, type Domain } from "./domain/define-domain";
export type { DeclaredKind, DomainDefinition } from "./domain/definition";
export type { Duration } from "./domain/duration";
export { DeclarationError, type Issue } from "./domain/issues";
export { jsonSchema, type InputOf, type JsonSchema, type OutputOf, type Schema } from "./domain/schema";
export type {
  ColumnInput,
  ColumnType,
  ProjectionIndexInput,
  ProjectionInput,
  ProjectionTableInput,
} from "./domain/projection-input";
export type { RetiredInput, RetiredReason } from "./domain/retired-input";
export { type Backoff, exponential, type ExponentialOptions, fixed, type Retry } from "./domain/retry";
export type { InboxInput, StoreInput } from "./domain/store-input";
export {
  type AggregateInput,
  type AnyDomain,
  command,
  type CommandDef,
  type CommandInput,
  type CommandOf,
  type ConsumerInput,
  type DomainInput,
  event,
  type EventDef,
  type EventHandle,
  type EventInput,
  type EventNameOf,
  type EventOf,
  type KafkaInput,
  type SagaInput,
  type StepInput,
  type UpcastNeeded,
} from "./domain/types";
export {
  hash,
  type HashPartitioning,
  list,
  type ListPartitioning,
  none,
  type NoPartitioning,
  range,
  type RangePartitioning,
  type StorePartitioning,
} from "./domain/store-partitioning";
export { upcast } from "./domain/upcast";
export { MAXVALUE, MINVALUE } from "./postgres/partition-props";
export {
  type Addresses,
  type CommandAddress,
  type ConsumerAddress,
  type EventAddress,
  type QueueAddress,
  type ProjectionAddress,
  type QueueRetry,
  type ReadTableAddress,
  type SagaAddress,
  type StoreAddress,
  type SubscriptionAddress,
  type TopicRetry,
  type WorkQueueAddress,
} from "./topology/addresses";
export { addresses, type AddressOptions } from "./lock/addresses";
export { COLUMN_PHASES, type ColumnPhase, GENERATION_PHASES, type GenerationPhase, type Profile } from "./lock/profile";
export { lockFromText } from "./lock/lock-from-text";
export type { Lock, RetiredResource } from "./lock/types";
export { compile, type CompileOptions } from "./topology/compile";
export { slice } from "./topology/slice";
export type * from "./topology/types";
export type * from "./postgres/model";
