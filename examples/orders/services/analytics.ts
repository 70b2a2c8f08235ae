import type { Connections } from "./connections";
import { startConsumer } from "./consumer";
import type { Service } from "./lifetime";

export interface AnalyticsOptions {
  /**
   * Which orders it cannot read.
   * @default - none
   */
  readonly chokesOn?: (orderId: string, attempt: number) => boolean;
}

/** Counts paid orders, from Kafka. */
export function startAnalytics(
  connections: Connections,
  { chokesOn = () => false }: AnalyticsOptions = {},
): Promise<Service> {
  return startConsumer(connections, "analytics", ({ payload: { orderId } }, { attempt }) => {
    if (chokesOn(orderId, attempt)) throw new Error(`the order ${orderId} cannot be read`);
  });
}
