import { DeclarationError, defineDomain, event, jsonSchema, list, range } from "eventloom";
import { declarationIssues } from "../../lib/domain/issues";
import { soundDeclaration, spoiled } from "./declarations";

type Define = (name: unknown, declaration: unknown) => unknown;
// as plain JavaScript calls it: mistakes that the types see must be caught without them too
const define = defineDomain as unknown as Define;

function issuesOf(
  declaration: unknown,
  name: unknown = "orders",
): readonly { code: string; path: string; message: string; fix: string }[] {
  try {
    define(name, declaration);
  } catch (error) {
    if (error instanceof DeclarationError) return error.issues;
    throw error;
  }
  return [];
}

const schema = jsonSchema({ type: "object", properties: { orderId: {} }, required: ["orderId"] });
const noSchema = { "~standard": { jsonSchema: { output: () => { throw new Error("Date cannot be represented in JSON Schema"); } } } }; // prettier-ignore
const long = "A".repeat(300);

/** [code, where it is spoiled, with what, the path reported (when it is another)] */
const mistakes: readonly (readonly [code: string, at: string, value: unknown, reported?: string])[] = [
  ["ED101", "consumers", { "fraud check": { on: ["OrderPaid"] } }, "consumers.fraud check"],
  [
    "ED101",
    "aggregates.Order.events",
    { 'Order"; DROP TABLE x; --': event({ versions: { 1: schema } }) },
    'aggregates.Order.events.Order"; DROP TABLE x; --',
  ],
  ["ED101", "aggregates.Bestellung-ä", { id: "orderId", events: { Ä: event({ versions: { 1: schema } }) } }],
  [
    "ED101",
    "projections.orderSummary.table.columns",
    { "Order ID": { type: "text" } },
    "projections.orderSummary.table.columns.Order ID",
  ],
  ["ED102", "consumers", { [long]: { on: ["OrderPaid"] } }, `consumers.${long}`],
  ["ED103", "consumers.billing.vai", "kafka"],
  ["ED103", "retird", {}],
  ["ED103", "consumers.billing.needs", "30 days"],
  ["ED104", "aggregates", undefined],
  ["ED104", "aggregates.Order.id", undefined],
  ["ED104", "consumers.billing.on", undefined],
  ["ED104", "commands.Reserve.handledBy", undefined],
  ["ED104", "retry.backoff", { kind: "fixed" }, "retry.backoff.base"],
  ["ED105", "consumers", []],
  ["ED105", "aggregates.Order", "Order"],
  [
    "ED105",
    "aggregates.Order.events.OrderCreated.upcast",
    { 1: "no function" },
    "aggregates.Order.events.OrderCreated.upcast.1",
  ],
  ["ED106", "consumers.billing.via", "nats"],
  ["ED106", "store", { format: 2 }, "store.format"],
  ["ED106", "projections.orderSummary.table.removal", "drop"],
  ["ED107", "kafka", { partitions: 0 }, "kafka.partitions"],
  ["ED107", "kafka", { partitions: 10_001 }, "kafka.partitions"],
  ["ED107", "retry.maxRetries", -1],
  ["ED107", "retry.maxRetries", 51],
  ["ED107", "retry.maxRetries", 1.5],
  ["ED107", "aggregates.Order.snapshotEvery", 1],
  ["ED107", "store", { format: 1, partitioning: { strategy: "hash", modulus: 6 } }, "store.partitioning.modulus"],
  ["ED103", "store", { format: 1, partitioning: { strategy: "none", modulus: 8 } }, "store.partitioning.modulus"],
  ["ED103", "store", { format: 1, partitioning: { strategy: "hash", tenants: ["a"] } }, "store.partitioning.tenants"],
  ["ED103", "store", { format: 1, partitioning: list(["a"], { b: "gone" }) }, "store.partitioning.detached.b"],
  ["ED103", "store", { format: 1, inbox: { keep: "1 day" } }, "store.inbox.keep"],
  ["ED104", "store", { format: 1, partitioning: { strategy: "list" } }, "store.partitioning.tenants"],
  ["ED105", "store", { format: 1, partitioning: list(["a", ""]) }, "store.partitioning.tenants[1]"],
  ["ED105", "store", { format: 1, partitioning: list(["a\u202eb"]) }, "store.partitioning.tenants[0]"],
  ["ED105", "store", { format: 1, partitioning: list(["x".repeat(201)]) }, "store.partitioning.tenants[0]"],
  ["ED106", "store", { format: 1, partitioning: { strategy: "tree" } }, "store.partitioning.strategy"],
  [
    "ED106",
    "store",
    { format: 1, partitioning: { strategy: "range", interval: "year" } },
    "store.partitioning.interval",
  ],
  ["ED107", "store", { format: 1, partitioning: range({ ahead: 0 }) }, "store.partitioning.ahead"],
  ["ED107", "store", { format: 1, partitioning: range({ ahead: 1001 }) }, "store.partitioning.ahead"],
  ["ED107", "store", { format: 1, partitioning: list(Array.from({ length: 501 }, (_, n) => `t${n}`)) }, "store.partitioning.tenants"], // prettier-ignore
  ["ED108", "store", { format: 1, partitioning: range({ retain: "0 days" }) }, "store.partitioning.retain"],
  ["ED108", "store", { format: 1, partitioning: { strategy: "range", retain: "long" } }, "store.partitioning.retain"],
  ["ED109", "store", { format: 1, inbox: { retain: "23 hours" } }, "store.inbox.retain"],
  ["ED109", "store", { format: 1, inbox: { retain: "3651 days" } }, "store.inbox.retain"],
  ["ED114", "store", { format: 1, partitioning: list([]) }, "store.partitioning.tenants"],
  ["ED115", "store", { format: 1, partitioning: list(["a", "a"]) }, "store.partitioning.tenants[1]"],
  ["ED151", "store", { format: 1, partitioning: list(["a"], { a: " " }) }, "store.partitioning.detached.a"],
  ["ED108", "consumers.analytics.needs", "-30 days"],
  ["ED108", "consumers.analytics.needs", "1.5 days"],
  ["ED108", "consumers.analytics.needs", "30 dayz"],
  ["ED108", "consumers.analytics.needs", 30],
  ["ED109", "retry.park.retention", "50 days"],
  ["ED109", "retry.park.retention", "1 second"],
  ["ED109", "retry.backoff.base", "50 days"],
  ["ED109", "retry.backoff.max", "500 milliseconds"],
  ["ED109", "sagas.Fulfilment.steps.0.timeout", "366 days", "sagas.Fulfilment.steps[0].timeout"],
  ["ED110", "consumers.billing.on", ["OrderCreatd"], "consumers.billing.on[0]"],
  ["ED110", "sagas.Fulfilment.startedBy", "OrderLost"],
  ["ED111", "sagas.Fulfilment.steps.0.command", "Reserv", "sagas.Fulfilment.steps[0].command"],
  ["ED112", "sagas.Fulfilment.steps.0.success", "Released", "sagas.Fulfilment.steps[0].success"],
  ["ED113", "aggregates.Order.id", "customerId"],
  ["ED114", "consumers.billing.on", []],
  ["ED114", "aggregates", {}],
  ["ED114", "sagas.Fulfilment.steps", []],
  ["ED115", "consumers.billing.on", ["OrderCreated", "OrderCreated"], "consumers.billing.on[1]"],
  [
    "ED116",
    "aggregates.Invoice",
    { id: "orderId", events: { OrderPaid: event({ versions: { 1: schema } }) } },
    "aggregates.Invoice.events.OrderPaid",
  ],
  ["ED117", "consumers.Billing", { on: ["OrderPaid"] }],
  ["ED117", "consumers.unrouted", { on: ["OrderPaid"] }],
  ["ED117", "aggregates.Order.events.Paid", event({ versions: { 1: schema } })],
  [
    "ED118",
    "aggregates.Order.events.OrderPaid.versions",
    { 1: schema, 3: schema },
    "aggregates.Order.events.OrderPaid.versions.3",
  ],
  [
    "ED118",
    "aggregates.Order.events.OrderPaid.versions",
    { 0: schema },
    "aggregates.Order.events.OrderPaid.versions.0",
  ],
  ["ED119", "aggregates.Order.events.OrderCreated.upcast", undefined, "aggregates.Order.events.OrderCreated.upcast.1"],
  [
    "ED120",
    "aggregates.Order.events.OrderPaid.upcast",
    { 1: (e: unknown) => e },
    "aggregates.Order.events.OrderPaid.upcast.1",
  ],
  ["ED121", "commands.Reserve.schema", noSchema],
  ["ED121", "aggregates.Order.events.OrderPaid.versions.1", { "~standard": {} }],
  ["ED122", "consumers.analytics.retry", { maxRetries: 50, backoff: { kind: "fixed", base: "1 day" } }],
  ["ED123", "projections.orderSummary.table.columns.total.default", "0); DROP TABLE x; --"],
  ["ED123", "projections.orderSummary.table.columns.total.default", ""],
  [
    "ED115",
    "projections.orderSummary.table.indexes",
    [{ columns: ["total"] }, { columns: ["total"] }],
    "projections.orderSummary.table.indexes[1]",
  ],
  ["ED130", "sagas.Fulfilment.steps.0.compensate", undefined, "sagas.Fulfilment.steps[0].compensate"],
  ["ED131", "sagas.Fulfilment.steps.0.compensate", "Reserve", "sagas.Fulfilment.steps[0].compensate"],
  ["ED132", "sagas.Fulfilment.steps.0.failure", "Reserved", "sagas.Fulfilment.steps[0].failure"],
  ["ED140", "projections.orderSummary.table.key", ["orderid"], "projections.orderSummary.table.key[0]"],
  [
    "ED140",
    "projections.orderSummary.table.indexes",
    [{ columns: ["totl"] }],
    "projections.orderSummary.table.indexes[0].columns[0]",
  ],
  ["ED141", "projections.eventStore", { from: ["OrderPaid"], table: { columns: { a: { type: "text" } } } }],
  ["ED142", "store", "none", "projections.orderSummary"],
  ["ED143", "brokers", ["kafka"], "consumers.billing.via"],
  ["ED144", "handlers", { warehouse: { generation: 2 } }, "handlers.warehouse"],
  ["ED103", "consumers.analytics.generation", 2],
  ["ED103", "consumers.analytics.queue", {}],
  ["ED103", "handlers", { inventory: { retry: {} } }, "handlers.inventory.retry"],
  ["ED150", "retired", { consumers: { billing: { reason: "closed" } } }, "retired.consumers.billing"],
  ["ED151", "retired", { consumers: { audit: { reason: "" } } }, "retired.consumers.audit.reason"],
  ["ED152", "consumers.billing.renamedFrom", "analytics"],
  ["ED153", "sagas.Fulfilment.renamedFrom", "Fulfilment"],
  [
    "ED154",
    "consumers",
    { a: { on: ["OrderPaid"], renamedFrom: "old" }, b: { on: ["OrderPaid"], renamedFrom: ["older", "old"] } },
    "consumers.b.renamedFrom[1]",
  ],
  [
    "ED156",
    "projections.orderSummary.table.columns.order_id",
    { type: "uuid", renamedFrom: "id" },
    "projections.orderSummary.table.columns.order_id.renamedFrom",
  ],
  ["ED155", "retired", { commands: { Free: { reason: "closed" } } }, "commands.Release.renamedFrom"],
];

