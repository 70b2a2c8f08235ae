import fc from "fast-check";
import { z } from "zod";
import { jsonSchemaOf, type Json } from "../../lib/contracts/json-schema";
import { normaliseSchema, sameSchema } from "../../lib/contracts/normalise";

function emitted(schema: unknown): Json {
  const result = jsonSchemaOf(schema);
  if (!result.ok) throw new Error(JSON.stringify(result.reasons));
  return result.document;
}

/** `{ [key]: { [key]: … } }`, made without recursion. */
function nested(depth: number): Json {
  let made: Json = { type: "string" };
  for (let level = 0; level < depth; level += 1) made = { items: made };
  return made;
}

describe("two schemas are the same", () => {
  test.each<[string, Json, Json]>([
    ["whatever is said about them", { type: "string", title: "a", default: "b" }, { type: "string" }],
    ["when a list without order is in another order", { enum: ["b", "a"] }, { enum: ["a", "b", "a"] }],
    ["when one value is a constant", { type: "string", enum: ["a"] }, { const: "a" }],
    ["when there is one type", { type: ["string"] }, { type: "string" }],
    ["when null is a type or an alternative", { anyOf: [{ type: "string" }, { type: "null" }] }, { type: ["null", "string"] }], // prettier-ignore
    ["when null is a value or an alternative", { anyOf: [{ enum: ["a", "b"], type: "string" }, { const: null }] }, { enum: [null, "b", "a"] }], // prettier-ignore
    ["when bounds are those of safe integers", { type: "integer", minimum: Number.MIN_SAFE_INTEGER }, { type: "integer" }], // prettier-ignore
    ["when nothing is required", { type: "object", required: [], properties: {} }, { type: "object" }],
    ["when everything else is allowed", { type: "object", additionalProperties: true }, { type: "object", additionalProperties: {} }], // prettier-ignore
    ["when a definition stands elsewhere", { $defs: { a: { type: "string" } }, items: { $ref: "#/$defs/a" } }, { items: { type: "string" } }], // prettier-ignore
    ["when a reference is described", { $defs: { a: { type: "string" } }, items: { $ref: "#/$defs/a", description: "x" } }, { items: { type: "string" } }], // prettier-ignore
    ["when one schema is all of one", { allOf: [{ allOf: [{ type: "string" }] }] }, { type: "string" }],
    [
      "when what leads back to itself has another name, or is the root",
      { type: "object", properties: { next: { $ref: "#" } } },
      { $ref: "#/$defs/t", $defs: { t: { type: "object", properties: { next: { $ref: "#/$defs/t" } } } } },
    ],
  ])("%s", (_, a, b) => {
    expect(sameSchema(a, b)).toBe(true);
  });

  test("when zod writes what a person writes by hand", () => {
    const byZod = emitted(
      z.object({
        orderId: z.uuid(),
        cents: z.int().min(0),
        note: z.string().nullable().optional(),
        state: z.enum(["paid", "open"]).nullable(),
        lines: z.array(z.object({ sku: z.string().min(1), tags: z.record(z.string(), z.string()) })),
      }),
    );
    const uuid = emitted(z.object({ orderId: z.uuid() })) as { properties: { orderId: Json } };
    const line: Json = {
      properties: { sku: { minLength: 1, type: "string" }, tags: { $ref: "#/$defs/tags" } },
      required: ["tags", "sku"],
      additionalProperties: false,
      type: ["object"],
    };
    const byHand: Json = {
      $defs: {
        tags: { type: "object", propertyNames: { type: "string" }, additionalProperties: { type: "string" } },
        line,
      },
      type: "object",
      properties: {
        note: { anyOf: [{ type: "null" }, { type: "string" }] },
        cents: { type: "integer", minimum: 0 },
        orderId: uuid.properties.orderId,
        state: { enum: ["open", "paid", null], description: "how far it is" },
        lines: { type: "array", items: { $ref: "#/$defs/line" } },
      },
      required: ["cents", "orderId", "lines", "state"],
      additionalProperties: false,
    };
    expect(sameSchema(byZod, byHand)).toBe(true);
  });
});

