import * as fc from "fast-check";
import { formatFunctionId, formatId, formatPart, ImportIdError, parseId } from "../../lib/postgres/import-id";
import type { FunctionModel } from "../../lib/postgres/model";

const name = fc.string({ unit: "binary", minLength: 1, maxLength: 12 }).filter((text) => !text.includes("\0"));

test("plain lower-case names stand bare, all others in double quotes", () => {
  expect(formatId("orders", "event_store")).toBe("orders.event_store");
  expect(formatId("my.schema", 'odd "name')).toBe('"my.schema"."odd ""name"');
  expect(formatPart("Order$")).toBe('"Order$"');
  expect(formatPart("order$1")).toBe("order$1");
  expect(formatPart("1st")).toBe('"1st"');
});

test("any names are read as they were written", () => {
  fc.assert(
    fc.property(name, name, (schema, object) => {
      expect(parseId(formatId(schema, object), "object")).toEqual({ kind: "object", schema, name: object });
      expect(parseId(formatPart(schema), "schema")).toEqual({ kind: "schema", name: schema });
    }),
    { seed: 3 },
  );
});

test("a function is named with the types that a caller passes", () => {
  const fn = {
    schema: "s",
    name: "f",
    arguments: [
      { name: "a", type: "numeric(10,2)", mode: "in", default: null },
      { name: "b", type: "int4", mode: "out", default: null },
      { name: "c", type: "timestamptz[]", mode: "inout", default: null },
    ],
  } as unknown as FunctionModel;
  const id = formatFunctionId(fn);
  expect(id).toBe("s.f(numeric(10,2),timestamp with time zone[])");
  expect(parseId(id, "function")).toEqual({
    kind: "function",
    schema: "s",
    name: "f",
    types: ["numeric(10,2)", "timestamp with time zone[]"],
  });
  expect(parseId("s.f()", "function")).toMatchObject({ types: [] });
  expect(parseId("s.f( int4 , numeric(5, 2) )", "function")).toMatchObject({ types: ["integer", "numeric(5,2)"] });
});

test.each([
  ["", "object"],
  ["name", "object"],
  ["a.b.c", "object"],
  ["A.b", "object"],
  ['"open.b', "object"],
  ['"".b', "object"],
  ["a.b ", "object"],
  ["a.b", "schema"],
  ["a.b", "function"],
  ["a.b(int", "function"],
] as const)("%j is no id of a %s, and the message says how one is written", (id, kind) => {
  expect(() => parseId(id, kind)).toThrow(ImportIdError);
  expect(() => parseId(id, kind)).toThrow(/write (schema\.name|name)/);
});
