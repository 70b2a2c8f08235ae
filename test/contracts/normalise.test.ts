import fc from "fast-check";
import { z } from "zod";
import { jsonSchemaOf, type Json } from "../../lib/contracts/json-schema";
import { normaliseSchema, sameSchema } from "../../lib/contracts/normalise";

function emitted(schema: unknown): Json {
  const result = jsonSchemaOf(schema);
  if (!result.ok) throw new Error(result.reason);
  return result.document;
}

describe("two schemas are the same", () => {
  test.each<[string, Json, Json]>([
    ["whatever is said about them", { type: "string", title: "a", description: "b" }, { type: "string" }],
    ["when a list without order is in another order", { enum: ["b", "a"] }, { enum: ["a", "b"] }],
    ["when one value is a constant", { type: "string", enum: ["a"] }, { const: "a" }],
    [
      "when null is a type or an alternative",
      { anyOf: [{ type: "string" }, { type: "null" }] },
      { type: ["null", "string"] },
    ],
    [
      "when bounds are those of safe integers",
      { type: "integer", minimum: Number.MIN_SAFE_INTEGER },
      { type: "integer" },
    ],
    ["when nothing is required", { type: "object", required: [] }, { type: "object" }],
    [
      "when a definition stands elsewhere",
      { $defs: { a: { type: "string" } }, items: { $ref: "#/$defs/a" } },
      { items: { type: "string" } },
    ],
    ["when one schema is all of one", { allOf: [{ type: "string" }] }, { type: "string" }],
  ])("%s", (_, a, b) => {
    expect(sameSchema(a, b)).toBe(true);
  });

  test("when zod writes what a person writes by hand", () => {
    const byZod = emitted(
      z.object({ orderId: z.uuid(), cents: z.int().min(0), note: z.string().nullable().optional() }),
    );
    const uuid = emitted(z.object({ orderId: z.uuid() })) as { properties: { orderId: Json } };
    const byHand: Json = {
      type: "object",
      properties: {
        note: { anyOf: [{ type: "null" }, { type: "string" }] },
        cents: { type: "integer", minimum: 0 },
        orderId: uuid.properties.orderId,
      },
      required: ["cents", "orderId"],
      additionalProperties: false,
    };
    expect(sameSchema(byZod, byHand)).toBe(true);
  });
});

describe("two schemas are not the same", () => {
  test.each<[string, Json, Json]>([
    ["when a property is called like an annotation", { properties: { title: { type: "string" } } }, { properties: {} }],
    ["when a bound differs", { type: "integer", minimum: 0 }, { type: "integer", minimum: 1 }],
    ["when a property became required", { required: ["a"] }, {}],
    [
      "when the order of a tuple differs",
      { prefixItems: [{ type: "string" }, {}] },
      { prefixItems: [{}, { type: "string" }] },
    ],
    ["when a constant's value has a key less", { const: { title: 1 } }, { const: {} }],
  ])("%s", (_, a, b) => {
    expect(sameSchema(a, b)).toBe(false);
  });
});

test("a schema that leads back to itself, or is no schema at all, ends nothing", () => {
  const tree: Json = { $defs: { t: { properties: { next: { $ref: "#/$defs/t" } } } }, $ref: "#/$defs/t" };
  expect(sameSchema(tree, tree)).toBe(true);
  for (const odd of [null, true, 1, "x", [], { $ref: "#/__proto__/x" }, { $ref: "#/nowhere" }, { type: [] }]) {
    expect(sameSchema(odd, odd)).toBe(true);
  }
});

test("the normal form of any document is its own normal form, whatever the order of its keys", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }) as fc.Arbitrary<Json>, (document) => {
      const once = normaliseSchema(document);
      expect(normaliseSchema(once)).toEqual(once);
    }),
  );
});
