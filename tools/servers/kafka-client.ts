import { createRequire } from "node:module";
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
