import { command, compile, defineDomain, event, jsonSchema } from "eventloom";
import { z } from "zod";
import { warningsOf } from "../../lib/domain/define-domain";
import { warningLines } from "../../lib/domain/issues";

const orderId = z.uuid();
const checked = z.object({ orderId, total: z.number().refine((total) => total > 0) });

function ordersWith(versions: { 1: z.ZodType; 2?: z.ZodType }, reserve: z.ZodType = z.object({ orderId })) {
  const upcast = versions[2] === undefined ? {} : { upcast: { 1: (e: unknown) => e } };
  const OrderPaid = event({ versions, ...upcast } as never);
  return defineDomain("orders", {
    aggregates: { Order: { id: "orderId", events: { OrderPaid } } },
    commands: { Reserve: command({ handledBy: "inventory", schema: reserve }) },
  } as never);
}

describe("a check that does not reach the JSON Schema", () => {
  test("is warned about, with its place and what to do (DW101)", () => {
    expect(ordersWith({ 1: checked }).warnings).toEqual([
      {
        code: "DW101",
        path: "aggregates.Order.events.OrderPaid.versions.1",
        message: "checks that do not reach the JSON Schema: .refine() of total",
        fix: expect.stringMatching(/^say it in the schema/) as string,
      },
    ]);
  });

  test("is warned about in a command too", () => {
    const { warnings } = ordersWith(
      { 1: z.object({ orderId }) },
      checked.refine(() => true),
    );
    expect(warnings.map(({ path, message }) => [path, message])).toEqual([
      ["commands.Reserve.schema", "checks that do not reach the JSON Schema: .refine() of the whole, .refine() of total"],
    ]); // prettier-ignore
  });

  test("is not warned about in a version that has a successor: it cannot change any more", () => {
    expect(ordersWith({ 1: checked, 2: z.object({ orderId, total: z.number().positive() }) }).warnings).toEqual([]);
  });

  test("is one warning for each schema, however many places it has", () => {
    const shape = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`f${index}`, checked.shape.total]));
    const { warnings } = ordersWith({ 1: z.object({ orderId, ...shape }) });
    expect(warnings).toHaveLength(1);
    expect(warnings[0]?.message).toMatch(/\.refine\(\) of f4, 4 more$/);
  });

  test("changes nothing of what is made of the domain", () => {
    const plain = z.object({ orderId, total: z.number() });
    expect(compile(ordersWith({ 1: checked }))).toEqual(compile(ordersWith({ 1: plain })));
  });
});

test("a domain of a schema library that nobody knows has no warnings", () => {
  const domain = ordersWith({ 1: jsonSchema({ properties: { orderId: {} }, required: ["orderId"] }) as never });
  expect(domain.warnings).toEqual([]);
});

test("a domain that another version of this package made has none", () => {
  expect(warningsOf({ name: "orders" } as never)).toEqual([]);
});

test("a few lines say all that an engine's output has room for", () => {
  const { warnings } = ordersWith({ 1: checked });
  const [only] = warnings;
  if (only === undefined) throw new Error("no warning");
  expect(warningLines("orders", [only, only, only])).toHaveLength(3);
  const lines = warningLines(
    "orders",
    Array.from({ length: 300 }, () => only),
  );
  expect(lines).toHaveLength(4);
  expect(lines[0]).toMatch(
    /^domain "orders": DW101 aggregates\.Order\.events\.OrderPaid\.versions\.1: .* \(fix: .*\)$/,
  );
  expect(lines[3]).toBe('domain "orders": 297 more of 300 warnings; eventloom check shows all');
});
