import { compile, slice, type Part } from "eventloom";
import { engines, named, orders, stackWithProviders, synthesized } from "./engines";

/** How many resources a part and all that it needs have. */
function sizeOf(part: Part): number {
  return slice(compile(orders), [part]).length;
}

describe.each(engines)("parts of a domain by themselves in $name", (under) => {
  const { DeadLetterQueue, EventStoreDatabase, SagaTopology } = under.constructs;

  function count(stack: ReturnType<typeof stackWithProviders>): number {
    const { resource } = synthesized(under, stack);
    return Object.values(resource).reduce((sum, each) => sum + Object.keys(each).length, 0);
  }

  test("a DeadLetterQueue creates a consumer's parking queue and all that it needs", () => {
    const stack = stackWithProviders(under);
    const queue = new DeadLetterQueue(stack, "dlq", { domain: orders, of: "billing" });
    expect(queue.parkingQueues).toHaveLength(1);
    expect(queue.deadLetterTopics).toHaveLength(0);
    const written = synthesized(under, stack);
    named(written, "rabbitmq_queue", "orders.billing.parking");
    named(written, "rabbitmq_exchange", "orders.dead");
    expect(Object.values(written.resource["rabbitmq_queue"] ?? {}).map((each) => each["name"])).not.toContain(
      "orders.billing",
    );
    expect(count(stack)).toBe(sizeOf("dead-letter/billing"));
  });

  test("a DeadLetterQueue creates a Kafka consumer's retry topics and dead letter topic", () => {
    const stack = stackWithProviders(under);
    const queue = new DeadLetterQueue(stack, "dlq", { domain: orders, of: "analytics", replicationFactor: 1 });
    expect(queue.retryTopics).toHaveLength(3);
    expect(queue.deadLetterTopics).toHaveLength(1);
    expect(queue.parkingQueues).toHaveLength(0);
    expect(Object.keys(synthesized(under, stack).resource)).toEqual(["kafka_topic"]);
  });

  test("a SagaTopology creates a saga's reply queue and all that it needs", () => {
    const stack = stackWithProviders(under);
    const saga = new SagaTopology(stack, "saga", { domain: orders, saga: "OrderFulfillment" });
    expect(saga.replyQueue.resource.terraformResourceType).toBe("rabbitmq_queue");
    named(synthesized(under, stack), "rabbitmq_queue", "orders.order-fulfillment.replies");
    expect(count(stack)).toBe(sizeOf("saga/OrderFulfillment"));
  });

  test("an EventStoreDatabase creates the store and nothing on a broker", () => {
    const stack = stackWithProviders(under);
    const store = new EventStoreDatabase(stack, "store", { domain: orders });
    expect(Object.keys(store.tables)).toEqual(expect.arrayContaining(["event_store", "archived_aggregates", "outbox"]));
    expect(Object.keys(store.projections)).toEqual(["orderSummary", "dailySales"]);
    expect(count(stack)).toBe(sizeOf("store"));
    const types = Object.keys(synthesized(under, stack).resource);
    expect(types.every((type) => type.startsWith("eventloom_postgres_"))).toBe(true);
  });

  test("a name that the domain does not have is an error that lists those it has", () => {
    const stack = stackWithProviders(under);
    expect(() => new DeadLetterQueue(stack, "dlq", { domain: orders, of: "biling" })).toThrow(
      /TF505 of: no such part of the domain: got "biling"; allowed: .*billing.*; did you mean "billing"\?/,
    );
    // @ts-expect-error no such saga
    expect(() => new SagaTopology(stack, "saga", { domain: orders, saga: "OrderFulfilment" })).toThrow(
      /TF505 saga: .*did you mean "OrderFulfillment"\?/,
    );
  });

  test("two parts that share resources cannot stand side by side in one stack", () => {
    const stack = stackWithProviders(under);
    new DeadLetterQueue(stack, "billing", { domain: orders, of: "billing" });
    expect(() => new DeadLetterQueue(stack, "notifications", { domain: orders, of: "notifications" })).toThrow(
      /TF504 .*"orders\/billing" already \(fix: use one EventDrivenDomain/,
    );
  });
});
