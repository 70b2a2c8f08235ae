import { startAnalytics } from "./analytics";
import { startBilling } from "./billing";
import { type Connections, connectionsFrom } from "./connections";
import { explain } from "./explain";
import { startInventory } from "./inventory";
import type { Service } from "./lifetime";
import { startNotifications } from "./notifications";
import { ORDER_FULFILLMENT } from "./order-fulfillment";
import { startPayments } from "./payments";
import { placeOrders } from "./place-orders";
import { startProjections } from "./projections";
import { startRelay } from "./relay";
import { startSaga } from "./saga";
import { type SeededOrder, seededOrders } from "./seeded-orders";
import { startShipping } from "./shipping";

/** Every service, as a program: `jiti examples/orders/services/main.ts relay`. */
const SERVICES: Readonly<Record<string, (connections: Connections) => Promise<Service>>> = {
  analytics: (connections) => startAnalytics(connections),
  billing: (connections) => startBilling(connections, { chokesOn: seeded((order) => order.poison) }),
  fulfillment: (connections) => startSaga(connections, ORDER_FULFILLMENT),
  inventory: (connections) => startInventory(connections),
  notifications: (connections) => startNotifications(connections),
  payments: (connections) => startPayments(connections, { refuses: seeded((order) => order.paymentRefused) }),
  projections: (connections) => startProjections(connections),
  relay: (connections) => startRelay(connections),
  shipping: (connections) => startShipping(connections),
};

/** The orders that are placed: by `ORDERS` (none unless said) and `SEED`. */
function placed(): readonly SeededOrder[] {
  return seededOrders({ seed: Number(process.env["SEED"] ?? 1), count: Number(process.env["ORDERS"] ?? 0) });
}

function seeded(which: (order: SeededOrder) => boolean): (orderId: string) => boolean {
  const ids = new Set(
    placed()
      .filter(which)
      .map((order) => order.orderId),
  );
  return (orderId) => ids.has(orderId);
}

async function main(name: string | undefined): Promise<void> {
  const connections = connectionsFrom(process.env);
  if (name === "place-orders") return placeOrders(connections, placed());
  const start = SERVICES[name ?? ""];
  if (!start) throw new Error(`say which: place-orders, ${Object.keys(SERVICES).join(", ")}`);
  const service = await start(connections);
  // to whoever started it, or else to the terminal
  if (process.send) process.send("ready");
  else console.log(`${name} runs`);
  const stop = (): void => void service.stop();
  process.once("SIGINT", stop).once("SIGTERM", stop);
  // started by another program: when that one is gone, nobody would stop this one
  process.once("disconnect", stop);
  await service.done;
  if (process.connected) process.disconnect();
}

main(process.argv[2]).catch((error: unknown) => {
  console.error(`${process.argv[2] ?? "services"}: ${explain(error)}`);
  process.exitCode = 1;
  if (process.connected) process.disconnect();
});
