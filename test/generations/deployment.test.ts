import fc from "fast-check";
import { type Deployment, deploymentOf } from "../../lib/lock/deployment";
import type { GenerationPhase, Profile } from "../../lib/lock/profile";
import { lockAfter, locked, SECOND, shop, type Shop } from "./shop";
import { issuesOf } from "../renamed/shop";

const HEAD: Shop = { billing: SECOND.billing, paid: SECOND.paid };
const lock = lockAfter({}, HEAD);

function saying(phase: GenerationPhase): Profile {
  return { generations: { "consumers.billing.v1": phase, "events.OrderPaid.v1": phase } };
}

function keys(deployment: Deployment, which: "resources" | "forgotten"): readonly string[] {
  return deployment[which].map(({ key }) => key);
}

describe("what an environment deploys of a second generation", () => {
  const before = shop().resources.map(({ key }) => key);
  const target = shop(HEAD).resources.map(({ key }) => key);

  test("is both, where its profile says nothing: everything that was there stays as it was", () => {
    const deployment = deploymentOf(shop(HEAD), lock);
    expect(keys(deployment, "resources")).toEqual(expect.arrayContaining([...before, ...target]));
    expect(keys(deployment, "forgotten")).toEqual([]);
    for (const each of shop().resources) expect(deployment.resources).toContainEqual(each);
    expect(deploymentOf(shop(HEAD), lock, {})).toEqual(deployment);
    expect(deploymentOf(shop(HEAD), lock, saying("beside"))).toEqual(deployment);
  });

  test("in drain is both, without what brings the old queue new messages", () => {
    const deployment = deploymentOf(shop(HEAD), lock, saying("drain"));
    const beside = keys(deploymentOf(shop(HEAD), lock), "resources");
    expect(beside.filter((key) => !keys(deployment, "resources").includes(key))).toEqual([
      "binding/consumer/billing/event/OrderCreated",
      "binding/consumer/billing/event/OrderPaid",
    ]);
    expect(keys(deployment, "forgotten")).toEqual([]);
  });

  test("when done is the new one alone; the old one is forgotten, but for the bindings, which go", () => {
    const deployment = deploymentOf(shop(HEAD), lock, saying("done"));
    expect(keys(deployment, "resources")).toEqual(target);
    expect(keys(deployment, "forgotten")).toEqual([
      "binding/consumer/billing/parking",
      "binding/consumer/billing/return",
      "policy/consumer/billing",
      "policy/consumer/billing/parking",
      "queue/consumer/billing",
      "queue/consumer/billing/parking",
      "topic/OrderPaid",
      "topic/OrderPaid/analytics/dead-letter",
      "topic/OrderPaid/analytics/retry-1",
    ]);
  });

  test("is the same before it is locked and after", () => {
    for (const phase of ["beside", "drain", "done"] as const) {
      expect(deploymentOf(shop(HEAD), lockAfter({}), saying(phase))).toEqual(deploymentOf(shop(HEAD), lock, saying(phase))); // prettier-ignore
    }
  });

  test("goes from phase to phase by itself: each thing has its own", () => {
    const deployment = deploymentOf(shop(HEAD), lock, { generations: { "events.OrderPaid.v1": "done" } });
    expect(keys(deployment, "resources")).toContain("binding/consumer/billing/event/OrderPaid");
    expect(keys(deployment, "forgotten").every((key) => key.startsWith("topic/OrderPaid"))).toBe(true);
  });

  test("does without a retry level that nothing needs any more", () => {
    const gone = shop({ billing: { ...SECOND.billing, retry: { maxRetries: 0 } } as object });
    const { resources } = deploymentOf(gone, lockAfter({}));
    const there = new Set(resources.map(({ key }) => key));
    expect(resources.flatMap(({ dependsOn }) => dependsOn).filter((key) => !there.has(key))).toEqual([]);
  });

  test("is refused without a lock, with what no lock knows, and with what is no phase: all at once", () => {
    expect(issuesOf(() => deploymentOf(shop(HEAD), null))).toEqual(["LK633 events.OrderPaid.generation", "LK633 consumers.billing.generation"]); // prettier-ignore
    const over = "over" as GenerationPhase;
    const generations = { "consumers.biling.v1": "done", "consumers.billing.v1": over } as const;
    expect(issuesOf(() => deploymentOf(shop({ ...HEAD, billing: {} }), lock, { generations }))).toEqual([
      "LK632 consumers.billing.generation",
      "LK630 profile.generations.consumers.biling.v1",
      "LK630 profile.generations.consumers.billing.v1",
      "LK631 profile.generations.consumers.billing.v1",
    ]);
  });
});

describe("what any environment deploys on any walk", () => {
  const generation = fc.integer({ min: 1, max: 3 });
  const phase = fc.constantFrom<GenerationPhase>("beside", "drain", "done");

  test("comes after what it needs, once, and is never forgotten at the same time", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(generation, generation), { minLength: 1, maxLength: 3 }), phase, (walk, said) => {
        let [billing, paid, lockSoFar] = [1, 1, lockAfter({})];
        for (const [more, most] of walk) {
          [billing, paid] = [billing + more - 1, paid + most - 1];
          lockSoFar = locked(shop({ billing: { generation: billing }, paid: { generation: paid } }), lockSoFar);
        }
        const olds = lockSoFar.retired.flatMap(({ resource }) => (/^(queue\/consumer\/billing|topic\/OrderPaid)(-v\d+)?$/.test(resource.key) ? [resource.key] : [])); // prettier-ignore
        const generations = Object.fromEntries(olds.map((key) => [nameOf(key), said]));
        const head = shop({ billing: { generation: billing }, paid: { generation: paid } });
        const { resources, forgotten } = deploymentOf(head, lockSoFar, { generations });
        const seen = new Set<string>();
        for (const { key, dependsOn } of resources) {
          expect(seen.has(key)).toBe(false);
          expect(dependsOn.every((each) => seen.has(each))).toBe(true);
          seen.add(key);
        }
        expect(forgotten.filter(({ key }) => seen.has(key))).toEqual([]);
        expect(forgotten.length > 0).toBe(said === "done" && olds.length > 0);
      }),
      { numRuns: 60, seed: 20261125 },
    );
  });

  function nameOf(key: string): string {
    const of = key.startsWith("topic") ? "events.OrderPaid" : "consumers.billing";
    return `${of}.v${/-v(\d+)$/.exec(key)?.[1] ?? "1"}`;
  }
});
