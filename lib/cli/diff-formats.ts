import type { Change, TopologyDiff } from "../preview/diff/types";
import { printable } from "../preview/printable";
import type { TextStyle } from "../preview/tree";

/** In what form `eventloom diff` says what differs. */
export const diffFormats = ["text", "json"] as const;

/** One of {@link diffFormats}. */
export type DiffFormat = (typeof diffFormats)[number];

/** All diffs in one form; ends with a line feed. */
export function renderDiffs(diffs: readonly TopologyDiff[], format: DiffFormat, style: TextStyle): string {
  return format === "json"
    ? `${JSON.stringify({ diffs }, null, 2)}\n`
    : diffs.map((each) => text(each, style)).join("");
}

function text(diff: TopologyDiff, style: TextStyle): string {
  const amount = diff.changes.length;
  const head = `${style.heading(printable(diff.domain))}: ${amount === 0 ? "no changes" : `${amount} changes`}`;
  return [head, ...diff.changes.flatMap((each) => changeLines(each, style))].map((line) => `${line}\n`).join("");
}

function changeLines(change: Change, style: TextStyle): readonly string[] {
  const head = `  ${change.class} ${change.action} ${printable(change.name)} ${style.aside(printable(change.path))}`;
  return [head, ...change.findings.map(({ code, title }) => `    ${code} ${printable(title)}`)];
}