describe("a mistake in a declaration", () => {
  test.each(mistakes.map((each) => ({ code: each[0], path: each[1], value: each[2], reported: each[3] ?? each[1] })))(
    "$code at $reported ($value)",
    ({ code, path, value, reported }) => {
      const found = issuesOf(spoiled(path, value)).filter((each) => each.code === code && each.path === reported);
      expect(found).toHaveLength(1);
      expect(found[0]?.fix).not.toBe("");
      expect(found[0]?.message).not.toMatch(/\n/);
    },
  );

  test("every code has at least one case here", () => {
    const tried = new Set(mistakes.map(([code]) => code));
    expect(Object.keys(declarationIssues).filter((code) => !tried.has(code))).toEqual([]);
  });

  test("all are reported at once, each with code, path, value received, values allowed and the fix", () => {
    const declaration = spoiled("consumers.billing.on", ["OrderCreatd"]) as ReturnType<typeof soundDeclaration>;
    declaration.consumers.analytics.needs = "-1 days";
    let message = "";
    try {
      define("Orders!", declaration);
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toBe(
      [
        'domain "Orders!" has 3 issues:',
        '  ED101 name: illegal name, got "Orders!"; allowed: small letters, digits and single dashes, a letter first (fix: write it in kebab-case; it starts the name of every topic and queue)',
        '  ED110 consumers.billing.on[0]: unknown event, got "OrderCreatd"; allowed: OrderCreated, OrderPaid; did you mean "OrderCreated"? (fix: name an event of one of the domain\'s aggregates)',
        '  ED108 consumers.analytics.needs: not a duration, got "-1 days"; allowed: a whole number and milliseconds, seconds, minutes, hours, days or weeks (fix: write a whole number and a unit: "30 seconds")',
      ].join("\n"),
    );
  });

  test("a sound declaration has none", () => {
    expect(issuesOf(soundDeclaration())).toEqual([]);
  });

  test.each([undefined, null, 1, "x", [], () => 1, new Map(), Symbol("s")])(
    "anything else instead of a declaration is an issue: %p",
    (value) => {
      expect(issuesOf(value).length).toBeGreaterThan(0);
    },
  );

  test.each([null, 7, "", "a--b", "-a", "a.b", "ä", "A", long, "x\ny", "${TOKEN[1]}"])(
    "an illegal domain name is an issue: %p",
    (name) => {
      const found = issuesOf(soundDeclaration(), name);
      expect(found.map((each) => each.path)).toEqual(["name"]);
      expect(found[0]?.message).not.toMatch(/\n/);
    },
  );

  test("what spoils everything (null in every place) is reported, not thrown", () => {
    const places = ["aggregates", "aggregates.Order", "aggregates.Order.events", "aggregates.Order.events.OrderPaid", "commands.Reserve", "consumers.billing", "consumers.billing.on", "projections.orderSummary", "projections.orderSummary.table", "projections.orderSummary.table.columns", "sagas.Fulfilment", "sagas.Fulfilment.steps", "sagas.Fulfilment.steps.0", "retry", "retry.backoff", "store", "kafka", "brokers"]; // prettier-ignore
    for (const place of places) expect(issuesOf(spoiled(place, null)).length).toBeGreaterThan(0);
  });
});
