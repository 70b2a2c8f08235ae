import { z } from "zod";
import { jsonSchemaOf } from "../../lib/contracts/json-schema";
import { hiddenParts } from "../../lib/contracts/zod-schema";

const isoDate = z.codec(z.iso.datetime(), z.date(), {
  decode: (text) => new Date(text),
  encode: (date) => date.toISOString(),
});

describe("of the types of zod 4, none that JSON cannot carry passes", () => {
  test.each<[string, z.ZodType, string, string]>([
    ["z.date()", z.date(), "a Date", "z.iso.datetime()"],
    ["z.coerce.date()", z.coerce.date(), "a Date", "z.iso.datetime()"],
    ["z.bigint()", z.bigint(), "a bigint", "z.int()"],
    ["z.int64()", z.int64(), "a bigint", "z.int()"],
    ["z.coerce.bigint()", z.coerce.bigint(), "a bigint", "z.int()"],
    [".transform()", z.string().transform(Number), "a transform", "publish what it takes"],
    ["z.transform()", z.transform((x) => x), "a transform", "publish what it takes"],
    ["z.map()", z.map(z.string(), z.date()), "a Map", "z.record()"],
    ["z.set()", z.set(z.string()), "a Set", "z.array()"],
    ["z.nan()", z.nan(), "NaN", "z.number().nullable()"],
    ["z.undefined()", z.undefined(), "a value that JSON leaves out", ".optional()"],
    ["z.void()", z.void(), "a value that JSON leaves out", ".optional()"],
    ["z.symbol()", z.symbol(), "a symbol", "z.enum()"],
    ["z.custom()", z.custom(() => true), "a custom type", "jsonSchema()"],
    ["z.instanceof()", z.instanceof(Uint8Array), "a custom type", "jsonSchema()"],
    ["z.file()", z.file(), "a File", "z.url()"],
    ["z.promise()", z.promise(z.string()), "a Promise", "what it gives"],
    ["z.function()", z.function() as unknown as z.ZodType, "a function", "data alone"],
    ["z.codec()", isoDate, "a codec that gives a Date", "the side that the codec takes"],
  ])("%s is refused with the fix", (_, schema, what, fix) => {
    const found = jsonSchemaOf(z.object({ field: schema }));
    expect(found).toEqual({
      ok: false,
      reasons: [{ reason: `field is ${what}, which JSON cannot carry`, fix: expect.stringContaining(fix) as string }],
    });
  });

  test.each<[string, z.ZodType, RegExp]>([
    ["z.literal(undefined)", z.literal(undefined), /Literal `undefined`/],
    ["z.literal(1n)", z.literal(1n), /BigInt literals/],
    [".default(1n)", z.any().default(1n), /BigInt defaults/],
    [".catch() by a function that throws", z.string().catch(() => { throw new Error("none"); }), /Dynamic catch/], // prettier-ignore
    [".multipleOf(0)", z.number().multipleOf(0), /multipleOf divisor/],
  ])("%s is refused in zod's own words", (_, schema, reason) => {
    const found = jsonSchemaOf(z.object({ field: schema }));
    expect(found).toEqual({ ok: false, reasons: [{ reason: expect.stringMatching(reason) as string }] });
  });

  test.each<[string, z.ZodType, object]>([
    ["z.coerce.number()", z.coerce.number(), { type: "number" }],
    [".pipe()", z.string().transform(Number).pipe(z.int().min(0).max(9)), { type: "integer" }],
    ["z.preprocess()", z.preprocess((x) => x, z.string()), { type: "string" }],
    ["z.stringbool()", z.stringbool(), { type: "boolean" }],
    ["a codec between two texts", z.codec(z.string(), z.string(), { decode: (x) => x, encode: (x) => x }), { type: "string" }], // prettier-ignore
    ["z.iso.datetime()", z.iso.datetime(), { type: "string", format: "date-time" }],
    [".brand()", z.string().brand("Currency"), { type: "string" }],
    [".catch()", z.string().catch("none"), { type: "string", default: "none" }],
  ])("%s is published as what it gives out", (_, schema, field) => {
    const found = jsonSchemaOf(z.object({ field: schema }));
    expect(found).toMatchObject({ ok: true, document: { properties: { field }, required: ["field"] } });
  });
});

