import { diffLocks } from "../preview/diff/diff-locks";
import type { RiskClass, TopologyDiff } from "../preview/diff/types";
import type { TextStyle } from "../preview/tree";
import type { CompiledDomain } from "./compile-domains";
import { renderDiffs } from "./diff-formats";
import type { DiffFormat } from "./formats";
import { readSides, type SidesAsked } from "./diff-sides";
import { CommandFailure, type CommandResult, type ExitCode } from "./result";
import { sourcedDiffs } from "./sourced-diffs";
import { staleLocks } from "./stale-lock";

/** From the least to the worst. */
export const riskClasses = ["safe", "risky", "refused"] as const satisfies readonly RiskClass[];

/** What `eventloom diff` is asked for. */
export interface DiffAsked extends SidesAsked {
  readonly format: DiffFormat;
  /** The class from which on the exit code is 3; null for never. */
  readonly failOn: RiskClass | null;
}

/**
 * Compares locks. Nothing but the locks is read: nothing is connected to.
 *
 * @param declared what must be in the locks of the head as it is; may be empty
 */
export function diff(asked: DiffAsked, style: TextStyle, declared: readonly CompiledDomain[] = []): CommandResult {
  const { pairs, top, notes } = readSides(asked);
  const stale = staleLocks(declared, pairs);
  if (stale.length > 0) throw new CommandFailure(stale);
  const diffs = pairs.map(({ base, head }) => diffLocks(base, head));
  const exitCode = exitCodeOf(diffs, asked.failOn);
  const json = { exitCode, diffs, notes, findings: [] };
  const compared = { pairs, diffs, sourced: () => sourcedDiffs(diffs, pairs, declared, top) };
  const text =
    asked.format === "json" ? `${JSON.stringify(json, null, 2)}\n` : renderDiffs(compared, asked.format, style);
  return {
    exitCode,
    text,
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
