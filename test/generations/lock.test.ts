import { compile, defineDomain, event, jsonSchema } from "eventloom";
import fc from "fast-check";
import {
  generationIssues,
  inPhase,
  missingLockIssues,
  oldGenerations,
  profileIssues,
} from "../../lib/lock/generations";
import { nextLock } from "../../lib/lock/next-lock";
import { parseLock } from "../../lib/lock/parse-lock";
import type { GenerationPhase, Profile } from "../../lib/lock/profile";
import { renderLock } from "../../lib/lock/render-lock";
import type { Lock } from "../../lib/lock/types";
import { lockAfter, locked, SECOND, shop } from "./shop";

const OLD_BILLING = [
  "binding/consumer/billing/event/OrderCreated",
  "binding/consumer/billing/event/OrderPaid",
  "binding/consumer/billing/parking",
  "binding/consumer/billing/return",
  "policy/consumer/billing",
  "policy/consumer/billing/parking",
  "queue/consumer/billing",
  "queue/consumer/billing/parking",
];

function oldsIn({ topology, retired }: Lock) {
  return oldGenerations(topology, retired);
}

function names(lock: Lock, profile?: Profile): readonly string[] {
  return oldGenerations(lock.topology, lock.retired, profile).map(
    ({ name, phase, successor }) => `${name} ${phase}, then ${successor}`,
  );
}

function said(phase: unknown): Profile {
  return { generations: { "consumers.billing.v1": phase as GenerationPhase } };
}

describe("a lock of a second generation", () => {
  test("has the target alone, and keeps all of the first one, with the reason", () => {
    const lock = lockAfter({}, { billing: SECOND.billing });
    const of = (key: string) => key.includes("consumer/billing");
    expect(lock.topology.resources.filter(({ key }) => of(key)).every(({ key }) => key.includes("billing-v2"))).toBe(
      true,
    );
    expect(lock.retired.map(({ resource }) => resource.key)).toEqual(OLD_BILLING);
    expect(new Set(lock.retired.map(({ reason }) => reason))).toEqual(new Set(["generation 2 of consumers.billing takes over"])); // prettier-ignore
  });

  test("is read as it was written", () => {
    const lock = lockAfter({}, SECOND);
    const parsed = parseLock(renderLock(lock), "orders.lock.json");
    expect(parsed).toEqual({ ok: true, lock });
  });

  test("does not change when it is locked again", () => {
    const lock = lockAfter({}, SECOND);
    expect(renderLock(locked(shop(SECOND), lock))).toBe(renderLock(lock));
  });

  test("keeps a binding of an event that the new one does not take as any binding that leaves: not at all", () => {
    const head = shop({ billing: { ...SECOND.billing, on: ["OrderPaid"] } as object });
    const lock = locked(head, lockAfter({}));
    expect(lock.retired.map(({ resource }) => resource.key)).not.toContain(
      "binding/consumer/billing/event/OrderCreated",
    );
    expect(lock.retired.map(({ resource }) => resource.key)).toContain("binding/consumer/billing/event/OrderPaid");
  });

  test("is refused where a generation goes down (LK632), whichever it is", () => {
    const next = nextLock(shop(), lockAfter({}, SECOND));
    expect(next.ok ? [] : next.issues.map(({ code, path }) => `${code} ${path}`)).toEqual([
      "LK632 events.OrderPaid.generation",
      "LK632 consumers.billing.generation",
      "LK632 handlers.inventory.generation",
      "LK632 sagas.Fulfilment.generation",
    ]);
    expect(generationIssues(shop(SECOND), lockAfter({}, SECOND))).toEqual([]);
  });

  test("is needed to deploy one (LK633); the first one needs none", () => {
    expect(missingLockIssues(shop())).toEqual([]);
    expect(missingLockIssues(shop({ billing: SECOND.billing }))).toMatchObject([
      { code: "LK633", path: "consumers.billing.generation" },
    ]);
  });
});

