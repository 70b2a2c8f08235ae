import * as fc from "fast-check";
import { addMonths, civilOf, daysOf, readTime, timeText } from "../../lib/postgres/calendar";
import { plainPartition, plainPartitioning } from "../../lib/postgres/defaults";
import type { LeafModel, PartitionModel, RollingModel, TableModel } from "../../lib/postgres/model";
import { rollPartitions, rollingHours } from "../../lib/postgres/rolling";
import { validateTable } from "../../lib/postgres/validate";
import { column, table } from "./tables";

const at = (text: string): number => Number(readTime(text)!.micros / 1000n);

function rolling(
  rule: Partial<RollingModel>,
  type = "timestamptz",
  partitions: readonly PartitionModel[] = [],
): TableModel {
  const rolled = { interval: "day", ahead: 2, retain: null, ...rule };
  return table({
    name: "log",
    columns: [column("id", type)],
    primaryKey: { name: "log_pkey", columns: ["id"] },
    partitioning: { ...plainPartitioning, strategy: "range", columns: ["id"], partitions, rolling: rolled },
  });
}

const made = (table: TableModel, now: string, existing: readonly LeafModel[] = []): readonly string[] =>
  rollPartitions(table, at(now), existing).create.map(({ name, from, to }) => `${name} ${from.join()} ${to.join()}`);

const leaf = (name: string, from: string, to: string): PartitionModel => ({
  ...plainPartition,
  name,
  from: [from],
  to: [to],
});

describe("a rule makes the leaf of now and those ahead", () => {
  test.each<[string, Partial<RollingModel>, string, string, readonly string[]]>([
    [
      "of days",
      {},
      "timestamptz",
      "2026-02-28 23:59:59.999",
      [
        "log_p20260228 '2026-02-28 00:00:00+00' '2026-03-01 00:00:00+00'",
        "log_p20260301 '2026-03-01 00:00:00+00' '2026-03-02 00:00:00+00'",
        "log_p20260302 '2026-03-02 00:00:00+00' '2026-03-03 00:00:00+00'",
      ],
    ],
    [
      "of weeks, from Monday",
      { interval: "week", ahead: 1 },
      "timestamp",
      "2026-01-01",
      [
        "log_p20251229 '2025-12-29 00:00:00' '2026-01-05 00:00:00'",
        "log_p20260105 '2026-01-05 00:00:00' '2026-01-12 00:00:00'",
      ],
    ],
    [
      "of months",
      { interval: "month", ahead: 1 },
      "date",
      "2025-12-31 23:00",
      ["log_p202512 '2025-12-01' '2026-01-01'", "log_p202601 '2026-01-01' '2026-02-01'"],
    ],
    [
      "of hours",
      { interval: "6 hours", ahead: 1 },
      "timestamptz",
      "2026-01-31 20:15",
      [
        "log_p2026013118 '2026-01-31 18:00:00+00' '2026-02-01 00:00:00+00'",
        "log_p2026020100 '2026-02-01 00:00:00+00' '2026-02-01 06:00:00+00'",
      ],
    ],
    [
      "of UUIDs of version 7",
      { interval: "1 hour", ahead: 1 },
      "uuid",
      "2026-01-01 00:30",
      [
        "log_p2026010100 '019b76da-a800-0000-0000-000000000000' '019b7711-9680-0000-0000-000000000000'",
        "log_p2026010101 '019b7711-9680-0000-0000-000000000000' '019b7748-8500-0000-0000-000000000000'",
      ],
    ],
  ])("%s", (_, rule, type, now, expected) => {
    const model = rolling(rule, type);
    expect(validateTable(model)).toEqual([]);
    expect(made(model, now)).toEqual(expected);
  });

  test("but only what nobody has: around leaves of another interval, and of hands", () => {
    const there = [leaf("a", "'2026-01-01'", "'2026-01-10 06:00+00'"), leaf("b", "'2026-01-20'", "MAXVALUE")];
    expect(made(rolling({ interval: "month", ahead: 3 }), "2026-01-15", there)).toEqual([
      "log_p2026011006 '2026-01-10 06:00:00+00' '2026-01-20 00:00:00+00'",
    ]);
    expect(made(rolling({}, "timestamptz", [leaf("all", "MINVALUE", "MAXVALUE")]), "2026-01-15")).toEqual([]);
  });

  test("and none where there is no rule", () => {
    expect(rollPartitions(table(), 0, [])).toEqual({ create: [], detach: [] });
  });
});

