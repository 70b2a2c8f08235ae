import { readFileSync } from "node:fs";
import Ajv from "ajv-draft-04";
import addFormats from "ajv-formats";
import fc from "fast-check";
import type { Log, Result } from "sarif";
import { compile, type Resource, type Topology } from "eventloom";
import { orders } from "../../../examples/orders/domain";
import { nextLock } from "../../../lib/lock/next-lock";
import { renderLock } from "../../../lib/lock/render-lock";
import { diffTopologies } from "../../../lib/preview/diff/diff-locks";
import type { SourcedDiff } from "../../../lib/preview/report/places";
import { renderSarif } from "../../../lib/preview/report/render-sarif";
import { hostileText, withTopic } from "./hostile";

const base = compile(orders);
const schemaFile = require.resolve("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json");
// one pattern of the standard is none under the flag u
const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
addFormats(ajv);
const validate = ajv.compile<Log>(JSON.parse(readFileSync(schemaFile, "utf8")) as object);

function sourced(head: Topology, path = "shop/orders.lock.json"): SourcedDiff {
  const next = nextLock(head, null);
  if (!next.ok) throw new Error("not locked");
  return {
    diff: diffTopologies(base, head),
    base: null,
    head: { path, text: renderLock(next.lock) },
    declared: new Map(),
  };
}

/** What is written, held against the standard's schema. */
function checked(...sources: readonly SourcedDiff[]): Log {
  const log: unknown = JSON.parse(renderSarif(sources, "1.2.3"));
  if (!validate(log)) throw new Error(JSON.stringify(validate.errors, null, 2));
  return log;
}

function resultsOf(log: Log): readonly Result[] {
  return log.runs[0]?.results ?? [];
}

const grown = withTopic(base, "topic/OrderPaid", { partitions: 24 } as Partial<Resource>);

describe("SARIF", () => {
  test("is a run without results where nothing has changed, and where all is safe", () => {
    expect(resultsOf(checked())).toEqual([]);
    expect(resultsOf(checked(sourced(base)))).toEqual([]);
    const safe = withTopic(base, "topic/OrderPaid", { replicationFactor: 5 } as Partial<Resource>);
    expect(resultsOf(checked(sourced(safe)))).toEqual([]);
  });

  test("has a rule for each code that is used, with what a viewer needs of it", () => {
    const driver = checked(sourced(grown)).runs[0]?.tool.driver;
    expect(driver).toMatchObject({ name: "eventloom", version: "1.2.3" });
    expect(driver?.rules).toEqual([
      {
        id: "KF201",
        shortDescription: { text: "a topic gets more partitions" },
        fullDescription: { text: "a topic gets more partitions: a change of a Kafka topic" },
        help: { text: expect.stringContaining("accept exactly it in the declaration") as string },
      },
    ]);
  });

  test("has an error for what is refused and a warning for what is risky, at the line of what differs", () => {
    const head = withTopic(grown, "topic/OrderCreated", { partitions: 3 } as Partial<Resource>);
    const source = sourced(head);
    const results = resultsOf(checked(source));
    expect(results.map(({ ruleId, level }) => [ruleId, level])).toEqual([
      ["KF202", "error"],
      ["KF201", "warning"],
    ]);
    const place = results[1]?.locations?.[0]?.physicalLocation;
    expect(place?.artifactLocation).toEqual({ uri: "shop/orders.lock.json", uriBaseId: "%SRCROOT%" });
    expect(source.head?.text.split("\n")[(place?.region?.startLine ?? 0) - 1]?.trim()).toBe('"partitions": 24,');
  });

  test("has a note with a suppression for what is accepted", () => {
    const acceptances = [{ change: "topic/OrderPaid partitions 12 -> 24", reason: "nobody lags on Sundays" }];
    const [only] = resultsOf(checked(sourced({ ...grown, acceptances })));
    expect(only).toMatchObject({
      level: "note",
      suppressions: [{ kind: "inSource", status: "accepted", justification: "nobody lags on Sundays" }],
    });
  });

  test("relates the line of the declaration where it is known", () => {
    const declared = new Map([["aggregates.Order.events.OrderPaid", { file: "shop/a b.ts", line: 7 }]]);
    const [only] = resultsOf(checked({ ...sourced(grown), declared }));
    expect(only?.relatedLocations?.[0]?.physicalLocation).toEqual({
      artifactLocation: { uri: "shop/a%20b.ts", uriBaseId: "%SRCROOT%" },
      region: { startLine: 7 },
    });
  });

  test("keeps the fingerprint of a finding when lines move, and has another one for another change", () => {
    const [one] = resultsOf(checked(sourced(grown)));
    const moved = sourced(grown);
    const text = `{\n\n\n${moved.head?.text.slice(2) ?? ""}`;
    const [same] = resultsOf(checked({ ...moved, head: { path: "shop/orders.lock.json", text } }));
    const [other] = resultsOf(
      checked(sourced(withTopic(base, "topic/OrderPaid", { partitions: 36 } as Partial<Resource>))),
    );
    const lineOf = (result: Result | undefined) => result?.locations?.[0]?.physicalLocation?.region?.startLine ?? 0;
    expect(lineOf(same)).toBe(lineOf(one) + 2);
    expect(same?.partialFingerprints).toEqual(one?.partialFingerprints);
    expect(other?.partialFingerprints).not.toEqual(one?.partialFingerprints);
    expect(one?.partialFingerprints?.["primaryLocationLineHash"]).toMatch(/^[0-9a-f]{32}:1$/);
  });

  test("is valid, and has no link and no place to fill in, whatever things are called", () => {
    fc.assert(
      fc.property(hostileText, hostileText, hostileText, (name, path, file) => {
        const head = withTopic(base, "topic/OrderPaid", { name, path, partitions: 24 } as Partial<Resource>);
        const source = { ...sourced(base), head: { path: file, text: "" }, diff: diffTopologies(base, head) };
        const results = resultsOf(checked(source));
        expect(results.length).toBeGreaterThan(0);
        for (const { message } of results) {
          expect(message.text).not.toMatch(/\]\(|\{\d+\}|[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u202e]/);
        }
      }),
      { numRuns: 60, seed: 20 },
    );
  });
});
