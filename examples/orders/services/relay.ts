import type { Pool } from "pg";
import { at, type EventName } from "./addresses";
import type { Connections } from "./connections";
import { headersOf, type WrittenEvent } from "./event-message";
import { eachPage } from "./feed";
import { type KafkaProducer, type KafkaRecord, openProducer } from "./kafka";
import { Lifetime, type Service } from "./lifetime";
import { outboxSent, takeOutbox } from "./outbox";
import { type Outgoing, Rabbitmq } from "./rabbitmq";
import { openPool, transaction } from "./store";

const PROCESSOR = "relay";
const OUTBOX_PAGE = 200;
const PAUSE_MS = 25;
const LOCK_PAUSE_MS = 200;

/**
 * The only producer of the domain's events, to both brokers, in the order of the feed; and the sender of what is in the outbox.
 * Everything is confirmed before it is forgotten here: a crash in between repeats messages and loses none. Of several relays one works
 * and the others wait.
 */
export function startRelay(connections: Connections): Promise<Service> {
  return Lifetime.open(async (life) => {
    const pool = await openPool(life, connections);
    const rabbitmq = await Rabbitmq.open(life, connections.rabbitmq.url);
    const producer = await openProducer(life, connections.kafka.bootstrapServers, PROCESSOR);
    life.run(async () => {
      if (!(await soleInstance(life, pool))) return;
      relayEvents(life, pool, producer, rabbitmq);
      relayOutbox(life, pool, rabbitmq);
    });
  });
}

/** Holds a lock as long as its connection lives: gone with the process, however that ends. */
async function soleInstance(life: Lifetime, pool: Pool): Promise<boolean> {
  const session = await pool.connect();
  session.on("error", life.fail);
  life.onStop(() => session.release(true));
  while (!life.stopped) {
    const { rows } = await session.query<{ locked: boolean }>(
      "SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS locked",
      [`${at.domain} ${PROCESSOR}`],
    );
    if (rows[0]?.locked) return true;
    await life.sleep(LOCK_PAUSE_MS);
  }
  return false;
}

function relayEvents(life: Lifetime, pool: Pool, producer: KafkaProducer, rabbitmq: Rabbitmq): void {
  // the only one that runs, which a lease cannot promise to one that sends: it may end while a message is on its way
  eachPage(life, pool, { processor: PROCESSOR, owner: PROCESSOR }, async ({ events }, move) => {
    const records = events.flatMap(kafkaRecord);
    await Promise.all([
      records.length > 0 ? producer.send({ messages: records }) : undefined,
      ...events.flatMap(exchangeMessage).map((each) => rabbitmq.publish(each)),
    ]);
    await move(pool);
  });
}

function relayOutbox(life: Lifetime, pool: Pool, rabbitmq: Rabbitmq): void {
  life.poll(PAUSE_MS, () =>
    transaction(pool, async (database) => {
      const messages = await takeOutbox(database, OUTBOX_PAGE);
      if (messages.length === 0) return false;
      await Promise.all(messages.map((each) => rabbitmq.publish(each)));
      await outboxSent(database, messages);
      return true;
    }),
  );
}

/** The key keeps an aggregate's events in one partition, and with that in order. */
function kafkaRecord(event: WrittenEvent): KafkaRecord[] {
  const { topic } = at.events[event.type];
  const value = JSON.stringify(event.payload);
  return topic === null ? [] : [{ topic, key: event.aggregateId, value, headers: headersOf(event) }];
}

function exchangeMessage(event: WrittenEvent): Outgoing[] {
  const { exchange, routingKey }: (typeof at.events)[EventName] = at.events[event.type];
  if (exchange === null) return [];
  return [
    {
      exchange,
      routingKey,
      messageId: event.id,
      type: at.events[event.type].type,
      headers: headersOf(event),
      body: event.payload,
    },
  ];
}
