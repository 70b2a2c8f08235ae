import { command, compile, defineDomain, event, hash, jsonSchema, type Topology } from "eventloom";
import type { NamedDomain } from "../../lib/domain/named-domain";
import type { GenerationPhase } from "../../lib/lock/profile";

/** A column of the read table. */
export interface Column {
  readonly type: string;
  readonly nullable?: boolean;
  readonly default?: string;
}

/** A thing and what it was called before, the oldest name first. */
export interface Named {
  readonly before: readonly string[];
}

export interface Consumer extends Named {
  readonly via: "kafka" | "rabbitmq";
  readonly on: string;
  readonly maxRetries: number;
}

export interface Saga extends Named {
  readonly steps: number;
  readonly timeoutMinutes: number;
}

/** What only a new generation can change, and which one it is. */
export interface Generation {
  readonly generation: number;
  /** Of a queue. */
  readonly queue?: { readonly singleActiveConsumer: boolean; readonly initialGroupSize: number };
  /** Of a topic. */
  readonly partitions?: number;
}

/** What differs from one declaration of the order system to the next, and in the environment that it is deployed to. */
export interface OrdersVariant {
  readonly partitions: number;
  readonly retentionDays: number;
  readonly needsDays: number;
  readonly parkDays: number;
  readonly leaves: number;
  /** Events besides those of the example, by name. */
  readonly events: Readonly<Record<string, Named>>;
  /** Consumers besides those of the example, by name. */
  readonly consumers: Readonly<Record<string, Consumer>>;
  /** Sagas besides none of the example, by name. */
  readonly sagas: Readonly<Record<string, Saga>>;
  readonly aggregate: Named & { readonly name: string };
  /** The read table's projection. */
  readonly projection: Named & { readonly name: string };
  /** Whatever is not as it was first, as a profile names it: `consumers.billing`, `events.OrderPaid`. */
  readonly generations: Readonly<Record<string, Generation>>;
  /** Where the environment is with older generations: `consumers.billing.v1`. */
  readonly phases: Readonly<Record<string, GenerationPhase>>;
  /** What has left, by section and name. */
  readonly retired: Readonly<Record<"events" | "consumers" | "sagas", readonly string[]>>;
  /** How many names have been given: a name that was retired is never given again. */
  readonly names: number;
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
  events: { OrderNoted: { before: [] } },
  consumers: { mailing: { via: "rabbitmq", on: "OrderCreated", maxRetries: 1, before: [] } },
  sagas: { Fulfilment: { steps: 1, timeoutMinutes: 30, before: [] } },
  aggregate: { name: "Order", before: [] },
  projection: { name: "orderSummary", before: [] },
  generations: {},
  phases: {},
  retired: { events: [], consumers: [], sagas: [] },
  names: 0,
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
/** What the example begins with, and the campaign never takes away. */
export const EVENTS = ["OrderCreated", "OrderPaid", "OrderShipped"];

/** The order system in a variant. It is made at run time, so nothing of it is known to the type checker. */
export function ordersIn(variant: OrdersVariant): NamedDomain {
  const { partitions, retentionDays, needsDays, parkDays, leaves, columns, indexes, removal, aggregate, projection } =
    variant;
  const of = (section: string, name: string): object => variant.generations[`${section}.${name}`] ?? {};
  const events = { ...Object.fromEntries(EVENTS.map((name) => [name, { before: [] }])), ...variant.events };
  const input = {
    store: { format: 1, partitioning: hash(leaves) },
    kafka: { partitions, retention: `${retentionDays} days` },
    aggregates: {
      [aggregate.name]: { ...renamed(aggregate), id: "orderId", events: mapped(events, (each, name) => event({ versions: { 1: order }, ...renamed(each), ...of("events", name) })) }, // prettier-ignore
    },
    commands: {
      ShipOrder: command({ handledBy: "shipping", schema: order, replies: ["OrderDispatched"] }),
      PackOrder: command({ handledBy: "shipping", schema: order, replies: ["OrderPacked"] }),
    },
    consumers: {
      billing: { on: ["OrderPaid"], via: "rabbitmq", ...of("consumers", "billing") },
      analytics: { on: ["OrderPaid"], via: "kafka", needs: `${needsDays} days`, retry: { maxRetries: 1 } },
      ...mapped(variant.consumers, (each, name) => ({ via: each.via, on: [each.on], retry: { maxRetries: each.maxRetries }, ...renamed(each), ...of("consumers", name) })), // prettier-ignore
    },
    sagas: mapped(variant.sagas, (each, name) => ({ startedBy: "OrderPaid", steps: stepsOf(each), ...renamed(each), ...of("sagas", name) })), // prettier-ignore
    handlers: { shipping: of("handlers", "shipping") },
    retired: mapped(variant.retired, (names) => Object.fromEntries(names.map((name) => [name, { reason: "drawn" }]))),
    projections: {
      [projection.name]: {
        ...renamed(projection),
        from: ["OrderCreated"],
        table: { columns, key: ["order_id"], indexes: indexes.map((column) => ({ columns: [column] })), removal },
      },
    },
    retry: { maxRetries: 2, park: { retention: `${parkDays} days` } },
  };
  return defineDomain("orders", input as never) as unknown as NamedDomain;
}

type Make<T> = (thing: T, name: string) => object;

function mapped<T>(things: Readonly<Record<string, T>>, make: Make<T>): Readonly<Record<string, object>> {
  return Object.fromEntries(Object.entries(things).map(([name, each]) => [name, make(each, name)]));
}

function renamed({ before }: Named): object {
  return before.length === 0 ? {} : { renamedFrom: before };
}

function stepsOf({ steps, timeoutMinutes }: Saga): readonly object[] {
  const timeout = `${timeoutMinutes} minutes`;
  const all = [
    { command: "ShipOrder", success: "OrderDispatched", compensate: "none", timeout },
    { command: "PackOrder", success: "OrderPacked", compensate: "none", timeout },
  ];
  return all.slice(0, steps);
}

/** What the variant becomes on one Kafka broker. */
export function topologyOf(variant: OrdersVariant): Topology {
  return compile(ordersIn(variant) as never, { replicationFactor: 1 });
}
