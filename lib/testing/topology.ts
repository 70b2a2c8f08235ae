import type { AnyDomain } from "../domain/types";
import type { ColumnModel, FunctionModel, TableModel } from "../postgres/model";
import { compile, type CompileOptions } from "../topology/compile";
import { type PolicyFinder, policyFinder } from "../topology/effective-policy";
import type {
  Flow,
  KafkaTopic,
  PostgresFunction,
  PostgresTableResource,
  RabbitmqBinding,
  RabbitmqExchange,
  RabbitmqQueue,
  ResourceKind,
  Topology,
} from "../topology/types";
import { assertHas, assertNamed, assertNotNamed, fail, type PartialDeep } from "./assertion";

/**
 * Compiles a domain for a test: `topologyOf(orders).expectTopic("orders.created").toHaveConfig({ "retention.ms": "604800000" })`.
 * Works in every test runner; needs no server and no engine.
 *
 * @param domain from `defineDomain`
 * @param options as for `compile`
 * @throws DeclarationError as `compile` does
 */
export function topologyOf(domain: AnyDomain, options: CompileOptions = {}): TopologyExpectations {
  return new TopologyExpectations(compile(domain, options));
}

/** What a domain becomes, and what a test may expect of it. Every expectation throws node's AssertionError with the difference. */
export class TopologyExpectations {
  readonly #policyOf: PolicyFinder;
  readonly #topics: ReadonlyMap<string, KafkaTopic>;
  readonly #exchanges: ReadonlyMap<string, RabbitmqExchange>;
  readonly #queues: ReadonlyMap<string, RabbitmqQueue>;
  readonly #tables: ReadonlyMap<string, PostgresTableResource>;
  readonly #functions: ReadonlyMap<string, PostgresFunction>;

  constructor(
    /** The compiled value, for what is not here. */
    readonly topology: Topology,
  ) {
    const { resources } = topology;
    const named = <T extends { readonly name: string }>(all: readonly T[]) =>
      new Map(all.map((each) => [each.name, each]));
    const defined = <T extends { readonly definition: { readonly name: string } }>(all: readonly T[]) =>
      new Map(all.map((each) => [each.definition.name, each]));
    this.#policyOf = policyFinder(topology);
    this.#topics = named(resources.filter((each) => each.kind === "kafka-topic"));
    this.#exchanges = named(resources.filter((each) => each.kind === "rabbitmq-exchange"));
    this.#queues = named(resources.filter((each) => each.kind === "rabbitmq-queue"));
    this.#tables = defined(resources.filter((each) => each.kind === "postgres-table"));
    this.#functions = defined(resources.filter((each) => each.kind === "postgres-function"));
  }

