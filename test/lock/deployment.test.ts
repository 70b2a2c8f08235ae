import { command, compile, DeclarationError, defineDomain, event, jsonSchema, type Topology } from "eventloom";
import fc from "fast-check";
import { orders } from "../../examples/orders/domain";
import { deploymentOf, partOf } from "../../lib/lock/deployment";
import { leavingOf } from "../../lib/lock/leaving";
import { nextLock } from "../../lib/lock/next-lock";
import type { Lock } from "../../lib/lock/types";

const payload = jsonSchema<{ orderId: string }>({
  type: "object",
  properties: { orderId: { type: "string" } },
  required: ["orderId"],
});

type Section = "events" | "consumers" | "projections" | "sagas";
type Names = Readonly<Record<Section, readonly string[]>>;

const ALL: Names = {
  events: ["OrderPaid", "OrderLost"],
  consumers: ["billing", "analytics"],
  projections: ["totals"],
  sagas: ["Fulfilment"],
};

interface Told {
  readonly names?: Partial<Names>;
  readonly retired?: Partial<Names>;
  readonly maxRetries?: number;
}

/** A shop with some of the things that it may have; the event OrderPaid is always there, since something has to be. */
function shop({ names = {}, retired = {}, maxRetries = 3 }: Told = {}): Topology {
  const { events, consumers, projections, sagas } = { ...ALL, ...names };
  const record = <T>(list: readonly string[], make: (name: string) => T): Record<string, T> =>
    Object.fromEntries(list.map((name) => [name, make(name)]));
  const table = { columns: { order_id: { type: "text" } }, key: ["order_id"] };
  const step = { command: "Reserve", success: "Reserved", failure: "Rejected", compensate: "none" };
  return compile(
    defineDomain("shop", {
      aggregates: {
        Order: {
          id: "orderId",
          events: record([...new Set(["OrderPaid", ...events])], () => event({ versions: { 1: payload } })),
        },
      },
      commands: { Reserve: command({ handledBy: "stock", schema: payload, replies: ["Reserved", "Rejected"] }) },
      consumers: record(consumers, (name) => ({ on: ["OrderPaid"], via: name === "billing" ? "rabbitmq" : "kafka" })),
      projections: record(projections, () => ({ from: ["OrderPaid"], table })),
      sagas: record(sagas, () => ({ startedBy: "OrderPaid", steps: [step] })),
      retry: { maxRetries },
      retired: Object.fromEntries(
        Object.entries(retired).map(([section, list]) => [
          section,
          record(list, () => ({ reason: "nobody needs it" })),
        ]),
      ),
    } as never),
  );
}

function locked(topology: Topology, previous: Lock | null = null): Lock {
  const next = nextLock(topology, previous);
  if (!next.ok) throw new Error(JSON.stringify(next.issues));
  return next.lock;
}

function refusal(topology: Topology, lock: Lock): DeclarationError {
  try {
    deploymentOf(topology, lock);
  } catch (thrown) {
    if (thrown instanceof DeclarationError) return thrown;
    throw thrown;
  }
  throw new Error("it was not refused");
}

function forgottenOf(topology: Topology, lock: Lock): readonly string[] {
  return deploymentOf(topology, lock).forgotten.map(({ key }) => key);
}

const without = (section: Section, name: string): Partial<Names> => ({
  [section]: ALL[section].filter((each) => each !== name),
});

describe("without a lock", () => {
  test("everything is deployed, and what leaves cannot be known", () => {
    const topology = shop();
    expect(deploymentOf(topology, null)).toEqual({ resources: topology.resources, forgotten: [], moved: [] });
  });
});

describe("what is as it was approved", () => {
  test("is deployed in the order of creation, and nothing is forgotten", () => {
    const topology = compile(orders);
    const { resources, forgotten } = deploymentOf(topology, locked(topology));
    expect(resources).toBe(topology.resources);
    expect(forgotten).toEqual([]);
  });
});

