import fc from "fast-check";
import { diffLocks } from "../../lib/preview/diff/diff-locks";
import type { TopologyDiff } from "../../lib/preview/diff/types";
import { renderDiffMarkdown } from "../../lib/preview/report/render-diff-markdown";
import { renderDiffText } from "../../lib/preview/report/render-diff-text";
import { lockAfter, SECOND, type Shop } from "./shop";

function diffOf(...declared: readonly Shop[]): TopologyDiff {
  return diffLocks(lockAfter(...declared.slice(0, -1)), lockAfter(...declared));
}

function findings(diff: TopologyDiff): readonly string[] {
  return diff.changes.flatMap(({ findings: all }) => all.map((each) => `${each.code} ${each.class} ${each.wayOut ?? ""}`)); // prettier-ignore
}

const WALK_OF_BILLING = [
  "deploy orders: its topics, queues and tables",
  "deploy billing: it consumes orders.billing.v2 beside orders.billing",
  'say generations: { "consumers.billing.v1": "drain" } in the profile and deploy orders: orders.billing gets no new messages',
  "wait until eventloom drained says that orders.billing is drained",
  'say generations: { "consumers.billing.v1": "done" } in the profile and deploy billing, then orders: orders.billing is forgotten and stays on the server',
];

describe("what cannot change in place", () => {
  test.each<[string, Shop, string]>([
    ["of a consumer's queue", { billing: { queue: { singleActiveConsumer: true } } }, "consumers.billing"],
    ["of a service's queue", { inventory: { queue: { initialGroupSize: 3 } } }, "handlers.inventory"],
    ["of a saga's queue", { fulfilment: { queue: { singleActiveConsumer: true } } }, "sagas.Fulfilment"],
  ])("is refused, and the way out is the next generation: the arguments %s (RM301)", (_, head, of) => {
    const diff = diffOf({}, head);
    expect(diff.worst).toBe("refused");
    expect(findings(diff)).toEqual([`RM301 refused declare ${of} with generation: 2, beside the old one`]);
  });

  test("counts the generation on from the one that is there", () => {
    const diff = diffOf({}, { billing: SECOND.billing }, { billing: { generation: 2 } });
    expect(findings(diff)).toEqual(["RM301 refused declare consumers.billing with generation: 3, beside the old one"]);
  });

  test("is refused for partitions that shrink (KF202), and named beside the other way where they grow (KF201)", () => {
    const way = "declare events.OrderPaid with generation: 2, beside the old one";
    const shrunk = findings(diffOf({}, { paid: { partitions: 4 } }));
    expect(new Set(shrunk)).toEqual(new Set([`KF202 refused keep the number; or ${way}`]));
    expect(findings(diffOf({}, { paid: { partitions: 24 } })).every((each) => each.startsWith("KF201 risky") && each.endsWith(way))).toBe(true); // prettier-ignore
  });
});

describe("a new generation", () => {
  test.each<[string, Shop]>([
    ["a consumer's queue", { billing: SECOND.billing }],
    ["a service's queue", { inventory: SECOND.inventory }],
    ["a saga's queue", { fulfilment: SECOND.fulfilment }],
    ["an event's topic", { paid: SECOND.paid }],
    ["all", SECOND],
  ])("of %s is safe: it destroys and replaces nothing", (_, head) => {
    const diff = diffOf({}, head);
    expect(diff.worst).toBe("safe");
    expect(diff.actions).toMatchObject({ update: 0, replace: 0, destroy: 0 });
    expect(diff.actions.create).toBe(diff.actions.forget);
    const codes = new Set(diff.changes.filter(({ action }) => action === "forget").flatMap((each) => each.findings.map(({ code }) => code))); // prettier-ignore
    expect([...codes].every((code) => code === "KF212" || code === "RM313")).toBe(true);
  });

  test("of a queue says what each deploy does, in order", () => {
    const { steps } = diffOf({}, { billing: SECOND.billing });
    expect(steps.map(({ sentence }) => sentence)).toEqual(WALK_OF_BILLING);
    expect(steps.map(({ what }) => what)).toEqual(["infrastructure", "service", "infrastructure", "check", "infrastructure"]); // prettier-ignore
  });

  test("of a topic lets its consumers subscribe before the relay goes over", () => {
    const { steps } = diffOf({}, { paid: SECOND.paid });
    expect(steps.map(({ sentence }) => sentence)).toEqual([
      "deploy orders: its topics, queues and tables",
      "deploy analytics: it subscribes to orders.paid.v2 beside orders.paid",
      'say generations: { "events.OrderPaid.v1": "drain" } in the profile and deploy the relay: it writes to orders.paid.v2 alone',
      "wait until eventloom drained says that orders.paid is drained",
      'say generations: { "events.OrderPaid.v1": "done" } in the profile and deploy analytics, then orders: orders.paid is forgotten and stays on the server',
    ]);
  });

  test("names the services whose queues they are, not a generation of theirs", () => {
    const { changes, steps } = diffOf({}, SECOND);
    const who = new Set(changes.flatMap(({ affected }) => affected.map(({ name }) => name)));
    expect(who).toEqual(new Set(["billing", "inventory", "Fulfilment", "analytics"]));
    expect(steps.map((each) => each.who)).not.toContain("billing-v2");
  });

  test("is shown with its walk as text and as Markdown", () => {
    const diff = diffOf({}, { billing: SECOND.billing });
    expect(renderDiffText([diff])).toContain(`5. ${WALK_OF_BILLING[4]}`);
    const markdown = renderDiffMarkdown([diff]);
    expect(markdown).toMatch(/5\. say generations/);
    expect(markdown).toContain("generation 2 takes over");
  });
});

describe("a diff of two generations", () => {
  const generation = fc.integer({ min: 1, max: 999 });
  const one = fc.record({ billing: generation, inventory: generation, fulfilment: generation, paid: generation });
  const lockOf = (each: { billing: number; inventory: number; fulfilment: number; paid: number }) =>
    lockAfter(
      {},
      Object.fromEntries(Object.entries(each).map(([name, number]) => [name, { generation: number }])) as Shop,
    );

  test("of a lock with itself is empty", () => {
    fc.assert(
      fc.property(one, (each) => {
        const lock = lockOf(each);
        expect(diffLocks(lock, lock)).toMatchObject({ changes: [], steps: [], worst: null });
      }),
      { numRuns: 50, seed: 20261125 },
    );
  });
});
