import { Client } from "pg";
import { withKafkaAdmin } from "../../tools/servers/kafka-client";
import { manage } from "../../tools/servers/rabbitmq";
import type { Connections } from "../../tools/servers/state";

/** What the servers themselves call each topic, queue and table: a topic's and a table's changes when it is made anew. */
export async function serverIdentities({
  kafka,
  rabbitmq,
  postgres,
}: Connections): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  await withKafkaAdmin(kafka.bootstrapServers, async (admin) => {
    const { topics } = await admin.metadata({ topics: await admin.listTopics() });
    for (const [name, { id }] of topics) found.set(`topic ${name}`, id);
  });
  const queues = (await manage(rabbitmq, "GET", `/queues/${rabbitmq.vhost}`)) as readonly { name: string }[];
  // RabbitMQ calls a queue by its name alone
  for (const { name } of queues) found.set(`queue ${name}`, name);
  const client = new Client({ ...postgres, user: postgres.username });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string; oid: string }>(
      "SELECT n.nspname || '.' || c.relname AS name, c.oid::text AS oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') AND n.nspname = 'orders'",
    );
    for (const { name, oid } of rows) found.set(`table ${name}`, oid);
  } finally {
    await client.end();
  }
  return found;
}
