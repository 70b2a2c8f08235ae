import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Pool } from "pg";
import { startAnalytics } from "../../examples/orders/services/analytics";
import { startBilling } from "../../examples/orders/services/billing";
import type { Connections } from "../../examples/orders/services/connections";
import { startInventory } from "../../examples/orders/services/inventory";
import type { Service } from "../../examples/orders/services/lifetime";
import { startNotifications } from "../../examples/orders/services/notifications";
import { ORDER_FULFILLMENT } from "../../examples/orders/services/order-fulfillment";
import { startPayments } from "../../examples/orders/services/payments";
import { startProjections } from "../../examples/orders/services/projections";
import { startRelay } from "../../examples/orders/services/relay";
import { startSaga } from "../../examples/orders/services/saga";
import { startShipping } from "../../examples/orders/services/shipping";
import { deploy, toolsFor } from "../../tools/demo/deploy";
import { observe, type Observer } from "../../tools/demo/found";
import type { Figures } from "../../tools/demo/implied";
import { drained } from "../../tools/demo/drain";
import type { Row } from "../../tools/demo/compare";
import { freshDatabase, freshVhost, sharedServers, wipeKafka } from "./servers";

const DEADLINE_MS = 120_000;

/** What goes wrong, by order id: tests change it while the services run. */
export class Fates {
  readonly refused = new Set<string>();
  readonly rejected = new Set<string>();
  /** Billing fails on the creation of these. */
  readonly poison = new Set<string>();
  /** Analytics fails on these, up to and with this delivery. */
  readonly unreadable = new Map<string, number>();
}

export type ServiceName = "relay" | "projections" | "fulfillment" | "inventory" | "payments" | "shipping" | "billing" | "notifications" | "analytics"; // prettier-ignore

/** The order system, deployed, with its services in this process. */
export class OrderSystem {
  readonly fates = new Fates();
  /** How often billing got the creation of each poisonous order. */
  readonly poisonDeliveries = new Map<string, number>();
  readonly #running = new Map<ServiceName, Service>();

  private constructor(
    readonly connections: Connections,
    readonly pool: Pool,
    readonly observer: Observer,
    readonly dir: string,
  ) {}

  /** Deploys it with cdktf to a virtual host, a database and topics of its own. */
  static async deploy(): Promise<OrderSystem> {
    const servers = await sharedServers();
    await wipeKafka();
    const rabbitmq = await freshVhost("behaviour");
    const postgres = await freshDatabase("behaviour");
    const dir = mkdtempSync(join(tmpdir(), "eventloom-behaviour-"));
    await deploy("cdktf", { ...servers, rabbitmq, postgres, dir }, await toolsFor("cdktf"), () => undefined);
    const connections = { kafka: servers.kafka, rabbitmq: { url: rabbitmq.amqpUrl }, postgres };
    const { username: user, ...rest } = postgres;
    return new OrderSystem(connections, new Pool({ ...rest, user, max: 2 }), await observe(connections), dir);
  }

  async start(...names: readonly ServiceName[]): Promise<void> {
    for (const name of names) this.#running.set(name, await this.#starters[name]());
  }

  async stop(...names: readonly ServiceName[]): Promise<void> {
    for (const name of names) {
      await this.#running.get(name)?.stop();
      this.#running.delete(name);
    }
  }

  /** Waits until the figures have grown by just this much since they were `before`. */
  async settled(growth: Figures, before: Figures, without: RegExp = /^never$/): Promise<readonly Row[]> {
    const kept = (figures: Figures): Figures => new Map([...figures].filter(([name]) => !without.test(name)));
    const look = async (): Promise<Figures> =>
      kept(new Map([...(await this.observer.look())].map(([name, count]) => [name, count - (before.get(name) ?? 0)])));
    const observer = { ...this.observer, look };
    return drained(observer, kept(growth), DEADLINE_MS, this.#failed(), () => undefined);
  }

  async close(): Promise<void> {
    await this.stop(...this.#running.keys());
    await this.observer.close();
    await this.pool.end();
    rmSync(this.dir, { recursive: true, force: true });
  }

  #failed(): Promise<never> {
    const failures = [...this.#running.values()].map(({ done }) =>
      done.then(() => new Promise<never>(() => undefined)),
    );
    return Promise.race([new Promise<never>(() => undefined), ...failures]);
  }

  readonly #starters: Readonly<Record<ServiceName, () => Promise<Service>>> = {
    relay: () => startRelay(this.connections),
    projections: () => startProjections(this.connections),
    fulfillment: () => startSaga(this.connections, ORDER_FULFILLMENT),
    inventory: () => startInventory(this.connections),
    payments: () => startPayments(this.connections, { refuses: (id) => this.fates.refused.has(id) }),
    shipping: () => startShipping(this.connections, { rejects: (id) => this.fates.rejected.has(id) }),
    billing: () => startBilling(this.connections, { chokesOn: (id) => this.#isPoison(id) }),
    notifications: () => startNotifications(this.connections),
    analytics: () =>
      startAnalytics(this.connections, {
        chokesOn: (id, attempt) => attempt <= (this.fates.unreadable.get(id) ?? 0),
      }),
  };

  #isPoison(orderId: string): boolean {
    if (!this.fates.poison.has(orderId)) return false;
    this.poisonDeliveries.set(orderId, (this.poisonDeliveries.get(orderId) ?? 0) + 1);
    return true;
  }
}
