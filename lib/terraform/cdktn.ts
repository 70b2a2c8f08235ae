import { Annotations, TerraformElement, TerraformProvider, TerraformResource, TerraformStack, Token } from "cdktn";
import type { Construct } from "constructs";
import type { ColumnProps } from "../postgres/table-props";
import { DeadLetterQueueBase, type DeadLetterQueueProps } from "./dead-letter-queue";
import type { Engine } from "./engine";
import { EventDrivenDomainBase, type EventDrivenDomainProps } from "./event-driven-domain";
import { EventStoreDatabaseBase, type EventStoreDatabaseProps } from "./event-store-database";
import type { NamedDomain } from "../domain/named-domain";
import {
  PostgresFunctionBase,
  type PostgresFunctionProps,
  PostgresGrantsBase,
  type PostgresGrantsProps,
  PostgresPublicationBase,
  type PostgresPublicationProps,
  PostgresRoleBase,
  type PostgresRoleProps,
  PostgresSchemaBase,
  type PostgresSchemaProps,
  PostgresSequenceBase,
  type PostgresSequenceProps,
} from "./postgres-objects";
import { PostgresTableBase, type PostgresTableProps } from "./postgres-table";
import { configuredProvider } from "./providers/configured-provider";
import { eventloomProvider, type EventloomProviderProps } from "./providers/eventloom";
import { kafkaProvider, type KafkaProviderProps } from "./providers/kafka";
import { rabbitmqProvider, type RabbitmqProviderProps } from "./providers/rabbitmq";
import { SagaTopologyBase, type SagaTopologyProps } from "./saga-topology";

export type * from "./public-types";

const engine: Engine = {
  name: "cdktn",
  Annotations,
  TerraformElement,
  TerraformResource,
  TerraformStack,
  TerraformProvider,
  Token,
};

/**
 * Where the messages go that somebody failed to handle for good: a parking queue (RabbitMQ), or the retry topics and dead letter
 * topics of what a consumer reads (Kafka).
 */
export class DeadLetterQueue<D extends NamedDomain = NamedDomain> extends DeadLetterQueueBase<D> {
  /** @throws DeclarationError when the domain has no such receiver (TF505), or as EventDrivenDomain does */
  constructor(scope: Construct, id: string, props: DeadLetterQueueProps<D>) {
    super(engine, scope, id, props);
  }
}

/** What a saga needs of RabbitMQ: its reply queue with policy and bindings. */
export class SagaTopology<D extends NamedDomain = NamedDomain> extends SagaTopologyBase<D> {
  /** @throws DeclarationError when the domain has no such saga (TF505), or as EventDrivenDomain does */
  constructor(scope: Construct, id: string, props: SagaTopologyProps<D>) {
    super(engine, scope, id, props);
  }
}

/** The event store in Postgres: its schema, sequences, functions and tables, and the projections' read tables. */
export class EventStoreDatabase<D extends NamedDomain = NamedDomain> extends EventStoreDatabaseBase<D> {
  /** @throws DeclarationError when the domain has no store (TF505), or as EventDrivenDomain does */
  constructor(scope: Construct, id: string, props: EventStoreDatabaseProps<D>) {
    super(engine, scope, id, props);
  }
}

/**
 * A whole domain: topics, exchanges and queues, and the event store. Its parts are constructs of their own: an
 * {@link EventStoreDatabase}, a {@link SagaTopology} for each saga and a {@link DeadLetterQueue} for each receiver.
 *
 * Topics and queues get `prevent_destroy`; tables go as their `removal` says.
 */
export class EventDrivenDomain<D extends NamedDomain = NamedDomain> extends EventDrivenDomainBase<
  D,
  EventStoreDatabase<D>,
  SagaTopology<D>,
  DeadLetterQueue<D>
> {
  /**
   * @throws DeclarationError when the domain cannot be compiled, the stack belongs to another engine (TF501), a provider is of
   * another kind (TF503), or the stack has a resource of the domain already (TF504)
   */
  constructor(scope: Construct, id: string, props: EventDrivenDomainProps<D>) {
    super(engine, { EventStoreDatabase, SagaTopology, DeadLetterQueue }, scope, id, props);
  }
}

