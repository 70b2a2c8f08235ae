/* eslint-disable @typescript-eslint/no-explicit-any -- resources and schemas are changed in ways that their types forbid */
import { compile, type Resource, type SagaModel, type Topology } from "eventloom";
import { orders } from "../../../examples/orders/domain";
import { plainColumn } from "../../../lib/postgres/defaults";
import { diffTopologies } from "../../../lib/preview/diff/diff-locks";
import type { Change, Finding } from "../../../lib/preview/diff/types";
import { riskCodes } from "../../../lib/preview/risks/codes";

const base = compile(orders);

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function withResource(key: string, change: (resource: Mutable<Record<string, unknown>>) => void): Topology {
  const resources = base.resources.map((each) => {
    if (each.key !== key) return each;
    const copy = structuredClone(each) as unknown as Mutable<Record<string, unknown>>;
    change(copy);
    return copy as unknown as Resource;
  });
  expect(resources.some((each, index) => each !== base.resources[index])).toBe(true);
  return { ...base, resources };
}

function withSaga(change: (saga: Mutable<SagaModel>) => void): Topology {
  const saga = structuredClone(base.sagas[0]) as Mutable<SagaModel>;
  change(saga);
  return { ...base, sagas: [saga] };
}

function withSchema(name: string, change: (schema: Record<string, any>) => void): Topology {
  const contracts = base.contracts.map((each) => {
    if (each.name !== name) return each;
    const schema = structuredClone(each.schema) as Record<string, unknown>;
    change(schema);
    return { ...each, schema };
  });
  return { ...base, contracts };
}

/** A second version of OrderPaid. */
function withVersion(change: (schema: Record<string, any>) => void): Topology {
  const first = base.contracts.find(({ name }) => name === "OrderPaid");
  const schema = structuredClone(first?.schema) as Record<string, unknown>;
  change(schema);
  return { ...base, contracts: [...base.contracts, { ...first!, version: 2, schema }] };
}

const without = (key: string): Topology => ({ ...base, resources: base.resources.filter((each) => each.key !== key) });

function findings(head: Topology, from: Topology = base, kept?: ReadonlySet<string>): readonly Finding[] {
  return diffTopologies(from, head, kept).changes.flatMap((each: Change) => each.findings);
}

const topic = (change: (topic: any) => void): Topology => withResource("topic/OrderPaid", change);
const config = (name: string, value: string): Topology => topic((each) => (each.config[name] = value));
const policy = (name: string, value: string | undefined): Topology =>
  withResource("policy/consumer/billing", (each) => {
    const definition = each["definition"] as Record<string, string>;
    if (value === undefined) delete definition[name];
    else definition[name] = value;
  });
const summary = (change: (table: any) => void): Topology =>
  withResource("projection/orderSummary", (each) => change(each["definition"]));

const column = { ...plainColumn, name: "note", type: "text", nullable: true };

