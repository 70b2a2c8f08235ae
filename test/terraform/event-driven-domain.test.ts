import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { TerraformResource } from "cdktf";
import { compile, defineDomain, event, jsonSchema } from "eventloom";
import { engines, named, orders, ordersStack, stackWithProviders, synthesized } from "./engines";

const idSchema = jsonSchema<{ id: string }>({
  type: "object",
  properties: { id: { type: "string" } },
  required: ["id"],
});

describe.each(engines)("EventDrivenDomain in $name", (under) => {
  const { stack, domain } = ordersStack(under);
  const written = synthesized(under, stack);

  test("creates each resource of the topology once", () => {
    const count = Object.values(written.resource).reduce((sum, each) => sum + Object.keys(each).length, 0);
    expect(count).toBe(compile(orders).resources.length);
  });

  test("has the addresses that it will have for ever", () => {
    const addresses = Object.entries(written.resource)
      .flatMap(([type, each]) => Object.keys(each).map((id) => `${type}.${id}`))
      .sort();
    const golden = readFileSync(join(__dirname, "golden", "orders-addresses.txt"), "utf8");
    expect(addresses.join("\n") + "\n").toBe(golden);
  });

  test("writes a topic with its settings, and guards it against being destroyed", () => {
    expect(named(written, "kafka_topic", "orders.paid")).toEqual({
      name: "orders.paid",
      partitions: 12,
      replication_factor: 1,
      config: {
        "cleanup.policy": "delete",
        "max.message.bytes": "1048588",
        "min.insync.replicas": "1",
        "retention.ms": "2592000000",
        "unclean.leader.election.enable": "false",
      },
      lifecycle: { prevent_destroy: true },
    });
  });

  test("makes a queue after its policy, with nothing but its type as argument", () => {
    const queue = named(written, "rabbitmq_queue", "orders.billing");
    const [policyId] = Object.entries(written.resource["rabbitmq_policy"] ?? {}).find(
      ([, each]) => each["name"] === "orders.billing",
    ) as [string, unknown];
    expect(queue).toEqual({
      name: "orders.billing",
      vhost: "/",
      settings: [{ durable: true, auto_delete: false, arguments: { "x-queue-type": "quorum" } }],
      depends_on: [`rabbitmq_policy.${policyId}`],
      lifecycle: { prevent_destroy: true },
    });
  });

  test("replaces every binding together with its queue, since the server drops it with the queue", () => {
    const bindings = Object.values(written.resource["rabbitmq_binding"] ?? {});
    expect(bindings.length).toBeGreaterThan(10);
    for (const binding of bindings) {
      const queue = /^\$\{(rabbitmq_queue\..+)\.name\}$/.exec(binding["destination"] as string)?.[1];
      expect(binding["lifecycle"]).toEqual({ replace_triggered_by: [queue] });
      expect(binding["depends_on"]).toContain(queue);
      expect(binding["source"]).toMatch(/^\$\{rabbitmq_exchange\..+\.name\}$/);
    }
  });

  test("writes a table in the provider's words, with the domain as the one who declares it", () => {
    const table = named(written, "eventloom_postgres_table", "event_store");
    expect(table).toMatchObject({
      schema: "orders",
      declared_by: "orders",
      removal: "refuse",
      primary_key: { name: "event_store_pkey", columns: ["aggregate_id", "version"] },
      partitioning: { strategy: "hash", columns: ["aggregate_id"], modulus: 8 },
    });
    expect((table["triggers"] as { function_name: string }[])[0]).toMatchObject({
      function_schema: "orders",
      function_name: "refuse_change",
    });
    expect(JSON.stringify(table)).not.toContain(":null");
  });

  test("keeps on each construct where in the declaration it comes from", () => {
    const { resource } = domain.topics.OrderPaid;
    expect(resource.node.metadata).toContainEqual(
      expect.objectContaining({ type: "eventloom:path", data: "aggregates.Order.events.OrderPaid" }),
    );
  });

  test("holds its parts as constructs of the classes that also work alone", () => {
    const { DeadLetterQueue, EventStoreDatabase, SagaTopology } = under.constructs;
    expect(domain.node.findChild("store")).toBeInstanceOf(EventStoreDatabase);
    expect(domain.node.findChild("saga-OrderFulfillment")).toBeInstanceOf(SagaTopology);
    expect(domain.node.findChild("dead-letter-billing")).toBeInstanceOf(DeadLetterQueue);
    expect(domain.store).toBe(domain.node.findChild("store"));
    expect(domain.sagas.OrderFulfillment).toBe(domain.node.findChild("saga-OrderFulfillment"));
    expect(domain.deadLetters.billing).toBe(domain.node.findChild("dead-letter-billing"));
    expect(domain.deadLetters["inventory"]).toBe(domain.node.findChild("dead-letter-inventory"));
  });

  test("hands out names as references, so that what uses them comes after", () => {
    const { stack: other, domain: again } = ordersStack(under);
    const output = (id: string, value: string): void => {
      new under.engine.TerraformOutput(other, id, { value });
    };
    output("topic", again.topics.OrderCreated.name);
    output("queue", again.consumerQueues.billing.name);
    output("commands", again.commandQueues.ShipOrder.name);
    output("replies", again.sagas.OrderFulfillment.replyQueue.name);
    output("parking", again.deadLetters.billing.parkingQueues[0]?.name ?? "");
    output("dead", again.deadLetters.analytics.deadLetterTopics[0]?.name ?? "");
    output("schema", again.store.schema.name);
    output("column", again.store.projections.orderSummary.columns.total_cents);
    const { output: values, resource } = synthesized(under, other);
    const shown = (id: string): unknown => values?.[id]?.value;
    expect(shown("topic")).toMatch(/^\$\{kafka_topic\.orders_topic-OrderCreated_\w+\.name\}$/);
    expect(shown("queue")).toMatch(/^\$\{rabbitmq_queue\.orders_queue-consumer-billing_\w+\.name\}$/);
    expect(shown("commands")).toMatch(/^\$\{rabbitmq_queue\.orders_queue-handler-shipping_\w+\.name\}$/);
    expect(shown("replies")).toMatch(/^\$\{rabbitmq_queue\.orders_saga-OrderFulfillment_\S+\.name\}$/);
    expect(shown("parking")).toMatch(/^\$\{rabbitmq_queue\.orders_dead-letter-billing_\S+\.name\}$/);
    expect(shown("dead")).toMatch(/^\$\{kafka_topic\.orders_dead-letter-analytics_\S+\.name\}$/);
    expect(shown("schema")).toMatch(/^\$\{eventloom_postgres_schema\.orders_store_schema_\w+\.name\}$/);
    const [, id, index] =
      /^\$\{eventloom_postgres_table\.(\S+)\.columns\[(\d+)\]\.name\}$/.exec(shown("column") as string) ?? [];
    const columns = resource["eventloom_postgres_table"]?.[id ?? ""]?.["columns"] as { name: string }[];
    expect(columns[Number(index)]?.name).toBe("total_cents");
  });

  test("knows its handles' names at compile time", () => {
    // @ts-expect-error no such event
    expect(domain.topics.OrderCreatd).toBeUndefined();
    // @ts-expect-error no such saga
    expect(domain.sagas.Fulfilment).toBeUndefined();
    // @ts-expect-error no such column
    expect(domain.store.projections.orderSummary.columns.total).toBeUndefined();
  });

  test("says why a handle is not there instead of giving undefined", () => {
    expect(() => domain.consumerQueues.analytics).toThrow(
      /TF508 consumerQueues\.analytics: .*the consumer is via Kafka/,
    );
    const channels = defineDomain("audit", {
      store: "none",
      brokers: ["kafka"],
      aggregates: { Entry: { id: "id", events: { EntryMade: event({ versions: { 1: idSchema } }) } } },
    });
    const other = new under.constructs.EventDrivenDomain(stackWithProviders(under), "audit", { domain: channels });
    expect(() => other.store).toThrow(/TF508 store: .*the domain says store: "none"/);
    expect(Object.keys(other.topics)).toEqual(["EntryMade"]);
  });

  test("takes a virtual host that is known at deployment only", () => {
    const late = stackWithProviders(under);
    const vhost = new under.engine.TerraformVariable(late, "vhost", { type: "string" }).stringValue;
    new under.constructs.EventDrivenDomain(late, "orders", { domain: orders, vhost });
    const { resource } = synthesized(under, late);
    for (const type of ["rabbitmq_exchange", "rabbitmq_queue", "rabbitmq_policy", "rabbitmq_binding"]) {
      const values = Object.values(resource[type] ?? {}).map((each) => each["vhost"]);
      expect(new Set(values)).toEqual(new Set(["${var.vhost}"]));
    }
  });

  test("lets a stack add to what we say about a resource", () => {
    const { stack: other, domain: again } = ordersStack(under);
    const topic = again.topics.OrderCreated.resource as unknown as TerraformResource;
    topic.lifecycle = { ignoreChanges: ["config"] };
    topic.dependsOn = ["terraform_data.first"];
    topic.addOverride("partitions", 24);
    expect(named(synthesized(under, other), "kafka_topic", "orders.created")).toMatchObject({
      partitions: 24,
      depends_on: ["terraform_data.first"],
      lifecycle: { prevent_destroy: true, ignore_changes: ["config"] },
    });
  });

  test("is created once in a stack", () => {
    const { stack: other } = ordersStack(under);
    expect(() => new under.constructs.EventDrivenDomain(other, "again", { domain: orders })).toThrow(
      /TF504 orders\/again: .*is created by "orders\/orders" already \(fix: /,
    );
  });

  test("refuses to be written as HCL, which would come out empty", () => {
    const { stack: other } = ordersStack(under);
    expect(() => under.engine.Testing.synthHcl(other)).toThrow(/TF506/);
  });
});

test("both engines write the same", () => {
  const [first, second] = engines.map((under) => synthesized(under, ordersStack(under).stack));
  expect(second).toEqual(first);
});
