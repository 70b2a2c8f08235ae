import fc from "fast-check";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { compile, DeclarationError, defineDomain, event, jsonSchema, slice } from "eventloom";
import type { KafkaTopic, RabbitmqPolicy, Resource } from "eventloom";
import { orders } from "../../examples/orders/domain";

const topology = compile(orders, { replicationFactor: 3 });
const byKey = new Map(topology.resources.map((each) => [each.key, each]));

function topic(key: string, from = byKey): KafkaTopic {
  return from.get(key) as KafkaTopic;
}

function policy(key: string): RabbitmqPolicy {
  return byKey.get(key) as RabbitmqPolicy;
}

/** What is granted has no name of its own. */
function nameIn(definition: object): string {
  return "name" in definition ? String(definition.name) : "";
}

/** One line a resource: what it is for ever, and what it is called. */
function identity(each: Resource): string {
  const name =
    "name" in each
      ? each.name
      : "definition" in each
        ? nameIn(each.definition)
        : `${each.source} -> ${each.destination} ${each.routingKey}`;
  return [each.kind, each.key, each.part, name].join(" | ");
}

describe("the order system's topology", () => {
  test("has the identities and names that it will have for ever", () => {
    const golden = readFileSync(join(__dirname, "golden", "orders-identity.txt"), "utf8");
    expect(topology.resources.map(identity).join("\n") + "\n").toBe(golden);
  });

  test("is plain data: frozen, equal each time, and the same after a trip through JSON", () => {
    expect(Object.isFrozen(topology.resources[0])).toBe(true);
    expect(compile(orders)).toEqual(topology);
    expect(JSON.parse(JSON.stringify(topology))).toEqual(topology);
  });

  test("keeps a topic as long as the consumer who needs it longest", () => {
    expect(topic("topic/OrderPaid").config["retention.ms"]).toBe("2592000000");
    expect(topic("topic/OrderPaid").causes).toEqual({ "retention.ms": "consumers.analytics.needs" });
    expect(topic("topic/OrderCreated").config["retention.ms"]).toBe("604800000");
    expect(topic("topic/OrderCreated").causes).toEqual({});
  });

  test("asks for one replica less than there are, and never for none", () => {
    const one = new Map(compile(orders, { replicationFactor: 1 }).resources.map((each) => [each.key, each]));
    expect(topic("topic/OrderPaid").config["min.insync.replicas"]).toBe("2");
    expect(topic("topic/OrderPaid", one).config["min.insync.replicas"]).toBe("1");
    expect(topic("topic/OrderPaid", one).replicationFactor).toBe(1);
  });

  test.each([0, -1, 1.5, NaN, 32_768])("refuses %p replicas", (replicationFactor) => {
    expect(() => compile(orders, { replicationFactor })).toThrow(DeclarationError);
  });

  test("parks a dead letter as long as declared, in a topic with as many partitions as its source", () => {
    const dlt = topic("topic/OrderPaid/analytics/dead-letter");
    expect(dlt.config["retention.ms"]).toBe("1209600000");
    expect(dlt.partitions).toBe(topic("topic/OrderPaid").partitions);
  });

  test("guards every queue and topic, and no binding, policy or exchange", () => {
    const guarded = topology.resources.filter((each) => each.protect).map((each) => each.kind);
    expect(new Set(guarded)).toEqual(new Set(["kafka-topic", "rabbitmq-queue"]));
    const queues = topology.resources.filter((each) => each.kind === "kafka-topic" || each.kind === "rabbitmq-queue");
    expect(guarded).toHaveLength(queues.length);
  });

  test("dead-letters at least once, with everything that this takes", () => {
    expect(policy("policy/consumer/billing").definition).toEqual({
      "delivery-limit": "20",
      "dead-letter-exchange": "orders.dead",
      "dead-letter-routing-key": "orders.billing",
      "dead-letter-strategy": "at-least-once",
      overflow: "reject-publish",
    });
    expect(policy("policy/retry/2s").definition).toEqual({
      "message-ttl": "2000",
      "dead-letter-exchange": "orders.return",
      "dead-letter-strategy": "at-least-once",
      overflow: "reject-publish",
    });
    expect(policy("policy/exchange/return").definition).toEqual({ "alternate-exchange": "orders.unrouted" });
  });

  test("has exactly one policy for each queue, anchored and escaped, and only a queue's type as argument", () => {
    const policies = topology.resources.filter((each) => each.kind === "rabbitmq-policy");
    for (const each of topology.resources) {
      if (each.kind !== "rabbitmq-queue" || each.role === "unrouted") continue;
      expect(each.arguments).toEqual({ "x-queue-type": "quorum" });
      expect(
        policies.filter((one) => one.applyTo === "queues" && new RegExp(one.pattern).test(each.name)),
      ).toHaveLength(1);
    }
    expect(
      policies.every((one) => /^\^.*\$$/.test(one.pattern) && !new RegExp(one.pattern).test("xorders-billing")),
    ).toBe(true);
  });

  test("shares retry levels: as many as there are different waits", () => {
    const levels = topology.resources.filter((each) => each.kind === "rabbitmq-queue" && each.role === "retry-level");
    expect(levels.map((each) => each.key)).toEqual(["queue/retry/1s", "queue/retry/2s", "queue/retry/4s"]);
  });

  test("writes down who sends what to whom", () => {
    const lines = topology.flows.map(
      (each) => `${each.kind} ${each.message}: ${each.from} -> ${each.to} via ${each.via}`,
    );
    expect(lines).toContain("event OrderPaid: relay -> consumer/analytics via kafka");
    expect(lines).toContain("command RefundPayment: saga/OrderFulfillment -> handler/payments via rabbitmq");
    expect(lines).toContain("reply PaymentRefused: handler/payments -> saga/OrderFulfillment via rabbitmq");
    expect(topology.flows.flatMap((each) => each.through).filter((key) => !byKey.has(key))).toEqual([]);
  });

  test("publishes every version of every event, and every command", () => {
    const names = topology.contracts.map((each) => `${each.name} ${each.version}${each.upcast ? " upcast" : ""}`);
    expect(names.slice(0, 3)).toEqual(["OrderCreated 1 upcast", "OrderCreated 2", "OrderItemAdded 1"]);
    expect(names).toContain("ShipOrder 1");
  });
});

