import { readFileSync } from "node:fs";
import { join } from "node:path";
import { escapeStep, lineAt, lockLines } from "../../lib/lock/lock-lines";
import { root } from "../sources";

const text = readFileSync(join(root, "examples", "orders", "orders.lock.json"), "utf8");
const written = text.split("\n");
const lines = lockLines(text);

/** The line itself, without its indent. */
function at(from: string, ...below: readonly string[]): string | undefined {
  const line = lineAt(lines, from, below);
  return line === null ? undefined : written[line - 1]?.trim();
}

describe("the lines of a lock file", () => {
  test("are found for sections, things, settings, versions and entries with a name", () => {
    expect(at("/resources")).toBe('"resources": {');
    expect(at("/resources/topic~1OrderPaid")).toBe('"topic/OrderPaid": {');
    expect(at("/resources/topic~1OrderPaid", "partitions")).toBe('"partitions": 12,');
    expect(at("/published/event~1OrderPaid", "1")).toBe('"1": {');
    expect(at("/resources/projection~1dailySales", "definition", "columns", "orders")).toContain('"name": "orders"');
  });

  test("are those of every resource, whatever is in the lock", () => {
    const { resources } = JSON.parse(text) as { resources: Record<string, unknown> };
    for (const key of Object.keys(resources)) {
      expect(at(`/resources/${escapeStep(key)}`)?.startsWith(`${JSON.stringify(key)}: {`)).toBe(true);
    }
  });

  test("are those of what holds a thing where it has no line of its own", () => {
    expect(at("/resources/topic~1OrderPaid", "config", "retention.ms")).toMatch(/^"config": \{/);
    expect(at("/resources/topic~1OrderPaid", "none", "at", "all")).toBe('"topic/OrderPaid": {');
    expect(at("/resources/topic~1None", "partitions")).toBeUndefined();
  });

  test("are none in a text of another layout", () => {
    expect(lockLines(JSON.stringify(JSON.parse(text))).size).toBe(0);
    expect(lockLines("").size).toBe(0);
  });
});
