import { command, compile, defineDomain, event, hash, jsonSchema, type Topology } from "eventloom";
import type { NamedDomain } from "../../lib/domain/named-domain";

/** A column of the read table. */
export interface Column {
  readonly type: string;
  readonly nullable?: boolean;
  readonly default?: string;
}

/** What differs from one declaration of the order system to the next. */
export interface OrdersVariant {
  readonly partitions: number;
  readonly retentionDays: number;
  readonly needsDays: number;
  readonly parkDays: number;
  readonly leaves: number;
  /** Events besides those of the example. */
  readonly events: readonly string[];
  /** Consumers besides those of the example, by name. */
  readonly consumers: Readonly<
    Record<string, { readonly via: "kafka" | "rabbitmq"; readonly on: string; readonly maxRetries: number }>
  >;
  readonly columns: Readonly<Record<string, Column>>;
  readonly indexes: readonly string[];
  readonly removal: "refuse" | "forget";
}

/** As it is deployed first. */
export const firstVariant: OrdersVariant = {
  partitions: 2,
  retentionDays: 7,
  needsDays: 30,
  parkDays: 14,
  leaves: 4,
  events: [],
  consumers: {},
  columns: {
    order_id: { type: "uuid" },
    customer_id: { type: "text" },
    status: { type: "text", default: "'open'" },
    items: { type: "integer", default: "0" },
  },
  indexes: [],
  removal: "refuse",
};

const order = jsonSchema<{ orderId: string }>({
  type: "object",
  properties: { orderId: { type: "string" } },
  required: ["orderId"],
});
const EVENTS = ["OrderCreated", "OrderPaid", "OrderShipped"];

/** The order system in a variant. It is made at run time, so nothing of it is known to the type checker. */
export function ordersIn(variant: OrdersVariant): NamedDomain {
  const { partitions, retentionDays, needsDays, parkDays, leaves, events, consumers, columns, indexes, removal } =
    variant;
  const declared = [...EVENTS, ...events].map((name) => [name, event({ versions: { 1: order } })]);
  const more = Object.entries(consumers).map(([name, { via, on, maxRetries }]) => [name, { via, on: [on], retry: { maxRetries } }]); // prettier-ignore
  const input = {
    store: { format: 1, partitioning: hash(leaves) },
    kafka: { partitions, retention: `${retentionDays} days` },
    aggregates: { Order: { id: "orderId", events: Object.fromEntries(declared) as object } },
    commands: { ShipOrder: command({ handledBy: "shipping", schema: order, replies: ["OrderDispatched"] }) },
    consumers: {
      billing: { on: ["OrderPaid"], via: "rabbitmq" },
      analytics: { on: ["OrderPaid"], via: "kafka", needs: `${needsDays} days`, retry: { maxRetries: 1 } },
      ...(Object.fromEntries(more) as object),
    },
    projections: {
      orderSummary: {
        from: ["OrderCreated"],
        table: { columns, key: ["order_id"], indexes: indexes.map((column) => ({ columns: [column] })), removal },
      },
    },
    retry: { maxRetries: 2, park: { retention: `${parkDays} days` } },
  };
  return defineDomain("orders", input as never) as unknown as NamedDomain;
}

/** What the variant becomes on one Kafka broker. */
export function topologyOf(variant: OrdersVariant): Topology {
  return compile(ordersIn(variant) as never, { replicationFactor: 1 });
}
