export type { ConnectionArgs, Providers } from "./connections";
export { DeadLetterQueue, type DeadLetterQueueArgs } from "./dead-letter-queue";
export { EventDrivenDomain, type EventDrivenDomainArgs } from "./event-driven-domain";
export { EventStoreDatabase, type EventStoreDatabaseArgs } from "./event-store-database";
export { EventloomProvider, type EventloomProviderArgs } from "./eventloom-provider";
export type { NamedDomain } from "../domain/named-domain";
export type { DomainArgs } from "./part-component";
/** Postgres objects one by one: the table provider's own resources. */
export * as postgres from "./postgres";
export {
  PostgresFunction,
  type PostgresFunctionArgs,
  PostgresGrants,
  type PostgresGrantsArgs,
  PostgresPublication,
  type PostgresPublicationArgs,
  PostgresRole,
  type PostgresRoleArgs,
  PostgresSchema,
  type PostgresSchemaArgs,
  PostgresSequence,
  type PostgresSequenceArgs,
} from "./postgres-objects";
export { PostgresTable, type PostgresTableArgs } from "./postgres-table";
export { SagaTopology, type SagaTopologyArgs } from "./saga-topology";
