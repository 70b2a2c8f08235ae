import { Recent } from "../../lib/postgres/recent";
import { remembered } from "../../lib/postgres/remembered";

describe("answers that are kept", () => {
  it("are given again for the same, and made anew for anything else", () => {
    const recent = new Recent<{ readonly of: string }>(2);
    const ofA = recent.get("a", () => ({ of: "a" }));
    expect(recent.get("a", () => ({ of: "another" }))).toBe(ofA);
    expect(recent.get("b", () => ({ of: "b" }))).toEqual({ of: "b" });
  });

  it("are forgotten, the oldest first, when there are too many", () => {
    const recent = new Recent<number>(2);
    recent.get("a", () => 1);
    recent.get("b", () => 2);
    recent.get("c", () => 3);
    expect([recent.get("b", () => 0), recent.get("c", () => 0), recent.get("a", () => 4)]).toEqual([2, 3, 4]);
  });

  it("are those of the function, for long texts and for very many", () => {
    let asked = 0;
    const length = remembered((text) => {
      asked++;
      return text.length;
    });
    expect([length(""), length(""), asked]).toEqual([0, 0, 1]);
    expect([length("x".repeat(200)), length("x".repeat(200)), asked]).toEqual([200, 200, 2]);
    expect([length("x".repeat(201)), length("x".repeat(201)), asked]).toEqual([201, 201, 4]);
    for (let each = 0; each < 5_000; each++) expect(length(`${each}`)).toBe(`${each}`.length);
    expect(length("")).toBe(0);
  });

  it("tell true from false, and keep both", () => {
    let asked = 0;
    const isEven = remembered((text) => {
      asked++;
      return Number(text) % 2 === 0;
    });
    expect([isEven("1"), isEven("1"), isEven("2"), asked]).toEqual([false, false, true, 2]);
  });
});
