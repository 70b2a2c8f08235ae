import { connect } from "amqplib";
import { Client } from "pg";
import { withKafkaAdmin } from "../../tools/servers/kafka-client";
import { manage } from "../../tools/servers/rabbitmq";
import { freshDatabase, freshVhost, sharedServers, wipeKafka } from "./servers";

jest.setTimeout(300_000);

it("gives a test an empty database of its own", async () => {
  const [first, second] = [await freshDatabase("own"), await freshDatabase("own")];
  const { username, ...rest } = first;
  const client = new Client({ ...rest, user: username });
  await client.connect();
  try {
    await client.query("CREATE TABLE seen (id int)");
    const { rows } = await client.query("SELECT count(*)::int AS n FROM pg_tables WHERE schemaname = 'public'");
    expect(rows).toEqual([{ n: 1 }]);
  } finally {
    await client.end();
  }
  expect(second.database).not.toBe(first.database);
});

it("gives a test an empty vhost of its own", async () => {
  const [mine, other] = [await freshVhost("own"), await freshVhost("own")];
  const connection = await connect(mine.amqpUrl);
  try {
    const channel = await connection.createChannel();
    await channel.assertQueue("seen");
    await channel.close();
  } finally {
    await connection.close();
  }
  expect(await manage(mine, "GET", `/queues/${mine.vhost}`)).toEqual([expect.objectContaining({ name: "seen" })]);
  expect(await manage(other, "GET", `/queues/${other.vhost}`)).toEqual([]);
});

it("deletes every topic, so that they can be created again at once", async () => {
  const { kafka } = await sharedServers();
  await wipeKafka();
  await withKafkaAdmin(kafka.bootstrapServers, async (admin) => {
    for (const partitions of [1, 3]) {
      await admin.createTopics({ topics: ["left.over"], partitions, replicas: 1 });
      expect(await admin.listTopics()).toContain("left.over");
      await wipeKafka();
      expect(await admin.listTopics()).not.toContain("left.over");
    }
  });
});

it("creates no topic that nobody declared", async () => {
  const { kafka } = await sharedServers();
  await withKafkaAdmin(kafka.bootstrapServers, async (admin) => {
    await expect(admin.metadata({ topics: ["nobody.declared"], autocreateTopics: true })).rejects.toThrow();
    expect(await admin.listTopics()).not.toContain("nobody.declared");
  });
});
