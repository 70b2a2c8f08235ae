import { AssertionError } from "node:assert";
import { topologyOf } from "eventloom/testing";
import { orders } from "../../examples/orders/domain";

const deployed = topologyOf(orders, { replicationFactor: 1 });

function messageOf(expectation: () => unknown): string {
  try {
    expectation();
  } catch (error) {
    expect(error).toBeInstanceOf(AssertionError);
    return (error as Error).message;
  }
  throw new Error("the expectation held");
}

describe("a user's test", () => {
  test("may expect what a domain becomes, one thing after the other", () => {
    deployed
      .expectTopic("orders.created")
      .toHaveConfig({ "retention.ms": "604800000" })
      .toHave({ partitions: 12, replicationFactor: 1, protect: true });
    deployed
      .expectQueue("orders.billing")
      .toBeBoundTo("orders.events", "orders.paid")
      .toHavePolicy({ "dead-letter-exchange": "orders.dead", "delivery-limit": "20" });
    deployed.expectQueue("orders.billing.parking").toHavePolicy({ "message-ttl": "1209600000" });
    deployed
      .expectExchange("orders.return")
      .toHave({ type: "direct" })
      .toHavePolicy({ "alternate-exchange": "orders.unrouted" });
    deployed
      .expectTable("daily_sales")
      .toHaveColumns({ day: "date", total_cents: { type: "bigint", default: "0" } })
      .toHaveIndexOn("day")
      .toHave({ removal: "forget" });
    expect(deployed.expectFunction("append_events").definition.securityDefiner).toBe(true);
    deployed
      .expectNoTopic("orders.cancelled")
      .expectNoQueue("orders.analytics")
      .expectNoTable("orders")
      .expectCount("postgres-schema", 1)
      .expectFlow({ message: "OrderPaid", to: "consumer/analytics", via: "kafka" });
  });

  test("is told the nearest name where there is no such thing", () => {
    expect(messageOf(() => deployed.expectTopic("order.created"))).toMatch(
      /^there is no topic "order\.created"; did you mean "orders\.created"\?; there are: orders\.created, /,
    );
    expect(messageOf(() => deployed.expectTable("nothing like it"))).not.toContain("did you mean");
    expect(messageOf(() => deployed.expectTable("daily_sales").toHaveColumns({ dai: "date" }))).toContain(
      'there is no column of daily_sales "dai"; did you mean "day"?',
    );
  });

  test("is told the difference, and only of what it asked for", () => {
    const message = messageOf(() =>
      deployed.expectTopic("orders.paid").toHaveConfig({ "retention.ms": "1", "no.such": "x" }),
    );
    expect(message).toContain("the config of topic orders.paid is not as expected");
    expect(message).toMatch(/2592000000/);
    expect(message).toMatch(/no\.such/);
    expect(message).not.toContain("cleanup.policy");
  });

  test.each([
    ["a wrong property", () => deployed.expectTopic("orders.paid").toHave({ partitions: 1 })],
    ["a wrong policy", () => deployed.expectQueue("orders.billing").toHavePolicy({ "delivery-limit": "1" })],
    [
      "a policy that is not there",
      () => deployed.expectExchange("orders.unrouted").toHavePolicy({ "alternate-exchange": "x" }),
    ],
    ["a wrong binding", () => deployed.expectQueue("orders.billing").toBeBoundTo("orders.events", "orders.shipped")],
    ["a wrong column", () => deployed.expectTable("daily_sales").toHaveColumns({ day: "text" })],
    ["a wrong index", () => deployed.expectTable("daily_sales").toHaveIndexOn("currency")],
    ["a wrong count", () => deployed.expectCount("kafka-topic", 1)],
    ["a flow that is not there", () => deployed.expectFlow({ message: "OrderPaid", to: "consumer/nobody" })],
    ["a topic that is there", () => deployed.expectNoTopic("orders.paid")],
    ["a queue that is there", () => deployed.expectNoQueue("orders.billing")],
    ["a table that is there", () => deployed.expectNoTable("outbox")],
  ])("fails for %s", (_, expectation) => expect(messageOf(expectation)).not.toBe(""));
});
