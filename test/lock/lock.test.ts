import { compile, defineDomain, event, jsonSchema, type Topology } from "eventloom";
import type { Issue } from "../../lib/domain/issues";
import { orders } from "../../examples/orders/domain";
import { nextLock } from "../../lib/lock/next-lock";
import { parseLock } from "../../lib/lock/parse-lock";
import { renderLock } from "../../lib/lock/render-lock";
import type { Lock } from "../../lib/lock/types";

const payload = (extra: object = {}) =>
  jsonSchema<{ orderId: string }>({
    type: "object",
    properties: { orderId: { type: "string" }, ...extra },
    required: ["orderId"],
  });

interface Shop {
  readonly events?: readonly string[];
  readonly schema?: object;
  readonly versions?: number;
  readonly consumers?: object;
  readonly retired?: object;
}

function shop({ events = ["OrderPaid"], schema = {}, versions = 1, ...rest }: Shop = {}): Topology {
  const upcast = Object.fromEntries(Array.from({ length: versions - 1 }, (_, n) => [n + 1, (x: unknown) => x]));
  const all = Object.fromEntries(Array.from({ length: versions }, (_, n) => [n + 1, payload(schema)]));
  const declared = Object.fromEntries(events.map((name) => [name, event({ versions: all, upcast } as never)]));
  return compile(
    defineDomain("shop", { aggregates: { Order: { id: "orderId", events: declared } }, ...rest } as never),
  );
}

function locked(topology: Topology, previous: Lock | null = null): Lock {
  const next = nextLock(topology, previous);
  if (!next.ok) throw new Error(JSON.stringify(next.issues));
  return next.lock;
}

function issuesOf(topology: Topology, previous: Lock): readonly Issue[] {
  const next = nextLock(topology, previous);
  return next.ok ? [] : next.issues;
}

function publishedBy(topology: Topology, previous: Lock | null): readonly string[] {
  const next = nextLock(topology, previous);
  return next.ok ? next.published.map(({ name, version }) => `${name} ${version}`) : [];
}

function refusals(topology: Topology, previous: Lock): readonly string[] {
  return issuesOf(topology, previous).map(({ code, path }) => `${code} ${path}`);
}

function reread(text: string): Lock {
  const parsed = parseLock(text, "shop.lock.json");
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
  return parsed.lock;
}

