import type { Construct } from "constructs";
import type { Engine } from "./engine";
import { QueueHandle, TopicHandle } from "./handles";
import type { ConsumerNamesOf, NamedDomain, SagaNamesOf } from "../domain/named-domain";
import { PartConstruct, type DomainProps } from "./part-construct";
import type { Part, Resource } from "../topology/types";

/** What {@link DeadLetterQueueBase DeadLetterQueue} takes. */
export interface DeadLetterQueueProps<D extends NamedDomain> extends DomainProps<D> {
  /** Whose failed messages: a consumer, a saga, or a service that handles commands, by its name in the domain; a retired one too. */
  // `string & {}` keeps the names in completions
  readonly of: ConsumerNamesOf<D> | SagaNamesOf<D> | (string & {});
}

/** @see the classes of the same name in `eventloom/cdktf` and `eventloom/cdktn` */
export abstract class DeadLetterQueueBase<D extends NamedDomain> extends PartConstruct {
  readonly #part: Part;

  protected constructor(engine: Engine, scope: Construct, id: string, props: DeadLetterQueueProps<D>) {
    const part: Part = `dead-letter/${props.of}`;
    super(engine, scope, id, props, part, { property: "of", received: props.of, prefix: "dead-letter/" });
    this.#part = part;
  }

  /** The parking queues: one, or none where the receiver is via Kafka. */
  get parkingQueues(): readonly QueueHandle[] {
    const keys = this.#keys((each) => each.kind === "rabbitmq-queue" && each.role === "parking");
    return keys.map((key) => new QueueHandle(this.placement.get(key)));
  }

  /** The dead letter topics, one for each event that the consumer reads; none where it is via RabbitMQ. */
  get deadLetterTopics(): readonly TopicHandle[] {
    const keys = this.#keys((each) => each.kind === "kafka-topic" && each.role === "dead-letter");
    return keys.map((key) => new TopicHandle(this.placement.get(key)));
  }

  /** The retry topics, for each event in the order of the attempts; none where the consumer is via RabbitMQ. */
  get retryTopics(): readonly TopicHandle[] {
    const keys = this.#keys((each) => each.kind === "kafka-topic" && each.role === "retry");
    return keys.map((key) => new TopicHandle(this.placement.get(key)));
  }

  #keys(wanted: (resource: Resource) => boolean): readonly string[] {
    return this.resourcesOf(this.#part)
      .filter(wanted)
      .map((each) => each.key);
  }
}
