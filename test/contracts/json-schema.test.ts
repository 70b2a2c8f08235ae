import { z } from "zod";
import { jsonSchema } from "eventloom";
import { canonical, jsonSchemaOf, requiredProperties } from "../../lib/contracts/json-schema";

describe("a schema's JSON Schema", () => {
  test("is zod's output side: a default is always there, and nothing else may be", () => {
    const found = jsonSchemaOf(z.object({ b: z.string().default("x"), a: z.int() }));
    expect(found).toMatchObject({ ok: true, document: { required: ["b", "a"], additionalProperties: false } });
  });

  test("is the document that was given, keys sorted", () => {
    const found = jsonSchemaOf(jsonSchema({ type: "object", properties: { b: {}, a: {} }, required: ["a"] }));
    expect(JSON.stringify(found)).toBe(
      '{"ok":true,"document":{"properties":{"a":{},"b":{}},"required":["a"],"type":"object"}}',
    );
  });

  test.each([
    ["a date", z.object({ at: z.date() }), /Date cannot be represented/],
    ["a bigint", z.object({ n: z.bigint() }), /BigInt cannot be represented/],
    ["a transform", z.object({ n: z.string().transform(Number) }), /Transforms cannot be represented/],
    ["nothing", undefined, /not a schema/],
    ["a schema of a library without JSON Schema", { "~standard": { version: 1 } }, /carries no JSON Schema/],
    ["a document that is a list", jsonSchema([]), /carries no JSON Schema/],
  ])("cannot be had from %s, and the reason is said in one line", (_title, schema, reason) => {
    const found = jsonSchemaOf(schema);
    expect(found.ok).toBe(false);
    expect((found as { reason: string }).reason).toMatch(reason);
    expect((found as { reason: string }).reason).not.toContain("\n");
  });

  test("requires what is both described and required", () => {
    expect(requiredProperties({ properties: { a: {}, b: {} }, required: ["a", "c", 1] })).toEqual(["a"]);
    expect(requiredProperties({ properties: { a: {} } })).toEqual([]);
    expect(requiredProperties({})).toEqual([]);
  });

  test("is equal text for equal documents", () => {
    expect(JSON.stringify(canonical({ b: [{ d: 1, c: undefined }], a: null }))).toBe('{"a":null,"b":[{"d":1}]}');
  });
});