  /** Expects a Kafka topic of this name. */
  expectTopic(name: string): TopicExpectation {
    return new TopicExpectation(assertNamed("topic", name, this.#topics));
  }

  /** Expects that no Kafka topic has this name. */
  expectNoTopic(name: string): this {
    assertNotNamed("topic", name, this.#topics);
    return this;
  }

  /** Expects a RabbitMQ exchange of this name. */
  expectExchange(name: string): ExchangeExpectation {
    const exchange = assertNamed("exchange", name, this.#exchanges);
    return new ExchangeExpectation(exchange, this.#policyOf(exchange)?.definition ?? {});
  }

  /** Expects a RabbitMQ queue of this name. */
  expectQueue(name: string): QueueExpectation {
    const queue = assertNamed("queue", name, this.#queues);
    const bindings = this.topology.resources
      .filter((each) => each.kind === "rabbitmq-binding")
      .filter((each) => each.destinationKey === queue.key);
    return new QueueExpectation(queue, this.#policyOf(queue)?.definition ?? {}, bindings);
  }

  /** Expects that no RabbitMQ queue has this name. */
  expectNoQueue(name: string): this {
    assertNotNamed("queue", name, this.#queues);
    return this;
  }

  /** Expects a Postgres table of this name in the domain's schema. */
  expectTable(name: string): TableExpectation {
    return new TableExpectation(assertNamed("table", name, this.#tables));
  }

  /** Expects that no Postgres table has this name. */
  expectNoTable(name: string): this {
    assertNotNamed("table", name, this.#tables);
    return this;
  }

  /** Expects a Postgres function of this name in the domain's schema. */
  expectFunction(name: string): FunctionExpectation {
    return new FunctionExpectation(assertNamed("function", name, this.#functions));
  }

  /** Expects so many resources of a kind. */
  expectCount(kind: ResourceKind, amount: number): this {
    const keys = this.topology.resources.filter((each) => each.kind === kind).map((each) => each.key);
    if (keys.length !== amount)
      fail(`there are ${keys.length} of ${kind}, not ${amount}: ${keys.join(", ") || "none"}`, keys.length, amount);
    return this;
  }

  /** Expects that something is sent: `expectFlow({ message: "OrderPaid", to: "consumer/analytics", via: "kafka" })`. */
  expectFlow(flow: PartialDeep<Flow>): this {
    const { flows } = this.topology;
    const entries = Object.entries(flow) as [keyof Flow, unknown][];
    const matches = flows.some((each) =>
      entries.every(([name, value]) => JSON.stringify(each[name]) === JSON.stringify(value)),
    );
    if (!matches) {
      const said = flows.map((each) => `${each.kind} ${each.message}: ${each.from} -> ${each.to} via ${each.via}`);
      fail(`no flow is ${JSON.stringify(flow)}; there are:\n  ${said.join("\n  ")}`, flows, flow);
    }
    return this;
  }
}

/** One resource that a test has found, and what it may expect of it. */
export class ResourceExpectation<T extends { readonly kind: string; readonly key: string }> {
  constructor(
    /** The resource itself, for what is not here. */
    readonly resource: T,
  ) {}

  /** Expects these properties; lists as a whole. */
  toHave(expected: PartialDeep<T>): this {
    assertHas(`${this.resource.kind} ${this.resource.key}`, this.resource, expected);
    return this;
  }
}

/** A Kafka topic. */
export class TopicExpectation extends ResourceExpectation<KafkaTopic> {
  /** Expects these topic settings, by Kafka's own names. */
  toHaveConfig(expected: Readonly<Record<string, string>>): this {
    assertHas(`the config of topic ${this.resource.name}`, this.resource.config, expected);
    return this;
  }
}

/** A RabbitMQ exchange. */
export class ExchangeExpectation extends ResourceExpectation<RabbitmqExchange> {
  readonly #policy: Readonly<Record<string, string>>;

  constructor(exchange: RabbitmqExchange, policy: Readonly<Record<string, string>>) {
    super(exchange);
    this.#policy = policy;
  }

  /** Expects these settings of the policy in force, by RabbitMQ's own names. */
  toHavePolicy(expected: Readonly<Record<string, string>>): this {
    assertHas(`the policy of exchange ${this.resource.name}`, this.#policy, expected);
    return this;
  }
}

/** A RabbitMQ queue. */
export class QueueExpectation extends ResourceExpectation<RabbitmqQueue> {
  readonly #policy: Readonly<Record<string, string>>;
  readonly #bindings: readonly RabbitmqBinding[];

  constructor(queue: RabbitmqQueue, policy: Readonly<Record<string, string>>, bindings: readonly RabbitmqBinding[]) {
    super(queue);
    this.#policy = policy;
    this.#bindings = bindings;
  }

  /** Expects these settings of the policy in force, by RabbitMQ's own names. */
  toHavePolicy(expected: Readonly<Record<string, string>>): this {
    assertHas(`the policy of queue ${this.resource.name}`, this.#policy, expected);
    return this;
  }

  /** Expects a binding from this exchange with this routing key. */
  toBeBoundTo(exchange: string, routingKey: string): this {
    const bound = this.#bindings.map((each) => `${each.source} with "${each.routingKey}"`);
    const expected = `${exchange} with "${routingKey}"`;
    if (!bound.includes(expected))
      fail(`queue ${this.resource.name} is not bound to ${expected}, but to: ${bound.join(", ") || "nothing"}`, bound, expected); // prettier-ignore
    return this;
  }
}

/** A Postgres table. */
export class TableExpectation extends ResourceExpectation<PostgresTableResource> {
  /** The table itself. */
  get definition(): TableModel {
    return this.resource.definition;
  }

  /** Expects these columns, by name: a type as Postgres writes it (`timestamp with time zone`), or more of the column. */
  toHaveColumns(expected: Readonly<Record<string, string | Partial<ColumnModel>>>): this {
    const actual = new Map(this.definition.columns.map((each) => [each.name, each]));
    for (const [name, column] of Object.entries(expected)) {
      const found = assertNamed(`column of ${this.definition.name}`, name, actual);
      assertHas<ColumnModel>(
        `column ${this.definition.name}.${name}`,
        found,
        typeof column === "string" ? { type: column } : column,
      );
    }
    return this;
  }

  /** Expects an index, or the primary key, that starts with these columns. */
  toHaveIndexOn(...columns: readonly string[]): this {
    const indexed = [
      ...(this.definition.primaryKey === null ? [] : [this.definition.primaryKey.columns]),
      ...this.definition.indexes.map((each) => each.keys.map((key) => key.column)),
    ];
    if (!indexed.some((each) => columns.every((column, at) => each[at] === column))) {
      const all = indexed.map((each) => `(${each.join(", ")})`).join(", ");
      fail(
        `no index of ${this.definition.name} starts with (${columns.join(", ")}); there are: ${all}`,
        indexed,
        columns,
      );
    }
    return this;
  }
}

/** A Postgres function. */
export class FunctionExpectation extends ResourceExpectation<PostgresFunction> {
  /** The function itself. */
  get definition(): FunctionModel {
    return this.resource.definition;
  }
}
