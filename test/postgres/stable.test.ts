import fc from "fast-check";
import { equal, stable } from "../../lib/postgres/diff-parts";

/** What fingerprints in stored states were made by. */
function sorted(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

test("data are written as JSON.stringify writes them with sorted keys, whatever is in them", () => {
  const data = fc.object({ values: [fc.string({ unit: "binary" }), fc.integer(), fc.double(), fc.boolean(), fc.constant(null), fc.constant(undefined)], key: fc.oneof(fc.string({ unit: "binary" }), fc.nat().map(String), fc.constant("__proto__")) }); // prettier-ignore
  fc.assert(fc.property(data, (value) => expect(stable(value)).toBe(sorted(value))));
});

test.each([
  [{ 10: 1, 9: 2, a: 3, "01": 4 }, '{"9":2,"10":1,"01":4,"a":3}'],
  [[undefined, { a: undefined }], "[null,{}]"],
  [{ b: [{ d: 1, c: 2 }], a: "ä€" }, '{"a":"ä€","b":[{"c":2,"d":1}]}'],
])("%j is written as %s", (value, text) => {
  expect(stable(value)).toBe(text);
  expect(sorted(value)).toBe(text);
});

test("nothing and null are two things", () => {
  expect(equal(undefined, null)).toBe(false);
  expect(equal(undefined, undefined)).toBe(true);
});
