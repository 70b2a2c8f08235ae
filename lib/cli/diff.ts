import { diffLocks } from "../preview/diff/diff-locks";
import type { RiskClass, TopologyDiff } from "../preview/diff/types";
import type { TextStyle } from "../preview/tree";
import { type DiffFormat, renderDiffs } from "./diff-formats";
import { readSides, type SidesAsked } from "./diff-sides";
import { writeFiles } from "./output-file";
import type { CommandResult, ExitCode } from "./result";

/** From the least to the worst. */
export const riskClasses = ["safe", "risky", "refused"] as const satisfies readonly RiskClass[];

/** What `eventloom diff` is asked for. */
export interface DiffAsked extends SidesAsked {
  readonly format: DiffFormat;
  /** The class from which on the exit code is 3; null for never. */
  readonly failOn: RiskClass | null;
  /** The file to write to; null for standard output. */
  readonly out: string | null;
}

/** Compares locks. Nothing but the locks is read: no module is loaded and nothing is connected to. */
export function diff(asked: DiffAsked, style: TextStyle): CommandResult {
  const { pairs, notes } = readSides(asked);
  const diffs = pairs.map(({ base, head }) => diffLocks(base, head));
  const exitCode = exitCodeOf(diffs, asked.failOn);
  const json = { exitCode, diffs, notes, findings: [] };
  const text = asked.format === "json" ? `${JSON.stringify(json, null, 2)}\n` : renderDiffs(diffs, asked.format, style);
  if (asked.out !== null) writeFiles([{ path: asked.out, text }]);
  return {
    exitCode,
    text: asked.out === null ? text : "",
    json,
    answers: true,
    notes,
  };
}

/** As of `terraform plan -detailed-exitcode`, and 3 where somebody has to look. What is accepted does not count as a risk. */
export function exitCodeOf(diffs: readonly TopologyDiff[], failOn: RiskClass | null): ExitCode {
  if (diffs.every(({ changes }) => changes.length === 0)) return 0;
  const worst = Math.max(...diffs.map((each) => (each.worst === null ? -1 : riskClasses.indexOf(each.worst))));
  return failOn !== null && worst >= riskClasses.indexOf(failOn) ? 3 : 2;
}
