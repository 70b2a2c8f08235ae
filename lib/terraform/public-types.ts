export type {
  ColumnProps,
  HashPartitioningProps,
  IndexProps,
  ListPartitioningProps,
  PartitioningProps,
  PrimaryKeyProps,
  RangePartitioningProps,
  RollingProps,
  TableProps,
} from "../postgres/table-props";
export type {
  ArgumentProps,
  ColumnGrantProps,
  FunctionProps,
  GrantsProps,
  PublicationProps,
  PublishedTableProps,
  RoleProps,
  SchemaProps,
  SequenceGrantProps,
  SequenceProps,
  TableGrantProps,
} from "../postgres/object-props";
export type { ConnectionProps, Providers } from "./connections";
export type { DeadLetterQueueProps } from "./dead-letter-queue";
export type { ProviderElement, Resolvable, ResourceElement } from "./engine";
export type { EventDrivenDomainProps } from "./event-driven-domain";
export type { EventStoreDatabaseProps } from "./event-store-database";
export type { Handle, QueueHandle, RoleHandle, SchemaHandle, TableHandle, TopicHandle } from "./handles";
export type { NamedDomain } from "../domain/named-domain";
export type { DomainProps } from "./part-construct";
export type { PostgresObjectProps } from "./postgres-object";
export type {
  PostgresFunctionProps,
  PostgresGrantsProps,
  PostgresPublicationProps,
  PostgresRoleProps,
  PostgresSchemaProps,
  PostgresSequenceProps,
} from "./postgres-objects";
export type { PostgresTableProps } from "./postgres-table";
export type { ProviderOrigin } from "./providers/definition";
export type { EventloomProviderProps } from "./providers/eventloom";
export type { KafkaProviderProps } from "./providers/kafka";
export type { RabbitmqProviderProps } from "./providers/rabbitmq";
export type { SagaTopologyProps } from "./saga-topology";