describe("the text of a lock", () => {
  test("says the same as the lock, and is the same each time", () => {
    const lock = locked(compile(orders));
    expect(reread(renderLock(lock))).toEqual(lock);
    expect(renderLock(reread(renderLock(lock)))).toBe(renderLock(lock));
  });

  test("puts each thing on a line of its own, so that a new column is one new line", () => {
    const text = renderLock(locked(compile(orders)));
    expect(text).toContain('{ "collation": null, "comment": null, "default": "0", "name": "items", "nullable": false, "type": "integer" }'); // prettier-ignore
    expect(text).toMatch(/\n {2}"domain": "orders",\n/);
  });

  test("differs in the lines of what has changed alone", () => {
    const before = renderLock(locked(shop())).split("\n");
    const after = renderLock(locked(shop({ consumers: { billing: { on: ["OrderPaid"], via: "rabbitmq" } } }))).split(
      "\n",
    );
    const comma = (line: string): string => line.replace(/,$/, "");
    const kept = new Set(after.map(comma));
    expect(before.map(comma).filter((line) => !kept.has(line) && !/"retention|\{\}|\[\]/.test(line))).toEqual([]);
  });
});

describe("a lock file that is no good", () => {
  const text = renderLock(locked(shop()));
  test.each<[string, string, string]>([
    ["is cut off", text.slice(0, 500), "LK601 a.json"],
    ["is empty", "", "LK601 a.json"],
    ["is something else", '{ "lockfileVersion": 3 }', "LK602 a.json"],
    ["is a list", "[]", "LK602 a.json"],
    ["is of a newer format", text.replace('"format": 1', '"format": 2'), "LK603 a.json"],
    ["was changed by hand", text.replace('"partitions": 12', '"partitions": "many"'), "LK604 a.json#/resources/topic~1OrderPaid/partitions"], // prettier-ignore
    ["holds a kind that nobody knows", text.replace('"kind": "kafka-topic"', '"kind": "__proto__"'), "LK604 a.json#/resources/topic~1OrderPaid/kind"], // prettier-ignore
    [
      "lists a thing twice",
      text.replace('  "published": {', '  "published": {},\n  "published": {'),
      "LK606 a.json#/published",
    ],
    ["lists a version twice", text.replace('      "1": {', '      "1": { "upcast": false, "schema": {} },\n      "1": {'), "LK606 a.json#/published/event~1OrderPaid/1"], // prettier-ignore
    ["lists nothing that was published", text.replace('"published"', '"publisht"'), "LK604 a.json#/published"],
    ["holds nothing where it holds objects", text.replace(/"resources": [^]*?\n {2}\}/, '"resources": null'), "LK604 a.json#/resources"], // prettier-ignore
    ["is nested beyond all bounds", text.replace(/"schema": \{/, `"schema": { "deep": ${"[".repeat(200_000)}${"]".repeat(200_000)},`), "LK604 a.json"], // prettier-ignore
    ["was merged halfway", text.replace('  "domain"', '<<<<<<< HEAD\n  "domain"'), "LK605 a.json"],
  ])("%s: one line says what and how to go on", (_, broken, expected) => {
    const parsed = parseLock(broken, "a.json");
    const issues = parsed.ok ? [] : parsed.issues;
    expect(issues.map(({ code, path }) => `${code} ${path}`)).toEqual([expected]);
    expect(issues[0]?.message).not.toMatch(/\n/);
    expect(issues[0]?.fix).not.toBe("");
  });
});

test("sections with nothing in them may be left out", () => {
  const text = renderLock(locked(shop()));
  const without = text.replace(/,\n {2}"(sagas|retired|retiredResources|accepted)": \{\}/g, "");
  expect(without.length).toBeLessThan(text.length);
  expect(reread(without)).toEqual(reread(text));
});

describe("what was published", () => {
  test("is every version, and stays", () => {
    expect(publishedBy(shop(), null)).toEqual(["OrderPaid 1"]);
    expect(publishedBy(shop({ versions: 2 }), locked(shop()))).toEqual(["OrderPaid 2"]);
    expect(locked(shop({ versions: 2 }), locked(shop())).published).toHaveLength(2);
  });

  test("cannot change: LK610 says which version comes next", () => {
    const issues = issuesOf(shop({ schema: { cents: { type: "integer" } } }), locked(shop()));
    expect(issues.map(({ code, path }) => `${code} ${path}`)).toEqual(["LK610 events.OrderPaid.versions.1"]);
    expect(issues[0]?.fix).toContain("declare version 2");
    expect(issues[0]?.message).toBe('a published version has changed: "/cents" added optional');
  });

  test("may be written differently", () => {
    const before = locked(shop({ schema: { state: { enum: ["a"] } } }));
    expect(refusals(shop({ schema: { state: { const: "a", description: "the state" } } }), before)).toEqual([]);
  });

  test("cannot be taken back: LK611", () => {
    expect(refusals(shop(), locked(shop({ versions: 2 })))).toEqual(["LK611 events.OrderPaid.versions.2"]);
  });
});

describe("what leaves the declaration", () => {
  const billing = { consumers: { billing: { on: ["OrderPaid"], via: "rabbitmq" } } };
  const two = { events: ["OrderPaid", "OrderLost"] };

  test("has to be retired: LK612", () => {
    expect(refusals(shop(), locked(shop(billing)))).toEqual(["LK612 retired.consumers.billing"]);
    expect(refusals(shop(), locked(shop(two)))).toEqual(["LK612 retired.events.OrderLost"]);
  });

  test("stays in the lock with what it has on the servers, but for what brings new messages", () => {
    const retired = { consumers: { billing: { reason: "sold" } } };
    const lock = locked(shop({ retired }), locked(shop(billing)));
    const keys = lock.retired.map(({ resource, reason }) => `${resource.key}: ${reason}`);
    expect(keys).toContain("queue/consumer/billing: sold");
    expect(keys).toContain("policy/consumer/billing: sold");
    expect(keys).toContain("binding/consumer/billing/return: sold");
    expect(keys.filter((each) => each.includes("/event/"))).toEqual([]);
    expect(reread(renderLock(lock))).toEqual(lock);
  });

  test("keeps its name, also when its entry is taken out", () => {
    const retired = { events: { OrderLost: { reason: "never happened" } } };
    const gone = locked(shop({ retired }), locked(shop(two)));
    expect(gone.published.map(({ name }) => name)).toEqual(["OrderLost", "OrderPaid"]);
    expect(gone.topology.contracts.map(({ name }) => name)).toEqual(["OrderPaid"]);
    expect(refusals(shop(two), gone)).toEqual(["LK613 events.OrderLost"]);
    expect(locked(shop(), gone).topology.retired).toEqual(gone.topology.retired);
  });

  test("without a name of its own is retired by itself", () => {
    const retry = (maxRetries: number) => ({
      consumers: { billing: { on: ["OrderPaid"], via: "rabbitmq", retry: { maxRetries } } },
    });
    const lock = locked(shop(retry(2)), locked(shop(retry(3))));
    expect(lock.retired.map(({ resource, reason }) => `${resource.key}: ${reason}`)).toContain(
      "queue/retry/4s: nothing that is declared needs it any more",
    );
    expect(locked(shop(retry(3)), lock).retired).toEqual([]);
  });
});

test("a lock cannot follow that of another domain: LK614", () => {
  expect(refusals(shop(), locked(compile(orders)))).toEqual(["LK614 domain"]);
});
