import type { Resource, ResourceKind } from "../../topology/types";
import { kafkaTopic } from "./kafka";
import {
  postgresFunction,
  postgresGrants,
  postgresPublication,
  postgresRole,
  postgresSchema,
  postgresSequence,
  postgresTable,
} from "./postgres";
import { rabbitmqBinding, rabbitmqExchange, rabbitmqPolicy, rabbitmqQueue } from "./rabbitmq";
import type { Row } from "./row";

/** One row for each kind of resource. */
const rows: { readonly [K in ResourceKind]: Row<Extract<Resource, { kind: K }>> } = {
  "kafka-topic": kafkaTopic,
  "rabbitmq-exchange": rabbitmqExchange,
  "rabbitmq-queue": rabbitmqQueue,
  "rabbitmq-policy": rabbitmqPolicy,
  "rabbitmq-binding": rabbitmqBinding,
  "postgres-schema": postgresSchema,
  "postgres-sequence": postgresSequence,
  "postgres-function": postgresFunction,
  "postgres-table": postgresTable,
  "postgres-role": postgresRole,
  "postgres-grants": postgresGrants,
  "postgres-publication": postgresPublication,
};

/** A kind's name in Terraform. */
export function typeOf(kind: ResourceKind): string {
  return rows[kind].type;
}

/** The row for a resource. */
export function rowFor(resource: Resource): Row<Resource> {
  // a row fits its own kind's resources, which the type system cannot follow through the union
  return rows[resource.kind] as Row<Resource>;
}
