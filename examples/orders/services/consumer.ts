import type { ConsumerAddress, SubscriptionAddress, WorkQueueAddress } from "eventloom";
import { orders } from "../domain";
import { at, type ConsumerName, type OrderEvent } from "./addresses";
import type { Connections } from "./connections";
import { current, eventOf, type WrittenEvent } from "./event-message";
import { firstTime } from "./inbox";
import { type KafkaMessage, type KafkaProducer, openProducer, subscribe, type Subscription } from "./kafka";
import { Lifetime, type Service } from "./lifetime";
import { Rabbitmq } from "./rabbitmq";
import { failedHeaders } from "./retry-headers";
import { type Database, openPool, transaction } from "./store";

/** What a consumer does with an event, in the transaction that notes it as handled. Throw, and the event comes again later. */
export type HandleEvent = (event: OrderEvent, delivery: Delivery) => Promise<void> | void;

export interface Delivery {
  readonly database: Database;
  readonly written: WrittenEvent;
  /** 1 for the first delivery. */
  readonly attempt: number;
}

/** Brings each event that a consumer is declared to receive to `handle`, by the broker that it is declared to use. */
export function startConsumer(connections: Connections, name: ConsumerName, handle: HandleEvent): Promise<Service> {
  return Lifetime.open(async (life) => {
    const pool = await openPool(life, connections);
    const { inbox } = at.consumers[name];
    const take: Take = (written, attempt) =>
      transaction(pool, async (database) => {
        if (await firstTime(database, inbox, written.id))
          await handle(current(written), { database, written, attempt });
      });
    await receive(life, connections, at.consumers[name], take);
  });
}

/** Handles an event; throws where it has to come again later. */
export type Take = (written: WrittenEvent, attempt: number) => Promise<void>;

/** Brings what comes to an address to `take`, from older generations of its queue or topics too. */
export async function receive(
  life: Lifetime,
  connections: Connections,
  address: ConsumerAddress,
  take: Take,
): Promise<void> {
  if (address.work) await fromRabbitmq(life, connections, address.work, take);
  else await fromKafka(life, connections, address, take);
}

async function fromRabbitmq(
  life: Lifetime,
  connections: Connections,
  work: WorkQueueAddress,
  take: Take,
): Promise<void> {
  const rabbitmq = await Rabbitmq.open(life, connections.rabbitmq.url);
  await rabbitmq.consume(work, ({ attempt, body, headers }) => {
    const header = (each: string): string | undefined => headers[each]?.toString();
    return take(eventOf(header, body), attempt);
  });
}

async function fromKafka(
  life: Lifetime,
  connections: Connections,
  { name, group, subscriptions }: ConsumerAddress,
  take: Take,
): Promise<void> {
  if (group === null) throw new Error(`the consumer ${name} of ${orders.name} has no group`);
  const { bootstrapServers } = connections.kafka;
  const producer = await openProducer(life, bootstrapServers, group);
  const ladder = subscriptions.flatMap(rungsOf).map((rung): Subscription => ({
    topic: rung.topic,
    after: rung.after,
    handle: async (message) => {
      await life.sleep(Number(message.timestamp) + rung.delayMs - Date.now());
      // stopped while waiting: not handled, so it must not be committed either
      if (life.stopped) throw new Error(`stopped before ${rung.topic} was read to its end`);
      await handOrPassOn(producer, message, rung, take);
    },
  }));
  await subscribe(life, bootstrapServers, group, ladder);
}

/** A topic that is read: which delivery that is, how long it waits, and where its failures go. */
interface Rung {
  readonly topic: string;
  readonly attempt: number;
  readonly delayMs: number;
  readonly after: readonly string[];
  readonly next: { readonly topic: string; readonly attempt: number };
}

function rungsOf({ after, deadLetterTopic, retries, topic }: SubscriptionAddress): Rung[] {
  // what was retried has lost its order already
  const read = [{ topic, delayMs: 0, after }, ...retries.map((each) => ({ ...each, after: [] }))];
  return read.map((each, index) => {
    const after = read[index + 1];
    const attempt = index + 1;
    const next = after ? { topic: after.topic, attempt: attempt + 1 } : { topic: deadLetterTopic, attempt };
    return { ...each, attempt, next };
  });
}

/** What fails goes on to the next topic: then the next message of this one is not held up by it. */
async function handOrPassOn(
  producer: KafkaProducer,
  message: KafkaMessage,
  { attempt, next }: Rung,
  take: Take,
): Promise<void> {
  const headers = Object.fromEntries(message.headers);
  try {
    await take(
      eventOf((each) => headers[each], JSON.parse(message.value)),
      attempt,
    );
  } catch (error) {
    const failed = Object.entries(failedHeaders(headers, message.topic, error, next.attempt));
    const carried = Object.fromEntries(failed.map(([each, content]) => [each, String(content)]));
    const { key, value } = message;
    await producer.send({ messages: [{ topic: next.topic, key, value, headers: carried }] });
  }
}
