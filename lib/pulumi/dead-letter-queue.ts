import type * as kafka from "@pulumi/kafka";
import type * as pulumi from "@pulumi/pulumi";
import type * as rabbitmq from "@pulumi/rabbitmq";
import type { Part, Resource } from "../topology/types";
import type { ConsumerNamesOf, NamedDomain, SagaNamesOf } from "../domain/named-domain";
import { PartComponent, type DomainArgs } from "./part-component";

/** What {@link DeadLetterQueue} takes. */
export interface DeadLetterQueueArgs<D extends NamedDomain> extends DomainArgs<D> {
  /** Whose failed messages: a consumer, a saga, or a service that handles commands, by its name in the domain. */
  // `string & {}` keeps the names in completions
  readonly of: ConsumerNamesOf<D> | SagaNamesOf<D> | (string & {});
}

/**
 * Where the messages go that somebody failed to handle for good: a parking queue (RabbitMQ), or the retry topics and dead letter
 * topics of what a consumer reads (Kafka).
 */
export class DeadLetterQueue<D extends NamedDomain = NamedDomain> extends PartComponent {
  readonly #part: Part;

  /** @throws DeclarationError when the domain has no such receiver (PU501), or cannot be compiled */
  constructor(name: string, args: DeadLetterQueueArgs<D>, opts: pulumi.ComponentResourceOptions = {}) {
    const part: Part = `dead-letter/${args.of}`;
    const named = { property: "of", received: args.of, prefix: "dead-letter/" };
    super("eventloom:index:DeadLetterQueue", name, args, part, named, opts);
    this.#part = part;
  }

  /** The parking queues: one, or none where the receiver is via Kafka. */
  get parkingQueues(): readonly rabbitmq.Queue[] {
    return this.#held((each) => each.kind === "rabbitmq-queue" && each.role === "parking");
  }

  /** The dead letter topics, one for each event that the consumer reads; none where it is via RabbitMQ. */
  get deadLetterTopics(): readonly kafka.Topic[] {
    return this.#held((each) => each.kind === "kafka-topic" && each.role === "dead-letter");
  }

  /** The retry topics, for each event in the order of the attempts; none where the consumer is via RabbitMQ. */
  get retryTopics(): readonly kafka.Topic[] {
    return this.#held((each) => each.kind === "kafka-topic" && each.role === "retry");
  }

  #held<R extends pulumi.CustomResource>(wanted: (resource: Resource) => boolean): readonly R[] {
    return this.resourcesOf(this.#part)
      .filter(wanted)
      .map((each) => this.placement.get<R>(each.key));
  }
}
