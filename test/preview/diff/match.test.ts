import fc from "fast-check";
import { matchById } from "../../../lib/preview/diff/match";

const lists = fc.uniqueArray(fc.string({ maxLength: 3 }));

test("everything is paired or in one list alone, in whatever order the lists are", () => {
  fc.assert(
    fc.property(lists, lists, (first, second) => {
      const pairs: string[] = [];
      const { gone, added } = matchById(
        first,
        second,
        (each) => each,
        (a, b) => {
          expect(a).toBe(b);
          pairs.push(a);
        },
      );
      expect(pairs.sort()).toEqual(first.filter((each) => second.includes(each)).sort());
      expect([...gone].sort()).toEqual(first.filter((each) => !second.includes(each)).sort());
      expect([...added].sort()).toEqual(second.filter((each) => !first.includes(each)).sort());
    }),
    { seed: 4 },
  );
});

test("no id is made where both lists are the same", () => {
  const asked = jest.fn((each: string) => each);
  const list = ["a", "b", "c"];
  const isSame = (a: string, b: string): boolean => a === b;
  expect(matchById(list, [...list], asked, () => undefined, isSame)).toEqual({ gone: [], added: [] });
  expect(asked).not.toHaveBeenCalled();
});
