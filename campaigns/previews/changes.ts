import type { Column, OrdersVariant } from "./orders-variant";

/** A whole number from `from` to `to`, both included. */
export type Pick = (from: number, to: number) => number;

/** One kind of change that somebody makes to a declaration. */
export interface ChangeKind {
  readonly name: string;
  /** The declaration afterwards; null where it cannot be made to this one. */
  readonly change: (before: OrdersVariant, pick: Pick) => OrdersVariant | null;
}

/** Every topic more costs a round seconds. */
const MOST_PARTITIONS = 8;
const MOST_EVENTS = 6;
const MOST_CONSUMERS = 4;
const LONGEST_DAYS = 90;

/** Every kind of change that the campaign makes. */
export const changeKinds: readonly ChangeKind[] = [
  { name: "add an event", change: (before) => (before.events.length < MOST_EVENTS ? { ...before, events: [...before.events, `OrderNoted${before.events.length}`] } : null) }, // prettier-ignore
  { name: "add a consumer by Kafka", change: (before, pick) => withConsumer(before, "kafka", pick) },
  { name: "add a consumer by RabbitMQ", change: (before, pick) => withConsumer(before, "rabbitmq", pick) },
  { name: "more partitions", change: (before) => (before.partitions < MOST_PARTITIONS ? { ...before, partitions: before.partitions + 1 } : null) }, // prettier-ignore
  { name: "fewer partitions", change: (before) => ({ ...before, partitions: before.partitions - 1 }) },
  { name: "another retention", change: (before, pick) => ({ ...before, retentionDays: other(before.retentionDays, pick) }) }, // prettier-ignore
  { name: "another need of a consumer", change: (before, pick) => ({ ...before, needsDays: other(before.needsDays, pick) }) }, // prettier-ignore
  { name: "another time to park", change: (before, pick) => ({ ...before, parkDays: pickOther(before.parkDays, pick, 1, 45) }) }, // prettier-ignore
  { name: "more retries by Kafka", change: moreRetries },
  { name: "another number of leaves", change: (before) => ({ ...before, leaves: before.leaves * 2 }) },
  { name: "a new nullable column", change: (before) => withColumn(before, { type: "text", nullable: true }) },
  { name: "a new column with a default", change: (before) => withColumn(before, { type: "bigint", default: "0" }) },
  { name: "a new column without a default", change: (before) => withColumn(before, { type: "text" }) },
  { name: "drop a column", change: withoutColumn },
  { name: "another type of a column", change: (before) => ({ ...before, columns: { ...before.columns, items: { type: "text", default: "'0'" } } }) }, // prettier-ignore
  { name: "another default", change: (before, pick) => ({ ...before, columns: { ...before.columns, items: { type: "integer", default: String(pick(1, 1_000)) } } }) }, // prettier-ignore
  { name: "a column becomes nullable", change: (before) => withCustomer(before, { type: "text", nullable: true }) },
  { name: "a column becomes NOT NULL", change: (before) => withCustomer(before, { type: "text" }) },
  { name: "a new index", change: withIndex },
  { name: "drop an index", change: (before) => (before.indexes.length > 0 ? { ...before, indexes: before.indexes.slice(0, -1) } : null) }, // prettier-ignore
  { name: "another removal", change: (before) => ({ ...before, removal: before.removal === "refuse" ? "forget" : "refuse" }) }, // prettier-ignore
];

function withConsumer(before: OrdersVariant, via: "kafka" | "rabbitmq", pick: Pick): OrdersVariant | null {
  const amount = Object.keys(before.consumers).length;
  if (amount >= MOST_CONSUMERS) return null;
  const on = pick(0, 1) === 0 ? "OrderPaid" : "OrderCreated";
  return { ...before, consumers: { ...before.consumers, [`reader${amount}`]: { via, on, maxRetries: 1 } } };
}

function moreRetries(before: OrdersVariant): OrdersVariant | null {
  const found = Object.entries(before.consumers).find(([, { via, maxRetries }]) => via === "kafka" && maxRetries < 3);
  if (found === undefined) return null;
  const [name, consumer] = found;
  return {
    ...before,
    consumers: { ...before.consumers, [name]: { ...consumer, maxRetries: consumer.maxRetries + 1 } },
  };
}

function withColumn(before: OrdersVariant, column: Column): OrdersVariant {
  return { ...before, columns: { ...before.columns, [`extra_${Object.keys(before.columns).length}`]: column } };
}

function withoutColumn(before: OrdersVariant): OrdersVariant | null {
  const last = Object.keys(before.columns).pop() ?? "";
  if (!last.startsWith("extra_") || before.indexes.includes(last)) return null;
  return { ...before, columns: Object.fromEntries(Object.entries(before.columns).filter(([name]) => name !== last)) };
}

function withCustomer(before: OrdersVariant, column: Column): OrdersVariant | null {
  if (before.columns["customer_id"]?.nullable === column.nullable) return null;
  return { ...before, columns: { ...before.columns, customer_id: column } };
}

function withIndex(before: OrdersVariant): OrdersVariant | null {
  const free = Object.keys(before.columns).find((name) => name !== "order_id" && !before.indexes.includes(name));
  return free === undefined ? null : { ...before, indexes: [...before.indexes, free] };
}

function other(days: number, pick: Pick): number {
  return pickOther(days, pick, 2, LONGEST_DAYS);
}

function pickOther(days: number, pick: Pick, from: number, to: number): number {
  const picked = pick(from, to - 1);
  return picked >= days ? picked + 1 : picked;
}
