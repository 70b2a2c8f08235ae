import { addresses, compile, defineDomain, upcast } from "eventloom";
import { orders } from "../../examples/orders/domain";
import { parseDuration, shortDuration } from "../../lib/domain/duration";
import { eventSlug, kebab, shorten, snake } from "../../lib/domain/names";
import { plural } from "../../lib/domain/plural";
import { soundDeclaration } from "./declarations";

describe("durations", () => {
  test.each([
    ["0 seconds", 0],
    ["1 milliseconds", 1],
    ["1 second", 1_000],
    ["90 seconds", 90_000],
    ["30 days", 2_592_000_000],
    ["2 weeks", 1_209_600_000],
  ])("%s is %d ms", (text, milliseconds) => expect(parseDuration(text)).toBe(milliseconds));

  test.each([
    "",
    "1",
    "second",
    "-1 second",
    "1.5 seconds",
    "1  second",
    " 1 second",
    "1 fortnight",
    "1e3 seconds",
    "9999999999999999 weeks",
    "NaN days",
  ])("%p is none", (text) => expect(parseDuration(text)).toBeUndefined());

  test.each([
    [1, "1ms"],
    [1_000, "1s"],
    [1_500, "1500ms"],
    [90_000, "90s"],
    [600_000, "10m"],
    [86_400_000, "1d"],
  ])("%d ms is written %s in names", (ms, text) => expect(shortDuration(ms)).toBe(text));
});

describe("physical names", () => {
  test.each([
    ["OrderItemAdded", "order-item-added"],
    ["XMLParsed", "xml-parsed"],
    ["order2Paid", "order2-paid"],
    ["orderSummary", "order-summary"],
    ["A", "a"],
  ])("%s is %s", (name, expected) => {
    expect(kebab(name)).toBe(expected);
    expect(snake(name)).toBe(expected.replace(/-/g, "_"));
  });

  test.each([
    ["order", "orders"],
    ["category", "categories"],
    ["day", "days"],
    ["box", "boxes"],
    ["batch", "batches"],
  ])("the plural of %s is %s", (one, many) => expect(plural(one)).toBe(many));

  test("the aggregate's name is left out only where the domain is named after it", () => {
    expect(eventSlug("orders", "Order", "OrderCreated")).toBe("created");
    expect(eventSlug("orders", "Invoice", "InvoiceCreated")).toBe("invoice-created");
    expect(eventSlug("sales", "Order", "OrderCreated")).toBe("order-created");
    expect(eventSlug("orders", "Order", "Order")).toBe("order");
  });

  test("a name that is too long keeps its start and gets a hash of the whole, the same each time", () => {
    expect(shorten("a".repeat(249), 249)).toHaveLength(249);
    expect(shorten("a".repeat(250), 249)).toHaveLength(249);
    expect(shorten("a".repeat(250), 249)).not.toBe(shorten("a".repeat(251), 249));
    expect(shorten("a".repeat(70), 63)).toBe(`${"a".repeat(54)}-6bd5e503`);
  });

  test("a compiled name never leaves a broker's limits, however long the declared names are", () => {
    const name = (letter: string): string => letter.toUpperCase() + letter.repeat(99);
    const { aggregates, ...rest } = soundDeclaration();
    const domain = defineDomain("o".repeat(50), {
      aggregates: { Order: { ...aggregates.Order, events: { [name("e")]: aggregates.Order.events.OrderPaid } } },
      commands: { [name("c")]: { ...rest.commands.Reserve, handledBy: name("h") } },
      consumers: {
        [name("k")]: { on: [name("e")] },
        [name("r")]: { on: [name("e")], via: "rabbitmq" },
      },
      projections: {
        [name("p")]: {
          from: [name("e")],
          table: { columns: { id: { type: "text" } }, indexes: [{ columns: ["id"] }] },
        },
      },
    });
    for (const each of compile(domain).resources) {
      if (each.kind === "kafka-topic") expect(each.name.length).toBeLessThanOrEqual(249);
      else if ("definition" in each && each.kind === "postgres-table") {
        expect(
          [each.definition.name, ...each.definition.indexes.map((index) => index.name)].every(
            (text) => text.length <= 63,
          ),
        ).toBe(true);
      } else if ("name" in each) expect(Buffer.byteLength(each.name)).toBeLessThanOrEqual(255 + "exchange ".length);
    }
  });
});

describe("a domain", () => {
  test("is frozen, and names what was declared", () => {
    expect(Object.isFrozen(orders.definition.consumers["billing"])).toBe(true);
    expect(orders.events.OrderCreated).toEqual({ name: "OrderCreated", latest: 2 });
    expect(orders.projections.dailySales.columns.day).toBe("day");
  });

  test("brings an older payload to the latest version", () => {
    const old = { orderId: "1", customerId: "c", placedOn: "2026-01-01" };
    expect(upcast(orders, "OrderCreated", 1, old)).toEqual({ ...old, currency: "EUR" });
    expect(upcast(orders, "OrderCreated", 2, { ...old, currency: "USD" }).currency).toBe("USD");
    expect(() => upcast(orders, "OrderCreated", 3, old)).toThrow("OrderCreated has no version 3; it has 1 to 2");
  });

  test("retries: what a consumer says, and the domain's for the rest", () => {
    const { billing } = defineDomain("orders", {
      ...soundDeclaration(),
      consumers: { billing: { on: ["OrderPaid"], via: "rabbitmq", retry: { maxRetries: 5 } } },
      sagas: {},
      projections: {},
    } as never).definition.consumers;
    expect(billing?.retry).toEqual({ delaysMs: [1_000, 2_000, 4_000, 8_000, 16_000], parkRetentionMs: 1_209_600_000 });
  });

  test("gives services every name they need", () => {
    const found = addresses(orders);
    expect(found.events.OrderItemAdded).toEqual({
      name: "OrderItemAdded",
      type: "OrderItemAdded",
      aggregateType: "Order",
      topic: "orders.item-added",
      // nobody takes it by RabbitMQ
      exchange: null,
      routingKey: "orders.item-added",
      key: "orderId",
    });
    expect(found.events.OrderPaid.exchange).toBe("orders.events");
    expect(found.consumers.billing.work).toEqual({
      older: [],
      queue: "orders.billing",
      retries: [
        { delayMs: 1_000, exchange: "orders.retry.1s" },
        { delayMs: 2_000, exchange: "orders.retry.2s" },
        { delayMs: 4_000, exchange: "orders.retry.4s" },
      ],
      parkingQueue: "orders.billing.parking",
    });
    expect(found.consumers.analytics.subscriptions[0]?.deadLetterTopic).toBe("orders.paid.analytics.dlt");
    expect(found.sagas.OrderFulfillment.replyRoutingKey).toBe("orders.order-fulfillment.replies");
    expect(found.commands.ShipOrder).toEqual({
      name: "ShipOrder",
      type: "ShipOrder",
      exchange: "orders.commands",
      routingKey: "ship-order",
      queue: "orders.shipping.commands",
    });
  });
});