describe("a slice", () => {
  test("of one dead letter part has what it needs and nothing else", () => {
    expect(slice(topology, ["dead-letter/billing"]).map((each) => each.key)).toEqual([
      "exchange/unrouted",
      "queue/unrouted",
      "binding/unrouted",
      "policy/exchange/dead",
      "exchange/dead",
      "policy/consumer/billing/parking",
      "queue/consumer/billing/parking",
      "binding/consumer/billing/parking",
    ]);
  });

  test("of the store needs no broker", () => {
    expect(slice(topology, ["store"]).every((each) => each.part === "store")).toBe(true);
  });

  test("of nothing is empty", () => expect(slice(topology, [])).toEqual([]));
});

describe("a domain that does without something", () => {
  const paid = event({ versions: { 1: jsonSchema<{ id: string }>({ properties: { id: {} }, required: ["id"] }) } });
  const aggregates = { Order: { id: "id", events: { OrderPaid: paid } } } as const;

  test("on Kafka alone, without a store, is topics only", () => {
    const kinds = compile(
      defineDomain("orders", {
        store: "none",
        brokers: ["kafka"],
        aggregates,
        consumers: { a: { on: ["OrderPaid"] } },
      }),
    ).resources;
    expect(new Set(kinds.map((each) => each.kind))).toEqual(new Set(["kafka-topic"]));
  });

  test("on RabbitMQ alone consumes by it unless told otherwise", () => {
    const domain = defineDomain("orders", {
      store: "none",
      brokers: ["rabbitmq"],
      aggregates,
      consumers: { a: { on: ["OrderPaid"] } },
    });
    expect(compile(domain).resources.filter((each) => each.kind === "kafka-topic")).toEqual([]);
    expect(compile(domain).resources.map((each) => each.key)).toContain("queue/consumer/a");
  });

  test("with nobody on RabbitMQ makes no exchange", () => {
    const resources = compile(
      defineDomain("orders", { aggregates, consumers: { a: { on: ["OrderPaid"] } } }),
    ).resources;
    expect(resources.filter((each) => each.kind.startsWith("rabbitmq"))).toEqual([]);
  });
});

