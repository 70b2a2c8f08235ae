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
    ["a date", z.object({ at: z.date() }), /^at is a Date, which JSON cannot carry$/],
    ["a default that is a bigint", z.object({ n: z.any().default(1n) }), /^BigInt defaults cannot be represented/],
    ["a document with a bound that JSON lacks", jsonSchema({ minimum: -Infinity }), /-Infinity at \/minimum$/],
    ["a document with a function in it", jsonSchema({ x: { "a/b": () => 1 } }), /a function at \/x\/a~1b$/],
    ["nothing", undefined, /not a schema/],
    ["a schema of a library without JSON Schema", { "~standard": { version: 1 } }, /carries no JSON Schema/],
    ["a document that is a list", jsonSchema([]), /carries no JSON Schema/],
  ])("cannot be had from %s, and the reason is said in one line", (_title, schema, reason) => {
    const found = jsonSchemaOf(schema);
    expect(found.ok).toBe(false);
    const reasons = found.ok ? [] : found.reasons.map((each) => each.reason);
    expect(reasons).toEqual([expect.stringMatching(reason)]);
    expect(reasons.join("")).not.toContain("\n");
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
