import type {
  CommandDefinition,
  DomainDefinition,
  ProjectionDefinition,
  RetryDefinition,
  SagaDefinition,
} from "../domain/definition";
import type { Domain } from "../domain/define-domain";
import type { EventNames } from "../domain/types";
import { definitionOf } from "./compile";
import { Names } from "./names";
import {
  type OlderGeneration,
  olderQueues,
  olderTables,
  readTable,
  subscriptionsTo,
  writtenTopic,
} from "./older-addresses";

type Older = readonly OlderGeneration[];

/** A wait before the next delivery: publish to this exchange, with the own queue's name as routing key. */
export interface QueueRetry {
  readonly delayMs: number;
  readonly exchange: string;
}

/** A queue to consume from, and what to do with a message that fails. */
export interface QueueAddress {
  readonly queue: string;
  /** The wait before each re-delivery, in order. A message that has used them all is rejected without requeue, which parks it. */
  readonly retries: readonly QueueRetry[];
  readonly parkingQueue: string;
}

/** A queue to work on, and its older generations. */
export interface WorkQueueAddress extends QueueAddress {
  /**
   * Queues of older generations that still run in this environment, the oldest first: consume from them too. As long as both are
   * bound, a message comes by both, with the same message id.
   */
  readonly older: readonly QueueAddress[];
}

/** A wait before the next delivery: produce to this topic, and consume from it no earlier than that. */
export interface TopicRetry {
  readonly delayMs: number;
  readonly topic: string;
}

/** A topic that a consumer group reads, and where its failed messages go. */
export interface SubscriptionAddress {
  readonly event: string;
  readonly topic: string;
  /** The wait before each re-delivery, in order. */
  readonly retries: readonly TopicRetry[];
  readonly deadLetterTopic: string;
  /**
   * Topics of older generations that the group has to have read to their end before it handles a message of this one: the relay
   * writes the last message of the old one before the first one of the new one, so order holds.
   */
  readonly after: readonly string[];
}

/** Where an event is published. */
export interface EventAddress {
  readonly name: string;
  /** What it is stored as, and called in the header of its messages: the name that it had first. */
  readonly type: string;
  /** What its aggregate is stored as: the name that it had first. */
  readonly aggregateType: string;
  /** Where the relay writes it in this environment: in one topic at a time. Null where the domain does without Kafka. */
  readonly topic: string | null;
  /** Null where no consumer takes the event by RabbitMQ: published there, it would be unroutable. */
  readonly exchange: string | null;
  readonly routingKey: string;
  /** The payload property that is the message's key: order holds for equal keys. */
  readonly key: string;
}

/** Where a command is sent. */
export interface CommandAddress {
  readonly name: string;
  /** What it is called in its messages: the name that it had first. */
  readonly type: string;
  readonly exchange: string;
  readonly routingKey: string;
  /** The handler's queue. */
  readonly queue: string;
}

/** Where a consumer receives its events. */
export interface ConsumerAddress {
  readonly name: string;
  readonly via: "kafka" | "rabbitmq";
  readonly events: readonly string[];
  /** The Kafka consumer group; null via RabbitMQ. */
  readonly group: string | null;
  /** What the group reads, older generations before their successors; empty via RabbitMQ. */
  readonly subscriptions: readonly SubscriptionAddress[];
  /** The queue; null via Kafka. */
  readonly work: WorkQueueAddress | null;
  /** Its name in the store's `inbox`. */
  readonly inbox: string;
}

/** One generation of a projection's read table. */
export interface ReadTableAddress {
  /** In the store's schema. */
  readonly table: string;
  /** The number of its generation, here and in the store's `checkpoints`: 1 to 999. */
  readonly generation: number;
}

/** Where a projection writes, and where it is read. */
export interface ProjectionAddress extends ReadTableAddress {
  /** Its name in the store's `checkpoints`. */
  readonly processor: string;
  /** What readers read in this environment: an old generation as long as it is `beside`, so that the next one can be built. */
  readonly read: ReadTableAddress;
  /**
   * Older generations that are still there in this environment, the oldest first: keep writing them until `switch_generation` has
   * retired their checkpoint.
   */
  readonly older: readonly ReadTableAddress[];
}

/** Where a saga receives its replies, and under which names it is stored. */
export interface SagaAddress {
  readonly name: string;
  /** What its instances are stored as: the name that it had first. Make their ids from it too. */
  readonly type: string;
  /** Its name in the store's `checkpoints`. */
  readonly processor: string;
  /** Its name in the store's `inbox`. */
  readonly inbox: string;
  /** Where its replies arrive: publish a reply here. */
  readonly replyExchange: string;
  readonly replyRoutingKey: string;
  readonly work: WorkQueueAddress;
}

/** Where the event store is in its database. */
export interface StoreAddress {
  readonly schema: string;
}

/** Every physical name that a service needs, by the names of the declaration. */
export interface Addresses<E extends string, C extends string, K extends string, J extends string, G extends string> {
  readonly domain: string;
  /** Null where the domain has no store. */
  readonly store: StoreAddress | null;
  readonly events: { readonly [N in E]: EventAddress };
  readonly commands: { readonly [N in C]: CommandAddress };
  /** By service: the queue on which it receives the commands that it handles. */
  readonly handlers: Readonly<Record<string, WorkQueueAddress>>;
  readonly consumers: { readonly [N in K]: ConsumerAddress };
  readonly projections: { readonly [N in J]: ProjectionAddress };
  readonly sagas: { readonly [N in G]: SagaAddress };
  /** The event of each stored type: what is called so now. */
  readonly eventOfType: Readonly<Record<string, E>>;
  /** The command of each type of message. */
  readonly commandOfType: Readonly<Record<string, C>>;
}