describe("any declaration that is accepted", () => {
  const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9]{0,99}$/);
  const payload = jsonSchema<{ id: string }>({ properties: { id: {} }, required: ["id"] });
  const declaration = fc.record({
    domain: fc.stringMatching(/^[a-z][a-z0-9]{0,20}(-[a-z0-9]{1,8}){0,2}$/),
    events: fc.uniqueArray(name, { minLength: 1, maxLength: 5, selector: (each) => each.toLowerCase() }),
    consumers: fc.uniqueArray(name, { maxLength: 4, selector: (each) => each.toLowerCase() }),
    retries: fc.integer({ min: 0, max: 6 }),
    leaves: fc.constantFrom(1, 2, 8, 64),
  });

  test("compiles to unique legal names, in an order in which everything comes after what it needs", () => {
    fc.assert(
      fc.property(declaration, ({ domain, events, consumers, retries, leaves }) => {
        const declared = {
          store: { format: 1, partitioning: { strategy: "hash", modulus: leaves } },
          aggregates: {
            A: {
              id: "id",
              events: Object.fromEntries(events.map((each) => [each, event({ versions: { 1: payload } })])),
            },
          },
          consumers: Object.fromEntries(
            consumers.map((each, n) => [each, { on: events, via: n % 2 ? "kafka" : "rabbitmq" }]),
          ),
          retry: { maxRetries: retries },
        };
        let compiled: readonly Resource[];
        try {
          compiled = compile(defineDomain(domain, declared as never)).resources;
        } catch (error) {
          // names that differ in case or dashes only may collide; nothing else is wrong here
          expect((error as DeclarationError).issues.every((each) => each.code === "ED117")).toBe(true);
          return;
        }
        const seen = new Set<string>();
        for (const each of compiled) {
          expect(each.dependsOn.every((key) => seen.has(key))).toBe(true);
          expect(seen.has(each.key)).toBe(false);
          expect(each.key).toMatch(/^[A-Za-z0-9_./-]+$/);
          seen.add(each.key);
          if (each.kind === "kafka-topic") expect(each.name).toMatch(/^[a-zA-Z0-9.-]{1,249}$/);
          if (each.kind === "rabbitmq-queue") expect(each.name).toMatch(/^[a-z0-9.-]{1,255}$/);
        }
        const ids = compiled.map((each) => each.key.replace(/\//g, "-"));
        expect(new Set(ids).size).toBe(ids.length);
        const physical = compiled.flatMap((each) =>
          "name" in each && each.kind !== "rabbitmq-policy" ? [`${each.kind} ${each.name}`] : [],
        );
        expect(new Set(physical).size).toBe(physical.length);
      }),
      { numRuns: 200, seed: 20261122 },
    );
  });
});

describe("the index of a single event's type", () => {
  const payload = jsonSchema<{ id: string }>({ properties: { id: {} }, required: ["id"] });
  const indexesWith = (options: object): readonly unknown[] => {
    const events = { CartLost: event({ versions: { 1: payload }, ...options }) };
    const aggregates = { Cart: { id: "id", events } } as const;
    const { resources } = compile(defineDomain("shop", { brokers: ["kafka"], aggregates }));
    const table = resources.find((each) => each.kind === "postgres-table" && each.key === "table/event_store");
    if (table?.kind !== "postgres-table") throw new Error("there is a store");
    return table.definition.indexes.map(({ name, where }) => [name, where]).filter(([name]) => /type/.test(name ?? ""));
  };

  test("is there for an event that asks for it, and for no other", () => {
    const index = ["event_store_type_cart_lost", "event_type = 'CartLost'::text"];
    expect(indexesWith({ indexed: true })).toEqual([index]);
    expect(indexesWith({ indexed: false })).toEqual([]);
    expect(indexesWith({})).toEqual([]);
  });

  test("is of the type that is stored, whatever the event is called now", () => {
    const index = ["event_store_type_cart_gone", "event_type = 'CartGone'::text"];
    expect(indexesWith({ indexed: true, renamedFrom: "CartGone" })).toEqual([index]);
  });

  test("is asked for by true or false alone (ED105)", () => {
    expect(() => indexesWith({ indexed: "yes" })).toThrow(/ED105 aggregates\.Cart\.events\.CartLost\.indexed/);
  });
});