describe("what has left", () => {
  test("without a word is refused, all of it at once, each with its place", () => {
    const { message, issues } = refusal(
      shop({ names: { events: [], consumers: [], projections: [], sagas: [] } }),
      locked(shop()),
    );
    expect(issues.map(({ code, path }) => `${code} ${path}`).sort()).toEqual([
      "LK612 retired.consumers.analytics",
      "LK612 retired.consumers.billing",
      "LK612 retired.events.OrderLost",
      "LK612 retired.projections.totals",
      "LK612 retired.sagas.Fulfilment",
    ]);
    expect(message).toContain('domain "shop", held against its lock, has 5 issues:');
    expect(issues[0]?.fix).toBe("say so: retired: { … } with a reason, or declare it again");
  });

  test.each<[string, Section, string, readonly string[]]>([
    ["an event", "events", "OrderLost", ["topic/OrderLost"]],
    ["a consumer via Kafka", "consumers", "analytics", [1, 2, 3].map((n) => `topic/OrderPaid/analytics/retry-${n}`)],
    ["a consumer via RabbitMQ", "consumers", "billing", ["queue/consumer/billing", "policy/consumer/billing", "binding/consumer/billing/return"]], // prettier-ignore
    ["a projection", "projections", "totals", ["projection/totals"]],
    ["a saga", "sagas", "Fulfilment", ["queue/saga/Fulfilment", "policy/saga/Fulfilment"]],
  ])("%s: what it had is forgotten, before it is locked and ever after", (_, section, name, keys) => {
    const before = locked(shop());
    const after = shop({ names: without(section, name), retired: { [section]: [name] } });
    expect(forgottenOf(after, before)).toEqual(expect.arrayContaining([...keys]));
    const lock = locked(after, before);
    expect(forgottenOf(after, lock)).toEqual(forgottenOf(after, before));
    expect(forgottenOf(shop({ names: without(section, name) }), locked(shop({ names: without(section, name) }), lock))).toEqual(forgottenOf(after, before)); // prettier-ignore
  });

  test("brings no new messages: such a binding is in neither list", () => {
    const before = locked(shop());
    const after = shop({ names: without("consumers", "billing"), retired: { consumers: ["billing"] } });
    const { resources, forgotten } = deploymentOf(after, before);
    const keys = new Set([...resources, ...forgotten].map(({ key }) => key));
    const gone = before.topology.resources.filter(({ key }) => !keys.has(key)).map(({ key }) => key);
    expect(gone).toEqual(["binding/consumer/billing/event/OrderPaid"]);
  });

  test("without a name of its own is forgotten unasked: a retry level, a retry topic", () => {
    const forgotten = forgottenOf(shop({ maxRetries: 2 }), locked(shop()));
    expect(forgotten).toEqual([
      "binding/retry/4s",
      "exchange/retry/4s",
      "policy/retry/4s",
      "queue/retry/4s",
      "topic/OrderPaid/analytics/retry-3",
    ]);
    expect(forgottenOf(shop(), locked(shop({ maxRetries: 2 }), locked(shop())))).toEqual([]);
  });

  test("is as it was last approved", () => {
    const before = locked(shop());
    const after = shop({ names: without("events", "OrderLost"), retired: { events: ["OrderLost"] } });
    const { forgotten } = deploymentOf(after, before);
    expect(forgotten).toEqual(before.topology.resources.filter(({ key }) => key === "topic/OrderLost"));
  });

  test("may not come back under its name: LK613", () => {
    const gone = locked(shop({ names: without("events", "OrderLost"), retired: { events: ["OrderLost"] } }), locked(shop())); // prettier-ignore
    expect(refusal(shop(), gone).issues.map(({ code, path }) => `${code} ${path}`)).toEqual(["LK613 events.OrderLost"]);
  });
});

test("what has another key now is not forgotten under the old one", () => {
  const topology = shop();
  const lock = locked(topology);
  const from = { key: "topic/OrderLost", part: "domain" } as const;
  const resources = topology.resources.map((each) =>
    each.key === from.key ? { ...each, key: "topic/OrderGone" } : each,
  );
  const moved = [{ kind: "kafka-topic", from, to: "topic/OrderGone" }] as const;
  const deployment = deploymentOf({ ...topology, resources, moved }, lock);
  expect(deployment.forgotten).toEqual([]);
  expect(deployment.moved).toEqual(moved);
});

