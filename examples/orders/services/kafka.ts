import type { Message, MessageToProduce, Producer } from "@platformatic/kafka" with { "resolution-mode": "import" };
import { reached } from "./connections";
import { GroupReading } from "./group-reading";
import type { Lifetime } from "./lifetime";

export type KafkaMessage = Message<string, string, string, string>;
export type KafkaRecord = MessageToProduce<string, string, string, string>;
export type KafkaProducer = Producer<string, string, string, string>;

/** A second apart. */
const RETRIES = 5;
/** How many messages a stream holds in memory. */
const HIGH_WATER_MARK = 256;

function base(
  bootstrapServers: string,
  clientId: string,
): { bootstrapBrokers: string[]; clientId: string; strict: true } {
  return { bootstrapBrokers: bootstrapServers.split(","), clientId, strict: true };
}

/** A producer whose messages all in-sync replicas have before `send` resolves, none twice when it repeats a request. */
export async function openProducer(life: Lifetime, bootstrapServers: string, clientId: string): Promise<KafkaProducer> {
  const { compatibilityPartitioner, ProduceAcks, Producer, stringSerializers } = await import("@platformatic/kafka");
  const producer = new Producer<string, string, string, string>({
    ...base(bootstrapServers, clientId),
    serializers: stringSerializers,
    idempotent: true,
    // it would go on for ever otherwise, and nobody would hear of a broker that is down
    retries: RETRIES,
    acks: ProduceAcks.ALL,
    autocreateTopics: false,
    // a key's partition is the one that Kafka's own clients choose
    partitioner: compatibilityPartitioner,
  });
  life.onStop(() => producer.close());
  await reached(`Kafka at ${bootstrapServers}`, producer.initIdempotentProducer({}));
  return producer;
}

export interface Subscription {
  readonly topic: string;
  /** Topics that the group has to have read to their end before it handles the first message of this one. */
  readonly after: readonly string[];
  readonly handle: (message: KafkaMessage) => Promise<void>;
}

/**
 * One member of a consumer group that reads each topic by itself, so that waiting in one holds up no other. A message is committed
 * when it was handled: `handle` may see it twice.
 */
export async function subscribe(
  life: Lifetime,
  bootstrapServers: string,
  groupId: string,
  subscriptions: readonly Subscription[],
): Promise<void> {
  const { Consumer, MessagesStreamFallbackModes, MessagesStreamModes, stringDeserializers } =
    await import("@platformatic/kafka");
  const consumer = new Consumer<string, string, string, string>({
    ...base(bootstrapServers, groupId),
    groupId,
    deserializers: stringDeserializers,
    autocommit: false,
    highWaterMark: HIGH_WATER_MARK,
  });
  // a member that cannot get back into its group says so here alone, and unheard it would end the process
  consumer.on("error", life.fail);
  life.onStop(() => consumer.close(true));
  // joins the group once with all of them: joining again for each, it may share out a topic that it has not joined with yet
  consumer.topics.trackAll(...subscriptions.map(({ topic }) => topic));
  const reading = new GroupReading(life, bootstrapServers, groupId);
  for (const { topic, after, handle } of subscriptions) {
    const consuming = consumer.consume({
      topics: [topic],
      mode: MessagesStreamModes.COMMITTED,
      // a new group starts with what the topic still has
      fallbackMode: MessagesStreamFallbackModes.EARLIEST,
    });
    const stream = await reached(`Kafka at ${bootstrapServers}`, consuming);
    life.onStopping(() => void stream.close().catch(life.fail));
    life.run(async () => {
      for await (const message of stream) {
        for (const each of after) await reading.toEndOf(each);
        // to its end, which has come: leaving it in between would tear it down while it closes
        if (life.stopped) continue;
        await handle(message);
        await message.commit();
      }
    });
  }
}