describe("a rule detaches what is older than it retains", () => {
  const old = [
    leaf("d1", "'2026-01-01'", "'2026-01-02'"),
    leaf("d2", "'2026-01-02'", "'2026-01-03'"),
    leaf("d0", "MINVALUE", "'2026-01-01'"),
  ];
  const gone = (
    rule: Partial<RollingModel>,
    now: string,
    declared: readonly PartitionModel[] = [],
  ): readonly string[] =>
    rollPartitions(rolling(rule, "timestamptz", declared), at(now), [
      ...old,
      { ...plainPartition, name: "rest", default: true },
    ]).detach;

  test("the oldest first, from the instant on in which its last row is old enough", () => {
    expect(gone({ retain: "2 days" }, "2026-01-03 23:59:59.999")).toEqual(["d0"]);
    expect(gone({ retain: "2 days" }, "2026-01-04")).toEqual(["d0", "d1"]);
    expect(gone({ retain: "48 hours" }, "2026-01-05")).toEqual(["d0", "d1", "d2"]);
    expect(gone({ retain: "1 month" }, "2026-02-02")).toEqual(["d0", "d1"]);
    expect(gone({ retain: "1 year" }, "2027-01-01")).toEqual(["d0"]);
  });

  test("never one that is declared, never a default, and nothing where it retains for ever", () => {
    expect(gone({ retain: "1 day" }, "2030-01-01", [old[0]!])).toEqual(["d0", "d2"]);
    expect(gone({ retain: null }, "2030-01-01")).toEqual([]);
  });
});

test.each<[string, TableModel, string]>([
  [
    "a list",
    { ...rolling({}), partitioning: { ...rolling({}).partitioning!, strategy: "list" } },
    "PG433 partitioning.strategy",
  ],
  ["numbers", rolling({}, "bigint"), "PG433 partitioning.columns"],
  ["hours of a date", rolling({ interval: "1 hour" }, "date"), "PG433 partitioning.rolling.interval"],
  ["hours that don't divide a day", rolling({ interval: "5 hours" }), "PG433 partitioning.rolling.interval"],
  ["years", rolling({ interval: "year" }), "PG433 partitioning.rolling.interval"],
  ["none ahead", rolling({ ahead: 0 }), "PG433 partitioning.rolling.ahead"],
  ["too many ahead", rolling({ ahead: 1001 }), "PG433 partitioning.rolling.ahead"],
  ["half of one ahead", rolling({ ahead: 1.5 }), "PG433 partitioning.rolling.ahead"],
  ["a length without a unit", rolling({ retain: "90" }), "PG433 partitioning.rolling.retain"],
  ["no length", rolling({ retain: "0 days" }), "PG433 partitioning.rolling.retain"],
  ["a name whose leaves' are too long", { ...rolling({}), name: "x".repeat(54) }, "PG420 name"],
])("a rule for %s is refused", (_, model, expected) => {
  expect(validateTable(model).map(({ code, path }) => `${code} ${path}`)).toContain(expected);
});

test("a rule at its ends is taken", () => {
  for (const model of [
    rolling({ ahead: 1 }),
    rolling({ ahead: 1000, retain: "1 hour" }),
    { ...rolling({}), name: "x".repeat(53) },
  ]) {
    expect(validateTable(model)).toEqual([]);
  }
});

