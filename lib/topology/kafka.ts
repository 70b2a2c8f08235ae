import type { ConsumerDefinition, DomainDefinition, EventDefinition } from "../domain/definition";
import { named } from "./generation";
import { consumersVia, type Names } from "./names";
import type { KafkaTopic } from "./types";

/** Kafka's own default, said aloud so that a broker's setting cannot change it (TopicConfig MAX_MESSAGE_BYTES_CONFIG). */
const MAX_MESSAGE_BYTES = 1_048_588;

/** Topics of events, and for each Kafka consumer the retry topics and dead letter topics of what it reads. */
export function kafkaTopics(domain: DomainDefinition, names: Names, replicationFactor: number): readonly KafkaTopic[] {
  if (!domain.brokers.includes("kafka")) return [];
  const events = Object.values(domain.events);
  const retentions = topicRetentions(domain);
  const retentionOf = (event: EventDefinition): Retention => retentions.get(event.name) as Retention;
  return [
    ...events.map((event) => eventTopic(names, event, retentionOf(event), replicationFactor)),
    ...consumersVia(domain, "kafka").flatMap((consumer) =>
      consumer.on.flatMap((name) => {
        const event = domain.events[name] as EventDefinition;
        return ladder(names, consumer, event, retentionOf(event), replicationFactor);
      }),
    ),
  ];
}

interface Retention {
  readonly ms: number;
  readonly causes: KafkaTopic["causes"];
}

/** By event, as long as it asks for, or longer where a consumer needs it; and who that is. */
function topicRetentions(domain: DomainDefinition): ReadonlyMap<string, Retention> {
  const longest = new Map<string, Retention>();
  for (const { name, retentionMs } of Object.values(domain.events)) longest.set(name, { ms: retentionMs, causes: {} });
  for (const { name, on, needsMs } of consumersVia(domain, "kafka")) {
    for (const event of on) {
      if (needsMs === null || needsMs <= (longest.get(event)?.ms ?? 0)) continue;
      longest.set(event, { ms: needsMs, causes: { "retention.ms": `consumers.${name}.needs` } });
    }
  }
  return longest;
}

function config(retentionMs: number, replicationFactor: number): KafkaTopic["config"] {
  return {
    "cleanup.policy": "delete",
    "max.message.bytes": String(MAX_MESSAGE_BYTES),
    // one replica may be down without losing what acks=all has confirmed, and without stopping writes
    "min.insync.replicas": String(Math.max(1, replicationFactor - 1)),
    "retention.ms": String(retentionMs),
    "unclean.leader.election.enable": "false",
  };
}

function eventTopic(names: Names, event: EventDefinition, retention: Retention, replicationFactor: number): KafkaTopic {
  return {
    kind: "kafka-topic",
    role: "event",
    key: `topic/${named(event.name, event.generation)}`,
    path: `aggregates.${event.aggregate}.events.${event.name}`,
    part: "domain",
    protect: true,
    dependsOn: [],
    name: names.topic(event.name),
    partitions: event.partitions,
    replicationFactor,
    config: config(retention.ms, replicationFactor),
    causes: retention.causes,
  };
}

function ladder(
  names: Names,
  consumer: ConsumerDefinition,
  event: EventDefinition,
  retention: Retention,
  replicationFactor: number,
): readonly KafkaTopic[] {
  const base = {
    kind: "kafka-topic",
    path: `consumers.${consumer.name}`,
    part: `dead-letter/${consumer.name}`,
    protect: true,
    dependsOn: [],
    // as many as the event's topic: a message keeps its partition, and with it its order among the retried ones
    partitions: event.partitions,
    replicationFactor,
  } as const;
  const key = `topic/${named(event.name, event.generation)}/${consumer.name}`;
  return [
    ...consumer.retry.delaysMs.map((_, index): KafkaTopic => ({
      ...base,
      role: "retry",
      key: `${key}/retry-${index + 1}`,
      name: names.retryTopic(event.name, consumer.name, index + 1),
      config: config(retention.ms, replicationFactor),
      causes: retention.causes,
    })),
    {
      ...base,
      role: "dead-letter",
      key: `${key}/dead-letter`,
      name: names.deadLetterTopic(event.name, consumer.name),
      config: config(consumer.retry.parkRetentionMs, replicationFactor),
      causes: {},
    },
  ];
}
