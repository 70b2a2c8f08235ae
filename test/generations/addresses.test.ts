import { addresses, DeclarationError, lockFromText } from "eventloom";
import type { GenerationPhase } from "eventloom";
import { renderLock } from "../../lib/lock/render-lock";
import { lockAfter, SECOND, shopDomain, type Shop } from "./shop";

const lock = lockAfter({}, SECOND);
const OLDS = ["consumers.billing.v1", "events.OrderPaid.v1", "handlers.inventory.v1", "sagas.Fulfilment.v1"];

function at(phase: GenerationPhase | null, declared: Shop = SECOND, given = lock) {
  const generations = phase === null ? {} : Object.fromEntries(OLDS.map((each) => [each, phase]));
  return addresses(shopDomain(declared), { lock: given, profile: { generations } });
}

describe("the addresses of services", () => {
  test("in the first generation need no lock, and have nothing older", () => {
    const plain = addresses(shopDomain());
    expect(addresses(shopDomain(), { lock: lockAfter({}) })).toEqual(plain);
    expect(plain.consumers.billing.work).toMatchObject({ queue: "orders.billing", older: [] });
    expect(plain.consumers.analytics.subscriptions).toMatchObject([{ topic: "orders.paid", after: [] }]);
  });

  test.each([null, "beside", "drain"] as const)("tell to consume both queues where the profile says %p", (phase) => {
    const { consumers, handlers, sagas } = at(phase);
    expect(consumers.billing.work).toMatchObject({
      queue: "orders.billing.v2",
      parkingQueue: "orders.billing.v2.parking",
      older: [{ queue: "orders.billing", parkingQueue: "orders.billing.parking" }],
    });
    expect(consumers.billing.work?.older[0]?.retries).toEqual(consumers.billing.work?.retries);
    expect(handlers["inventory"]).toMatchObject({ older: [{ queue: "orders.inventory.commands" }] });
    expect(sagas.Fulfilment.work).toMatchObject({ older: [{ queue: "orders.fulfilment.replies" }] });
  });

  test("let the relay write to one topic at a time: the old one until it is drained", () => {
    const topic = (phase: GenerationPhase | null) => at(phase).events.OrderPaid.topic;
    expect([null, "beside" as const, "drain" as const, "done" as const].map(topic)).toEqual([
      "orders.paid",
      "orders.paid",
      "orders.paid.v2",
      "orders.paid.v2",
    ]);
  });

  test.each([null, "beside", "drain"] as const)(
    "let a group read the old topic before the new one where the profile says %p",
    (phase) => {
      expect(at(phase).consumers.analytics.subscriptions).toEqual([
        { event: "OrderPaid", topic: "orders.paid", retries: [{ delayMs: 1000, topic: "orders.paid.analytics.retry-1" }], deadLetterTopic: "orders.paid.analytics.dlt", after: [] }, // prettier-ignore
        { event: "OrderPaid", topic: "orders.paid.v2", retries: [{ delayMs: 1000, topic: "orders.paid.v2.analytics.retry-1" }], deadLetterTopic: "orders.paid.v2.analytics.dlt", after: ["orders.paid"] }, // prettier-ignore
      ]);
    },
  );

  test("have the new one alone when the old one is done", () => {
    const { consumers } = at("done");
    expect(consumers.billing.work?.older).toEqual([]);
    expect(consumers.analytics.subscriptions).toMatchObject([{ topic: "orders.paid.v2", after: [] }]);
  });

  test("leave what is sent alone: routing keys, exchanges and the group are those of the first generation", () => {
    const [first, second] = [addresses(shopDomain()), at("drain")];
    expect(second.events.OrderPaid.routingKey).toBe(first.events.OrderPaid.routingKey);
    expect(second.events.OrderPaid.exchange).toBe(first.events.OrderPaid.exchange);
    expect(second.sagas.Fulfilment.replyRoutingKey).toBe(first.sagas.Fulfilment.replyRoutingKey);
    expect(second.commands.Reserve.routingKey).toBe(first.commands.Reserve.routingKey);
    expect(second.consumers.analytics.group).toBe(first.consumers.analytics.group);
  });

  test("go through three generations in order, of which the oldest that stands beside is written to", () => {
    const third: Shop = { paid: { generation: 3 }, billing: { generation: 3 } };
    const long = lockAfter({}, { paid: { generation: 2 }, billing: { generation: 2 } }, third);
    const found = addresses(shopDomain(third), { lock: long, profile: { generations: { "events.OrderPaid.v1": "drain" } } }); // prettier-ignore
    expect(found.events.OrderPaid.topic).toBe("orders.paid.v2");
    expect(found.consumers.analytics.subscriptions.map(({ topic, after }) => [topic, after])).toEqual([
      ["orders.paid", []],
      ["orders.paid.v2", ["orders.paid"]],
      ["orders.paid.v3", ["orders.paid", "orders.paid.v2"]],
    ]);
    expect(found.consumers.billing.work?.older.map(({ queue }) => queue)).toEqual(["orders.billing", "orders.billing.v2"]); // prettier-ignore
  });

  test("keep to the retries that the old topic has", () => {
    const more: Shop = { paid: SECOND.paid, retries: 2 };
    const { subscriptions } = at(null, more, lockAfter({}, more)).consumers.analytics;
    expect(subscriptions.map(({ retries }) => retries.length)).toEqual([1, 2]);
  });

  test("are refused without the lock, and with a profile that names nothing", () => {
    expect(() => addresses(shopDomain(SECOND))).toThrow(/LK633 consumers\.billing\.generation/);
    const wrong = { generations: { "consumers.biling.v1": "drain" } } as const;
    expect(() => addresses(shopDomain(SECOND), { lock, profile: wrong })).toThrow(/LK630/);
  });
});

describe("the text of a lock", () => {
  test("is read by services", () => expect(lockFromText(renderLock(lock), "orders.lock.json")).toEqual(lock));

  test.each(["", "{}", "null", "\u0000"])("that is none is refused in one line: %j", (text) => {
    expect(() => lockFromText(text, "a\nb.json")).toThrow(DeclarationError);
    expect(() => lockFromText(text, "a\nb.json")).toThrow(/LK60[12]/);
  });
});
