import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv from "ajv/dist/2020";
import { compile, DeclarationError, type DomainDefinition, type Topology } from "eventloom";
import type { Issue } from "../../lib/domain/issues";
import { deploymentOf } from "../../lib/lock/deployment";
import { nextLock } from "../../lib/lock/next-lock";
import { parseLock } from "../../lib/lock/parse-lock";
import { renderLock } from "../../lib/lock/render-lock";
import type { Lock } from "../../lib/lock/types";
import { root } from "../sources";
import { compiled, type Histories, shop } from "./shop";

function locked(topology: Topology, previous: Lock | null = null): Lock {
  const next = nextLock(topology, previous);
  if (!next.ok) throw new Error(JSON.stringify(next.issues));
  return next.lock;
}

function issuesOf(topology: Topology, previous: Lock): readonly Issue[] {
  const next = nextLock(topology, previous);
  return next.ok ? [] : next.issues;
}

function refusals(topology: Topology, previous: Lock): readonly string[] {
  return issuesOf(topology, previous).map(({ code, path, fix }) => `${code} ${path} (${fix})`);
}

const first = locked(compiled());
const settled = { paid: ["OrderPaid", "OrderSettled"] };
const invoicing = { queued: ["billing", "invoicing"] };

describe("the lock of something renamed", () => {
  const lock = locked(compiled({ ...settled, ...invoicing }), first);

  test("holds all names that it has had, and where the engines have it", () => {
    const document = JSON.parse(renderLock(lock)) as Record<string, unknown>;
    expect(document["renamed"]).toEqual({ "consumer/invoicing": ["billing"], "event/OrderSettled": ["OrderPaid"] });
    expect(document["moved"]).toMatchObject({
      "queue/consumer/billing/parking": {
        kind: "rabbitmq-queue",
        part: "dead-letter/billing",
        to: "queue/consumer/invoicing/parking",
      },
    });
    expect(renderLock(lock)).toContain('\n    "event/OrderSettled": ["OrderPaid"]\n');
  });

  test("is read as it was, and fits the JSON Schema", () => {
    const parsed = parseLock(renderLock(lock), "orders.lock.json");
    expect(parsed.ok && parsed.lock).toEqual(lock);
    const schema = JSON.parse(readFileSync(join(root, "lib/lock/lock-1.schema.json"), "utf8")) as object;
    const fits = new Ajv({ strict: false, allErrors: true }).compile(schema);
    fits(JSON.parse(renderLock(lock)));
    expect(fits.errors ?? []).toEqual([]);
  });

  test.each<[string, string, string, string]>([
    [
      "a kind that cannot be renamed",
      '"event/OrderSettled": [',
      '"handler/OrderSettled": [',
      "/renamed/handler~1OrderSettled",
    ],
    ["names that are no list", '["OrderPaid"]', '"OrderPaid"', "/renamed/event~1OrderSettled"],
    ["a move without its end", ', "to": "topic/OrderSettled" }', " }", "/moved/topic~1OrderPaid/to"],
  ])("is refused with %s (LK604)", (_, from, to, path) => {
    const text = renderLock(lock);
    expect(text).toContain(from);
    const parsed = parseLock(text.replace(from, to), "a.json");
    expect(parsed.ok ? [] : parsed.issues.map((each) => `${each.code} ${each.path}`)).toEqual([`LK604 a.json#${path}`]);
  });

  test("says nothing of renames where there are none", () => {
    expect(renderLock(first)).not.toMatch(/"(renamed|moved)"/);
  });
});

describe("versions of a renamed event", () => {
  const lock = locked(compiled(settled), first);

  test("go on: they are published under the new name, and nothing is published anew", () => {
    expect(nextLock(compiled(settled), first)).toMatchObject({ ok: true, published: [] });
    expect(lock.published.map(({ name, version }) => `${name} ${version}`)).toContain("OrderSettled 1");
    expect(lock.published.map(({ name }) => name)).not.toContain("OrderPaid");
  });

  test("cannot change by the way (LK610)", () => {
    const topology = compiled(settled);
    const contracts = topology.contracts.map((each) =>
      each.name === "OrderSettled" ? { ...each, schema: { type: "object" } } : each,
    );
    expect(issuesOf({ ...topology, contracts }, first).map(({ code, path, fix }) => [code, path, fix])).toEqual([
      ["LK610", "events.OrderSettled.versions.1", "leave version 1 as it was and declare version 2, with an upcast"],
    ]);
  });
});

