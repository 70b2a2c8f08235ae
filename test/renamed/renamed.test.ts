import { readFileSync } from "node:fs";
import { join } from "node:path";
import { compile, defineDomain, event, jsonSchema } from "eventloom";
import fc from "fast-check";
import { deploymentOf } from "../../lib/lock/deployment";
import { nextLock } from "../../lib/lock/next-lock";
import { parseLock } from "../../lib/lock/parse-lock";
import { renamesOf } from "../../lib/lock/renames";
import { renderLock } from "../../lib/lock/render-lock";
import type { Lock } from "../../lib/lock/types";
import { diffLocks } from "../../lib/preview/diff/diff-locks";
import type { Topology } from "../../lib/topology/types";
import { addressesOf, compiled, FIRST, type Histories, issuesOf, physicalNames, shop, THINGS } from "./shop";

const RENAMED: Partial<Histories> = {
  paid: ["OrderPaid", "OrderSettled"],
  reserve: ["Reserve", "ReserveStock"],
  queued: ["billing", "invoicing"],
  streamed: ["analytics", "insight", "statistics"],
  totals: ["totals", "turnover"],
  fulfilment: ["Fulfilment", "Delivery"],
};

function locked(topology: Topology, previous: Lock | null = null): Lock {
  const next = nextLock(topology, previous);
  if (!next.ok) throw new Error(JSON.stringify(next.issues));
  return next.lock;
}

describe("what is renamed", () => {
  test("keeps every physical name and setting that its first name gave it", () => {
    expect(physicalNames(compiled(RENAMED))).toEqual(physicalNames(compiled()));
  });

  test("has the identities of its new name, and the engines are told the way there", () => {
    const { moved, resources } = compiled(RENAMED);
    const golden = readFileSync(join(__dirname, "golden", "moved.txt"), "utf8");
    expect(moved.map(({ kind, from, to }) => [kind, from.key, from.part, to].join(" | ")).join("\n") + "\n").toBe(
      golden,
    );
    const old = /OrderPaid|Reserve$|billing|analytics|insight|totals|Fulfilment/;
    expect(resources.filter(({ key, part, dependsOn }) => old.test([key, part, ...dependsOn].join(" ")))).toEqual([]);
  });

  test("is stored, sent, counted and found under its first name by services", () => {
    const at = addressesOf({ ...RENAMED, aggregate: ["Order", "Purchase"] });
    const { events, commands, consumers, projections, sagas } = at as unknown as Record<string, Record<string, object>>;
    expect(events?.["OrderSettled"]).toMatchObject({
      name: "OrderSettled",
      type: "OrderPaid",
      aggregateType: "Order",
      topic: "orders.paid",
      routingKey: "orders.paid",
    });
    expect(commands?.["ReserveStock"]).toMatchObject({ type: "Reserve", routingKey: "reserve" });
    expect(consumers?.["invoicing"]).toMatchObject({ inbox: "billing", work: { queue: "orders.billing" } });
    expect(consumers?.["statistics"]).toMatchObject({ inbox: "analytics", group: "orders.analytics" });
    expect(projections?.["turnover"]).toMatchObject({ table: "totals", processor: "totals" });
    expect(sagas?.["Delivery"]).toMatchObject({ type: "Fulfilment", processor: "Fulfilment", inbox: "Fulfilment" });
    expect(at.eventOfType).toEqual({ OrderPaid: "OrderSettled", OrderLost: "OrderLost" });
    expect(at.commandOfType).toEqual({ Reserve: "ReserveStock" });
  });

  test("leaves every address of the services as it was, but for what it is called", () => {
    const withoutNames = (changed: Partial<Histories>): string => {
      const { eventOfType: _, commandOfType: _c, ...rest } = addressesOf(changed);
      const values = Object.values(rest).map((each) =>
        each === null || typeof each === "string" ? each : Object.values(each),
      );
      return JSON.stringify(values, (key, value: unknown) => (["name", "event", "events"].includes(key) ? "" : value));
    };
    expect(withoutNames(RENAMED)).toBe(withoutNames({}));
  });

  test("may go back to its first name, and forth again", () => {
    const back = compiled({ queued: ["billing", "invoicing", "billing"] });
    expect(physicalNames(back)).toEqual(physicalNames(compiled()));
    expect(
      back.moved.filter(({ kind }) => kind === "rabbitmq-queue").map(({ from, to }) => `${from.key} ${to}`),
    ).toEqual([
      "queue/consumer/invoicing/parking queue/consumer/billing/parking",
      "queue/consumer/invoicing queue/consumer/billing",
    ]);
  });

  test("is not told of where nothing is renamed", () => {
    expect(compiled()).toMatchObject({ moved: [], renamed: [] });
  });
});

