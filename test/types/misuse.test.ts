import { diagnosticsOf, messageOf, virtualProgram } from "./program";

/**
 * Each case is a part of a declaration with `«…»` around the token at which the compiler must complain, and what it must say.
 * All are compiled together, as files of one program, against the library's sources.
 */
const PRELUDE = `
import { aggregates, commands, defineDomain, event, z } from "./prelude";
`;

const SHARED = `
import { command, defineDomain, event } from "eventloom";
import { z } from "zod";
const v1 = z.object({ orderId: z.string() });
const v2 = v1.extend({ currency: z.enum(["EUR", "USD"]) });
const paid = z.object({ orderId: z.string(), total: z.number() });
export const aggregates = {
  Order: {
    id: "orderId",
    events: {
      OrderCreated: event({ versions: { 1: v1, 2: v2 }, upcast: { 1: (e) => ({ ...e, currency: "EUR" }) } }),
      OrderPaid: event({ versions: { 1: paid } }),
    },
  },
} as const;
export const commands = {
  Reserve: command({ handledBy: "inventory", schema: v1, replies: ["Reserved", "Rejected"] }),
  Release: command({ handledBy: "inventory", schema: v1, replies: ["Released"] }),
  Notify: command({ handledBy: "mail", schema: v1 }),
};
export { command, defineDomain, event, v1, v2, paid, z };
`;

interface Misuse {
  readonly title: string;
  readonly source: string;
  readonly says: string | RegExp;
}

const domain = (sections: string): string => `defineDomain("orders", { aggregates, commands, ${sections} });`;
const step = (fields: string): string => domain(`sagas: { S: { startedBy: "OrderPaid", steps: [{ ${fields} }] } }`);
const created = (input: string): string =>
  `import { v1, v2, paid } from "./prelude"; export const e = event(${input}); void [v1, v2, paid];`;

const misuses: readonly Misuse[] = [
  {
    title: "a consumer on an event that is not there",
    source: domain(`consumers: { billing: { on: [«"OrderCreatd"»] } }`),
    says: `Did you mean '"OrderCreated"'?`,
  },
  {
    title: "a projection from an event that is not there",
    source: domain(`projections: { p: { from: [«"OrderPayed"»], table: { columns: { id: { type: "text" } } } } }`),
    says: `Did you mean '"OrderPaid"'?`,
  },
  {
    title: "a misspelt property",
    source: domain(`consumers: { billing: { on: ["OrderPaid"], «vai»: "kafka" } }`),
    says: "'vai' does not exist",
  },
  {
    title: "a broker that is not there",
    source: domain(`consumers: { billing: { on: ["OrderPaid"], «via»: "nats" } }`),
    says: `"nats"`,
  },
  {
    title: "a former name that is no name",
    source: domain(`consumers: { a: { on: ["OrderPaid"], «renamedFrom»: 5 } }`),
    says: "'RenamedFrom'",
  },
  {
    title: "a misspelt former name of an event",
    source: created(`{ versions: { 1: v1 }, «renamed»: "OrderMade" }`),
    says: "'renamed' does not exist",
  },
  {
    title: "a duration in no unit",
    source: domain(`consumers: { a: { on: ["OrderPaid"], «needs»: "30 dayz" } }`),
    says: "'Duration'",
  },
  {
    title: "an aggregate's key that is not in every payload",
    source: `defineDomain("orders", { aggregates: { Order: { «id»: "total", events: aggregates.Order.events } } });`,
    says: `'"total"' is not assignable to type '"orderId"'`,
  },
  {
    title: "a saga step with a command that is not there",
    source: step(`«command»: "Reserv", success: "Reserved", compensate: "Release"`),
    says: `Did you mean '"Reserve"'?`,
  },
  {
    title: "a saga step that waits for another command's reply",
    source: step(`command: "Reserve", «success»: "Released", compensate: "Release"`),
    says: `'"Released"' is not assignable`,
  },
  {
    title: "a saga step that waits for a reply of a command without any",
    source: step(`command: "Notify", «success»: "Reserved", compensate: "none"`),
    says: "ThisCommandDeclaresNoReplies",
  },
  {
    title: "a saga step without compensation",
    source: step(`«»command: "Reserve", success: "Reserved"`),
    says: "Property 'compensate' is missing",
  },
  {
    title: "a compensation that is not there",
    source: step(`command: "Reserve", success: "Reserved", «compensate»: "Releas"`),
    says: `Did you mean '"Release"'?`,
  },
  {
    title: "a key that is no column",
    source: domain(
      `projections: { p: { from: ["OrderPaid"], table: { columns: { order_id: { type: "text" }, total: { type: "text" } }, key: [«"orderid"»] } } }`,
    ),
    says: `Did you mean '"order_id"'?`,
  },
  {
    title: "a column type that is not there",
    source: domain(`projections: { p: { from: ["OrderPaid"], table: { columns: { a: { «type»: "uid" } } } } }`),
    says: /'"uid"' is not assignable/,
  },
  { title: "a section that is misspelt", source: domain(`«consumer»: {}`), says: "'consumer' does not exist" },
  {
    title: "an upcast that gives a wrong value",
    source: created(`{ versions: { 1: v1, 2: v2 }, upcast: { 1: (e) => ({ ...e, «currency»: "GBP" }) } }`),
    says: `'"GBP"' is not assignable to type '"EUR" | "USD"'`,
  },
  {
    title: "an upcast that leaves a property out",
    source: created(`{ versions: { 1: v1, 2: v2 }, upcast: { 1: (e) => «({ ...e })» } }`),
    says: "Property 'currency' is missing",
  },
  {
    title: "an upcast that reads a property that is not there",
    source: created(`{ versions: { 1: v1, 2: v2 }, upcast: { 1: (e) => ({ orderId: e.«ordrId», currency: "EUR" }) } }`),
    says: "'ordrId' does not exist",
  },
  {
    title: "two versions without an upcast",
    source: created(`«{ versions: { 1: v1, 2: v2 } }»`),
    says: "Property 'upcast' is missing",
  },
  {
    title: "an upcast for the latest version",
    source: created(
      `{ versions: { 1: v1, 2: v2 }, upcast: { 1: (e) => ({ ...e, currency: "EUR" }), «2»: (e: never) => e } }`,
    ),
    says: "'2' does not exist",
  },
  {
    title: "versions with a gap",
    source: created(`{ versions: { 1: v1, «3»: v2 } }`),
    says: "versions go 1, 2, 3 and so on without gaps",
  },
  {
    title: "a handle that is not there",
    source: `import { defineDomain as d } from "./prelude"; const orders = d("orders", { aggregates }); orders.events.«OrderPayed»;`,
    says: "Did you mean 'OrderPaid'?",
  },
];

