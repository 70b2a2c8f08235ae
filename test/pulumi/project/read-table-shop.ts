import { defineDomain, event, jsonSchema } from "eventloom";

const payload = jsonSchema<{ orderId: string; cents: number }>({
  type: "object",
  properties: { orderId: { type: "string" }, cents: { type: "integer" } },
  required: ["orderId", "cents"],
});

const COLUMNS = {
  1: { order_id: { type: "text" }, cents: { type: "integer" } },
  // a column of another type and a new key: no table can become this in place
  2: { order_id: { type: "text" }, payments: { type: "bigint" }, cents: { type: "numeric" } },
};

/** A store with a read table that has a next generation. Imports the package alone: it is copied, too. */
export function readTableShop(generation: 1 | 2) {
  const table = { columns: COLUMNS[generation], ...(generation === 1 ? {} : { key: ["order_id", "payments"] }) };
  const declaration = {
    brokers: ["kafka"],
    aggregates: { Order: { id: "orderId", events: { OrderPaid: event({ versions: { 1: payload } }) } } },
    projections: { OrderSummary: { from: ["OrderPaid"], generation, table } },
  };
  // the generations have other columns than each other
  return defineDomain("shop", declaration as never);
}
