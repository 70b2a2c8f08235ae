import { createRequire } from "node:module";

type KafkaModule = typeof import("@platformatic/kafka", { with: { "resolution-mode": "import" } });

/**
 * The Kafka client, which is an ES module. Node's own `require` loads it everywhere; jest's, and with it `import()`, does not.
 */
export function kafkaClient(): KafkaModule {
  const modules = process.getBuiltinModule?.("node:module") ?? { createRequire };
  return modules.createRequire(__filename)("@platformatic/kafka") as KafkaModule;
}

/** A client for administration. */
export type KafkaAdmin = InstanceType<KafkaModule["Admin"]>;

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
