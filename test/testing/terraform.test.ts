import { terraformOf } from "eventloom/testing";
import { emptyStack, engines, orders, ordersStack } from "../terraform/engines";

describe.each(engines)("testing a stack of $name", (under) => {
  const written = terraformOf(ordersStack(under).stack);

  test("finds resources by type and name, and says what they have", () => {
    written
      .expectCount("kafka_topic", 8)
      .expectNoResource("kafka_topic", "orders.cancelled")
      .expectProvider("kafka", { tls_enabled: false });
    written.expectResource("kafka_topic", "orders.created").toHave({ partitions: 12 }).toBeProtected();
    const policy = written.expectResource("rabbitmq_policy", "orders.billing");
    const queue = written.expectResource("rabbitmq_queue", "orders.billing").toComeAfter(policy);
    expect(queue.resource.dependsOn).toEqual([policy.resource.address]);
    const binding = written.resources.find((each) => each.replaceTriggeredBy.includes(queue.resource.address));
    expect(binding?.type).toBe("rabbitmq_binding");
  });

  test("says what is there instead of what was expected", () => {
    expect(() => written.expectResource("kafka_topic", "orders.craeted")).toThrow(/did you mean "orders\.created"\?/);
    expect(() => written.expectNoResource("kafka_topic", "orders.created")).toThrow(
      /there is a kafka_topic "orders\.created"/,
    );
    expect(() => written.expectCount("kafka_topic", 1)).toThrow(/there are 8 of kafka_topic, not 1: kafka_topic\./);
    const topic = written.expectResource("kafka_topic", "orders.created");
    expect(() => topic.toHave({ partitions: 6 })).toThrow(/kafka_topic\.\S+ is not as expected[^]*12/);
    expect(() => topic.toComeAfter(written.expectResource("kafka_topic", "orders.paid"))).toThrow(/but after: nothing/);
    expect(() => written.expectResource("rabbitmq_policy", "orders.billing").toBeProtected()).toThrow(
      /is not protected/,
    );
    expect(() => written.expectProvider("kafka", { tls_enabled: true })).toThrow(/provider kafka is not as expected/);
    expect(() => written.expectProvider("kafka", {}, "east")).toThrow(/there is no provider "east"/);
  });

  test("refuses a stack that synth would refuse", () => {
    const stack = emptyStack(under);
    new under.constructs.DeadLetterQueue(stack, "dlq", { domain: orders, of: "analytics" });
    expect(() => terraformOf(stack)).toThrow(/TF502/);
  });
});