describe("a part that stands alone", () => {
  const topology = shop();
  const deployment = deploymentOf(topology, locked(topology));
  const keysOf = (resources: readonly { readonly key: string }[]): readonly string[] => resources.map(({ key }) => key);

  test("has what it needs; all else of the domain stays out of its state", () => {
    const alone = partOf(deployment, topology, "dead-letter/billing");
    expect(keysOf(alone.resources)).toContain("queue/consumer/billing/parking");
    expect(keysOf(alone.forgotten)).toContain("queue/consumer/billing");
    expect([...keysOf(alone.resources), ...keysOf(alone.forgotten)].sort()).toEqual(
      [...keysOf(topology.resources)].sort(),
    );
  });

  test("that has left has nothing, and forgets what it had with what the others still use", () => {
    const after = shop({ names: without("consumers", "billing"), retired: { consumers: ["billing"] } });
    const alone = partOf(deploymentOf(after, locked(topology)), after, "dead-letter/billing");
    expect(alone.resources).toEqual([]);
    expect(keysOf(alone.forgotten)).toEqual(
      expect.arrayContaining(["queue/consumer/billing/parking", "exchange/dead"]),
    );
  });

  test("moves what it has alone, along the whole chain", () => {
    const step = (from: string, to: string) =>
      ({ kind: "rabbitmq-queue", from: { key: from, part: "domain" }, to }) as const;
    const moved = [
      step("queue/a", "queue/b"),
      step("queue/x", "queue/consumer/billing"),
      step("queue/b", "queue/consumer/billing/parking"),
    ];
    expect(partOf({ ...deployment, moved }, topology, "dead-letter/billing").moved).toEqual([moved[0], moved[2]]);
  });
});

test("the lock of another domain is refused: LK614", () => {
  expect(refusal(shop(), locked(compile(orders))).issues.map(({ code }) => code)).toEqual(["LK614"]);
});

/** When each of the things is there: from one step to before another one; then it is retired, for good. */
const life = fc.record(
  Object.fromEntries(
    Object.entries(ALL).flatMap(([section, names]) =>
      names.map((name) => [`${section} ${name}`, fc.tuple(fc.nat(3), fc.integer({ min: 1, max: 6 }))]),
    ),
  ),
);
const STEPS = 5;
const history = fc.record({
  life,
  retries: fc.array(fc.nat(4), { minLength: STEPS, maxLength: STEPS }),
  lockedAt: fc.array(fc.boolean(), { minLength: STEPS, maxLength: STEPS }),
});

function toldAt(step: number, lives: Readonly<Record<string, [number, number]>>, maxRetries: number): Told {
  const of = (wanted: (from: number, to: number) => boolean): Names =>
    Object.fromEntries(
      Object.entries(ALL).map(([section, names]) => [
        section,
        names.filter((name) => wanted(...(lives[`${section} ${name}`] as [number, number])) && name !== "OrderPaid"),
      ]),
    ) as unknown as Names;
  return {
    names: of((from, length) => from <= step && step < from + length),
    retired: of((from, length) => from + length <= step),
    maxRetries,
  };
}

test("however a domain changes, and however late it is locked: whatever a lock ever held is deployed or forgotten", () => {
  fc.assert(
    fc.property(history, ({ life: lives, retries, lockedAt }) => {
      let lock: Lock | null = null;
      const held = new Map<string, boolean>();
      for (let step = 0; step < STEPS; step++) {
        const topology = shop(toldAt(step, lives as Record<string, [number, number]>, retries[step] as number));
        const { resources, forgotten } = deploymentOf(topology, lock);
        expect(resources).toEqual(topology.resources);
        const keys = [...resources, ...forgotten].map(({ key }) => key);
        expect(new Set(keys).size).toBe(keys.length);
        const lost = [...held].filter(([key, stays]) => stays && !keys.includes(key)).map(([key]) => key);
        expect(lost).toEqual([]);
        if (!lockedAt[step]) continue;
        lock = locked(topology, lock);
        for (const each of topology.resources) {
          // a rule for what goes must never reach anything that holds messages or rows
          const isRight = each.kind === "postgres-role" || each.kind === "postgres-grants";
          if (each.protect || (each.kind.startsWith("postgres") && !isRight)) expect(leavingOf(each)).toBe("stays");
          held.set(each.key, leavingOf(each) === "stays");
        }
      }
    }),
    { numRuns: 200, seed: 20261125 },
  );
});