describe("two schemas are not the same", () => {
  test.each<[string, Json, Json]>([
    ["when a property is called like an annotation", { properties: { title: { type: "string" } } }, { properties: {} }],
    ["when a bound differs", { type: "integer", minimum: 0 }, { type: "integer", minimum: 1 }],
    ["when a number is bounded like a safe integer", { type: "number", maximum: Number.MAX_SAFE_INTEGER }, { type: "number" }], // prettier-ignore
    ["when a property became required", { required: ["a"] }, {}],
    ["when the order of a tuple differs", { prefixItems: [{ type: "string" }, { type: "null" }] }, { prefixItems: [{ type: "null" }, { type: "string" }] }], // prettier-ignore
    ["when a constant's value has a key less", { const: { title: 1 } }, { const: {} }],
    ["when no value of the list has the type", { type: "number", enum: ["a"] }, { enum: ["a"] }],
    ["when null is forbidden inside", { anyOf: [{ type: "string", enum: ["a"] }, { type: "null" }] }, { type: "string", enum: ["a"] }], // prettier-ignore
    [
      "when what an anchor names differs",
      { items: { $ref: "#a" }, $defs: { x: { $anchor: "a", type: "string" } } },
      { items: { $ref: "#a" }, $defs: { x: { $anchor: "a", type: "number" } } },
    ],
    [
      "when they lead back to different places",
      { properties: { a: { properties: { b: { $ref: "#" } } } } },
      { properties: { a: { properties: { b: { $ref: "#/properties/a" } } } } },
    ],
  ])("%s", (_, a, b) => {
    expect(sameSchema(a, b)).toBe(false);
  });
});

describe("a hostile document ends nothing", () => {
  const doubling = Object.fromEntries(
    Array.from({ length: 40 }, (_, n) => [`d${n}`, { anyOf: [{ $ref: `#/$defs/d${n + 1}` }, { items: { $ref: `#/$defs/d${n + 1}` } }] }]), // prettier-ignore
  );
  test.each<[string, Json]>([
    ["nothing", null],
    ["a list", []],
    ["a number", 1],
    ["a type that is empty", { type: [] }],
    ["types that are none", { type: [1, {}], enum: "x", required: {}, properties: [] }],
    ["a reference to nowhere", { $ref: "#/nowhere" }],
    ["a reference to itself alone", { $defs: { a: { $ref: "#/$defs/a" } }, $ref: "#/$defs/a" }],
    ["a reference into a prototype", { $ref: "#/__proto__/constructor" }],
    ["a property called __proto__", JSON.parse('{"properties":{"__proto__":{"type":"string"}}}') as Json],
    ["references that double forty times", { $ref: "#/$defs/d0", $defs: doubling as unknown as Json }],
  ])("%s", (_, odd) => {
    expect(sameSchema(odd, odd)).toBe(true);
    expect(sameSchema(odd, { type: "boolean" })).toBe(false);
  });

  test("200,000 levels: what cannot be compared is not the same", () => {
    expect(sameSchema(nested(200_000), nested(3))).toBe(false);
  });

  test("a property called __proto__ still counts", () => {
    const called = (type: string): Json => JSON.parse(`{"properties":{"__proto__":{"type":"${type}"}}}`) as Json;
    expect(sameSchema(called("string"), called("number"))).toBe(false);
  });
});

const { schema } = fc.letrec<{ schema: Json }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom<Json>(true, false, {}, { type: "string" }, { type: ["null", "integer"] }, { const: null }, { enum: ["b", "a", null] }, { $ref: "#" }, { $ref: "#/$defs/a" }, { $ref: "#gone" }), // prettier-ignore
    fc.record<{ [key: string]: Json }>(
      {
        type: fc.constantFrom<Json>("object", ["array"], ["string", "null"], "integer", "number"),
        title: fc.string(),
        minimum: fc.constantFrom(0, Number.MIN_SAFE_INTEGER),
        properties: fc.dictionary(fc.constantFrom("a", "b", "title", "__proto__"), tie("schema")),
        additionalProperties: tie("schema"),
        required: fc.array(fc.constantFrom("a", "b")),
        items: tie("schema"),
        anyOf: fc.array(tie("schema"), { maxLength: 3 }),
        allOf: fc.array(tie("schema"), { maxLength: 2 }),
        oneOf: fc.array(tie("schema"), { maxLength: 2 }),
        enum: fc.array(fc.constantFrom<Json>("a", 1, null), { maxLength: 2 }),
        $defs: fc.record({ a: tie("schema") }),
        $ref: fc.constantFrom("#", "#/$defs/a", "#/items", "#x"),
      },
      { requiredKeys: [] },
    ) as fc.Arbitrary<Json>,
  ),
}));

/** The same document with every object's keys the other way round. */
function reversed(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(reversed);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, each]) => [key, reversed(each as Json)]),
  );
}

describe("the normal form", () => {
  test.each([
    ["any schema", schema],
    ["any document", fc.jsonValue({ maxDepth: 5 }) as fc.Arbitrary<Json>],
  ])("of %s does not depend on the order of keys, and is the same each time", (_, documents) => {
    fc.assert(
      fc.property(documents, (document) => {
        expect(normaliseSchema(reversed(document))).toEqual(normaliseSchema(document));
        expect(sameSchema(document, structuredClone(document))).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  test("of a schema without references is its own normal form", () => {
    fc.assert(
      fc.property(schema, (document) => {
        fc.pre(!JSON.stringify(document).includes('"$ref"'));
        const once = normaliseSchema(document);
        expect(normaliseSchema(once)).toEqual(once);
      }),
      { numRuns: 100 },
    );
  });
});
