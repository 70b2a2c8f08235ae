import { DeadLetterQueue, EventStoreDatabase, PostgresTable, SagaTopology } from "eventloom/pulumi";
import { orders } from "../../examples/orders/domain";
import { recordPulumi, type PulumiResource } from "../../lib/testing/pulumi";

function created(resources: readonly PulumiResource[]): readonly string[] {
  return resources.filter((each) => each.custom).map((each) => each.name);
}

describe("parts that stand alone (Pulumi)", () => {
  test("a SagaTopology creates the reply queue and all that it needs, and no other queue", async () => {
    const { resources } = await recordPulumi(
      () => new SagaTopology("fulfilment", { domain: orders, saga: "OrderFulfillment" }),
    );
    const names = created(resources);
    expect(names).toEqual(
      expect.arrayContaining([
        "fulfilment-queue-saga-OrderFulfillment",
        "fulfilment-queue-saga-OrderFulfillment-parking",
        "fulfilment-exchange-replies",
        "fulfilment-exchange-return",
      ]),
    );
    expect(names.filter((name) => name.startsWith("fulfilment-queue-consumer"))).toEqual([]);
    expect(resources.every((each) => each.parent === (each.custom ? "fulfilment" : each.parent))).toBe(true);
  });

  test("a DeadLetterQueue of a Kafka consumer is its retry topics and dead letter topic", async () => {
    const { resources, result } = await recordPulumi(
      () => new DeadLetterQueue("failed", { domain: orders, of: "analytics", replicationFactor: 1 }),
    );
    expect([...created(resources)].sort()).toEqual([
      "failed-topic-OrderPaid-analytics-dead-letter",
      "failed-topic-OrderPaid-analytics-retry-1",
      "failed-topic-OrderPaid-analytics-retry-2",
      "failed-topic-OrderPaid-analytics-retry-3",
    ]);
    expect(result.retryTopics).toHaveLength(3);
    expect(result.parkingQueues).toEqual([]);
  });

  test("an EventStoreDatabase is the store alone", async () => {
    const { resources } = await recordPulumi(() => new EventStoreDatabase("store", { domain: orders }));
    expect(created(resources)).toContain("store-table-event_store");
    expect(resources.filter((each) => each.custom).every((each) => each.type.startsWith("eventloom:postgres:"))).toBe(
      true,
    );
  });

  test("a part that the domain does not have is refused with those that it has", async () => {
    await expect(recordPulumi(() => new DeadLetterQueue("failed", { domain: orders, of: "biling" }))).rejects.toThrow(
      /PU501 of: no such part of the domain: got "biling"; allowed: .*did you mean "billing"\?/,
    );
  });
});

describe("PostgresTable (Pulumi)", () => {
  const columns = { id: { type: "uuid" }, note: { type: "text", nullable: true } } as const;

  test("declares a table by the component's name and refuses its removal, unless it says otherwise", async () => {
    const { resources } = await recordPulumi(() => [
      new PostgresTable("customers", { schema: "crm", name: "customers", columns }),
      new PostgresTable("cache", {
        schema: "crm",
        name: "cache",
        columns,
        declaredBy: "crm",
        removal: "drop-if-empty",
      }),
    ]);
    const tables = Object.fromEntries(resources.filter((each) => each.custom).map((each) => [each.name, each]));
    expect(tables["customers-table"]?.inputs).toMatchObject({
      schema: "crm",
      name: "customers",
      columns: [
        { name: "id", type: "uuid", nullable: false },
        { name: "note", type: "text", nullable: true },
      ],
      declaredBy: "customers",
      removal: "refuse",
    });
    expect(tables["customers-table"]?.protect).toBe(true);
    expect(tables["cache-table"]?.inputs).toMatchObject({ declaredBy: "crm", removal: "drop-if-empty" });
    expect([tables["cache-table"]?.protect, tables["cache-table"]?.retainOnDelete]).toEqual([false, false]);
  });

  test("gives its columns' names, as outputs that come after the table", async () => {
    const { result, resources } = await recordPulumi(() => {
      const customers = new PostgresTable("customers", { schema: "crm", name: "customers", columns });
      return { key: customers.columns.id, names: Object.keys(customers.columns) };
    });
    expect(result.names).toEqual(["id", "note"]);
    expect(resources.find((each) => each.custom)?.inputs["columns"]).toHaveLength(2);
    expect(await new Promise((resolve) => result.key.apply(resolve))).toBe("id");
  });

  test("goes before its successor comes, so that a forced replacement cannot delete what it has just adopted", async () => {
    const { resources } = await recordPulumi(() => new PostgresTable("t", { schema: "crm", name: "t", columns }));
    expect(resources.find((each) => each.custom)?.deleteBeforeReplace).toBe(true);
  });
});