const correct = `
import type { CommandOf, EventOf } from "eventloom";
const orders = defineDomain("orders", {
  aggregates, commands,
  consumers: { billing: { on: ["OrderCreated"], via: "rabbitmq", needs: "30 days" } },
  sagas: { S: { startedBy: "OrderPaid", steps: [{ command: "Reserve", success: "Reserved", failure: "Rejected", compensate: "Release" }] } },
});
const latest: EventOf<typeof orders, "OrderCreated"> = { orderId: "1", currency: "EUR" };
const first: EventOf<typeof orders, "OrderCreated", 1> = { orderId: "1" };
const reserve: CommandOf<typeof orders, "Reserve"> = { orderId: "1" };
export const all = [latest, first, reserve, orders.consumers.billing.name, event, z];
`;

const fileOf = (index: number): string => `misuse-${index}.ts`;
const USED = "\nexport {};\nvoid [aggregates, commands, defineDomain, event, z];";

const program = virtualProgram({
  "prelude.ts": SHARED,
  "correct.ts": PRELUDE + correct,
  ...Object.fromEntries(
    misuses.map((each, index) => [fileOf(index), PRELUDE + each.source.replace(/[«»]/g, "") + USED]),
  ),
});

describe("what the compiler says", () => {
  test("nothing, to what is right", () => {
    expect(diagnosticsOf(program, "prelude.ts").map(messageOf)).toEqual([]);
    expect(diagnosticsOf(program, "correct.ts").map(messageOf)).toEqual([]);
  });

  test.each(misuses.map((each, index) => [each.title, each, index] as const))(
    "to %s, at that token",
    (_title, misuse, index) => {
      const found = diagnosticsOf(program, fileOf(index));
      const start = (PRELUDE + misuse.source).indexOf("«");
      const length = misuse.source.indexOf("»") - misuse.source.indexOf("«") - 1;
      const there = found.filter(({ start: at = -9 }) => (length === 0 ? Math.abs(at - start) <= 2 : at === start));
      const says =
        misuse.says instanceof RegExp ? misuse.says : new RegExp(misuse.says.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
      // the first shows what was said, the second that it was said there
      expect(found.map(messageOf).join("\n")).toMatch(says);
      expect({ at: found.map((each) => each.start), said: there.map(messageOf).join("\n") }).toEqual({
        at: expect.arrayContaining([expect.any(Number)]),
        said: expect.stringMatching(says),
      });
    },
  );
});
