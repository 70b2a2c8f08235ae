import * as fc from "fast-check";
import { readTime } from "../../lib/postgres/calendar";
import { plainPartition, plainPartitioning } from "../../lib/postgres/defaults";
import type { LeafModel, PartitionModel, RollingModel, TableModel } from "../../lib/postgres/model";
import { namedByRule, rollPartitions, rollingHours } from "../../lib/postgres/rolling";
import { type DefaultRows, leafOfDefault } from "../../lib/postgres/rolling-default";
import { splitRule, withRule } from "../../lib/postgres/rolling-rule";
import { column, table } from "./tables";

const at = (text: string): number => Number(readTime(text)!.micros / 1000n);

function rolling(rule: Partial<RollingModel>, type = "timestamp with time zone", name = "log"): TableModel {
  return table({
    name,
    columns: [column("id", type)],
    primaryKey: { name: "log_pkey", columns: ["id"] },
    partitioning: {
      ...plainPartitioning,
      strategy: "range",
      columns: ["id"],
      rolling: { interval: "day", ahead: 2, retain: null, ...rule },
    },
  });
}

const rules = fc.record<RollingModel>({
  interval: fc.oneof(
    fc.constantFrom("day", "week", "month"),
    fc.constantFrom(...rollingHours).map((hours) => `${hours} hour${hours === 1 ? "" : "s"}`),
  ),
  ahead: fc.integer({ min: 1, max: 1000 }),
  retain: fc.option(
    fc
      .tuple(fc.integer({ min: 1, max: 99_999 }), fc.constantFrom("hours", "days", "weeks", "months", "years"))
      .map(([count, unit]) => `${count} ${unit}`),
  ),
});

describe("a rule in a table's comment", () => {
  test("is read back as it was, beside any comment", () => {
    fc.assert(
      fc.property(rules, fc.option(fc.string({ minLength: 1 })), (rule, comment) => {
        expect(splitRule(withRule(comment, rule))).toEqual({ comment, rule });
      }),
    );
  });

  test.each([null, "", "what happened", "eventloom-rolls:now and then", "eventloom-rolls:day, 2 ahead\nand more"])(
    "is none in %j",
    (comment) => {
      expect(splitRule(comment)).toEqual({ comment, rule: null });
      expect(withRule(comment, null)).toBe(comment);
    },
  );
});

test("a leaf of a rule is known by its name, whatever the interval was, and no other is", () => {
  fc.assert(
    fc.property(
      rules,
      fc.constantFrom("timestamp with time zone", "date", "uuid"),
      fc.constantFrom("log", "x".repeat(55), "naïve"),
      fc.date({ min: new Date("1990-01-01"), max: new Date("2200-01-01"), noInvalidDate: true }),
      (rule, type, name, now) => {
        const interval = type === "date" && rule.interval.includes("hour") ? "day" : rule.interval;
        const table = rolling({ ...rule, interval, ahead: 2 }, type, name);
        for (const leaf of rollPartitions(table, now.getTime(), []).create) {
          expect(namedByRule(name, leaf, type)).toBe(true);
          expect(namedByRule(name, { ...leaf, name: `${name}_history` }, type)).toBe(false);
          expect(namedByRule(name, { ...leaf, default: true, from: [], to: [] }, type)).toBe(false);
        }
      },
    ),
  );
});

describe("a default partition that took rows of a leaf that was not there", () => {
  const leaf = (from: string, to: string): PartitionModel => ({
    ...plainPartition,
    name: `log_${from}`,
    from: [`'${from}'`],
    to: [`'${to}'`],
  });
  const rows = (first: string, last = first): DefaultRows => ({
    first: `'${first}'`,
    last: `'${last}'`,
    withoutTime: false,
  });
  const of = (found: DefaultRows, existing: readonly LeafModel[], now = "2026-03-10 12:00"): string | null => {
    const made = leafOfDefault(rolling({}), at(now), existing, found);
    return made && `${made.name} ${made.from.join()} ${made.to.join()}`;
  };

  test.each<[string, DefaultRows, readonly LeafModel[], string]>([
    [
      "becomes that leaf",
      rows("2026-03-10 08:00+00"),
      [],
      "log_p20260310 '2026-03-10 00:00:00+00' '2026-03-11 00:00:00+00'",
    ],
    [
      "becomes one for all intervals that were missed, to the end of today's",
      rows("2026-03-07 08:00+00", "2026-03-08"),
      [leaf("2026-03-11", "2026-03-12")],
      "log_p20260307 '2026-03-07 00:00:00+00' '2026-03-11 00:00:00+00'",
    ],
    [
      "ends where the next leaf begins, and begins where the one before ends",
      rows("2026-03-10 08:00+00"),
      [leaf("2026-03-09", "2026-03-10 06:00"), leaf("2026-03-10 18:00", "2026-03-12")],
      "log_p2026031006 '2026-03-10 06:00:00+00' '2026-03-10 18:00:00+00'",
    ],
    [
      "leaves today alone where a leaf for it is there",
      rows("2026-03-07 08:00+00"),
      [leaf("2026-03-10", "2026-03-11")],
      "log_p20260307 '2026-03-07 00:00:00+00' '2026-03-08 00:00:00+00'",
    ],
  ])("%s", (_what, found, existing, wanted) => expect(of(found, existing)).toBe(wanted));

  test.each<[string, DefaultRows, readonly LeafModel[]]>([
    ["holds rows on both sides of a leaf", rows("2026-03-01", "2026-03-10"), [leaf("2026-03-05", "2026-03-06")]],
    ["holds rows of a leaf that is there", rows("2026-03-05"), [leaf("2026-03-05", "2026-03-06")]],
    ["holds rows without a time", { ...rows("2026-03-01"), withoutTime: true }, []],
    ["holds rows of no end", rows("-infinity", "2026-03-10"), []],
    ["holds none", { first: null, last: null, withoutTime: false }, []],
  ])("stays what it is where it %s", (_what, found, existing) => expect(of(found, existing)).toBeNull());
});
