import { compile, type DomainDefinition } from "eventloom";
import { orders } from "../../examples/orders/domain";
import { at } from "../../examples/orders/services/addresses";
import type { SeededOrder } from "../../examples/orders/services/seeded-orders";

/** Numbers by what they count: `topics / orders.created`. */
export type Figures = ReadonlyMap<string, number>;

/** Everything that the demo counts, named once for what is implied and for what is found. */
export const FIGURE = {
  event: (name: string) => `events / ${name}`,
  oldEvents: "events / OrderCreated of version 1",
  topic: (name: string) => `topics / ${name}`,
  summaryRows: `projections / ${at.projections.orderSummary.table}: orders`,
  summaryShipped: `projections / ${at.projections.orderSummary.table}: shipped`,
  summaryItems: `projections / ${at.projections.orderSummary.table}: items`,
  summaryCents: `projections / ${at.projections.orderSummary.table}: cents`,
  salesRows: `projections / ${at.projections.dailySales.table}: rows`,
  salesOrders: `projections / ${at.projections.dailySales.table}: orders`,
  salesCents: `projections / ${at.projections.dailySales.table}: cents`,
  saga: (name: string, state: string) => `sagas / ${name}: ${state}`,
  handled: (service: string) => `handled once / ${service}`,
  committed: (group: string) => `handled once / Kafka group ${group}`,
  parked: (queue: string) => `parked / ${queue}`,
  outbox: "left over / outbox",
  timeouts: "left over / timeouts",
  waiting: "left over / in queues and retry levels",
  unrouted: "left over / unrouted",
} as const;

const topology = compile(orders, { replicationFactor: 1 });

export const topics = topology.resources.filter((each) => each.kind === "kafka-topic");
export const queues = topology.resources.filter((each) => each.kind === "rabbitmq-queue");

/** What must be found when all that these orders set off is over. */
export function impliedBy(placed: readonly SeededOrder[]): Figures {
  const paid = placed.filter((each) => !each.paymentRefused);
  const events: Readonly<Record<string, number>> = {
    OrderCreated: placed.length,
    OrderItemAdded: sum(placed, (each) => each.items.length),
    OrderPaid: paid.length,
    OrderShipped: paid.length,
  };
  const poison = placed.filter((each) => each.poison).length;
  return new Map([
    ...Object.entries(events).map(([name, count]) => [FIGURE.event(name), count] as const),
    [FIGURE.oldEvents, placed.filter((each) => each.old).length],
    ...topics.map(
      (each) => [FIGURE.topic(each.name), each.role === "event" ? eventsOf(each.name, events) : 0] as const,
    ),
    [FIGURE.summaryRows, placed.length],
    [FIGURE.summaryShipped, paid.length],
    [FIGURE.summaryItems, sum(placed, (each) => sum(each.items, (item) => item.quantity))],
    [FIGURE.summaryCents, sum(placed, cents)],
    [FIGURE.salesRows, new Set(paid.map((each) => `${each.placedOn} ${each.currency}`)).size],
    [FIGURE.salesOrders, paid.length],
    [FIGURE.salesCents, sum(paid, cents)],
    ...Object.keys(at.sagas).flatMap((name) => [
      [FIGURE.saga(name, "completed"), paid.length] as const,
      [FIGURE.saga(name, "compensated"), placed.length - paid.length] as const,
      [FIGURE.saga(name, "running"), 0] as const,
    ]),
    ...handled(placed.length, paid.length, events, poison),
    ...queues
      .filter((each) => each.role === "parking")
      .map(
        (each) =>
          [FIGURE.parked(each.name), each.name === at.consumers.billing.work?.parkingQueue ? poison : 0] as const,
      ),
    [FIGURE.outbox, 0],
    [FIGURE.timeouts, 0],
    [FIGURE.waiting, 0],
    [FIGURE.unrouted, 0],
  ]);
}

function sum<T>(all: readonly T[], count: (each: T) => number): number {
  return all.reduce((total, each) => total + count(each), 0);
}

function cents({ items }: SeededOrder): number {
  return sum(items, (item) => item.quantity * item.unitPriceCents);
}

function eventsOf(topic: string, events: Readonly<Record<string, number>>): number {
  return sum(Object.values(at.events), (each) => (each.topic === topic ? (events[each.name] ?? 0) : 0));
}

/** Commands, events and replies, each counted once however often it came. */
function handled(
  placed: number,
  paid: number,
  events: Readonly<Record<string, number>>,
  poison: number,
): readonly (readonly [string, number])[] {
  const { commands, consumers }: DomainDefinition = orders.definition;
  // of a refused order only the inventory has to be released
  const sent: Readonly<Record<string, number>> = {
    ReserveInventory: placed,
    ProcessPayment: placed,
    ShipOrder: paid,
    ReleaseInventory: placed - paid,
  };
  const received = (name: string): number =>
    sum(consumers[name]?.on ?? [], (each) => events[each] ?? 0) - (name === "billing" ? poison : 0);
  return [
    ...Object.keys(at.handlers).map(
      (name) =>
        [
          FIGURE.handled(name),
          sum(Object.values(commands), (each) => (each.handledBy === name ? (sent[each.name] ?? 0) : 0)),
        ] as const,
    ),
    ...Object.keys(at.sagas).map((name) => [FIGURE.handled(name), sum(Object.values(sent), (each) => each)] as const),
    ...Object.keys(consumers).map((name) => [FIGURE.handled(name), received(name)] as const),
    ...Object.values(at.consumers).flatMap(({ group, name }) =>
      group === null ? [] : [[FIGURE.committed(group), received(name)] as const],
    ),
  ];
}
