import { connect, type ConfirmChannel, type ConsumeMessage, type Message, type Options } from "amqplib";
import type { QueueAddress, WorkQueueAddress } from "eventloom";
import { reached } from "./connections";
import type { Lifetime } from "./lifetime";
import { attemptOf, failedHeaders } from "./retry-headers";

/** Few at a time: when a consumer crashes, every message that it holds counts as delivered once more. */
const PREFETCH = 20;

export interface Outgoing {
  readonly exchange: string;
  readonly routingKey: string;
  readonly messageId: string;
  readonly type: string;
  readonly correlationId?: string | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

export interface Incoming {
  readonly messageId: string;
  readonly type: string;
  readonly correlationId: string | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: unknown;
  /** 1 for the first delivery. */
  readonly attempt: number;
}

/** One connection with one channel, on which everything published is confirmed by the broker. */
export class Rabbitmq {
  readonly #life: Lifetime;
  readonly #channel: ConfirmChannel;
  /** Tokens of messages that no queue took. The broker says so before it confirms. */
  readonly #returned = new Set<string>();
  #published = 0;

  private constructor(life: Lifetime, channel: ConfirmChannel) {
    this.#life = life;
    this.#channel = channel;
    channel.on("error", life.fail);
    channel.on("return", (message: Message) => this.#returned.add(String(message.properties.headers?.[TOKEN])));
  }

  static async open(life: Lifetime, url: string): Promise<Rabbitmq> {
    const connection = await reached(`RabbitMQ at ${new URL(url).host}`, connect(url));
    connection.on("error", life.fail);
    connection.on("close", () => life.fail(new Error("the connection to RabbitMQ was closed")));
    life.onStop(() => connection.close());
    return new Rabbitmq(life, await connection.createConfirmChannel());
  }

  /** Resolves when the broker has the message safe in a queue; rejects when it refused it, or no queue takes it. */
  async publish(message: Outgoing): Promise<void> {
    const { exchange, routingKey, messageId, type, correlationId } = message;
    const properties = { messageId, type, ...(correlationId === undefined ? {} : { correlationId }) };
    await this.#send(exchange, routingKey, Buffer.from(JSON.stringify(message.body)), {
      ...properties,
      contentType: "application/json",
      headers: message.headers,
    });
  }

  #send(exchange: string, routingKey: string, content: Buffer, options: Options.Publish): Promise<void> {
    const token = String(++this.#published);
    const headers = { ...(options.headers as object), [TOKEN]: token };
    return new Promise((resolve, reject) => {
      const settle = (error: unknown): void => {
        // a confirmed message is not yet a routed one
        const returned = this.#returned.delete(token);
        if (error) reject(new Error(`RabbitMQ refused a message to ${exchange} with the routing key ${routingKey}`));
        else if (returned) reject(new Error(`no queue is bound to ${exchange} with the routing key ${routingKey}`));
        else resolve();
      };
      this.#channel.publish(
        exchange,
        routingKey,
        content,
        { ...options, headers, persistent: true, mandatory: true },
        settle,
      );
    });
  }

  /**
   * Takes messages from a queue, and from older generations of it that still run, until the service stops. What fails waits in the
   * queue's next retry level; what has used up its retries goes to the parking queue. `handle` may see a message twice.
   */
  async consume({ older, ...work }: WorkQueueAddress, handle: (message: Incoming) => Promise<void>): Promise<void> {
    await this.#channel.prefetch(PREFETCH);
    for (const each of [...older, work]) await this.#consumeFrom(each, handle);
  }

  async #consumeFrom(work: QueueAddress, handle: (message: Incoming) => Promise<void>): Promise<void> {
    const inHand = new Set<Promise<void>>();
    const { consumerTag } = await this.#channel.consume(work.queue, (message) => {
      // null: the queue was deleted. An exception here would look like a broken connection
      if (!message) return this.#life.fail(new Error(`the queue ${work.queue} was deleted`));
      const settled = this.#settle(work, message, handle).catch(this.#life.fail);
      inHand.add(settled);
      void settled.then(() => inHand.delete(settled));
    });
    this.#life.onStop(async () => {
      await this.#channel.cancel(consumerTag);
      await Promise.all(inHand);
    });
  }

  async #settle(
    work: QueueAddress,
    message: ConsumeMessage,
    handle: (message: Incoming) => Promise<void>,
  ): Promise<void> {
    try {
      await handle(incoming(message));
    } catch (error) {
      return this.#retryOrPark(work, message, error);
    }
    this.#channel.ack(message);
  }

  async #retryOrPark(work: QueueAddress, message: ConsumeMessage, error: unknown): Promise<void> {
    const { headers, ...properties } = message.properties as Options.Publish;
    const attempt = attemptOf(headers);
    const level = work.retries[attempt - 1];
    // without requeue: the queue's dead letter exchange takes it to the parking queue
    if (!level) return this.#channel.reject(message, false);
    await this.#send(level.exchange, work.queue, message.content, {
      ...kept(properties),
      headers: failedHeaders(headers, message.fields.routingKey, error, attempt + 1),
    });
    // only now: a crash before this repeats the message instead of losing it
    this.#channel.ack(message);
  }
}

/** What a message says of itself. Its expiration is not kept: the level's waiting time is the only one. */
function kept({ messageId, type, correlationId, contentType }: Options.Publish): Options.Publish {
  const all = Object.entries({ messageId, type, correlationId, contentType });
  return Object.fromEntries(all.filter(([, value]) => value !== undefined));
}

/** Tells apart what was returned; means nothing to anybody else. */
const TOKEN = "publish-token";

function incoming(message: ConsumeMessage): Incoming {
  const { messageId, type, correlationId, headers } = message.properties as Options.Publish;
  if (!messageId || !type) throw new Error("a message without message-id or type");
  return {
    messageId,
    type,
    correlationId,
    headers: (headers ?? {}) as Record<string, unknown>,
    body: JSON.parse(message.content.toString()) as unknown,
    attempt: attemptOf(headers),
  };
}
