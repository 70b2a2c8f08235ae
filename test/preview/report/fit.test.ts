import fc from "fast-check";
import { byteLength, fitSections, type Section } from "../../../lib/preview/report/fit";

function section(rank: number, items: readonly string[], other: Partial<Section> = {}): Section {
  const texts = items.map((text) => ({ text: () => text }));
  return { rank, open: "", close: "", between: "\n", counted: true, items: texts, ...other };
}

/** What has no room is not even made. */
function never(): string {
  throw new Error("made in vain");
}

const anySection = fc.record({
  rank: fc.integer({ min: 0, max: 3 }),
  open: fc.constantFrom("", "<details>\n"),
  close: fc.constantFrom("", "\n</details>"),
  between: fc.constantFrom("\n", "\n\n"),
  counted: fc.boolean(),
  items: fc.array(
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 30 }).map((text) => ({ text: () => text })),
    { maxLength: 5 },
  ),
});

describe("what has to fit", () => {
  test("stands there in its order where there is room for all", () => {
    expect(fitSections([section(9, ["a", "b"]), section(0, ["c"], { open: "<", close: ">" })], 100)).toEqual({
      text: "a\nb\n\n<c>",
      cut: 0,
    });
  });

  test("gives way by rank and not by place, from the end, and is counted where a reader misses it", () => {
    const sections = [section(2, ["aaaa", "bbbb"]), section(1, ["cccc"]), section(3, ["dddd"], { counted: false })];
    expect(fitSections(sections, 11)).toEqual({ text: "aaaa\n\ncccc", cut: 1 });
  });

  test("is shortened before it is left out, and nothing follows what is left out", () => {
    const items = [
      { text: () => "long long long", short: () => "short" },
      { text: () => "a very long text" },
      { text: never },
    ];
    expect(fitSections([section(0, [], { items })], 9)).toEqual({ text: "short", cut: 3 });
  });

  test("never takes more than its room, keeps its order, and counts exactly", () => {
    fc.assert(
      fc.property(fc.array(anySection, { maxLength: 6 }), fc.integer({ min: 0, max: 300 }), (sections, room) => {
        const { text, cut } = fitSections(sections, room);
        expect(byteLength(text)).toBeLessThanOrEqual(room);
        expect(byteLength(text)).toBe(Buffer.byteLength(text));
        const all = fitSections(sections, 100_000);
        expect(all.cut).toBe(0);
        if (byteLength(all.text) + 2 * sections.length <= room - 2) expect(text).toBe(all.text);
        const counted = sections.filter((each) => each.counted).reduce((sum, { items }) => sum + items.length, 0);
        expect(cut).toBeLessThanOrEqual(counted);
        if (text === all.text) expect(cut).toBe(0);
      }),
      { seed: 20 },
    );
  });
});
