import type { Pool } from "pg";
import { orders } from "../domain";
import { at, type OrderEvent, type ProjectionName } from "./addresses";
import type { Connections } from "./connections";
import { current, type WrittenEvent } from "./event-message";
import { followFeed } from "./feed";
import { Lifetime, type Service } from "./lifetime";
import { type Database, openPool, quoted, schema } from "./store";

type Apply = (database: Database, event: OrderEvent, written: WrittenEvent) => Promise<unknown>;

const APPLY: { readonly [P in ProjectionName]: Apply } = { orderSummary: summarise, dailySales: addSale };

/** Keeps the read tables up to date from the feed; each projection has its own checkpoint and can be rebuilt by itself. */
export function startProjections(connections: Connections): Promise<Service> {
  return Lifetime.open(async (life) => {
    const pool = await openPool(life, connections);
    for (const name of Object.keys(APPLY) as ProjectionName[]) follow(life, pool, name);
  });
}

function follow(life: Lifetime, pool: Pool, name: ProjectionName): void {
  const from = new Set(orders.definition.projections[name]?.from);
  followFeed(life, pool, at.projections[name].processor, async (database, events) => {
    for (const written of events.filter((each) => from.has(each.type))) {
      await APPLY[name](database, current(written), written);
    }
  });
}

export const ORDER_STATUS = { placed: "placed", paid: "paid", shipped: "shipped" } as const;

const summary = orders.projections.orderSummary.columns;
const summaryTable = `${schema}.${quoted(at.projections.orderSummary.table)}`;

async function summarise(database: Database, event: OrderEvent, { aggregateVersion }: WrittenEvent): Promise<void> {
  const { orderId } = event.payload;
  const set = (assignments: string, ...values: readonly unknown[]): Promise<unknown> =>
    database.query(
      `UPDATE ${summaryTable} SET ${assignments}, ${summary.version} = $2, ${summary.updated_at} = now()
        WHERE ${summary.order_id} = $1`,
      [orderId, aggregateVersion, ...values],
    );
  switch (event.type) {
    case "OrderCreated":
      await database.query(
        `INSERT INTO ${summaryTable} (${summary.order_id}, ${summary.customer_id}, ${summary.currency}, ${summary.status}, ${summary.version})
         VALUES ($1, $2, $3, $4, $5)`,
        [orderId, event.payload.customerId, event.payload.currency, ORDER_STATUS.placed, aggregateVersion],
      );
      return;
    case "OrderItemAdded":
      await set(
        `${summary.items} = ${summary.items} + $3, ${summary.total_cents} = ${summary.total_cents} + $4`,
        event.payload.quantity,
        event.payload.quantity * event.payload.unitPriceCents,
      );
      return;
    case "OrderPaid":
      await set(`${summary.status} = $3`, ORDER_STATUS.paid);
      return;
    case "OrderShipped":
      await set(`${summary.status} = $3`, ORDER_STATUS.shipped);
  }
}

const sales = orders.projections.dailySales.columns;
const salesTable = `${schema}.${quoted(at.projections.dailySales.table)}`;

async function addSale(database: Database, event: OrderEvent): Promise<void> {
  if (event.type !== "OrderPaid") return;
  const { paidOn, currency, totalCents } = event.payload;
  await database.query(
    `INSERT INTO ${salesTable} AS s (${sales.day}, ${sales.currency}, ${sales.orders}, ${sales.total_cents})
     VALUES ($1, $2, 1, $3)
     ON CONFLICT (${sales.day}, ${sales.currency}) DO UPDATE
        SET ${sales.orders} = s.${sales.orders} + 1,
            ${sales.total_cents} = s.${sales.total_cents} + excluded.${sales.total_cents}`,
    [paidOn, currency, totalCents],
  );
}
