import { connect } from "amqplib";
import { Client } from "pg";
import type { Servers } from "../../tools/servers";
import { kafkaClient, withKafkaAdmin } from "../../tools/servers/kafka-client";

export type Target = Pick<Servers, "kafka" | "rabbitmq" | "postgres">;

/** What holds something: a topic, a queue and a table. */
export interface Place {
  readonly topic: string;
  readonly queue: string;
  /** With its schema; has a text column `order_id`. */
  readonly table: string;
}

/** Puts a message or a row into each. */
export async function fill({ kafka, rabbitmq, postgres }: Target, { topic, queue, table }: Place): Promise<void> {
  const { Producer, stringSerializers } = kafkaClient();
  const bootstrapBrokers = kafka.bootstrapServers.split(",");
  const producer = new Producer({ clientId: "filler", bootstrapBrokers, serializers: stringSerializers });
  await producer.send({ messages: [{ topic, key: "a", value: "{}" }] });
  await producer.close();
  const connection = await connect(rabbitmq.amqpUrl);
  const channel = await connection.createConfirmChannel();
  channel.sendToQueue(queue, Buffer.from("{}"), { persistent: true });
  await channel.waitForConfirms();
  await connection.close();
  await withPostgres(postgres, (client) => client.query(`INSERT INTO ${table} (order_id) VALUES ('a')`));
}

/** How much is in each; -1 for what is not there. */
export async function contents(target: Target, { topic, queue, table }: Place): Promise<Record<keyof Place, number>> {
  return {
    topic: await messagesOfTopic(target, topic),
    queue: await messagesOfQueue(target, queue),
    table: await withPostgres(target.postgres, async (client) => {
      const there = await client.query("SELECT to_regclass($1) AS name", [table]);
      if ((there.rows as { name: string | null }[])[0]?.name === null) return -1;
      return (await client.query(`SELECT 1 FROM ${table}`)).rowCount ?? 0;
    }),
  };
}

async function messagesOfTopic({ kafka }: Target, topic: string): Promise<number> {
  return withKafkaAdmin(kafka.bootstrapServers, async (admin) => {
    if (!(await admin.listTopics()).includes(topic)) return -1;
    const ends = await admin.listOffsets({
      topics: [{ name: topic, partitions: [{ partitionIndex: 0, timestamp: -1n }] }],
    });
    return Number(ends[0]?.partitions[0]?.offset ?? 0n);
  });
}

/** Asked by AMQP: what the management API counts is seconds old. */
async function messagesOfQueue({ rabbitmq }: Target, queue: string): Promise<number> {
  const connection = await connect(rabbitmq.amqpUrl);
  // a queue that is not there closes the channel
  connection.on("error", () => undefined);
  try {
    const channel = await connection.createChannel();
    channel.on("error", () => undefined);
    return (await channel.checkQueue(queue)).messageCount;
  } catch {
    return -1;
  } finally {
    await connection.close();
  }
}

async function withPostgres<T>(postgres: Target["postgres"], work: (client: Client) => Promise<T>): Promise<T> {
  const { username: user, ...rest } = postgres;
  const client = new Client({ ...rest, user });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