describe("renamedFrom", () => {
  test.each([
    [
      "a name that another thing has",
      { queued: ["analytics", "invoicing"] },
      "ED152 consumers.invoicing.renamedFrom[0]",
    ],
    ["its own name alone", { queued: ["billing", "billing"] }, "ED153 consumers.billing.renamedFrom[0]"],
    ["its own name last", { queued: ["first", "billing", "billing"] }, "ED153 consumers.billing.renamedFrom[1]"],
    ["a name twice", { queued: ["a", "b", "a", "billing"] }, "ED115 consumers.billing.renamedFrom[2]"],
    ["an illegal name", { totals: ["to-tals", "turnover"] }, "ED101 projections.turnover.renamedFrom[0]"],
    ["a name that is too long", { fulfilment: ["x".repeat(101), "Delivery"] }, "ED102 sagas.Delivery.renamedFrom[0]"],
  ])("refuses %s", (_, changed, expected) => {
    expect(issuesOf(() => shop(changed as Partial<Histories>))).toEqual([expected]);
  });

  test("refuses a name that two things were renamed from, at the second one (ED154)", () => {
    expect(issuesOf(() => shop({ queued: ["old", "billing"], streamed: ["old", "analytics"] }))).toEqual([
      "ED154 consumers.analytics.renamedFrom[0]",
    ]);
  });

  test("refuses a retired name (ED155)", () => {
    const retired = { retired: { sagas: { Old: { reason: "done" } } } };
    expect(issuesOf(() => shop({ fulfilment: ["Old", "Delivery"] }, () => retired))).toEqual([
      "ED155 sagas.Delivery.renamedFrom[0]",
    ]);
  });

  test("takes a single name as text", () => {
    const consumers = (renamedFrom: unknown) => () => ({ consumers: { a: { on: ["OrderPaid"], renamedFrom } } });
    expect(shop({}, consumers("b")).definition.consumers["a"]?.renamedFrom).toEqual(["b"]);
    expect(issuesOf(() => shop({}, consumers("")))).toEqual(["ED101 consumers.a.renamedFrom"]);
    expect(issuesOf(() => shop({}, consumers([])))).toEqual(["ED114 consumers.a.renamedFrom"]);
    expect(issuesOf(() => shop({}, consumers(5)))).toEqual(["ED105 consumers.a.renamedFrom"]);
    expect(issuesOf(() => shop({}, consumers([5, null])))).toEqual([
      "ED105 consumers.a.renamedFrom[0]",
      "ED105 consumers.a.renamedFrom[1]",
    ]);
  });

  test("takes 20 former names and no more", () => {
    const names = (count: number): readonly string[] => [
      ...Array.from({ length: count }, (_, n) => `old${n}`),
      "billing",
    ];
    expect(issuesOf(() => shop({ queued: names(20) }))).toEqual([]);
    expect(issuesOf(() => shop({ queued: names(21) }))).toEqual(["ED107 consumers.billing.renamedFrom"]);
  });

  test("makes a new thing with the old name collide, and says why", () => {
    const taken = () =>
      shop({ queued: ["billing", "invoicing"] }, ({ consumers }) => ({
        consumers: { ...consumers, Billing: { on: ["OrderPaid"] } },
      }));
    expect(issuesOf(taken)).toEqual(["ED117 consumers.Billing"]);
    expect(taken).toThrow('"billing", as invoicing does, invoicing since it was called billing first');
  });

  test("keeps a topic apart from an event that would be called so", () => {
    const payload = jsonSchema<{ orderId: string }>({ type: "object", properties: { orderId: { type: "string" } }, required: ["orderId"] }); // prettier-ignore
    const events = {
      OrderSettled: event({ versions: { 1: payload }, renamedFrom: "OrderPaid" }),
      Paid: event({ versions: { 1: payload } }),
    };
    expect(issuesOf(() => defineDomain("orders", { aggregates: { Order: { id: "orderId", events } } }))).toEqual([
      "ED117 aggregates.Order.events.Paid",
    ]);
  });
});

