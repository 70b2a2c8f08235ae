import type { KafkaTopic, RabbitmqQueue, Resource } from "./types";
import type { QueueAddress, QueueRetry, ReadTableAddress, SubscriptionAddress } from "./addresses";

/** An older generation that still runs beside the one that is declared. */
export interface OlderGeneration {
  /** `consumers.billing`, `events.OrderPaid`, `projections.OrderSummary`. */
  readonly of: string;
  readonly generation: number;
  /**
   * `beside`: what is new comes here too, and for a topic here alone; a read table is the one that is read. `drain`: nothing new
   * comes here; a read table is written as long as its checkpoint is at work.
   */
  readonly phase: "beside" | "drain";
  readonly resources: readonly Resource[];
}

/** The work queues of older generations, the oldest first. */
export function olderQueues(
  older: readonly OlderGeneration[],
  of: string,
  retries: readonly QueueRetry[],
): readonly QueueAddress[] {
  return older
    .filter((each) => each.of === of)
    .flatMap(({ resources }) => {
      const [queue] = queuesOf(resources, "work");
      const [parkingQueue] = queuesOf(resources, "parking");
      return queue === undefined || parkingQueue === undefined ? [] : [{ queue, retries, parkingQueue }];
    });
}

function queuesOf(resources: readonly Resource[], role: RabbitmqQueue["role"]): readonly string[] {
  return resources.flatMap((each) => (each.kind === "rabbitmq-queue" && each.role === role ? [each.name] : []));
}

/** The read tables of older generations of a projection, the oldest first. */
export function olderTables(older: readonly OlderGeneration[], projection: string): readonly ReadTableAddress[] {
  return older
    .filter(({ of }) => of === `projections.${projection}`)
    .flatMap(({ generation, resources }) =>
      resources.flatMap((each) =>
        each.kind === "postgres-table" ? [{ table: each.definition.name, generation }] : [],
      ),
    );
}

/** The table that readers read: the oldest that nobody drains yet; undefined where that is the declared one. */
export function readTable(older: readonly OlderGeneration[], projection: string): ReadTableAddress | undefined {
  return olderTables(
    older.filter(({ phase }) => phase === "beside"),
    projection,
  )[0];
}

/** The topic that the relay writes an event to: the oldest that nobody drains yet. */
export function writtenTopic(older: readonly OlderGeneration[], event: string, declared: string): string {
  const beside = older.find((each) => each.of === `events.${event}` && each.phase === "beside");
  return topicsOf(beside?.resources ?? [], "event")[0]?.name ?? declared;
}

/**
 * What a consumer group reads of one event: each generation's topic, the oldest first. Where an older one has no ladder for it
 * (the consumer is newer), its failed messages take the declared one's.
 */
export function subscriptionsTo(
  older: readonly OlderGeneration[],
  consumer: string,
  declared: Omit<SubscriptionAddress, "after">,
): readonly SubscriptionAddress[] {
  const before = older
    .filter((each) => each.of === `events.${declared.event}`)
    .flatMap(({ resources }) =>
      topicsOf(resources, "event").map((topic) => olderOf(topic, resources, consumer, declared)),
    );
  const all = [...before, declared];
  return all.map((each, index) => ({ ...each, after: all.slice(0, index).map(({ topic }) => topic) }));
}

function olderOf(
  { key, name }: KafkaTopic,
  resources: readonly Resource[],
  consumer: string,
  declared: Omit<SubscriptionAddress, "after">,
): Omit<SubscriptionAddress, "after"> {
  const own = topicsOf(resources).filter((each) => each.key.startsWith(`${key}/${consumer}/`));
  const named = (last: string): string | undefined =>
    own.find((each) => each.key === `${key}/${consumer}/${last}`)?.name;
  const deadLetterTopic = named("dead-letter");
  if (deadLetterTopic === undefined) return { ...declared, topic: name };
  const retries = declared.retries.flatMap(({ delayMs }, index) => {
    const topic = named(`retry-${index + 1}`);
    return topic === undefined ? [] : [{ delayMs, topic }];
  });
  return { event: declared.event, topic: name, retries, deadLetterTopic };
}

function topicsOf(resources: readonly Resource[], role?: KafkaTopic["role"]): readonly KafkaTopic[] {
  return resources
    .filter((each) => each.kind === "kafka-topic")
    .filter((each) => role === undefined || each.role === role);
}
