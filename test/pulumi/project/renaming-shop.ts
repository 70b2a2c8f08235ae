import { command, defineDomain, event, jsonSchema } from "eventloom";

const payload = jsonSchema<{ orderId: string }>({
  type: "object",
  properties: { orderId: { type: "string" } },
  required: ["orderId"],
});

/** All names that the shop's things get, one after the other. */
const NAMES = {
  aggregate: ["Order", "Purchase", "Deal"],
  event: ["OrderPaid", "OrderSettled", "OrderCleared"],
  command: ["Reserve", "ReserveStock", "TakeFromStock"],
  queued: ["billing", "invoicing", "ledger"],
  streamed: ["analytics", "insight", "statistics"],
  projection: ["totals", "turnover", "sums"],
  saga: ["Fulfilment", "Delivery", "Dispatch"],
} as const;

/**
 * A small domain of both brokers and a store, in which everything is renamed. Imports the package alone: it is copied, too.
 *
 * @param times - how often: 0, 1 or 2
 */
export function renamingShop(times: number) {
  const now = (thing: keyof typeof NAMES): string => NAMES[thing][times] ?? "";
  const former = (thing: keyof typeof NAMES): object =>
    times === 0 ? {} : { renamedFrom: NAMES[thing].slice(0, times) };
  const on = [now("event")];
  const declaration = {
    aggregates: {
      [now("aggregate")]: {
        id: "orderId",
        events: { [now("event")]: event({ versions: { 1: payload }, ...former("event") }) },
        ...former("aggregate"),
      },
    },
    commands: {
      [now("command")]: command({
        handledBy: "stock",
        schema: payload,
        replies: ["Reserved", "Rejected"],
        ...former("command"),
      }),
    },
    consumers: {
      [now("queued")]: { on, via: "rabbitmq", ...former("queued") },
      [now("streamed")]: { on, via: "kafka", ...former("streamed") },
    },
    projections: {
      [now("projection")]: {
        from: on,
        table: { columns: { order_id: { type: "text" } }, key: ["order_id"] },
        ...former("projection"),
      },
    },
    sagas: {
      [now("saga")]: {
        startedBy: now("event"),
        steps: [{ command: now("command"), success: "Reserved", failure: "Rejected", compensate: "none" }],
        ...former("saga"),
      },
    },
    retry: { maxRetries: 1 },
    kafka: { partitions: 1 },
  };
  // names that are computed are beyond what the types follow
  return defineDomain("orders", declaration as never);
}
