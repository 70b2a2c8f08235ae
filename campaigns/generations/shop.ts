import { compile, defineDomain, event, jsonSchema, type Topology } from "eventloom";

const order = jsonSchema<{ orderId: string; number: number; seq: number }>({
  type: "object",
  properties: { orderId: { type: "string" }, number: { type: "integer" }, seq: { type: "integer" } },
  required: ["orderId", "number", "seq"],
});

/** What differs from the first generation to the second: what cannot change in place on both brokers. */
const GENERATIONS = {
  1: { topic: { partitions: 3 }, queue: {} },
  2: {
    topic: { generation: 2, partitions: 5 },
    queue: { generation: 2, queue: { singleActiveConsumer: true } },
  },
} as const;

/**
 * A shop of its own name, so that several have topics side by side: one event, taken by Kafka and by RabbitMQ. What fails comes
 * again after a fifth of a second.
 */
export function shopIn(name: string, generation: 1 | 2) {
  const { topic, queue } = GENERATIONS[generation];
  return defineDomain(name, {
    store: "none",
    aggregates: { Order: { id: "orderId", events: { OrderPaid: event({ versions: { 1: order }, ...topic }) } } },
    consumers: {
      analytics: { on: ["OrderPaid"], via: "kafka" },
      billing: { on: ["OrderPaid"], via: "rabbitmq", ...queue },
    },
    retry: { maxRetries: 2, backoff: { kind: "fixed", base: "200 milliseconds" } },
  });
}

export type Shop = ReturnType<typeof shopIn>;

export function topologyOf(shop: Shop): Topology {
  return compile(shop, { replicationFactor: 1 });
}