const cases: readonly (readonly [string, string, string, Topology, (Topology | undefined)?])[] = [
  ["KF200", "safe", "a topic that is new", base, without("topic/OrderPaid")],
  ["KF201", "risky", "more partitions", topic((each) => (each.partitions = 24))],
  ["KF202", "refused", "fewer partitions", topic((each) => (each.partitions = 6))],
  ["KF203", "risky", "fewer replicas", topic((each) => (each.replicationFactor = 2))],
  ["KF203", "safe", "more replicas", topic((each) => (each.replicationFactor = 4))],
  ["KF204", "risky", "kept shorter", config("retention.ms", "86400000")],
  ["KF205", "safe", "kept longer", config("retention.ms", "8640000000")],
  ["KF205", "safe", "kept for ever", config("retention.ms", "-1")],
  ["KF206", "refused", "compacted", config("cleanup.policy", "compact")],
  ["KF207", "risky", "fewer in sync", config("min.insync.replicas", "1")],
  ["KF207", "risky", "unclean leaders", config("unclean.leader.election.enable", "true")],
  ["KF208", "risky", "smaller messages", config("max.message.bytes", "1000")],
  ["KF209", "safe", "larger messages", config("max.message.bytes", "9000000")],
  ["KF209", "risky", "a setting that nobody here knows", config("segment.bytes", "1")],
  ["KF210", "refused", "another name", topic((each) => (each.name = "x"))],
  ["RM300", "safe", "a queue that is new", base, without("queue/unrouted")],
  ["RM301", "refused", "queue arguments", withResource("queue/consumer/billing", (each) => (each["arguments"] = { "x-queue-type": "quorum", "x-single-active-consumer": "true" }))], // prettier-ignore
  ["RM302", "refused", "an exchange's type", withResource("exchange/events", (each) => (each["type"] = "fanout"))],
  ["RM303", "refused", "a queue's name", withResource("queue/consumer/billing", (each) => (each["name"] = "x"))],
  ["RM304", "risky", "no dead letter exchange", policy("dead-letter-exchange", undefined)],
  ["RM304", "risky", "another overflow", policy("overflow", "drop-head")],
  ["RM305", "risky", "a TTL where none was", policy("message-ttl", "1000")],
  ["RM306", "risky", "a lower limit", policy("delivery-limit", "3")],
  ["RM306", "safe", "a higher limit", policy("delivery-limit", "30")],
  [
    "RM307",
    "risky",
    "no alternate exchange",
    withResource("policy/exchange/return", (each) => (each["definition"] = {})),
  ],
  ["RM308", "risky", "another pattern", withResource("policy/consumer/billing", (each) => (each["pattern"] = "^x$"))],
  ["RM309", "risky", "a setting that nobody here knows", policy("max-length", "5")],
  ["RM310", "risky", "another routing key", withResource("binding/consumer/billing/event/OrderPaid", (each) => (each["routingKey"] = "x"))], // prettier-ignore
  ["RM311", "safe", "a binding that leaves", without("binding/consumer/billing/event/OrderPaid")],
  ["PG400", "safe", "a new column", summary((table) => table.columns.push(column))],
  ["PG401", "refused", "a column less", summary((table) => table.columns.pop())],
  ["PG402", "refused", "another type", summary((table) => (table.columns[1].type = "bigint"))],
  ["PG404", "refused", "a column that must have a value", summary((table) => table.columns.push({ ...column, nullable: false }))], // prettier-ignore
  ["SC701", "safe", "a version", withVersion(() => undefined)],
  ["SC702", "safe", "a property more", withVersion((schema) => (schema["properties"].note = { type: "string" }))],
  ["SC703", "risky", "a property less", withVersion((schema) => delete schema["properties"].paidOn)],
  ["SC704", "risky", "another type of a property", withVersion((schema) => (schema["properties"].totalCents = { type: "string" }))], // prettier-ignore
  ["SC706", "risky", "a property that may be missing", withVersion((schema) => (schema["required"] = ["orderId"]))],
  ["SC707", "risky", "a command's payload", withSchema("ShipOrder", (schema) => (schema["properties"].express = { type: "boolean" }))], // prettier-ignore
  ["SC708", "refused", "a published version", withSchema("OrderPaid", (schema) => delete schema["properties"].paidOn)],
  ["SC709", "risky", "an event that leaves", { ...base, contracts: base.contracts.filter(({ name }) => name !== "OrderPaid") }], // prettier-ignore
  ["SG801", "risky", "a step less", withSaga((saga) => (saga.steps = saga.steps.slice(1)))],
  ["SG802", "risky", "a shorter timeout", withSaga((saga) => (saga.steps = saga.steps.map((each) => ({ ...each, timeoutMs: 1000 }))))], // prettier-ignore
  ["SG802", "safe", "no timeout", withSaga((saga) => (saga.steps = saga.steps.map((each) => ({ ...each, timeoutMs: null }))))], // prettier-ignore
  ["SG803", "risky", "another start", withSaga((saga) => (saga.startedBy = "OrderPaid"))],
  ["SG804", "safe", "a saga that is new", base, { ...base, sagas: [] }],
  ["SG805", "risky", "a saga that leaves", { ...base, sagas: [] }],
];

