import { setTimeout as delay } from "node:timers/promises";
import { at } from "../../examples/orders/services/addresses";
import { placeOrders } from "../../examples/orders/services/place-orders";
import { type SeededOrder, seededOrders } from "../../examples/orders/services/seeded-orders";
import { quoted, schema } from "../../examples/orders/services/store";
import { compare, type Row } from "../../tools/demo/compare";
import { FIGURE, type Figures, impliedBy } from "../../tools/demo/implied";
import { startProcesses } from "../../tools/demo/processes";
import { readTopic } from "../../tools/demo/read-topic";
import { oldestIn } from "./messages";
import { OrderSystem, type ServiceName } from "./order-system";

jest.setTimeout(240_000);

const SERVICES: readonly ServiceName[] = ["billing", "notifications", "analytics", "inventory", "payments", "shipping", "projections", "fulfillment", "relay"]; // prettier-ignore

let system: OrderSystem;

beforeAll(async () => {
  system = await OrderSystem.deploy();
  await system.start(...SERVICES);
});

afterAll(() => system?.close());

const NOTHING: Figures = new Map();

function differences(rows: readonly Row[]): readonly string[] {
  return rows.filter((each) => !each.holds).map((each) => `${each.section} ${each.figure}: ${each.found}, not ${each.implied}`); // prettier-ignore
}

async function eventually<T>(look: () => Promise<T | null | undefined>): Promise<T> {
  for (let left = 300; left > 0; left--) {
    const found = await look();
    if (found !== null && found !== undefined) return found;
    await delay(200);
  }
  throw new Error("it did not happen within a minute");
}

/** An order of its own, with nothing wrong about it. */
function oneOrder(seed: number): SeededOrder {
  return { ...(seededOrders({ seed, count: 1 })[0] as SeededOrder), old: false, paymentRefused: false, poison: false };
}

/** What a saga sent so far, in order, and what became of it. */
async function stepsOf(order: SeededOrder): Promise<readonly string[]> {
  const { rows } = await system.pool.query<{ name: string; status: string }>(
    `SELECT name, status FROM ${schema}.saga_steps JOIN ${schema}.sagas USING (saga_id) WHERE correlation_key = $1 ORDER BY seq`,
    [order.orderId],
  );
  return rows.map((each) => `${each.name} ${each.status}`);
}

async function stateOf(order: SeededOrder): Promise<string | undefined> {
  const { rows } = await system.pool.query<{ state: string }>(`SELECT state FROM ${schema}.sagas WHERE correlation_key = $1`, [order.orderId]); // prettier-ignore
  return rows[0]?.state;
}

async function sagaIs(order: SeededOrder, state: string): Promise<void> {
  await eventually(async () => ((await stateOf(order)) === state ? true : null));
}

async function eventTypesOf(order: SeededOrder): Promise<readonly string[]> {
  const { rows } = await system.pool.query<{ event_type: string }>(
    `SELECT event_type FROM ${schema}.read_aggregate($1, 0, 100) WHERE event_type <> 'OrderItemAdded'`,
    [order.orderId],
  );
  return rows.map((each) => each.event_type);
}