/** Any table. Changes go only forward: what would lose rows is refused, at plan already. */
export class PostgresTable<
  const Columns extends Readonly<Record<string, ColumnProps>> = Readonly<Record<string, ColumnProps>>,
> extends PostgresTableBase<Columns> {
  /** @throws DeclarationError when the table cannot be (PG42x), or the stack belongs to another engine (TF501) */
  constructor(scope: Construct, id: string, props: PostgresTableProps<Columns>) {
    super(engine, scope, id, props);
  }
}

/** A Postgres schema. Removing it is refused while anything is in it. */
export class PostgresSchema extends PostgresSchemaBase {
  /** @throws DeclarationError when the schema cannot be (PG42x), or the stack belongs to another engine (TF501) */
  constructor(scope: Construct, id: string, props: PostgresSchemaProps) {
    super(engine, scope, id, props);
  }
}

/** A sequence of `bigint`. It is forgotten, not dropped, when it leaves the stack. */
export class PostgresSequence extends PostgresSequenceBase {
  /** @throws DeclarationError when the sequence cannot be (PG42x), or the stack belongs to another engine (TF501) */
  constructor(scope: Construct, id: string, props: PostgresSequenceProps) {
    super(engine, scope, id, props);
  }
}

/** A function in SQL or PL/pgSQL, for triggers (see `triggers` of {@link PostgresTable}) and callers. */
export class PostgresFunction extends PostgresFunctionBase {
  /** @throws DeclarationError when the function cannot be (PG42x), or the stack belongs to another engine (TF501) */
  constructor(scope: Construct, id: string, props: PostgresFunctionProps) {
    super(engine, scope, id, props);
  }
}

/**
 * A group role without a login, which belongs to the whole cluster: where another database's deploy has made it, or an administrator,
 * it is taken over. It is dropped with the stack only where nobody needs it.
 */
export class PostgresRole extends PostgresRoleBase {
  /** @throws DeclarationError when the role cannot be (PG420), or the stack belongs to another engine (TF501) */
  constructor(scope: Construct, id: string, props: PostgresRoleProps) {
    super(engine, scope, id, props);
  }
}

/** All that one role, or everybody, may do in one schema: what is not said is revoked. */
export class PostgresGrants extends PostgresGrantsBase {
  /** @throws DeclarationError for what cannot be granted (PG420, PG422, PG440), or when the stack belongs to another engine (TF501) */
  constructor(scope: Construct, id: string, props: PostgresGrantsProps) {
    super(engine, scope, id, props);
  }
}

/**
 * What replicas and connectors are sent. It sends more when it is asked to; less, or nothing, only while no logical slot of the
 * database is there: who reads would lose changes and not notice.
 */
export class PostgresPublication extends PostgresPublicationBase {
  /** @throws DeclarationError when the publication cannot be (PG42x, PG443), or the stack belongs to another engine (TF501) */
  constructor(scope: Construct, id: string, props: PostgresPublicationProps) {
    super(engine, scope, id, props);
  }
}

const ConfiguredProvider = configuredProvider<TerraformProvider>(engine, TerraformProvider);

/** A Kafka cluster. Takes the provider `mongey/kafka`. */
export class KafkaProvider extends ConfiguredProvider {
  constructor(scope: Construct, id: string, props: KafkaProviderProps) {
    super(scope, id, kafkaProvider(props));
  }
}

/** A RabbitMQ server. Takes the provider `cyrilgdn/rabbitmq`. */
export class RabbitmqProvider extends ConfiguredProvider {
  constructor(scope: Construct, id: string, props: RabbitmqProviderProps) {
    super(scope, id, rabbitmqProvider(props));
  }
}

/** A Postgres database, for the table provider that comes with this package. */
export class EventloomProvider extends ConfiguredProvider {
  /** @throws DeclarationError (TF509) for a version without a source */
  constructor(scope: Construct, id: string, props: EventloomProviderProps = {}) {
    super(scope, id, eventloomProvider(`${scope.node.path}/${id}`, props));
  }
}