describe("the one risk table", () => {
  const rows = cases.map(([code, risk, what, head, from]) => ({ code, risk, what, head, from: from ?? base }));
  test.each(rows)("$code is $risk: $what", ({ code, risk, head, from }) => {
    const found = findings(head, from).filter((each) => each.code === code);
    expect(found.length).toBeGreaterThan(0);
    expect(new Set(found.map((each) => each.class))).toEqual(new Set([risk]));
    for (const each of found) {
      expect(each.happens).not.toBe("");
      expect(each.title).toMatch(/^[^A-Z]|^[A-Z][a-z]+[A-Z]/);
      if (risk === "refused") expect(each.wayOut).not.toBeNull();
    }
  });

  test("SC705 is safe: a property that is always there from the next version on", () => {
    const loose = withVersion((schema) => (schema["required"] = ["orderId"]));
    const version = loose.contracts.find(({ name, version: each }) => name === "OrderPaid" && each === 2)!;
    const strict = { ...version, version: 3, schema: base.contracts.find(({ name }) => name === "OrderPaid")!.schema };
    const found = findings({ ...loose, contracts: [...loose.contracts, strict] }, loose);
    expect(found.filter(({ code }) => code === "SC705").every((each) => each.class === "safe")).toBe(true);
    expect(found.some(({ code }) => code === "SC705")).toBe(true);
  });

  test("KF211 and RM312 are risky: what was retired stays on the servers", () => {
    const head = {
      ...base,
      resources: base.resources.filter(({ key }) => !/^(topic\/OrderPaid|queue\/consumer\/billing)$/.test(key)),
    };
    const diff = diffTopologies(base, head, new Set(["topic/OrderPaid", "queue/consumer/billing"]));
    expect(diff.changes.map(({ action }) => action)).toEqual(["forget", "forget"]);
    expect(diff.changes.flatMap((each) => each.findings.map(({ code }) => code)).sort()).toEqual(["KF211", "RM312"]);
    expect(diff.worst).toBe("risky");
  });

  test("KF212 and RM313 are safe: an old generation stays as long as an environment needs it", () => {
    const old = ["topic/OrderPaid", "queue/consumer/billing"];
    const head = {
      ...base,
      resources: base.resources.map((each) => (old.includes(each.key) ? { ...each, key: `${each.key}-v2` } : each)),
    };
    const diff = diffTopologies(base, head, new Set(old));
    const gone = diff.changes.filter(({ action }) => action === "forget");
    expect(gone.flatMap((each) => each.findings.map(({ code }) => code)).sort()).toEqual(["KF212", "RM313"]);
    expect(diff.worst).toBe("safe");
    expect(diffTopologies(base, head).worst).toBe("refused");
  });

  test("refuses what is gone without having been retired", () => {
    const diff = diffTopologies(base, without("topic/OrderPaid"));
    expect(diff.changes.map((each) => [each.action, each.class])).toEqual([["destroy", "refused"]]);
  });

  test("has a case here for every code", () => {
    const tried = new Set([
      ...cases.map(([code]) => code),
      "KF211",
      "KF212",
      "RM312",
      "RM313",
      "PG480",
      "SC705",
      "RN501",
    ]);
    expect(Object.keys(riskCodes).filter((code) => !tried.has(code))).toEqual([]);
  });
});

