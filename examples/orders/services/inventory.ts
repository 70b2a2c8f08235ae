import type { Connections } from "./connections";
import { startHandler } from "./handler";
import type { Service } from "./lifetime";

/** Has everything on stock. */
export function startInventory(connections: Connections): Promise<Service> {
  return startHandler(connections, {
    ReserveInventory: ({ orderId }) => ({ reply: "InventoryReserved", orderId }),
    ReleaseInventory: ({ orderId }) => ({ reply: "InventoryReleased", orderId }),
  });
}