describe("the order system on real servers", () => {
  const placed = seededOrders({ seed: 7, count: 60 });
  const poison = placed.find((each) => each.poison) as SeededOrder;
  const paid = placed.filter((each) => !each.paymentRefused);
  const [unreadable, flaky] = paid as [SeededOrder, SeededOrder];

  it("loses nothing and does nothing twice, whatever fails on the way", async () => {
    placed.filter((each) => each.paymentRefused).forEach((each) => system.fates.refused.add(each.orderId));
    system.fates.poison.add(poison.orderId);
    system.fates.unreadable.set(unreadable.orderId, Infinity).set(flaky.orderId, 1);
    await placeOrders(system.connections, placed);

    const [subscription] = at.consumers.analytics.subscriptions;
    const retries = subscription?.retries.map((each) => FIGURE.topic(each.topic)) ?? [];
    const implied = new Map([
      ...impliedBy(placed),
      // one that fails always takes all retries and is parked; one that fails once takes the first
      ...retries.map((each, index) => [each, index === 0 ? 2 : 1] as const),
      [FIGURE.topic(subscription?.deadLetterTopic ?? ""), 1],
      [FIGURE.handled("analytics"), paid.length - 1],
    ]);
    expect(differences(await system.settled(implied, NOTHING))).toEqual([]);
  });

  it("parks a poisonous message after the first delivery and every retry, at the one consumer that fails", async () => {
    const { work } = at.consumers.billing;
    const deliveries = 1 + (work?.retries.length ?? 0);
    expect(system.poisonDeliveries).toEqual(new Map([[poison.orderId, deliveries]]));
    expect(await oldestIn(system.connections.rabbitmq.url, work?.parkingQueue ?? "")).toMatchObject({
      body: { orderId: poison.orderId },
      headers: {
        attempt: deliveries,
        "first-routing-key": at.events.OrderCreated.routingKey,
        "last-error": `no account can be opened for the order ${poison.orderId}`,
      },
    });
  });

  it("sends a message that Kafka's consumer cannot read through its retry topics to the dead letter topic", async () => {
    const [subscription] = at.consumers.analytics.subscriptions;
    const parked = await readTopic(system.connections.kafka.bootstrapServers, subscription?.deadLetterTopic ?? "");
    expect(parked.map(({ key, headers }) => [key, headers.get("attempt"), headers.get("first-routing-key")])).toEqual([
      [unreadable.orderId, String(1 + (subscription?.retries.length ?? 0)), subscription?.topic],
    ]);
  });

  it("brings an order that was written as the first version to the read table as the latest one", async () => {
    const old = placed.filter((each) => each.old).map((each) => each.orderId);
    const { rows } = await system.pool.query(
      `SELECT DISTINCT currency FROM ${schema}.${quoted(at.projections.orderSummary.table)} WHERE order_id = ANY ($1)`,
      [old],
    );
    expect(rows).toEqual([{ currency: "EUR" }]);
  });

  it("undoes what was done in reverse order when a step is refused", async () => {
    const order = oneOrder(21);
    system.fates.rejected.add(order.orderId);
    await placeOrders(system.connections, [order]);
    await sagaIs(order, "compensated");
    expect(await stepsOf(order)).toEqual([
      "ReserveInventory done",
      "ProcessPayment done",
      "ShipOrder failed",
      "RefundPayment done",
      "ReleaseInventory done",
    ]);
    const refused = placed.find((each) => each.paymentRefused) as SeededOrder;
    expect(await stepsOf(refused)).toEqual(["ReserveInventory done", "ProcessPayment failed", "ReleaseInventory done"]);
  });

  it("compensates when a handler gives no answer in time, and does not take the late answer for a success", async () => {
    const order = oneOrder(22);
    await system.stop("payments");
    await placeOrders(system.connections, [order]);
    const { rowCount } = await eventually(async () => {
      const moved = await system.pool.query(
        `UPDATE ${schema}.timeouts SET due_at = now() FROM ${schema}.sagas
          WHERE sagas.saga_id = timeouts.saga_id AND correlation_key = $1 AND step = 2`,
        [order.orderId],
      );
      return moved.rowCount === 0 ? null : moved;
    });
    expect(rowCount).toBe(1);
    await eventually(async () => ((await stepsOf(order)).length === 3 ? true : null));
    await system.start("payments");
    await sagaIs(order, "compensated");
    expect(await stepsOf(order)).toEqual([
      "ReserveInventory done",
      "ProcessPayment timed-out",
      "RefundPayment done",
      "ReleaseInventory done",
    ]);
    expect(await eventTypesOf(order)).toEqual(["OrderCreated"]);
  });

  it("changes nothing when every event and a command come again, but for what had failed and is mended now", async () => {
    const order = oneOrder(23);
    await system.stop("relay");
    await placeOrders(system.connections, [order]);
    // nobody sends it yet, so the saga's first command can be kept and sent a second time
    await eventually(async () => (await stepsOf(order))[0]);
    await system.pool.query(`CREATE TABLE kept AS SELECT * FROM ${schema}.outbox`);
    await system.start("relay");
    await sagaIs(order, "completed");
    const before = await settledFigures();

    await system.stop("relay");
    system.fates.poison.clear();
    system.fates.unreadable.clear();
    await system.pool.query(`UPDATE ${schema}.checkpoints SET transaction_id = '0', global_position = 0 WHERE processor = 'relay'`); // prettier-ignore
    await system.pool.query(`INSERT INTO ${schema}.outbox SELECT * FROM kept`);
    await system.start("relay");

    const again = [...Object.values(at.events).map(({ topic }) => FIGURE.topic(topic ?? "")), FIGURE.committed(at.consumers.analytics.group ?? "")]; // prettier-ignore
    const growth = new Map([
      ...again.map((each) => [each, before.get(each) ?? 0] as const),
      [FIGURE.handled("billing"), 1],
      [FIGURE.handled("analytics"), 1],
    ]);
    expect(differences(await system.settled(growth, before))).toEqual([]);
    expect(differences(compare(await settledFigures(), await system.observer.look()))).toEqual([]);
    expect(differences(await system.settled(growth, before))).toEqual([]);
  });

  it("does everything once when projections and saga run twice, and those that are at work are killed", async () => {
    await system.stop("projections", "fulfillment");
    const before = await system.observer.look();
    const crowd = seededOrders({ seed: 9, count: 60 }).map((each) => ({ ...each, poison: false }));
    crowd.filter((each) => each.paymentRefused).forEach((each) => system.fates.refused.add(each.orderId));
    const twice = ["projections", "fulfillment"] as const;
    const first = await startProcesses(twice, system.connections, {});
    // these wait: the first ones hold the checkpoints
    const second = await startProcesses(twice, system.connections, {});

    try {
      const placing = placeOrders(system.connections, crowd);
      await delay(300);
      await first.kill();
      await placing;
      const rows = await system.settled(impliedBy(crowd), before, /daily_sales: rows/);
      expect(differences(rows)).toEqual([]);
    } finally {
      await second.stop();
    }
    await system.start(...twice);
  });

  it("loses no event and keeps each order's events in order when the relay is killed again and again", async () => {
    await system.stop("relay");
    const before = await system.observer.look();
    const crowd = seededOrders({ seed: 8, count: 60 }).map((each) => ({ ...each, poison: false }));
    crowd.filter((each) => each.paymentRefused).forEach((each) => system.fates.refused.add(each.orderId));

    const placing = placeOrders(system.connections, crowd);
    for (const afterMs of [150, 300, 450]) {
      const relay = await startProcesses(["relay"], system.connections, {});
      await delay(afterMs);
      await relay.kill();
    }
    await placing;
    await system.start("relay");
    const rows = await system.settled(impliedBy(crowd), before, /^topics|Kafka group|daily_sales: rows/);
    expect(differences(rows)).toEqual([]);

    for (const { name, topic } of Object.values(at.events)) {
      const { rows: stored } = await system.pool.query<{ id: string }>(
        `SELECT event_id AS id FROM ${schema}.event_store WHERE event_type = $1`,
        [name],
      );
      const inTopic = await readTopic(system.connections.kafka.bootstrapServers, topic ?? "");
      expect(new Set(inTopic.map(({ event }) => event.id))).toEqual(new Set(stored.map(({ id }) => id)));
      expect(outOfOrder(inTopic)).toEqual([]);
    }
  });
});

/** When nothing changes any more. */
async function settledFigures(): Promise<Figures> {
  let last = await system.observer.look();
  return eventually(async () => {
    await delay(1_500);
    const now = await system.observer.look();
    const same = compare(last, now).every((each) => each.holds);
    last = now;
    return same ? now : null;
  });
}

/** Orders whose events came for the first time in another order than they happened, or in several partitions. */
function outOfOrder(inTopic: Awaited<ReturnType<typeof readTopic>>): readonly string[] {
  const last = new Map<string, { version: number; partition: number }>();
  const seen = new Set<string>();
  const wrong = new Set<string>();
  for (const { event, partition } of inTopic) {
    const known = last.get(event.aggregateId);
    if (known && known.partition !== partition) wrong.add(event.aggregateId);
    if (seen.has(event.id)) continue;
    seen.add(event.id);
    if (known && known.version > event.aggregateVersion) wrong.add(event.aggregateId);
    last.set(event.aggregateId, { version: event.aggregateVersion, partition });
  }
  return [...wrong];
}
