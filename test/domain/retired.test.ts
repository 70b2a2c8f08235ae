import { compile, type DeclarationError, defineDomain, event, jsonSchema } from "eventloom";

const schema = jsonSchema<{ orderId: string }>({
  type: "object",
  properties: { orderId: { type: "string" } },
  required: ["orderId"],
});
const aggregates = { Order: { id: "orderId" as const, events: { OrderPaid: event({ versions: { 1: schema } }) } } };

function issuesOf(extra: object): readonly string[] {
  try {
    defineDomain("orders", { aggregates, consumers: { billing: { on: ["OrderPaid"] } }, ...extra });
    return [];
  } catch (error) {
    return (error as DeclarationError).issues.map(({ code, path }) => `${code} ${path}`);
  }
}

test("what was retired is in the topology with its reason, and nothing is created for it", () => {
  const retired = { events: { OrderLost: { reason: "never happened" } }, consumers: { audit: { reason: "closed" } } };
  const with_ = compile(defineDomain("orders", { aggregates, retired }));
  const without = compile(defineDomain("orders", { aggregates }));
  expect(with_.retired).toEqual([
    { kind: "event", name: "OrderLost", reason: "never happened" },
    { kind: "consumer", name: "audit", reason: "closed" },
  ]);
  expect(with_.resources).toEqual(without.resources);
  expect(without.retired).toEqual([]);
});

test("a risk that is accepted is in the topology with its reason", () => {
  const accept = [{ change: "topic/OrderPaid partitions 12 -> 24", reason: "no consumer is keyed" }];
  expect(compile(defineDomain("orders", { aggregates, accept })).acceptances).toEqual(accept);
});

test.each<[string, object, readonly string[]]>([
  [
    "a name that is in use",
    { retired: { consumers: { billing: { reason: "x" } } } },
    ["ED150 retired.consumers.billing"],
  ],
  [
    "an event that is in use",
    { retired: { events: { OrderPaid: { reason: "x" } } } },
    ["ED150 retired.events.OrderPaid"],
  ],
  ["no reason", { retired: { events: { OrderLost: {} } } }, ["ED151 retired.events.OrderLost.reason"]],
  [
    "a blank reason",
    { retired: { events: { OrderLost: { reason: " " } } } },
    ["ED151 retired.events.OrderLost.reason"],
  ],
  ["a section that is none", { retired: { topics: {} } }, ["ED103 retired.topics"]],
  ["a name that cannot be one", { retired: { events: { "a'b": { reason: "x" } } } }, ["ED101 retired.events.a'b"]],
  ["an acceptance of nothing", { accept: [{ change: "", reason: "x" }] }, ["ED114 accept[0].change"]],
  ["an acceptance without a reason", { accept: [{ change: "x" }] }, ["ED151 accept[0].reason"]],
  [
    "the same acceptance twice",
    {
      accept: [
        { change: "x", reason: "a" },
        { change: "x", reason: "b" },
      ],
    },
    ["ED115 accept[1].change"],
  ],
])("%s is refused", (_, extra, expected) => {
  expect(issuesOf(extra)).toEqual(expected);
});
