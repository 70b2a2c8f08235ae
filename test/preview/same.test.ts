import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { same } from "../../lib/preview/same";

describe("two values are the same", () => {
  test.each<[string, unknown, unknown, boolean]>([
    ["the order of members is no difference", { a: 1, b: [2] }, { b: [2], a: 1 }, true],
    ["the order of entries is one", [1, 2], [2, 1], false],
    ["a member more", { a: 1 }, { a: 1, b: 2 }, false],
    ["a member less", { a: 1, b: 2 }, { a: 1 }, false],
    ["another member", { a: 1, b: 2 }, { a: 1, c: 2 }, false],
    ["what is undefined is not there", { a: undefined }, {}, true],
    ["nor does it stand for another member", { a: undefined }, { b: 1 }, false],
    ["null is a value", { a: null }, {}, false],
    ["a list is no object", [], {}, false],
    ["a number is no text", 1, "1", false],
    ["an inherited member is not there", { a: 1 }, { a: 1, constructor: {} }, false],
    ["nor on the other side", { constructor: Object }, {}, false],
    ["a member called __proto__ is one", JSON.parse('{"__proto__":{"a":1}}'), {}, false],
  ])("%s", (_, a, b, expected) => {
    expect(same(a, b)).toBe(expected);
    expect(same(b, a)).toBe(expected);
  });

  test("exactly where a deep comparison of their JSON says so", () => {
    const json = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value)) as unknown);
    fc.assert(
      fc.property(json, json, (a, b) => {
        expect(same(a, b)).toBe(isDeepStrictEqual(a, b));
        expect(same(a, structuredClone(a))).toBe(true);
        expect(same({ a, b }, { b, a })).toBe(true);
      }),
      { seed: 4 },
    );
  });
});
