import { randomBytes } from "node:crypto";
import { subscribe } from "../../examples/orders/services/kafka";
import { Lifetime } from "../../examples/orders/services/lifetime";
import { kafkaClient, withKafkaAdmin } from "../../tools/servers/kafka-client";
import { sharedServers } from "./servers";

jest.setTimeout(120_000);

test("a member that cannot get back into its group ends its service with the reason, and not the process", async () => {
  const { bootstrapServers } = (await sharedServers()).kafka;
  const name = `group-${randomBytes(3).toString("hex")}`;
  await withKafkaAdmin(bootstrapServers, (admin) => admin.createTopics({ topics: [name], partitions: 1, replicas: 1 }));
  const subscription = { topic: name, after: [], handle: () => Promise.resolve() };
  const member = await Lifetime.open((life) => subscribe(life, bootstrapServers, name, [subscription]));

  const { Consumer } = kafkaClient();
  // whoever comes first into an empty group says how partitions are shared out, and who does not know that way is kept out
  const other = new Consumer({ clientId: name, groupId: name, bootstrapBrokers: bootstrapServers.split(","), protocols: [{ name: "another", version: 1 }] }); // prettier-ignore
  other.topics.trackAll(name);
  try {
    await withKafkaAdmin(bootstrapServers, (admin) => admin.removeMembersFromConsumerGroup({ groupId: name }));
    await other.joinGroup({});
    await expect(member.done).rejects.toThrow(/JoinGroup/);
  } finally {
    await member.stop();
    await other.close(true);
  }
});