describe("renamedFrom and the lock", () => {
  test("may be renamed again, also twice since it was locked", () => {
    const once = locked(compiled(invoicing), first);
    expect(refusals(compiled({ queued: ["billing", "invoicing", "ledger"] }), once)).toEqual([]);
    expect(refusals(compiled({ queued: ["billing", "invoicing", "ledger"] }), first)).toEqual([]);
    expect(refusals(compiled({ queued: ["billing", "invoicing", "billing"] }), once)).toEqual([]);
  });

  test.each<[string, Partial<Histories>, string]>([
    [
      "is taken out later",
      { queued: ["invoicing"] },
      'LK620 consumers.invoicing.renamedFrom (write renamedFrom: "billing")',
    ],
    ["names something in between alone", { queued: ["invoicing", "ledger"] }, 'LK620 consumers.ledger.renamedFrom (write renamedFrom: ["billing", "invoicing"])'], // prettier-ignore
    ["is in the wrong order", { queued: ["invoicing", "billing", "ledger"] }, 'LK620 consumers.ledger.renamedFrom (write renamedFrom: ["billing", "invoicing"])'], // prettier-ignore
    ["is taken out with the way back", {}, 'LK620 consumers.billing.renamedFrom (write renamedFrom: ["billing", "invoicing"])'], // prettier-ignore
    ["leaves a name out", { queued: ["billing", "ledger"] }, 'LK620 consumers.ledger.renamedFrom (write renamedFrom: ["billing", "invoicing"])'], // prettier-ignore
    ["gives a thing that is there an older name", { queued: ["billing", "invoicing"], streamed: ["a", "analytics"] }, "LK620 consumers.analytics.renamedFrom (leave renamedFrom out)"], // prettier-ignore
  ])("is refused where it %s (LK620)", (_, changed, expected) => {
    const once = locked(compiled(invoicing), first);
    expect(refusals(compiled(changed), once)).toEqual([expected]);
  });

  test("says what the server calls it when it was taken out", () => {
    const [found] = issuesOf(compiled({ queued: ["invoicing"] }), locked(compiled(invoicing), first));
    expect(found?.message).toBe('former names that do not fit the lock: what the consumer has on the servers is called after "billing"'); // prettier-ignore
  });

  test("is refused of something that never was, with what was probably meant (LK621)", () => {
    const extra = (renamedFrom: string) => () => ({ consumers: { billing: { on: ["OrderPaid"], via: "rabbitmq" }, analytics: { on: ["OrderPaid"] }, audit: { on: ["OrderLost"], renamedFrom } } }); // prettier-ignore
    const issues = issuesOf(compile(shop({}, extra("nobody"))), first);
    expect(issues.map(({ code, path, fix }) => [code, path, fix])).toContainEqual([
      "LK621",
      "consumers.audit.renamedFrom",
      "correct the name, or leave renamedFrom out",
    ]);
    const near = issuesOf(compile(shop({ streamed: ["analytic", "insight"] })), first);
    expect(near.find(({ code }) => code === "LK621")?.fix).toBe('did you mean renamedFrom: "analytics"?');
  });

  test("is taken as it stands where nothing was locked yet", () => {
    expect(nextLock(compiled(settled), null)).toMatchObject({ ok: true });
  });

  test("cannot bring back what is retired (LK613)", () => {
    const retired = { consumers: { billing: { reason: "sold" } } };
    const gone = locked(
      compile(
        shop({}, ({ consumers }) => ({
          retired,
          consumers: { analytics: (consumers as Record<string, object>)["analytics"] },
        })),
      ),
      first,
    );
    expect(issuesOf(compiled(invoicing), gone).map(({ code, path }) => `${code} ${path}`)).toContain(
      "LK613 consumers.invoicing.renamedFrom",
    );
  });
});

describe("a name on the server", () => {
  test("stays taken when what was renamed is retired (LK622)", () => {
    const once = locked(compiled(invoicing), first);
    const without = (more: object) => () => ({
      retired: { consumers: { invoicing: { reason: "sold" } } },
      consumers: { analytics: { on: ["OrderPaid"], via: "kafka", needs: "30 days" }, ...more },
    });
    expect(refusals(compile(shop({}, without({}))), once)).toEqual([]);
    const again = compile(shop({}, without({ billing: { on: ["OrderLost"], via: "rabbitmq" } })));
    const issues = issuesOf(again, once);
    expect(issues.map(({ code, path }) => `${code} ${path}`)).toEqual(["LK622 consumers.billing"]);
    expect(issues[0]?.message).toContain(
      "the queue orders.billing.parking was that of consumers.invoicing, and is retired",
    );
  });
});

describe("an aggregate", () => {
  test("may be called otherwise when it says what it was", () => {
    expect(refusals(compiled({ aggregate: ["Order", "Purchase"] }), first)).toEqual([]);
    const once = locked(compiled({ aggregate: ["Order", "Purchase"] }), first);
    expect(once.topology.renamed).toEqual([{ kind: "aggregate", name: "Purchase", from: ["Order"] }]);
    expect(refusals(compiled({ aggregate: ["Order", "Purchase", "Deal"] }), once)).toEqual([]);
  });

  test("cannot change what its rows are stored under (LK623)", () => {
    const [found] = issuesOf(compiled({ aggregate: ["Purchase"] }), first);
    expect(found).toMatchObject({
      code: "LK623",
      path: "aggregates.Purchase",
      fix: 'rename the aggregate by renamedFrom: "Order", or leave the event where it was',
    });
    expect(issuesOf(compiled({ aggregate: ["Purchase"] }), locked(compiled({ aggregate: ["Order", "Purchase"] }), first)).map(({ code }) => code)).toContain("LK620"); // prettier-ignore
  });
});

