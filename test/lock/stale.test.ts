import { compile, defineDomain, event, jsonSchema } from "eventloom";
import fc from "fast-check";
import { orders } from "../../examples/orders/domain";
import { nextLock } from "../../lib/lock/next-lock";
import { isStale } from "../../lib/lock/stale";
import type { Lock } from "../../lib/lock/types";

const payload = jsonSchema<{ id: string }>({ properties: { id: { type: "string" } }, required: ["id"] });

function shop(more: object = {}) {
  const events = { CartOpened: event({ versions: { 1: payload } }) };
  return defineDomain("shop", { aggregates: { Cart: { id: "id", events } }, ...more });
}

function locked(topology: ReturnType<typeof compile>): Lock {
  const next = nextLock(topology, null);
  if (!next.ok) throw new Error(JSON.stringify(next.issues));
  return next.lock;
}

describe("a lock", () => {
  test("is not stale where the topology is what was locked, however many copies the environment keeps", () => {
    const lock = locked(compile(orders));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 32_767 }), (replicationFactor) => {
        expect(isStale(compile(orders, { replicationFactor }), lock)).toBe(false);
      }),
      { numRuns: 10, examples: [[1], [2], [3], [32_767]] },
    );
  });

  test.each<[string, object]>([
    ["other partitions", { kafka: { partitions: 13 } }],
    ["another retention", { kafka: { retention: "8 days" } }],
    ["a consumer more", { consumers: { billing: { on: ["CartOpened"], via: "kafka" } } }],
    [
      "a risk that is accepted",
      { accept: [{ change: "topic/CartOpened partitions 12 -> 24", reason: "quiet hours" }] },
    ],
    ["a thing that is retired", { retired: { consumers: { old: { reason: "gone" } } } }],
    ["no store", { store: "none" }],
  ])("is stale with %s", (_, more) => {
    expect(isStale(compile(shop(more)), locked(compile(shop())))).toBe(true);
  });

  test("is stale where it forbids the topology, and where it is another domain's", () => {
    const consumers = { billing: { on: ["CartOpened"] } };
    expect(isStale(compile(shop()), locked(compile(shop({ consumers }))))).toBe(true);
    expect(isStale(compile(shop()), locked(compile(orders)))).toBe(true);
  });

  test("is stale where a schema is only written differently: locking writes it anew, and refuses nothing", () => {
    const again = jsonSchema<{ id: string }>({
      required: ["id"],
      properties: { id: { type: ["string"] } },
      title: "x",
    });
    const events = { CartOpened: event({ versions: { 1: again } }) };
    const rewritten = defineDomain("shop", { aggregates: { Cart: { id: "id", events } } });
    const lock = locked(compile(shop()));
    expect(isStale(compile(rewritten), lock)).toBe(true);
    expect(nextLock(compile(rewritten), lock)).toMatchObject({ ok: true, published: [] });
  });
});
