import { createRequire } from "node:module";
import { setTimeout as sleep } from "node:timers/promises";
import type * as kafka from "@platformatic/kafka" with { "resolution-mode": "import" };

/** The Kafka client: an ES module, which node's `require` loads as well. */
export function kafkaClient(): typeof kafka {
  return createRequire(__filename)("@platformatic/kafka") as typeof kafka;
}

/** A client for administration. */
export type KafkaAdmin = kafka.Admin;

/** Does something with an admin client, and closes it. */
export async function withKafkaAdmin<T>(bootstrapServers: string, work: (admin: KafkaAdmin) => Promise<T>): Promise<T> {
  const { Admin } = kafkaClient();
  const admin = new Admin({ clientId: "eventloom-tools", bootstrapBrokers: bootstrapServers.split(","), retries: 0 });
  try {
    return await work(admin);
  } finally {
    await admin.close();
  }
}

/** Deletes topics, and waits until all are gone. */
export async function deleteTopics(bootstrapServers: string, which: (topic: string) => boolean): Promise<void> {
  await withKafkaAdmin(bootstrapServers, async (admin) => {
    const there = async (): Promise<string[]> => (await admin.listTopics()).filter(which);
    const topics = await there();
    if (topics.length > 0) await admin.deleteTopics({ topics });
    const deadline = Date.now() + 30_000;
    for (let left = topics; left.length > 0; left = await there()) {
      if (Date.now() > deadline) throw new Error(`kafka: still there 30 s after deleting them: ${left.join(", ")}`);
      await sleep(100);
    }
  });
}
