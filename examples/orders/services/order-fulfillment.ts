import type { CommandName, CommandPayload, ReplyOf, SagaName } from "./addresses";
import { idOf } from "./identity";
import type { Order } from "./order";
import type { NewEvent } from "./store";

/** The saga that these are for. */
export const ORDER_FULFILLMENT: SagaName = "OrderFulfillment";

/** What each command says of an order. */
export const COMMAND_PAYLOADS: { readonly [C in CommandName]: (order: Order) => CommandPayload<C> } = {
  ReserveInventory: ({ orderId, items }) => ({ orderId, items: [...items] }),
  ReleaseInventory: ({ orderId }) => ({ orderId }),
  ProcessPayment: ({ orderId, totalCents, currency }) => ({ orderId, totalCents, currency }),
  RefundPayment: ({ orderId }) => ({ orderId }),
  ShipOrder: ({ orderId }) => ({ orderId }),
  CancelShipment: ({ orderId }) => ({ orderId }),
};

/** What a handler answers, whatever the answer. */
export interface ReplyBody {
  readonly orderId: string;
  /** Of a dispatched order. */
  readonly trackingNumber?: string;
}

/** What an answer means for the order: an event, with an id that is the same when the answer comes again. */
export const EVENTS_OF_REPLIES: {
  readonly [R in ReplyOf<CommandName>]?: (order: Order, reply: ReplyBody) => NewEvent;
} = {
  PaymentProcessed: ({ orderId, totalCents, currency, placedOn }) => ({
    id: idOf(orderId, "OrderPaid"),
    type: "OrderPaid",
    // payment on account: it counts for the day of the order
    payload: { orderId, totalCents, currency, paidOn: placedOn },
  }),
  OrderDispatched: ({ orderId }, { trackingNumber = "" }) => ({
    id: idOf(orderId, "OrderShipped"),
    type: "OrderShipped",
    payload: { orderId, trackingNumber },
  }),
};
