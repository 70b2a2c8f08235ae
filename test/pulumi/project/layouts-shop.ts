import { defineDomain, event, jsonSchema, list, none, range } from "eventloom";

const payload = jsonSchema<{ orderId: string }>({
  type: "object",
  properties: { orderId: { type: "string" } },
  required: ["orderId"],
});

/** Each layout of the store as it is first, and as a later deploy has it. */
const LAYOUTS = {
  none: [none(), none()],
  list: [list(["acme", "globex"]), list(["acme", "globex", "initech"], { globex: "left in May" })],
  range: [range({ interval: "month", ahead: 2 }), range({ interval: "month", ahead: 4 })],
} as const;
export type Layout = keyof typeof LAYOUTS;

const OPTIONAL = { type: "text", nullable: true } as const;

/** A shop with a store alone. Later, a column of its read table is gone, which it accepts. Imports the package alone: it is copied, too. */
export function layoutsShop(layout: Layout, later: boolean) {
  const columns = { order_id: { type: "text" }, ...(later ? {} : { note: OPTIONAL }) };
  const declaration = {
    store: { format: 1, partitioning: LAYOUTS[layout][later ? 1 : 0] },
    brokers: ["kafka"],
    aggregates: { Order: { id: "orderId", events: { OrderPaid: event({ versions: { 1: payload } }) } } },
    projections: { totals: { from: ["OrderPaid"], table: { columns, key: ["order_id"] } } },
    ...(later ? { accept: [{ change: 'projection/totals drop column "note" text', reason: "nobody reads it" }] } : {}),
  };
  // the columns that come and go are beyond what the types follow
  return defineDomain("shop", declaration as never);
}
