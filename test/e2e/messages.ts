import { connect } from "amqplib";
import { type WrittenEvent, eventOf } from "../../examples/orders/services/event-message";

export interface ParkedMessage {
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

/** The message that has waited longest in a queue; it stays there. */
export async function oldestIn(url: string, queue: string): Promise<ParkedMessage | null> {
  const connection = await connect(url);
  try {
    const channel = await connection.createChannel();
    const message = await channel.get(queue);
    if (!message) return null;
    channel.nack(message);
    await channel.close();
    const headers = (message.properties.headers ?? {}) as Record<string, unknown>;
    return { headers, body: JSON.parse(message.content.toString()) as unknown };
  } finally {
    await connection.close();
  }
}

export interface TopicEvent {
  readonly partition: number;
  readonly key: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly event: WrittenEvent;
}

/** Everything that a topic has now, by partition and offset. */
export async function readTopic(bootstrapServers: string, topic: string): Promise<TopicEvent[]> {
  const { Consumer, MessagesStreamModes, stringDeserializers } = await import("@platformatic/kafka");
  const consumer = new Consumer<string, string, string, string>({
    clientId: "reader",
    bootstrapBrokers: bootstrapServers.split(","),
    groupId: `reader-${process.pid}-${Date.now()}`,
    deserializers: stringDeserializers,
    autocommit: false,
  });
  try {
    const ends = (await consumer.listOffsets({ topics: [topic] })).get(topic) ?? [];
    let left = ends.reduce((sum, each) => sum + Number(each), 0);
    const found: TopicEvent[] = [];
    if (left === 0) return found;
    const stream = await consumer.consume({ topics: [topic], mode: MessagesStreamModes.EARLIEST });
    for await (const { headers, key, partition, value } of stream) {
      found.push({ partition, key, headers, event: eventOf((name) => headers.get(name), JSON.parse(value)) });
      if (--left === 0) break;
    }
    await stream.close();
    return found;
  } finally {
    await consumer.close(true);
  }
}
