import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DeclarationError, type Resource, type RabbitmqQueue } from "eventloom";
import { declaredName, generatedBy, named } from "../../lib/topology/generation";
import { SECOND, shop, shopDomain, type Shop } from "./shop";

function issuesOf(declared: Shop): readonly string[] {
  try {
    shopDomain(declared);
  } catch (error) {
    if (error instanceof DeclarationError) return error.issues.map(({ code, path }) => `${code} ${path}`);
    throw error;
  }
  return [];
}

function find(declared: Shop, key: string): Resource {
  const found = shop(declared).resources.find((each) => each.key === key);
  if (found === undefined) throw new Error(`no ${key}`);
  return found;
}

function argumentsOf(declared: Shop, key: string): RabbitmqQueue["arguments"] {
  return (find(declared, key) as RabbitmqQueue).arguments;
}

/** What is granted has no name of its own. */
function nameIn(definition: object): string {
  return "name" in definition ? String(definition.name) : "";
}

function identity(each: Resource): string {
  const name = "name" in each ? each.name : "definition" in each ? nameIn(each.definition) : `${each.source} -> ${each.destination} ${each.routingKey}`; // prettier-ignore
  return [each.kind, each.key, each.part, name].join(" | ");
}

describe("a generation in a declaration", () => {
  test.each([1, 2, 999])("may be %p", (generation) => {
    const each = { generation };
    expect(issuesOf({ billing: each, inventory: each, fulfilment: each, paid: each })).toEqual([]);
  });

  test.each([0, 1000, -1, 1.5, NaN, Infinity, "2", null, [2], {}, true, "2; DROP TABLE x"])(
    "may not be %p",
    (generation) => {
      const each = { generation };
      expect(issuesOf({ billing: each, inventory: each, fulfilment: each, paid: each })).toEqual([
        "ED107 aggregates.Order.events.OrderPaid.generation",
        "ED107 handlers.inventory.generation",
        "ED107 consumers.billing.generation",
        "ED107 sagas.Fulfilment.generation",
      ]);
    },
  );

  test("is 1 where nothing is said, and the same as 1", () => {
    const each = { generation: 1 };
    expect(shop({ billing: each, inventory: each, fulfilment: each, paid: each })).toEqual(shop());
  });

  test("gives keys and names of its own, which are those of the golden file for ever; nothing else changes", () => {
    const golden = readFileSync(join(__dirname, "golden", "second-generation.txt"), "utf8");
    const first = new Set(shop().resources.map(identity));
    const second = shop(SECOND)
      .resources.map(identity)
      .filter((line) => !first.has(line));
    expect(`${second.join("\n")}\n`).toBe(golden);
  });

  test("leaves the routing keys as they were: messages that are under way carry them", () => {
    const keys = (declared: Shop) =>
      shop(declared).resources.flatMap((each) => (each.kind === "rabbitmq-binding" && /exchange\/(events|commands|replies)/.test(each.sourceKey) ? [each.routingKey] : [])); // prettier-ignore
    expect(keys(SECOND)).toEqual(keys({}));
  });

  test("is carried by the flows: everything that they pass is there", () => {
    const topology = shop(SECOND);
    const keys = new Set(topology.resources.map((each) => each.key));
    expect(topology.flows.flatMap((each) => each.through).filter((key) => !keys.has(key))).toEqual([]);
    expect(topology.flows.map(({ to }) => to)).toEqual(shop().flows.map(({ to }) => to));
  });
});

describe("queue arguments in a declaration", () => {
  const plain = { "x-queue-type": "quorum" };

  test("are the type alone where nothing is said, or RabbitMQ's own default", () => {
    expect(argumentsOf({}, "queue/consumer/billing")).toEqual(plain);
    expect(argumentsOf({ billing: { queue: { singleActiveConsumer: false } } }, "queue/consumer/billing")).toEqual(
      plain,
    );
  });

  test("reach the work queue, in RabbitMQ's words and kinds, and no other queue", () => {
    const queue = { singleActiveConsumer: true, initialGroupSize: 5 };
    const all = { ...plain, "x-single-active-consumer": true, "x-quorum-initial-group-size": 5 };
    const declared = { billing: { queue }, inventory: { queue }, fulfilment: { queue } };
    const queues = shop(declared).resources.filter((each) => each.kind === "rabbitmq-queue");
    for (const each of queues) expect(each.arguments).toEqual(each.role === "work" ? all : plain);
    expect(queues.filter(({ role }) => role === "work").map(({ name }) => name)).toEqual([
      "orders.billing",
      "orders.inventory.commands",
      "orders.fulfilment.replies",
    ]);
  });

  test.each([1, 99])("initialGroupSize may be %p", (initialGroupSize) => {
    expect(issuesOf({ billing: { queue: { initialGroupSize } } })).toEqual([]);
  });

  test.each<[string, unknown, string]>([
    ["initialGroupSize 0", { initialGroupSize: 0 }, "ED107 consumers.billing.queue.initialGroupSize"],
    ["initialGroupSize 100", { initialGroupSize: 100 }, "ED107 consumers.billing.queue.initialGroupSize"],
    ["initialGroupSize 2.5", { initialGroupSize: 2.5 }, "ED107 consumers.billing.queue.initialGroupSize"],
    ["a text for true", { singleActiveConsumer: "true" }, "ED105 consumers.billing.queue.singleActiveConsumer"],
    ["what belongs into a policy", { "x-message-ttl": 5 }, "ED103 consumers.billing.queue.x-message-ttl"],
    ["null", null, "ED105 consumers.billing.queue"],
    ["a list", [], "ED105 consumers.billing.queue"],
  ])("%s is an issue", (_, queue, reported) => {
    expect(issuesOf({ billing: { queue } })).toEqual([reported]);
  });
});

describe("the place of a generation in a key", () => {
  test.each([
    ["topic/OrderPaid", "events.OrderPaid", 1, "topic/OrderPaid"],
    ["topic/OrderPaid-v2/v2/retry-1", "events.OrderPaid", 2, "topic/OrderPaid/v2/retry-1"],
    ["queue/consumer/v2-v999/parking", "consumers.v2", 999, "queue/consumer/v2/parking"],
    ["policy/handler/inventory-v3", "handlers.inventory", 3, "policy/handler/inventory"],
    ["binding/saga/Fulfilment-v2/replies", "sagas.Fulfilment", 2, "binding/saga/Fulfilment/replies"],
  ])("of %s is read", (key, of, generation, first) => {
    expect(generatedBy(key)).toEqual({ of, generation, first });
  });

  test.each([
    "table/event_store",
    "queue/retry/1s",
    "queue/unrouted",
    "exchange/events",
    "policy/exchange/return",
    "topic/OrderPaid-v0",
    "topic/OrderPaid-v1000",
    "topic/../x",
    "",
  ])("of %s there is none", (key) => expect(generatedBy(key)).toBeNull());

  test("is taken off again", () => {
    expect(declaredName(named("billing", 2))).toBe("billing");
    expect(declaredName(named("v2", 1))).toBe("v2");
  });
});