describe("an old generation", () => {
  test("is beside its successor where nobody has said anything", () => {
    expect(names(lockAfter({}, SECOND))).toEqual([
      "consumers.billing.v1 beside, then 2",
      "events.OrderPaid.v1 beside, then 2",
      "handlers.inventory.v1 beside, then 2",
      "sagas.Fulfilment.v1 beside, then 2",
    ]);
    expect(names(lockAfter({}))).toEqual([]);
  });

  test("has its own phase, so that the next walk does not begin where the last one has ended", () => {
    const lock = lockAfter({}, { billing: { generation: 2 } }, { billing: { generation: 7 } });
    expect(names(lock, said("done"))).toEqual([
      "consumers.billing.v1 done, then 7",
      "consumers.billing.v2 beside, then 7",
    ]);
  });

  test("is none any more where its successor has left too", () => {
    const before = lockAfter({}, { paid: SECOND.paid, billing: SECOND.billing });
    const domain = defineDomain("orders", {
      aggregates: { Order: { id: "orderId", events: { OrderCreated: event({ versions: { 1: jsonSchema<{ orderId: string }>({ type: "object", properties: { orderId: { type: "string" } }, required: ["orderId"] }) } }) } } }, // prettier-ignore
      retired: Object.fromEntries([["events", "OrderPaid"], ["commands", "Reserve"], ["sagas", "Fulfilment"], ["handlers", "inventory"]].map(([section, name]) => [section, { [name as string]: { reason: "gone" } }]).concat([["consumers", { billing: { reason: "gone" }, analytics: { reason: "gone" } }]])) as object, // prettier-ignore
    } as never);
    const lock = locked(compile(domain), before);
    expect(names(lock)).toEqual([]);
    expect(lock.retired.map(({ resource }) => resource.key)).toEqual(expect.arrayContaining(["queue/consumer/billing", "queue/consumer/billing-v2"])); // prettier-ignore
  });

  const [billing] = oldsIn(lockAfter({}, { billing: SECOND.billing }));
  const keysIn = (phase: GenerationPhase) => {
    const { kept, forgotten } = inPhase({ ...billing!, phase });
    return { kept: kept.map(({ key }) => key), forgotten: forgotten.map(({ key }) => key) };
  };
  const withoutNew = OLD_BILLING.filter((key) => !key.includes("/event/"));

  test("beside is all there", () => expect(keysIn("beside")).toEqual({ kept: OLD_BILLING, forgotten: [] }));
  test("in drain gets nothing new, and keeps its way back and to the parking queue", () =>
    expect(keysIn("drain")).toEqual({ kept: withoutNew, forgotten: [] }));
  test("when done is forgotten, and nothing that holds messages is destroyed", () =>
    expect(keysIn("done")).toEqual({ kept: [], forgotten: withoutNew }));

  test("of a topic is kept whole until it is done", () => {
    const [paid] = oldsIn(lockAfter({}, { paid: SECOND.paid }));
    const keys = ["topic/OrderPaid", "topic/OrderPaid/analytics/dead-letter", "topic/OrderPaid/analytics/retry-1"];
    for (const phase of ["beside", "drain"] as const) {
      expect(inPhase({ ...paid!, phase }).kept.map(({ key }) => key)).toEqual(keys);
    }
    expect(inPhase({ ...paid!, phase: "done" }).forgotten.map(({ key }) => key)).toEqual(keys);
  });
});

describe("a profile", () => {
  const lock = lockAfter({}, SECOND);

  test.each(["beside", "drain", "done"])("may say %s", (phase) => {
    expect(profileIssues(lock.retired, said(phase))).toEqual([]);
    expect(names(lock, said(phase))[0]).toBe(`consumers.billing.v1 ${phase}, then 2`);
  });

  test("may say nothing", () => expect([profileIssues(lock.retired, {}), profileIssues([], {})]).toEqual([[], []]));

  test.each(["gone", "", "Done", null, undefined, 1, {}, "constructor", "__proto__"])(
    "may not say %p (LK631)",
    (phase) => {
      expect(profileIssues(lock.retired, said(phase))).toMatchObject([
        { code: "LK631", path: "profile.generations.consumers.billing.v1", allowed: "beside, drain, done" },
      ]);
    },
  );

  test.each(["consumers.billing", "consumers.billing.v2", "consumers.biling.v1", "constructor", "\u001b[31m", "a\nb"])(
    "may not name %j, which is no old generation (LK630)",
    (name) => {
      const [issue] = profileIssues(lock.retired, { generations: { [name]: "done" } });
      expect(issue).toMatchObject({ code: "LK630", received: name });
      expect(issue?.message).not.toMatch(/[\n\u001b]/);
    },
  );

  test("without a lock can name nothing (LK630)", () => {
    expect(profileIssues([], said("drain")).map(({ code }) => code)).toEqual(["LK630"]);
  });
});

describe("any walk through generations", () => {
  const step = fc.record({
    billing: fc.integer({ min: 0, max: 2 }),
    inventory: fc.integer({ min: 0, max: 2 }),
    fulfilment: fc.integer({ min: 0, max: 2 }),
    paid: fc.integer({ min: 0, max: 2 }),
  });
  const phase = fc.constantFrom<GenerationPhase>("beside", "drain", "done");

  test("forgets and keeps each old resource once at most, destroys bindings for new messages alone, and never takes a name twice", () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 4 }), phase, (steps, said) => {
        const at = { billing: 1, inventory: 1, fulfilment: 1, paid: 1 };
        let lock = lockAfter({});
        for (const each of steps) {
          for (const name of Object.keys(at) as (keyof typeof at)[]) at[name] += each[name];
          const of = (name: keyof typeof at) => ({ generation: at[name] });
          lock = locked(shop({ billing: of("billing"), inventory: of("inventory"), fulfilment: of("fulfilment"), paid: of("paid") }), lock); // prettier-ignore
        }
        const olds = oldsIn(lock).map((each) => ({ ...each, phase: said }));
        const seen = new Set(lock.topology.resources.map(({ key }) => key));
        for (const { resources, ...rest } of olds) {
          const { kept, forgotten } = inPhase({ ...rest, resources });
          for (const { key } of resources) {
            expect(seen.has(key)).toBe(false);
            seen.add(key);
          }
          const told = new Set([...kept, ...forgotten].map(({ key }) => key));
          expect(told.size).toBe(kept.length + forgotten.length);
          const destroyed = resources.filter(({ key }) => !told.has(key));
          expect(destroyed.every((each) => each.kind === "rabbitmq-binding" && /\/(event|command)\/|\/replies$/.test(each.key))).toBe(true); // prettier-ignore
          expect(destroyed.length > 0).toBe(said !== "beside" && !rest.of.startsWith("events."));
        }
        const all = [...lock.topology.resources, ...lock.retired.map(({ resource }) => resource)];
        const physical = all.flatMap((each) => ("name" in each ? [`${each.kind} ${each.name}`] : []));
        expect(new Set(physical).size).toBe(physical.length);
      }),
      { numRuns: 60, seed: 20261125 },
    );
  });
});
