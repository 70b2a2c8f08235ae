import { connect } from "amqplib";

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
