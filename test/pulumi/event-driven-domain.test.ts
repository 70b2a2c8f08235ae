import { compile } from "eventloom";
import { EventDrivenDomain, EventloomProvider } from "eventloom/pulumi";
import { orders } from "../../examples/orders/domain";
import { recordPulumi, type PulumiResource } from "../../lib/testing/pulumi";

/** The example once, as its Pulumi program declares it; the tests only read it. */
const recorded = recordPulumi(
  () => new EventDrivenDomain("orders", { domain: orders, replicationFactor: 1, vhost: "shop" }),
);

async function named(name: string): Promise<PulumiResource> {
  const found = (await recorded).resources.filter((each) => each.name === name);
  expect(found).toHaveLength(1);
  return found[0] as PulumiResource;
}

describe("EventDrivenDomain (Pulumi)", () => {
  test("creates every resource of the topology once, and nothing else", async () => {
    const { resources } = await recorded;
    const topology = compile(orders, { replicationFactor: 1 });
    expect(
      resources
        .filter((each) => each.custom)
        .map((each) => each.name)
        .sort(),
    ).toEqual(topology.resources.map((each) => `orders-${each.key.replace(/\//g, "-")}`).sort());
  });

  test("gives a topic its settings in Kafka's own words", async () => {
    expect((await named("orders-topic-OrderPaid")).inputs).toEqual({
      name: "orders.paid",
      partitions: 12,
      replicationFactor: 1,
      config: {
        "cleanup.policy": "delete",
        "max.message.bytes": "1048588",
        "min.insync.replicas": "1",
        "retention.ms": "2592000000",
        "unclean.leader.election.enable": "false",
      },
    });
  });

  test("gives a queue its type and nothing that a policy could say", async () => {
    const queue = await named("orders-queue-consumer-billing");
    expect(queue.type).toBe("rabbitmq:index/queue:Queue");
    expect(queue.inputs).toEqual({
      name: "orders.billing",
      vhost: "shop",
      settings: { durable: true, autoDelete: false, arguments: { "x-queue-type": "quorum" } },
    });
  });

  test("creates a queue's policy before the queue", async () => {
    expect((await named("orders-queue-consumer-billing")).dependsOn).toContain("orders-policy-consumer-billing");
  });

  test("replaces a binding together with its queue", async () => {
    const binding = await named("orders-binding-consumer-billing-event-OrderPaid");
    expect(binding.inputs).toEqual({
      vhost: "shop",
      source: "orders.events",
      destination: "orders.billing",
      destinationType: "queue",
      routingKey: "orders.paid",
    });
    expect(binding.replaceWith).toEqual(["orders-queue-consumer-billing"]);
    expect(binding.dependsOn).toEqual(
      expect.arrayContaining(["orders-exchange-events", "orders-queue-consumer-billing"]),
    );
  });

  test("leaves out of a table what is not declared", async () => {
    const { type, inputs } = await named("orders-projection-dailySales");
    expect(type).toBe("eventloom:postgres:Table");
    expect(inputs).toMatchObject({ schema: "orders", name: "daily_sales", declaredBy: "orders", removal: "forget" });
    expect(inputs).not.toHaveProperty("partitioning");
    expect(inputs).not.toHaveProperty("ddl");
    expect((inputs["columns"] as object[])[0]).toEqual({ name: "day", type: "date", nullable: false });
  });

  test("protects and keeps exactly what holds messages", async () => {
    const { resources } = await recorded;
    const kept = resources.filter((each) => each.custom && !each.type.startsWith("eventloom:") && each.protect);
    expect(kept.every((each) => each.retainOnDelete)).toBe(true);
    expect(new Set(kept.map((each) => each.type))).toEqual(
      new Set(["kafka:index/topic:Topic", "rabbitmq:index/queue:Queue"]),
    );
    expect(kept).toHaveLength(compile(orders).resources.filter((each) => each.protect).length);
  });

  test("says a table's removal in the engine's own words", async () => {
    const summary = await named("orders-projection-orderSummary");
    expect([summary.protect, summary.retainOnDelete]).toEqual([true, false]);
    const sales = await named("orders-projection-dailySales");
    expect([sales.protect, sales.retainOnDelete]).toEqual([false, true]);
  });

  test("holds each resource in the component of its part", async () => {
    const { resources } = await recorded;
    const components = resources.filter((each) => !each.custom);
    expect(components.map((each) => [each.type, each.name, each.parent])).toContainEqual([
      "eventloom:index:DeadLetterQueue",
      "orders-dead-letter-billing",
      "orders",
    ]);
    expect((await named("orders-queue-consumer-billing-parking")).parent).toBe("orders-dead-letter-billing");
    expect((await named("orders-queue-saga-OrderFulfillment")).parent).toBe("orders-saga-OrderFulfillment");
    expect((await named("orders-table-event_store")).parent).toBe("orders-store");
    expect((await named("orders-topic-OrderCreated")).parent).toBe("orders");
  });

  test("hands out what it created by the names of the declaration", async () => {
    const { result: domain } = await recorded;
    const names: string[] = [];
    const collect = (name: string): unknown => names.push(name);
    await Promise.all(
      [
        domain.topics.OrderCreated.name,
        domain.consumerQueues.billing.name,
        domain.commandQueues.ReserveInventory.name,
        domain.sagas.OrderFulfillment.replyQueue.name,
        domain.deadLetters.billing.parkingQueues[0]?.name,
        domain.store.projections.orderSummary.name,
      ].map((output) => new Promise<void>((resolve) => output?.apply((name) => resolve(void collect(name))))),
    );
    expect(names.sort()).toEqual(
      ["order_summary", "orders.billing", "orders.billing.parking", "orders.created", "orders.inventory.commands", "orders.order-fulfillment.replies"].sort(), // prettier-ignore
    );
  });

  test("says why it has no queue for a consumer via Kafka", async () => {
    const { result: domain } = await recorded;
    expect(Object.keys(domain.consumerQueues)).toEqual(["billing", "notifications"]);
    expect(() => domain.consumerQueues.analytics).toThrow(/PU502 consumerQueues.analytics: .* via Kafka/);
  });

  test("creates everything with the providers that it is given", async () => {
    const { resources } = await recordPulumi(() => {
      const eventloom = new EventloomProvider("pg", { host: "db", password: "hidden" });
      return new EventDrivenDomain("orders", { domain: orders, providers: { eventloom } });
    });
    const tables = resources.filter((each) => each.type === "eventloom:postgres:Table");
    expect(tables.length).toBeGreaterThan(0);
    expect(new Set(tables.map((each) => each.provider))).toEqual(new Set(["pg"]));
  });
});
