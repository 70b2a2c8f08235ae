import type { ChangeKind, Pick } from "./change-kind";
import { generationKinds } from "./generation-changes";
import type { Column, OrdersVariant, Saga } from "./orders-variant";
import { rename, renameOnly, retire } from "./named-changes";

/** Every topic more costs a round seconds. */
const MOST_PARTITIONS = 8;
const MOST_EVENTS = 6;
/** Those that the example begins with. */
const FIRST_EVENTS = 3;
const MOST_CONSUMERS = 4;
const MOST_SAGAS = 2;
const MOST_STEPS = 2;
const LONGEST_DAYS = 90;

/** Every kind of change that the campaign makes. */
export const changeKinds: readonly ChangeKind[] = [
  { name: "add an event", change: withEvent },
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
  { name: "add a saga", change: withSaga },
  { name: "a step more of a saga", change: (before) => withSagaAs(before, (saga) => (saga.steps < MOST_STEPS ? { ...saga, steps: saga.steps + 1 } : null)) }, // prettier-ignore
  { name: "a step less of a saga", change: (before) => withSagaAs(before, (saga) => (saga.steps > 1 ? { ...saga, steps: saga.steps - 1 } : null)) }, // prettier-ignore
  { name: "another timeout of a saga", change: (before, pick) => withSagaAs(before, (saga) => ({ ...saga, timeoutMinutes: pickOther(saga.timeoutMinutes, pick, 1, 90) })) }, // prettier-ignore
  { name: "retire an event", change: (before) => retire(before, "events") },
  { name: "retire a consumer", change: (before) => retire(before, "consumers") },
  { name: "retire a saga", change: (before) => retire(before, "sagas") },
  { name: "rename an event", change: (before) => rename(before, "events", "OrderNoted") },
  { name: "rename a consumer", change: (before) => rename(before, "consumers", "reader") },
  { name: "rename a saga", change: (before) => rename(before, "sagas", "Fulfilment") },
  { name: "rename the projection", change: (before) => renameOnly(before, "projection", "orderSummary") },
  { name: "rename the aggregate", change: (before) => renameOnly(before, "aggregate", "Purchase") },
  ...generationKinds,
];

function withEvent(before: OrdersVariant): OrdersVariant | null {
  if (Object.keys(before.events).length >= MOST_EVENTS - FIRST_EVENTS) return null;
  const names = before.names + 1;
  return { ...before, names, events: { ...before.events, [`OrderNoted${names}`]: { before: [] } } };
}

function withSaga(before: OrdersVariant): OrdersVariant | null {
  if (Object.keys(before.sagas).length >= MOST_SAGAS) return null;
  const names = before.names + 1;
  const saga: Saga = { steps: 1, timeoutMinutes: 30, before: [] };
  return { ...before, names, sagas: { ...before.sagas, [`Fulfilment${names}`]: saga } };
}

/** The first saga that can be changed so. */
function withSagaAs(before: OrdersVariant, change: (saga: Saga) => Saga | null): OrdersVariant | null {
  for (const [name, saga] of Object.entries(before.sagas)) {
    const changed = change(saga);
    if (changed !== null) return { ...before, sagas: { ...before.sagas, [name]: changed } };
  }
  return null;
}

function withConsumer(before: OrdersVariant, via: "kafka" | "rabbitmq", pick: Pick): OrdersVariant | null {
  if (Object.keys(before.consumers).length >= MOST_CONSUMERS) return null;
  const on = pick(0, 1) === 0 ? "OrderPaid" : "OrderCreated";
  const names = before.names + 1;
  const consumer = { via, on, maxRetries: 1, before: [] };
  return { ...before, names, consumers: { ...before.consumers, [`reader${names}`]: consumer } };
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
