import type { Connections } from "./connections";
import { startHandler } from "./handler";
import type { Service } from "./lifetime";

export interface PaymentsOptions {
  /**
   * Whose payment is refused.
   * @default - nobody's
   */
  readonly refuses?: (orderId: string) => boolean;
}

/** Takes payments, or refuses them. */
export function startPayments(
  connections: Connections,
  { refuses = () => false }: PaymentsOptions = {},
): Promise<Service> {
  return startHandler(connections, {
    ProcessPayment: ({ orderId }) => ({ reply: refuses(orderId) ? "PaymentRefused" : "PaymentProcessed", orderId }),
    RefundPayment: ({ orderId }) => ({ reply: "PaymentRefunded", orderId }),
  });
}
