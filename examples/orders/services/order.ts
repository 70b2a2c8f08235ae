import type { OrderEvent, Payload } from "./addresses";

/** What the commands need to know of an order. */
export interface Order {
  readonly orderId: string;
  readonly placedOn: string;
  readonly currency: Payload<"OrderCreated">["currency"];
  readonly items: readonly { readonly sku: string; readonly quantity: number }[];
  readonly totalCents: number;
}

/**
 * An order from its events.
 *
 * @throws Error when they do not begin with its creation
 */
export function orderOf(events: readonly OrderEvent[]): Order {
  const [created] = events;
  if (created?.type !== "OrderCreated") throw new Error("an order begins with its creation");
  const { orderId, placedOn, currency } = created.payload;
  const items = events.flatMap((each) => (each.type === "OrderItemAdded" ? [each.payload] : []));
  return {
    orderId,
    placedOn,
    currency,
    items: items.map(({ sku, quantity }) => ({ sku, quantity })),
    totalCents: items.reduce((total, { quantity, unitPriceCents }) => total + quantity * unitPriceCents, 0),
  };
}
