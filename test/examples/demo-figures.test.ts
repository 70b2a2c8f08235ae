import { compare, table } from "../../tools/demo/compare";
import { drained } from "../../tools/demo/drain";

const never = new Promise<never>(() => undefined);
const close = async (): Promise<void> => undefined;

describe("the demo's figures", () => {
  it("hold when everything implied is found, and nothing more", () => {
    const rows = compare(new Map([["events / OrderPaid", 2]]), new Map([["events / OrderPaid", 2]]));
    expect(rows).toEqual([{ section: "events", figure: "OrderPaid", implied: 2, found: 2, holds: true }]);
  });

  it.each<[string, [string, number][]]>([
    ["less is found", [["events / OrderPaid", 1]]],
    ["more is found", [["events / OrderPaid", 3]]],
    ["it is not found at all", []],
    [
      "something is found that nothing implies",
      [
        ["events / OrderPaid", 2],
        ["sagas / OrderFulfillment: stuck", 1],
      ],
    ],
  ])("differ when %s", (_, found) => {
    const rows = compare(new Map([["events / OrderPaid", 2]]), new Map(found));
    expect(rows.filter((each) => !each.holds)).toHaveLength(1);
    expect(table(rows)).toContain("differs");
  });

  it("are looked at until they hold", async () => {
    const found = [1, 2, 2];
    const look = async () => new Map([["left over / outbox", found.shift() ?? 0]]);
    const rows = await drained({ look, close }, new Map([["left over / outbox", 2]]), 60_000, never, () => undefined);
    expect(rows.every((each) => each.holds)).toBe(true);
    expect(found).toEqual([2]);
  });

  it("are given up after the deadline, with what was found last", async () => {
    const look = async () => new Map([["left over / outbox", 7]]);
    const rows = await drained({ look, close }, new Map([["left over / outbox", 0]]), 0, never, () => undefined);
    expect(rows).toMatchObject([{ found: 7, holds: false }]);
  });

  it("are given up at once when a service has failed", async () => {
    const look = (): Promise<never> => never;
    const failed = Promise.reject(new Error("payments: no connection to Postgres"));
    await expect(drained({ look, close }, new Map(), 60_000, failed, () => undefined)).rejects.toThrow(
      "no connection to Postgres",
    );
  });
});
