import { eventOf, type WrittenEvent } from "../../examples/orders/services/event-message";

export interface TopicEvent {
  readonly partition: number;
  readonly key: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly event: WrittenEvent;
}

/** The events that a topic has now, by partition and offset. */
export async function readTopic(bootstrapServers: string, topic: string, limit = Infinity): Promise<TopicEvent[]> {
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
    const wanted = Math.min(limit, Number(ends.reduce((sum, each) => sum + each, 0n)));
    const found: TopicEvent[] = [];
    if (wanted === 0) return found;
    const stream = await consumer.consume({ topics: [topic], mode: MessagesStreamModes.EARLIEST });
    for await (const { headers, key, partition, value } of stream) {
      found.push({ partition, key, headers, event: eventOf((name) => headers.get(name), JSON.parse(value)) });
      if (found.length === wanted) break;
    }
    await stream.close();
    return found;
  } finally {
    await consumer.close(true);
  }
}