describe("every place is said, at any depth", () => {
  const deep = (leaf: z.ZodType): z.ZodType =>
    z.object({
      list: z.array(z.tuple([z.string(), leaf])).optional(),
      either: z.union([z.string(), z.object({ in: leaf.nullable() })]),
      record: z.record(z.string(), leaf),
      lazy: z.lazy(() => leaf.readonly().default("x" as never)),
      both: z.intersection(z.object({ a: leaf }), z.object({ b: z.string() })),
      rest: z.tuple([z.string()], leaf),
    }).catchall(leaf); // prettier-ignore
  const everywhere = ["list[][1]", "either.in", "record.*", "lazy", "both.a", "rest[]", "*"];

  test("where a type is unfit", () => {
    expect(hiddenParts(deep(z.date())).unfit.map(({ at }) => at)).toEqual(everywhere);
  });

  test("where a check is lost", () => {
    expect(hiddenParts(deep(z.string().refine(() => true))).lost.map(({ at }) => at)).toEqual(everywhere);
  });

  test("once for a schema that holds itself", () => {
    const node: z.ZodType = z.object({ on: z.date(), get next() { return node.optional(); } }); // prettier-ignore
    expect(hiddenParts(node).unfit.map(({ at }) => at)).toEqual(["on"]);
  });

  test("and in bounded time where shared parts unfold to very many", () => {
    let wide: z.ZodType = z.string().refine(() => true);
    for (let level = 0; level < 40; level++) wide = z.object({ a: wide, b: wide });
    expect(hiddenParts(wide).lost.length).toBeLessThan(10_000);
  });
});

describe("a check that does not reach the JSON Schema is found", () => {
  test.each<[string, z.ZodType, string]>([
    [".refine()", z.string().refine(() => true), ".refine()"],
    [".superRefine()", z.number().superRefine(() => undefined), ".refine()"],
    [".check()", z.string().check(() => undefined), ".refine()"],
    [".refine() of an object", z.object({}).refine(() => true), ".refine()"],
    ["z.property()", z.string().check(z.property("length", z.number().min(3))), 'z.property("length")'],
    ["a pattern's flag", z.string().regex(/^[a-z]{3}$/i), "flag i of /^[a-z]{3}$/i"],
    ["the options of z.url()", z.url({ protocol: /^https$/ }), "hostname and protocol of z.url()"],
    ["z.stringFormat() by a function", z.stringFormat("iban-de", () => true), 'z.stringFormat("iban-de")'],
  ])("%s", (_, schema, what) => {
    expect(hiddenParts(schema).lost).toEqual([{ at: "", what }]);
  });

  test.each<[string, unknown]>([
    ["bounds", z.object({ a: z.int().min(1).max(5).multipleOf(2), b: z.array(z.string().min(2).max(9)).length(3) })],
    ["patterns and formats", z.tuple([z.email(), z.uuid(), z.url(), z.iso.date(), z.jwt(), z.string().regex(/^a$/u)])],
    ["parts of texts", z.tuple([z.string().includes("a"), z.string().startsWith("a").endsWith("b").uppercase()])],
    ["what only changes a value", z.tuple([z.string().trim().toLowerCase(), z.string().normalize()])],
    ["enums and literals", z.tuple([z.enum(["a"]), z.literal([1, "b"]), z.templateLiteral(["a", z.number()])])],
    ["the input side of a pipe", z.string().refine(() => true).transform(Number).pipe(z.number())], // prettier-ignore
  ])("but not %s", (_, schema) => {
    expect(hiddenParts(schema)).toMatchObject({ lost: [], unfit: [] });
    expect(jsonSchemaOf(schema)).toMatchObject({ ok: true });
  });

  test.each<[string, unknown]>([
    ["nothing", undefined],
    ["a text", "schema"],
    ["a schema of zod 3", { _def: { checks: [{ kind: "custom" }] } }],
    ["something like it", { _zod: null }],
    ["something that throws", { _zod: { def: { type: "lazy", getter: () => { throw new Error("x"); } } } }], // prettier-ignore
    ["a later zod's type", { _zod: { def: { type: "quantum", checks: [{}, null].filter(Boolean), innerType: 1 } } }],
  ])("nor anything in %s", (_, schema) => {
    expect(hiddenParts(schema)).toMatchObject({ lost: [], unfit: [] });
  });
});