describe("a diff", () => {
  test("of a topology and itself is empty", () => {
    const diff = diffTopologies(base, base);
    expect([diff.changes, diff.steps, diff.worst]).toEqual([[], [], null]);
  });

  test("of nothing and a topology creates everything", () => {
    const diff = diffTopologies(null, base);
    expect(diff.base).toBe("absent");
    expect(diff.actions.create).toBe(base.resources.length + base.contracts.length + base.sagas.length);
    expect(diff.worst).toBe("safe");
  });

  test("has the worst first", () => {
    const worse = topic((each) => {
      each.partitions = 6;
      each.config["retention.ms"] = "9000000000";
    });
    const both = { ...worse, sagas: [] };
    expect(diffTopologies(base, both).changes.map((each) => each.class)).toEqual(["refused", "risky"]);
  });

  test("says whom a change concerns, along the flows", () => {
    const who = (head: Topology): readonly string[] =>
      diffTopologies(base, head).changes.flatMap((each) => each.affected.map(({ kind, name }) => `${kind} ${name}`));
    expect(who(topic((each) => (each.partitions = 24)))).toEqual(["consumer analytics"]);
    expect(who(policy("delivery-limit", "3"))).toEqual(["consumer billing"]);
    expect(who(withVersion((schema) => delete schema["properties"].paidOn))).toEqual([
      "consumer analytics",
      "consumer billing",
      "projection orderSummary",
      "projection dailySales",
    ]);
  });

  test("holds the SQL of what is allowed, with the locks that it takes, and none of what is refused", () => {
    const ddl = (head: Topology): readonly string[] => diffTopologies(base, head).changes.flatMap((each) => each.ddl);
    const widened = summary((table) => table.columns.push(column));
    const lock = "ACCESS EXCLUSIVE on orders.order_summary (readers and writers wait), reads no rows";
    expect(ddl(widened)).toEqual([`-- ${lock}\nALTER TABLE "orders"."order_summary" ADD COLUMN "note" text`]);
    const findings = diffTopologies(base, widened).changes.flatMap((each) => each.findings);
    expect(findings.map(({ facts }) => facts.locks)).toEqual([[lock]]);
    expect(ddl(summary((table) => table.columns.pop()))).toEqual([]);
  });

  test("says that readers go before the writers of a version that they would not understand", () => {
    const steps = diffTopologies(
      base,
      withVersion((schema) => delete schema["properties"].paidOn),
    ).steps;
    expect(steps.map(({ sentence }) => sentence)).toEqual([
      "deploy consumer analytics so that it understands OrderPaid v2",
      "deploy consumer billing so that it understands OrderPaid v2",
      "deploy projection orderSummary so that it understands OrderPaid v2",
      "deploy projection dailySales so that it understands OrderPaid v2",
      "deploy the services of orders that append OrderPaid v2",
    ]);
  });
});

describe("an acceptance", () => {
  const grown = topic((each) => (each.partitions = 24));
  const accept = (change: string): Topology => ({ ...grown, acceptances: [{ change, reason: "nobody is keyed" }] });

  test("takes a risk for exactly one change, which the diff names", () => {
    const [finding] = findings(grown);
    expect(finding?.id).toBe("topic/OrderPaid partitions 12 -> 24");
    const diff = diffTopologies(base, accept("topic/OrderPaid partitions 12 -> 24"));
    expect([diff.worst, diff.classes.accepted, diff.classes.risky]).toEqual(["safe", 1, 0]);
    expect(diff.changes[0]?.findings[0]?.accepted).toBe("nobody is keyed");
  });

  test("does not take the next one, and is told to be stale", () => {
    const diff = diffTopologies(base, accept("topic/OrderPaid partitions 12 -> 48"));
    expect(diff.worst).toBe("risky");
    expect(diff.staleAcceptances).toEqual(["topic/OrderPaid partitions 12 -> 48"]);
  });

  test("cannot take what is refused", () => {
    const shrunk = {
      ...topic((each) => (each.partitions = 6)),
      acceptances: [{ change: "topic/OrderPaid partitions 12 -> 6", reason: "x" }],
    };
    expect(diffTopologies(base, shrunk).worst).toBe("refused");
  });

  test("tells two columns of one table apart, and one column from itself with another type", () => {
    const ids = [{ ...column }, { ...column, name: "second" }, { ...column, type: "bigint" }].map(
      (each) => findings(summary((table) => table.columns.push(each)))[0]?.id,
    );
    expect(new Set(ids).size).toBe(3);
  });
});