describe("what is gone while something like it is new", () => {
  test.each<[keyof Histories, string, string]>([
    ["paid", "OrderSettled", "retired.events.OrderPaid"],
    ["reserve", "ReserveStock", "retired.commands.Reserve"],
    ["queued", "invoicing", "retired.consumers.billing"],
    ["totals", "turnover", "retired.projections.totals"],
    ["fulfilment", "Delivery", "retired.sagas.Fulfilment"],
  ])("%s: LK612 asks whether it was renamed to %s", (thing, name, path) => {
    const found = issuesOf(compiled({ [thing]: [name] }), first).find(
      (each) => each.code === "LK612" && each.path === path,
    );
    expect(found?.fix).toMatch(
      new RegExp(`^if it is called ${name} now, say so there: renamedFrom: "\\w+"; otherwise retire it`),
    );
  });

  test("is recognised also where what it takes was renamed by the way", () => {
    const changed: Partial<Histories> = { paid: ["OrderSettled"], queued: ["invoicing"], fulfilment: ["Delivery"], reserve: ["TakeStock"] }; // prettier-ignore
    const fixes = issuesOf(compiled(changed), first).map(
      ({ path, fix }) => `${path} ${/renamedFrom: "\w+"/.exec(fix)?.[0]}`,
    );
    expect([...fixes].sort()).toEqual([
      'retired.commands.Reserve renamedFrom: "Reserve"',
      'retired.consumers.billing renamedFrom: "billing"',
      'retired.events.OrderPaid renamedFrom: "OrderPaid"',
      'retired.sagas.Fulfilment renamedFrom: "Fulfilment"',
    ]);
  });

  test("is not guessed at where two are like it, or none", () => {
    const two = compile(shop({}, () => ({ projections: Object.fromEntries(["a", "b"].map((each) => [each, { from: ["OrderPaid"], table: { columns: { id: { type: "text" } } } }])) }))); // prettier-ignore
    const other = compile(shop({}, () => ({ projections: { a: { from: ["OrderPaid"], table: { columns: { id: { type: "uuid" } } } } } }))); // prettier-ignore
    for (const each of [two, other]) {
      expect(issuesOf(each, first).map(({ code, fix }) => `${code} ${fix}`)).toEqual([
        "LK612 say so: retired: { … } with a reason, or declare it again",
      ]);
    }
  });
});

test("a deployment is refused with the same issues, and else moves what was renamed", () => {
  const once = locked(compiled(invoicing), first);
  expect(() => deploymentOf(compiled(), once)).toThrow(DeclarationError);
  const topology = compiled(invoicing);
  expect(deploymentOf(topology, first)).toEqual({
    resources: topology.resources,
    forgotten: [],
    moved: topology.moved,
  });
});

describe("what is retired after it was renamed", () => {
  const once = locked(compiled(invoicing), first);
  const topology = compile(
    shop({}, ({ consumers }) => ({
      retired: { consumers: { invoicing: { reason: "sold" } } },
      consumers: { analytics: (consumers as Record<string, object>)["analytics"] },
    })),
  );
  const gone = locked(topology, once);
  const forgottenBy = (lock: Lock): readonly string[] =>
    deploymentOf(topology, lock)
      .forgotten.filter(({ kind }) => kind === "rabbitmq-queue")
      .map(({ key, part }) => `${key} (${part})`)
      .sort();

  test("is forgotten under all its names: a state may never have seen the last one", () => {
    expect(forgottenBy(once)).toEqual([
      "queue/consumer/billing (domain)",
      "queue/consumer/billing/parking (dead-letter/billing)",
      "queue/consumer/invoicing (domain)",
      "queue/consumer/invoicing/parking (dead-letter/invoicing)",
    ]);
    expect(forgottenBy(gone)).toEqual(forgottenBy(once));
    expect(forgottenBy(locked(topology, gone))).toEqual(forgottenBy(once));
  });

  test("keeps its way in the lock, which is read as it was", () => {
    expect(gone.topology.moved.map(({ from }) => from.key)).toContain("queue/consumer/billing/parking");
    const parsed = parseLock(renderLock(gone), "orders.lock.json");
    expect(parsed.ok && parsed.lock).toEqual(gone);
    expect(deploymentOf(topology, gone).moved).toEqual([]);
  });
});

test("a definition holds the former names of everything", () => {
  const definition: DomainDefinition = shop({ ...settled, ...invoicing }).definition;
  expect(definition.events["OrderSettled"]?.renamedFrom).toEqual(["OrderPaid"]);
  expect(definition.consumers["analytics"]?.renamedFrom).toEqual([]);
});
