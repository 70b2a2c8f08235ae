import { compile } from "eventloom";
import { nextLock } from "../../lib/lock/next-lock";
import type { Lock } from "../../lib/lock/types";
import { diffLocks } from "../../lib/preview/diff/diff-locks";
import type { TopologyDiff } from "../../lib/preview/diff/types";
import { comparePlan } from "../../lib/preview/engine-plan/compare-plan";
import type { PlanAction, PlannedChange } from "../../lib/preview/engine-plan/types";
import { renderDiffMarkdown } from "../../lib/preview/report/render-diff-markdown";
import { renderDiffText } from "../../lib/preview/report/render-diff-text";
import { renderPage } from "../../lib/preview/page/render-page";
import type { Topology } from "../../lib/topology/types";
import { compiled, type Histories, shop } from "./shop";

function locked(topology: Topology, previous: Lock | null = null): Lock {
  const next = nextLock(topology, previous);
  if (!next.ok) throw new Error(JSON.stringify(next.issues));
  return next.lock;
}

const base = locked(compiled());

function diffTo(topology: Topology): TopologyDiff {
  return diffLocks(base, locked(topology, base));
}

describe("the diff of a rename", () => {
  test.each<[keyof Histories, string, string, string, readonly string[]]>([
    ["paid", "OrderSettled", "event OrderPaid -> OrderSettled", "orders.paid and 3 more keep their names", ["consumer analytics", "consumer billing", "projection totals", "saga Fulfilment"]], // prettier-ignore
    ["reserve", "ReserveStock", "command Reserve -> ReserveStock", "no resource has it in its name", ["handler stock"]],
    ["queued", "invoicing", "consumer billing -> invoicing", "orders.billing and 7 more keep their names", ["consumer invoicing"]], // prettier-ignore
    ["streamed", "insight", "consumer analytics -> insight", "orders.paid.analytics.dlt and 1 more keep their names", ["consumer insight"]], // prettier-ignore
    ["totals", "turnover", "projection totals -> turnover", "orders.totals keeps its name", ["projection turnover"]],
    ["fulfilment", "Delivery", "saga Fulfilment -> Delivery", "orders.fulfilment.replies and 6 more keep their names", ["saga Delivery"]], // prettier-ignore
    ["aggregate", "Purchase", "aggregate Order -> Purchase", "no resource has it in its name", []],
  ])("of %s is one safe change", (thing, name, named, kept, affected) => {
    const diff = diffTo(compiled({ [thing]: [...(thing === "aggregate" ? ["Order"] : []), ...former(thing), name] }));
    expect(diff.changes).toHaveLength(1);
    const [change] = diff.changes;
    expect(change).toMatchObject({ kind: "rename", action: "move", class: "safe", name: named, ddl: [] });
    expect(change?.findings).toMatchObject([{ code: "RN501", title: `nothing on a server changes: ${kept}` }]);
    expect(change?.affected.map((each) => `${each.kind} ${each.name}`)).toEqual(affected);
    expect(diff.actions).toMatchObject({ move: 1, create: 0, destroy: 0, forget: 0, replace: 0, update: 0 });
    expect(diff.steps.map(({ sentence }) => sentence)).toEqual(["deploy orders: its topics, queues and tables"]);
  });

  const FORMER: Partial<Record<keyof Histories, string>> = {
    paid: "OrderPaid",
    reserve: "Reserve",
    queued: "billing",
    streamed: "analytics",
    totals: "totals",
    fulfilment: "Fulfilment",
  };
  const former = (thing: keyof Histories): readonly string[] => [FORMER[thing] ?? []].flat();

  test("tells what changes besides by the new key, and by the one before", () => {
    const declared = compile(shop({ paid: ["OrderPaid", "OrderSettled"] }, () => ({ kafka: { partitions: 24 } })));
    const grown = diffTo(declared).changes.find(({ key }) => key === "topic/OrderSettled");
    expect(grown).toMatchObject({
      action: "update",
      movedFrom: "topic/OrderPaid",
      name: "orders.paid",
      class: "risky",
    });
    expect(grown?.findings.map(({ id }) => id)).toEqual(["topic/OrderSettled partitions 12 -> 24"]);
    const other = diffTo(declared).changes.find(({ key }) => key === "topic/OrderLost");
    expect(other).toMatchObject({ action: "update", movedFrom: null });
  });

  test("is told once, not again when what is locked has it", () => {
    const once = locked(compiled({ totals: ["totals", "turnover"] }), base);
    expect(diffLocks(once, locked(compiled({ totals: ["totals", "turnover"] }), once)).changes).toEqual([]);
    const again = diffLocks(once, locked(compiled({ totals: ["totals", "turnover", "sums"] }), once));
    expect(again.changes.map(({ name }) => name)).toEqual(["projection turnover -> sums"]);
  });
});

describe("a rename is shown", () => {
  const diff = diffTo(compiled({ paid: ["OrderPaid", "OrderSettled"] }));

  test("as text", () => {
    expect(renderDiffText([diff])).toBe(
      [
        "orders  1 safe; 1 renamed",
        "├─ safe",
        "│  └─ rename event OrderPaid -> OrderSettled  nothing on a server changes: orders.paid and 3 more keep their names; aggregates.Order.events.OrderSettled",
        "└─ order to deploy",
        "   └─ 1. deploy orders: its topics, queues and tables",
        "",
      ].join("\n"),
    );
  });

  test("as Markdown, with what services have to know", () => {
    const text = renderDiffMarkdown([diff]);
    expect(text).toContain("rename event OrderPaid -&#62; OrderSettled");
    expect(text).toContain("the type that it is stored under and sent as stays &#34;OrderPaid&#34;"); // prettier-ignore
    expect(text).toContain("consumer analytics, consumer billing, projection totals, saga Fulfilment");
  });
});

test("the page of a rename lists it by itself", () => {
  const topology = compiled({ paid: ["OrderPaid", "OrderSettled"] });
  const page = renderPage({ title: "a rename", topologies: [topology], diffs: [diffTo(topology)], clientScript: "" });
  expect(page).toContain("rename/event/OrderSettled");
  expect(page).toContain("nothing on a server changes: orders.paid and 3 more keep their names");
});

describe("an engine's plan of a rename", () => {
  const diff = diffTo(compiled({ totals: ["totals", "turnover"] }));
  const planned = (action: PlanAction, key: string): PlannedChange => ({
    ...{ address: "eventloom_postgres_table.x", kind: "postgres-table", name: "orders.totals", key, domain: "orders" },
    ...{
      path: "projections.turnover.table",
      action,
      movedFrom: null,
      attributes: [],
      ddl: [],
      drift: false,
      leaving: null,
      losesRetiredOnly: false,
    },
  });
  const compared = (...changes: readonly PlannedChange[]): readonly string[] =>
    comparePlan(
      { engine: "terraform", changes, known: { orders: ["projection/turnover"] }, foreign: { untouched: 0, changed: 0 }, errors: [] }, // prettier-ignore
      [diff],
    ).findings.map(({ code, severity }) => `${code} ${severity}`);

  test("agrees when it moves, or has moved before", () => {
    expect(compared(planned("move", "projection/totals"))).toEqual([]);
    expect(compared()).toEqual([]);
  });

  test("is stopped when it would destroy what was only renamed (PL910)", () => {
    expect(compared(planned("delete", "projection/totals"), planned("create", "projection/turnover"))).toEqual([
      "PL910 stop",
      "PL912 look",
    ]);
  });
});
