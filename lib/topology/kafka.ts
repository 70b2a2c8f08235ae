import type { ConsumerDefinition, DomainDefinition, EventDefinition } from "../domain/definition";
import { consumersVia, type Names } from "./names";
import type { KafkaTopic } from "./types";

/** Kafka's own default, said aloud so that a broker's setting cannot change it (TopicConfig MAX_MESSAGE_BYTES_CONFIG). */
const MAX_MESSAGE_BYTES = 1_048_588;

/** Topics of events, and for each Kafka consumer the retry topics and dead letter topics of what it reads. */
export function kafkaTopics(domain: DomainDefinition, names: Names, replicationFactor: number): readonly KafkaTopic[] {
  if (!domain.brokers.includes("kafka")) return [];
  const events = Object.values(domain.events);
  return [
    ...events.map((event) => eventTopic(domain, names, event, replicationFactor)),
    ...consumersVia(domain, "kafka").flatMap((consumer) =>
      consumer.on.flatMap((name) =>
        ladder(domain, names, consumer, domain.events[name] as EventDefinition, replicationFactor),
      ),
    ),
  ];
}

/** As long as the event asks for, or longer where a consumer needs it; and who that is. */
function topicRetention(
  domain: DomainDefinition,
  event: EventDefinition,
): { ms: number; causes: KafkaTopic["causes"] } {
  let longest: { ms: number; causes: KafkaTopic["causes"] } = { ms: event.retentionMs, causes: {} };
  for (const { name, on, needsMs } of consumersVia(domain, "kafka")) {
    if (needsMs !== null && needsMs > longest.ms && on.includes(event.name)) {
      longest = { ms: needsMs, causes: { "retention.ms": `consumers.${name}.needs` } };
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

function eventTopic(
  domain: DomainDefinition,
  names: Names,
  event: EventDefinition,
  replicationFactor: number,
): KafkaTopic {
  const retention = topicRetention(domain, event);
  return {
    kind: "kafka-topic",
    role: "event",
    key: `topic/${event.name}`,
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
  domain: DomainDefinition,
  names: Names,
  consumer: ConsumerDefinition,
  event: EventDefinition,
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
  const key = `topic/${event.name}/${consumer.name}`;
  const retention = topicRetention(domain, event);
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
