import type { Pool } from "pg";
import type { Connections } from "./connections";
import { idOf } from "./identity";
import { Lifetime } from "./lifetime";
import type { SeededOrder } from "./seeded-orders";
import { append, type NewEvent, openPool } from "./store";

/** How many customers order at the same time. */
const AT_ONCE = 8;

/** Places orders: each is one append of its creation and its items. Placing them again changes nothing. */
export async function placeOrders(connections: Connections, orders: readonly SeededOrder[]): Promise<void> {
  const next = orders.values();
  const placing = await Lifetime.open(async (life) => {
    const pool = await openPool(life, connections);
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (const order of next) await place(pool, order);
      }),
    );
  });
  await placing.stop();
}

async function place(pool: Pool, order: SeededOrder): Promise<void> {
  await append(pool, order.orderId, 0, eventsOf(order));
}

/** The events of a placed order: its creation, then its items. */
export function eventsOf({ orderId, customerId, placedOn, currency, items, old }: SeededOrder): readonly NewEvent[] {
  const id = idOf(orderId, "OrderCreated");
  return [
    old
      ? { id, type: "OrderCreated", schemaVersion: 1, payload: { orderId, customerId, placedOn } }
      : { id, type: "OrderCreated", payload: { orderId, customerId, placedOn, currency } },
    ...items.map((item, index): NewEvent => {
      return { id: idOf(orderId, "OrderItemAdded", index), type: "OrderItemAdded", payload: { orderId, ...item } };
    }),
  ];
}