describe("for any rule and any time", () => {
  const rule = fc.record({
    interval: fc.constantFrom("day", "week", "month", ...rollingHours.map((each) => `${each} hours`)),
    ahead: fc.integer({ min: 1, max: 12 }),
    retain: fc.constantFrom(null, "36 hours", "9 days", "3 months", "1 year"),
  });
  const now = fc.integer({ min: at("1970-02-01"), max: at("2200-01-01") });
  const type = fc.constantFrom("timestamptz", "timestamp", "uuid");
  const end = (each: LeafModel, side: "from" | "to"): bigint => {
    const text = each[side][0]!.slice(1, -1);
    return /^[0-9a-f]{8}-/.test(text)
      ? BigInt(`0x${text.replace(/-/g, "").slice(0, 12)}`) * 1000n
      : readTime(text)!.micros;
  };

  test("its leaves hold now, follow each other without a gap, and are enough", () => {
    fc.assert(
      fc.property(rule, now, type, (asked, time, of) => {
        const { create } = rollPartitions(rolling(asked, of), time, []);
        const micros = BigInt(time) * 1000n;
        expect(create).toHaveLength(asked.ahead + 1);
        expect(end(create[0]!, "from") <= micros && micros < end(create[0]!, "to")).toBe(true);
        create.slice(1).forEach((each, before) => expect(each.from).toEqual(create[before]!.to));
        expect(new Set(create.map(({ name }) => name)).size).toBe(create.length);
        expect(validateTable(rolling(asked, of, create))).toEqual([]);
      }),
    );
  });

  test("nothing is asked for twice, and later only what is missing by then", () => {
    fc.assert(
      fc.property(rule, now, type, fc.integer({ min: 0, max: 400 * 86_400_000 }), (asked, time, of, later) => {
        const model = rolling({ ...asked, retain: null }, of);
        const first = rollPartitions(model, time, []).create;
        expect(rollPartitions(model, time, first)).toEqual({ create: [], detach: [] });
        const second = rollPartitions(model, time + later, first).create;
        expect(
          validateTable({ ...model, partitioning: { ...model.partitioning!, partitions: [...first, ...second] } }),
        ).toEqual([]);
        expect(rollPartitions(model, time + later, [...first, ...second]).create).toEqual([]);
      }),
    );
  });

  test("a change of the interval leaves what there is, and fills around it", () => {
    fc.assert(
      fc.property(rule, rule, now, type, (before, after, time, of) => {
        const first = rollPartitions(rolling(before, of), time, []).create;
        const model = rolling(after, of);
        const second = rollPartitions(model, time, first).create;
        const all = [...first, ...second];
        expect(validateTable({ ...model, partitioning: { ...model.partitioning!, partitions: all } })).toEqual([]);
        expect(rollPartitions(model, time, all).create).toEqual([]);
      }),
    );
  });

  test("nothing that may still be written is detached, and what is detached is older than what stays", () => {
    fc.assert(
      fc.property(rule, now, fc.integer({ min: 0, max: 900 }), (asked, time, days) => {
        const existing = rollPartitions(rolling({ ...asked, ahead: 40 }), time, []).create;
        const later = time + days * 86_400_000;
        const { detach } = rollPartitions(rolling(asked), later, existing);
        const stays = existing.filter(({ name }) => !detach.includes(name));
        for (const name of detach) {
          const gone = existing.find((each) => each.name === name)!;
          expect(end(gone, "to") <= BigInt(later) * 1000n).toBe(true);
          for (const each of stays) expect(end(gone, "to") <= end(each, "from")).toBe(true);
        }
      }),
    );
  });
});

describe("the calendar", () => {
  test("agrees with JavaScript's over all days from 0001 to 9999", () => {
    fc.assert(
      fc.property(fc.integer({ min: -719_162, max: 2_932_896 }), (days) => {
        const date = new Date(days * 86_400_000);
        const civil = { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
        expect(civilOf(days)).toEqual(civil);
        expect(daysOf(civil)).toBe(days);
      }),
      { numRuns: 2000 },
    );
  });

  test("writes what it reads", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -62_135_596_800_000_000n, max: 253_402_300_799_999_999n }), (micros) => {
        expect(readTime(timeText(micros))?.micros).toBe(micros);
      }),
    );
  });

  test("a month later is the last day where the day is not there", () => {
    const [january, leap] = [readTime("2026-01-31 08:00")!.micros, readTime("2024-02-29")!.micros];
    expect(timeText(addMonths(january, 1))).toBe("2026-02-28 08:00:00");
    expect(timeText(addMonths(leap, -12))).toBe("2023-02-28 00:00:00");
  });
});
