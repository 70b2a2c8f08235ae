import type { ConsumerDefinition, DomainDefinition, QueueDefinition } from "../domain/definition";
import { shortDuration } from "../domain/duration";
import {
  kebab,
  originalName,
  postgresName,
  projectionTableName,
  rabbitmqName,
  slugOf,
  snake,
  topicName,
} from "../domain/names";
import { physicalSuffix } from "./generation";

/** Sections whose things have names of their own. */
type Section = "aggregates" | "commands" | "consumers" | "events" | "projections" | "sagas";

/** The physical names of a domain's things, each rule once. All come from the names that things had first. */
export class Names {
  readonly #domain: DomainDefinition;

  constructor(domain: DomainDefinition) {
    this.#domain = domain;
  }

  #original(section: Section, name: string): string {
    const found = this.#domain[section][name];
    return found === undefined ? name : originalName(found);
  }

  #slug(event: string): string {
    return slugOf(this.#domain, event);
  }

  #consumer(name: string): string {
    return kebab(this.#original("consumers", name));
  }

  #saga(name: string): string {
    return kebab(this.#original("sagas", name));
  }

  /** With the topic's generation. */
  #topic(event: string): readonly string[] {
    return [this.#domain.name, this.#slug(event), ...physicalSuffix(this.#domain.events[event]?.generation ?? 1)];
  }

  topic(event: string): string {
    return topicName(...this.#topic(event));
  }

  /** In the event exchange: the name of the event's first topic, one address everywhere. It has no generations. */
  routingKey(event: string): string {
    return topicName(this.#domain.name, this.#slug(event));
  }

  retryTopic(event: string, consumer: string, attempt: number): string {
    return topicName(...this.#topic(event), this.#consumer(consumer), `retry-${attempt}`);
  }

  deadLetterTopic(event: string, consumer: string): string {
    return topicName(...this.#topic(event), this.#consumer(consumer), "dlt");
  }

  /** With the domain's name: group ids are shared by a whole cluster. */
  consumerGroup(consumer: string): string {
    return consumerGroupName(this.#domain.name, this.#original("consumers", consumer));
  }

  exchange(role: "events" | "commands" | "replies" | "return" | "dead" | "unrouted"): string {
    return rabbitmqName(this.#domain.name, role);
  }

  /** The level that holds messages for so long; the delay is part of the name since a level is never edited. */
  retryLevel(delayMs: number): string {
    return rabbitmqName(this.#domain.name, "retry", shortDuration(delayMs));
  }

  consumerQueue(consumer: string): string {
    return rabbitmqName(this.#domain.name, this.#consumer(consumer), ...generationOf(this.#domain.consumers[consumer]));
  }

  commandQueue(handler: string): string {
    return rabbitmqName(this.#domain.name, kebab(handler), "commands", ...generationOf(this.#domain.handlers[handler]));
  }

  replyQueue(saga: string): string {
    return rabbitmqName(this.#domain.name, this.#saga(saga), "replies", ...generationOf(this.#domain.sagas[saga]));
  }

  /** In the reply exchange: commands that are under way carry it, so it has no generations. */
  replyKey(saga: string): string {
    return rabbitmqName(this.#domain.name, this.#saga(saga), "replies");
  }

  parkingQueue(workQueue: string): string {
    return rabbitmqName(workQueue, "parking");
  }

  commandKey(command: string): string {
    return rabbitmqName(kebab(this.#original("commands", command)));
  }

  get schema(): string {
    return postgresName(snake(this.#domain.name));
  }

  projectionTable(projection: string): string {
    const generation = this.#domain.projections[projection]?.generation ?? 1;
    return projectionTableName(this.#original("projections", projection), generation);
  }

  /** What an event is stored as, and called in the header of its messages. */
  eventType(event: string): string {
    return this.#original("events", event);
  }

  /** What an aggregate's rows are stored as. */
  aggregateType(aggregate: string): string {
    return this.#original("aggregates", aggregate);
  }

  /** What a command is called in its messages and in the outbox. */
  commandType(command: string): string {
    return this.#original("commands", command);
  }

  /** The name of a reader of the feed in `checkpoints`: a projection's, or a saga's. */
  processor(section: "projections" | "sagas", name: string): string {
    return this.#original(section, name);
  }

  /** The name of a receiver in `inbox`. */
  inbox(section: "consumers" | "sagas", name: string): string {
    return this.#original(section, name);
  }

  /** What a saga's instances are stored as. */
  sagaType(saga: string): string {
    return this.#original("sagas", saga);
  }
}

function generationOf(owner: { readonly queue: QueueDefinition } | undefined): readonly string[] {
  return physicalSuffix(owner?.queue.generation ?? 1);
}

export function consumerGroupName(domain: string, consumer: string): string {
  return topicName(domain, kebab(consumer));
}

export function consumersVia(domain: DomainDefinition, via: ConsumerDefinition["via"]): readonly ConsumerDefinition[] {
  return Object.values(domain.consumers).filter((each) => each.via === via);
}

/** The services that handle commands, each with its commands. */
export function handlersOf(domain: DomainDefinition): ReadonlyMap<string, readonly string[]> {
  const handlers = new Map<string, string[]>();
  for (const { handledBy, name } of Object.values(domain.commands)) {
    handlers.set(handledBy, [...(handlers.get(handledBy) ?? []), name]);
  }
  return handlers;
}
