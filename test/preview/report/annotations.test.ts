import fc from "fast-check";
import { compile, type Resource, type Topology } from "eventloom";
import { orders } from "../../../examples/orders/domain";
import { nextLock } from "../../../lib/lock/next-lock";
import { renderLock } from "../../../lib/lock/render-lock";
import { diffTopologies } from "../../../lib/preview/diff/diff-locks";
import type { SourcedDiff } from "../../../lib/preview/report/places";
import { renderAnnotations } from "../../../lib/preview/report/render-annotations";
import { hostileText, withTopic } from "./hostile";

const base = compile(orders);

/** A change of topologies as if both had been read from lock files. */
function sourced(head: Topology, path = "shop/orders.lock.json"): SourcedDiff {
  const next = nextLock(head, null);
  if (!next.ok) throw new Error("not locked");
  const text = renderLock(next.lock);
  return { diff: diffTopologies(base, head), base: null, head: { path, text }, declared: new Map() };
}

interface Read {
  readonly command: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly message: string;
}

/** A line as the runner of GitHub Actions reads it. */
function read(line: string): Read {
  const [, command = "", properties = "", message = ""] = /^::([a-z]+) (.*?)::(.*)$/.exec(line) ?? [];
  const data = (text: string): string => text.replace(/%0D/g, "\r").replace(/%0A/g, "\n").replace(/%25/g, "%");
  const property = (text: string): string => data(text.replace(/%3A/g, ":").replace(/%2C/g, ","));
  const pairs = properties.split(",").map((each) => {
    const at = each.indexOf("=");
    return [each.slice(0, at), property(each.slice(at + 1))] as const;
  });
  return { command, properties: Object.fromEntries(pairs), message: data(message) };
}

function readAll(text: string): readonly Read[] {
  return text.split("\n").slice(0, -1).map(read);
}

describe("annotations for GitHub", () => {
  test("are none where nothing has changed", () => {
    expect(renderAnnotations([sourced(base)])).toBe("");
  });

  test("name file, line and title, and say all that is to be said of a risk", () => {
    const head = withTopic(base, "topic/OrderPaid", { partitions: 24 } as Partial<Resource>);
    const source = sourced(head);
    const [only, ...rest] = readAll(renderAnnotations([source]));
    expect(rest).toEqual([]);
    expect(only?.command).toBe("warning");
    const line = source.head?.text.split("\n")[Number(only?.properties["line"]) - 1];
    expect(line?.trim()).toBe('"partitions": 24,');
    expect(only?.properties).toMatchObject({ file: "shop/orders.lock.json", title: "KF201 orders.paid" });
    expect(only?.message.split("\n")).toEqual([
      "BREAKS ORDER: update topic orders.paid: partitions grow from 12 to 24",
      "What happens: keys move to other partitions at once: while older messages wait, a later one of the same aggregate may come first; taken by analytics",
      "Concerns: consumer analytics",
      "The way out: stop the relay, let every consumer read to the end, deploy, start the relay again; or declare events.OrderPaid with generation: 2, beside the old one",
      'To accept exactly this: accept: [{ change: "topic/OrderPaid partitions 12 -> 24", reason: "…" }]',
      "Declared at: aggregates.Order.events.OrderPaid",
    ]);
  });

  test("stand at the declaration where its place is known", () => {
    const head = withTopic(base, "topic/OrderPaid", { partitions: 24 } as Partial<Resource>);
    const place = { file: "shop/domain.ts", line: 7 };
    const declared = new Map([["aggregates.Order.events.OrderPaid", place]]);
    const [only] = readAll(renderAnnotations([{ ...sourced(head), declared }]));
    expect(only?.properties).toMatchObject({ file: "shop/domain.ts", line: "7" });
  });

  test("are errors first, then warnings, then one notice for all that is safe", () => {
    const refused = withTopic(base, "topic/OrderPaid", { partitions: 6 } as Partial<Resource>);
    const both = withTopic(refused, "topic/OrderCreated", { partitions: 24 } as Partial<Resource>);
    const three = withTopic(both, "topic/OrderShipped", { replicationFactor: 5 } as Partial<Resource>);
    const all = readAll(renderAnnotations([sourced(three)]));
    expect(all.map(({ command }) => command)).toEqual(["error", "warning", "notice"]);
    expect(all[2]?.message).toMatch(/^1 safe change of orders\n/);
    expect(all[2]?.properties["line"]).toBe("1");
  });

  test("are notices where the risk is accepted", () => {
    const grown = withTopic(base, "topic/OrderPaid", { partitions: 24 } as Partial<Resource>);
    const acceptances = [{ change: "topic/OrderPaid partitions 12 -> 24", reason: "nobody lags on Sundays" }];
    const [only] = readAll(renderAnnotations([sourced({ ...grown, acceptances })]));
    expect(only?.command).toBe("notice");
    expect(only?.message).toContain("Accepted: nobody lags on Sundays");
  });

  test("are at the first line of a lock whose lines are of another layout", () => {
    const source = sourced(withTopic(base, "topic/OrderPaid", { partitions: 24 } as Partial<Resource>));
    const text = JSON.stringify(JSON.parse(source.head?.text ?? ""));
    const [only] = readAll(renderAnnotations([{ ...source, head: { path: "a.lock.json", text } }]));
    expect(only?.properties["line"]).toBe("1");
  });

  test("are one line each, with the properties that they should have, whatever things are called", () => {
    fc.assert(
      fc.property(hostileText, hostileText, hostileText, (name, path, file) => {
        const head = withTopic(base, "topic/OrderPaid", { name, path, partitions: 24 } as Partial<Resource>);
        const text = renderAnnotations([
          { ...sourced(base), head: { path: file, text: "" }, diff: diffTopologies(base, head) },
        ]);
        expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e]/);
        const all = readAll(text);
        expect(all.length).toBeGreaterThan(0);
        expect(text.split("\n")).toHaveLength(all.length + 1);
        for (const { command, properties, message } of all) {
          expect(["error", "warning", "notice"]).toContain(command);
          expect(Object.keys(properties)).toEqual(["file", "line", "title"]);
          expect(message).not.toBe("");
        }
      }),
      { numRuns: 60, seed: 20 },
    );
  });
});
