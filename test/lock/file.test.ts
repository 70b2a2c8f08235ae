import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv from "ajv/dist/2020";
import { compile, defineDomain, event, jsonSchema } from "eventloom";
import fc from "fast-check";
import { orders } from "../../examples/orders/domain";
import { nextLock } from "../../lib/lock/next-lock";
import { parseLock } from "../../lib/lock/parse-lock";
import { renderLock } from "../../lib/lock/render-lock";
import type { Lock } from "../../lib/lock/types";
import { root } from "../sources";

const schema = JSON.parse(readFileSync(join(root, "lib/lock/lock-1.schema.json"), "utf8")) as object;
const fits = new Ajv({ strict: false, allErrors: true }).compile(schema);

function locked(topology: ReturnType<typeof compile>, previous: Lock | null = null): Lock {
  const next = nextLock(topology, previous);
  if (!next.ok) throw new Error(JSON.stringify(next.issues));
  return next.lock;
}

function reread(text: string): Lock {
  const parsed = parseLock(text, "a.json");
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
  return parsed.lock;
}

describe("a lock of format 1", () => {
  const golden = readFileSync(join(root, "test/lock/golden/orders-format-1.lock.json"), "utf8");

  test("is read for ever", () => {
    const lock = reread(golden);
    expect(lock.domain).toBe("orders");
    expect(lock.published.filter(({ name }) => name === "OrderCreated").map(({ version }) => version)).toEqual([1, 2]);
    expect(lock.topology.resources.find(({ key }) => key === "topic/OrderPaid")).toMatchObject({ name: "orders.paid" });
  });

  test("fits the JSON Schema that is shipped", () => {
    fits(JSON.parse(golden));
    expect(fits.errors ?? []).toEqual([]);
  });

  test("says of tables what was not there when it was written", () => {
    const table = reread(golden).topology.resources.find(({ key }) => key === "table/event_store");
    expect(table).toMatchObject({
      definition: { uniques: [], foreignKeys: [], exclusions: [] },
    });
    expect(golden).not.toContain("foreignKeys");
    expect(renderLock(reread(golden))).not.toContain("foreignKeys");
  });

  test("can be followed by what the example is now", () => {
    expect(nextLock(compile(orders), reread(golden))).toMatchObject({ ok: true });
  });

  test.each<[string, (text: string) => string]>([
    ["partitions are a word", (text) => text.replace('"partitions": 12', '"partitions": "many"')],
    ["a kind is unknown", (text) => text.replace('"kind": "kafka-topic"', '"kind": "kafka"')],
    ["a version is no number", (text) => text.replace('      "1": {', '      "one": {')],
    ["a column has no type", (text) => text.replace(/("name": "items", "nullable": false), "type": "integer"/, "$1")],
    ["a function's body is one text", (text) => text.replace(/"body": \[\n[^]*?\n {8}\]/, '"body": "SELECT 1"')],
    ["an exchange is of no type that is used", (text) => text.replace('"type": "fanout"', '"type": "headers"')],
  ])("neither fits the JSON Schema nor is read where %s", (_, broken) => {
    const text = broken(golden);
    expect(text).not.toBe(golden);
    expect(fits(JSON.parse(text))).toBe(false);
    const parsed = parseLock(text, "a.json");
    expect(parsed.ok ? [] : [...new Set(parsed.issues.map(({ code }) => code))]).toEqual(["LK604"]);
  });
});

describe("the lock of any domain", () => {
  const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9]{0,30}$/);
  const json = fc.jsonValue({ maxDepth: 3 });
  const declaration = fc.record({
    events: fc.uniqueArray(name, { minLength: 1, maxLength: 4, selector: (each) => each.toLowerCase() }),
    consumers: fc.uniqueArray(name, { maxLength: 3, selector: (each) => each.toLowerCase() }),
    retries: fc.integer({ min: 0, max: 4 }),
    text: fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("\u202eabc", "\u001b[31m", "a\nb", "__proto__", "<b>")), // prettier-ignore
    extra: json,
  });

  test("is read as it was, fits the JSON Schema, and is the same text each time", () => {
    fc.assert(
      fc.property(declaration, ({ events, consumers, retries, text, extra }) => {
        const payload = jsonSchema<{ id: string }>({
          type: "object",
          properties: { id: { type: "string", description: text } },
          required: ["id"],
          examples: [extra],
        });
        const declared = Object.fromEntries(events.map((each) => [each, event({ versions: { 1: payload } })]));
        const domain = defineDomain("shop", {
          aggregates: { Thing: { id: "id", events: declared } },
          consumers: Object.fromEntries(
            consumers.map((each, index) => [
              each,
              { on: events, via: index % 2 === 0 ? "rabbitmq" : "kafka", retry: { maxRetries: retries } },
            ]),
          ),
          retired: { events: { GoneForGood: { reason: text.trim() || "why not" } } },
        } as never);
        const lock = locked(compile(domain));
        const written = renderLock(lock);
        expect(reread(written)).toEqual(lock);
        expect(renderLock(reread(written))).toBe(written);
        expect(written.endsWith("}\n")).toBe(true);
        expect(fits(JSON.parse(written))).toBe(true);
        expect(renderLock(locked(compile(domain), lock))).toBe(written);
      }),
      { numRuns: 40 },
    );
  });
});