describe("any domain and any rename", () => {
  const history = (first: string): fc.Arbitrary<readonly string[]> =>
    fc.integer({ min: 0, max: 3 }).map((times) => [first, ...Array.from({ length: times }, (_, n) => `${first}${n}`)]);
  const histories = fc.record(Object.fromEntries(THINGS.map((thing) => [thing, history(FIRST[thing][0] ?? "")]))) as fc.Arbitrary<Histories>; // prettier-ignore
  const cuts = fc.record(Object.fromEntries(THINGS.map((thing) => [thing, fc.integer({ min: 1, max: 4 })])));

  test("keep physical names, and the engines' way from any state that was ever deployed leads to what is declared now", () => {
    fc.assert(
      fc.property(histories, cuts, (all, at) => {
        const before = Object.fromEntries(THINGS.map((thing) => [thing, all[thing].slice(0, at[thing])])) as unknown as Histories; // prettier-ignore
        const [old, now] = [compile(shop(before)), compile(shop(all))];
        expect(physicalNames(now)).toEqual(physicalNames(old));
        // an engine takes one successor and one predecessor for each
        expect(new Set(now.moved.map(({ from }) => from.key)).size).toBe(now.moved.length);
        expect(new Set(now.moved.map(({ to }) => to)).size).toBe(now.moved.length);
        const { keyOf } = renamesOf(now);
        expect(old.resources.map(({ key }) => keyOf(key))).toEqual(now.resources.map(({ key }) => key));
        const parts = new Map(now.moved.map(({ from }) => [from.key, from.part]));
        for (const { key, part } of old.resources) expect(parts.get(key) ?? part).toBe(part);
      }),
      { numRuns: 60 },
    );
  });

  test("publish nothing anew, retire nothing, and differ in what things are called alone", () => {
    fc.assert(
      fc.property(histories, cuts, (all, at) => {
        const before = Object.fromEntries(THINGS.map((thing) => [thing, all[thing].slice(0, at[thing])])) as unknown as Histories; // prettier-ignore
        const [base, topology] = [locked(compile(shop(before))), compile(shop(all))];
        expect(nextLock(topology, base)).toMatchObject({ ok: true, published: [] });
        const head = locked(topology, base);
        expect(head.retired).toEqual([]);
        expect(deploymentOf(topology, base)).toMatchObject({ forgotten: [], moved: topology.moved });
        const diff = diffLocks(base, head);
        const renamed = THINGS.filter((thing) => all[thing].length > before[thing].length);
        expect(diff.changes.map(({ kind, action }) => `${action} ${kind}`)).toEqual(renamed.map(() => "move rename"));
        expect([diff.addedFlows, diff.removedFlows]).toEqual([[], []]);
        const parsed = parseLock(renderLock(head), "orders.lock.json");
        expect(parsed.ok && parsed.lock).toEqual(head);
      }),
      { numRuns: 60 },
    );
  });
});
