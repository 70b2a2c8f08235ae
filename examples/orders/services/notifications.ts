import type { Connections } from "./connections";
import { startConsumer } from "./consumer";
import type { Service } from "./lifetime";

/** Would write to the customer; here it only notes that it would have. */
export function startNotifications(connections: Connections): Promise<Service> {
  return startConsumer(connections, "notifications", () => undefined);
}