/**
 * The addresses of a domain, by the same rules as {@link compile}.
 *
 * @param older - what still runs of older generations, the oldest of each thing first
 */
export function addressesOf<Name extends string, A, C, K extends string, J, G extends string>(
  domain: Domain<Name, A, C, K, J, G>,
  older: readonly OlderGeneration[],
): Addresses<EventNames<A>, keyof C & string, K, keyof J & string, G> {
  const definition = definitionOf(domain);
  const names = new Names(definition);
  const found: Addresses<string, string, string, string, string> = {
    domain: definition.name,
    store: definition.store === "none" ? null : { schema: names.schema },
    events: byName(definition.events, (each) => eventAddress(definition, names, older, each.name)),
    commands: byName(definition.commands, (each) => commandAddress(names, each)),
    handlers: Object.fromEntries(
      Object.values(definition.commands).map(({ handledBy }) => [
        handledBy,
        workQueue(names, older, `handlers.${handledBy}`, names.commandQueue(handledBy), definition.retry),
      ]),
    ),
    consumers: byName(definition.consumers, (each) => consumerAddress(definition, names, older, each.name)),
    projections: byName(definition.projections, (each) => projectionAddress(names, older, each)),
    sagas: byName(definition.sagas, (each) => sagaAddress(names, older, each)),
    eventOfType: byType(definition.events, (name) => names.eventType(name)),
    commandOfType: byType(definition.commands, (name) => names.commandType(name)),
  };
  // the names are those of the declaration, which the types were inferred from
  return found as Addresses<EventNames<A>, keyof C & string, K, keyof J & string, G>;
}

function byName<T, R>(record: Readonly<Record<string, T>>, make: (each: T) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(record).map(([name, each]) => [name, make(each)]));
}

function byType(record: object, typeOf: (name: string) => string): Record<string, string> {
  return Object.fromEntries(Object.keys(record).map((name) => [typeOf(name), name]));
}

function eventAddress(domain: DomainDefinition, names: Names, older: Older, event: string): EventAddress {
  const toRabbitmq = Object.values(domain.consumers).some((each) => each.via === "rabbitmq" && each.on.includes(event));
  const aggregate = domain.events[event]?.aggregate ?? "";
  return {
    name: event,
    type: names.eventType(event),
    aggregateType: names.aggregateType(aggregate),
    topic: domain.brokers.includes("kafka") ? writtenTopic(older, event, names.topic(event)) : null,
    exchange: toRabbitmq ? names.exchange("events") : null,
    routingKey: names.routingKey(event),
    key: domain.aggregates[aggregate]?.id ?? "",
  };
}

function workQueue(names: Names, older: Older, of: string, queue: string, retry: RetryDefinition): WorkQueueAddress {
  const retries = retry.delaysMs.map((delayMs) => ({ delayMs, exchange: names.retryLevel(delayMs) }));
  return { queue, retries, parkingQueue: names.parkingQueue(queue), older: olderQueues(older, of, retries) };
}

function commandAddress(names: Names, { name, handledBy }: CommandDefinition): CommandAddress {
  return {
    name,
    type: names.commandType(name),
    exchange: names.exchange("commands"),
    routingKey: names.commandKey(name),
    queue: names.commandQueue(handledBy),
  };
}

function projectionAddress(names: Names, older: Older, { name, generation }: ProjectionDefinition): ProjectionAddress {
  const declared = { table: names.projectionTable(name), generation };
  return {
    ...declared,
    processor: names.processor("projections", name),
    read: readTable(older, name) ?? declared,
    older: olderTables(older, name),
  };
}

function sagaAddress(names: Names, older: Older, { name, retry }: SagaDefinition): SagaAddress {
  return {
    name,
    type: names.sagaType(name),
    processor: names.processor("sagas", name),
    inbox: names.inbox("sagas", name),
    replyExchange: names.exchange("replies"),
    replyRoutingKey: names.replyKey(name),
    work: workQueue(names, older, `sagas.${name}`, names.replyQueue(name), retry),
  };
}

function consumerAddress(domain: DomainDefinition, names: Names, older: Older, name: string): ConsumerAddress {
  const consumer = domain.consumers[name] as DomainDefinition["consumers"][string];
  const base = { name, via: consumer.via, events: consumer.on, inbox: names.inbox("consumers", name) };
  if (consumer.via === "rabbitmq") {
    return {
      ...base,
      group: null,
      subscriptions: [],
      work: workQueue(names, older, `consumers.${name}`, names.consumerQueue(name), consumer.retry),
    };
  }
  const subscriptions = consumer.on.flatMap((event) =>
    subscriptionsTo(older, name, {
      event,
      topic: names.topic(event),
      retries: consumer.retry.delaysMs.map((delayMs, index) => ({
        delayMs,
        topic: names.retryTopic(event, name, index + 1),
      })),
      deadLetterTopic: names.deadLetterTopic(event, name),
    }),
  );
  return { ...base, group: names.consumerGroup(name), subscriptions, work: null };
}
