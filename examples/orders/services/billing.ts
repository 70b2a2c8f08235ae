import type { Connections } from "./connections";
import { startConsumer } from "./consumer";
import type { Service } from "./lifetime";

export interface BillingOptions {
  /**
   * Which orders it cannot open an account for, however often it tries.
   * @default - none
   */
  readonly chokesOn?: (orderId: string) => boolean;
}

/** Opens an account for each order and closes it when the order is paid. */
export function startBilling(
  connections: Connections,
  { chokesOn = () => false }: BillingOptions = {},
): Promise<Service> {
  return startConsumer(connections, "billing", (event) => {
    if (event.type === "OrderCreated" && chokesOn(event.payload.orderId)) {
      throw new Error(`no account can be opened for the order ${event.payload.orderId}`);
    }
  });
}
