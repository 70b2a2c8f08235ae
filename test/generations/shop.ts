import { command, compile, defineDomain, event, jsonSchema, type Topology } from "eventloom";
import { nextLock } from "../../lib/lock/next-lock";
import type { Lock } from "../../lib/lock/types";

const payload = jsonSchema<{ orderId: string }>({
  type: "object",
  properties: { orderId: { type: "string" } },
  required: ["orderId"],
});

interface Queue {
  readonly generation?: unknown;
  readonly queue?: unknown;
}

interface Summary {
  readonly generation?: unknown;
  readonly columns?: object;
  readonly renamedFrom?: string;
  /** What it is called. */
  readonly name?: string;
}

/** What differs from one declaration of the shop to the next. */
export interface Shop {
  readonly billing?: Queue;
  readonly inventory?: Queue;
  readonly fulfilment?: Queue;
  readonly paid?: { readonly generation?: unknown; readonly partitions?: number };
  /** A read table; none without. */
  readonly summary?: Summary;
  /** How often analytics, by Kafka, tries again. */
  readonly retries?: number;
  readonly retired?: object;
  readonly projections?: object;
}

/** A small domain with everything that can have generations: an event's topic, and the queues of a consumer, a service and a saga. */
export function shopDomain({
  billing = {},
  inventory,
  fulfilment = {},
  paid = {},
  summary,
  projections,
  retries = 1,
  retired,
}: Shop = {}) {
  return defineDomain("orders", {
    store: { format: 1 },
    aggregates: {
      Order: {
        id: "orderId",
        events: { OrderCreated: event({ versions: { 1: payload } }), OrderPaid: event({ versions: { 1: payload }, ...(paid as object) }) }, // prettier-ignore
      },
    },
    commands: { Reserve: command({ handledBy: "inventory", schema: payload, replies: ["Reserved"] }) },
    ...(inventory === undefined ? {} : { handlers: { inventory: inventory as object } }),
    consumers: {
      billing: { on: ["OrderCreated", "OrderPaid"], via: "rabbitmq", retry: { maxRetries: 1 }, ...(billing as object) },
      analytics: { on: ["OrderPaid"], via: "kafka", retry: { maxRetries: retries } },
    },
    sagas: {
      Fulfilment: {
        startedBy: "OrderPaid",
        steps: [{ command: "Reserve", success: "Reserved", compensate: "none" }],
        ...(fulfilment as object),
      },
    },
    projections: (projections ?? (summary === undefined ? {} : readTable(summary))) as object,
    retry: { maxRetries: 1 },
    ...(retired === undefined ? {} : { retired }),
  });
}

function readTable({ name = "Summary", columns = { order_id: { type: "text" } }, ...rest }: Summary): object {
  return { [name]: { from: ["OrderCreated", "OrderPaid"], table: { columns }, ...rest } };
}

export function shop(declared: Shop = {}): Topology {
  return compile(shopDomain(declared), { replicationFactor: 1 });
}

export function locked(topology: Topology, previous: Lock | null = null): Lock {
  const next = nextLock(topology, previous);
  if (!next.ok) throw new Error(JSON.stringify(next.issues));
  return next.lock;
}

/** The lock after a walk through several declarations. */
export function lockAfter(...declared: readonly Shop[]): Lock {
  return declared.map(shop).reduce<Lock | null>((lock, each) => locked(each, lock), null) as Lock;
}

/** Everything in its second generation. */
export const SECOND = {
  billing: { generation: 2, queue: { singleActiveConsumer: true } },
  inventory: { generation: 2, queue: { initialGroupSize: 5 } },
  fulfilment: { generation: 2 },
  paid: { generation: 2, partitions: 4 },
} as const;
