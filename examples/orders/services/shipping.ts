import type { Connections } from "./connections";
import { startHandler } from "./handler";
import { idOf } from "./identity";
import type { Service } from "./lifetime";

export interface ShippingOptions {
  /**
   * Which orders it cannot ship.
   * @default - none
   */
  readonly rejects?: (orderId: string) => boolean;
}

/** Ships orders, or rejects them. */
export function startShipping(
  connections: Connections,
  { rejects = () => false }: ShippingOptions = {},
): Promise<Service> {
  return startHandler(connections, {
    ShipOrder: ({ orderId }) =>
      rejects(orderId)
        ? { reply: "ShippingRejected", orderId }
        : { reply: "OrderDispatched", orderId, trackingNumber: idOf(orderId, "tracking").slice(0, 8) },
    CancelShipment: ({ orderId }) => ({ reply: "ShipmentCancelled", orderId }),
  });
}
