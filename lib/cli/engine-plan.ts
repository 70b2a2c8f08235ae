import { readFileSync } from "node:fs";
import { diffLocks } from "../preview/diff/diff-locks";
import {
  comparePlan,
  type PlanComparison,
  type PlanEngine,
  type PlanTarget,
  readPulumiPreview,
  readTerraformPlan,
  renderPlanJson,
  renderPlanMarkdown,
  renderPlanText,
} from "../preview/engine-plan";
import { planIssue } from "../preview/engine-plan/issues";
import { printable } from "../preview/printable";
import { type Pair, readSides, type SidesAsked } from "./diff-sides";
import { CommandFailure, type CommandResult, type ExitCode } from "./result";

/** What `eventloom diff --plan` and `--pulumi` are asked for. */
export interface PlanAsked extends SidesAsked {
  readonly engine: PlanEngine;
  /** The engine's plan as JSON. */
  readonly file: string;
  readonly format: "text" | "markdown" | "json";
}

/**
 * Holds an engine's plan against what the locks say. Nothing but the files is read.
 *
 * @throws CommandFailure PL901 to PL906, and what keeps the locks from being read
 */
export function diffWithPlan(asked: PlanAsked): CommandResult {
  const { pairs, notes } = readSides(asked);
  const comparison = comparePlanFile(asked, pairs);
  const exitCode = exitCodeOf(comparison);
  const json = { exitCode, ...renderPlanJson(comparison), notes };
  return { exitCode, text: rendered(comparison, asked.format, json), json, answers: true, notes };
}

function comparePlanFile({ engine, file }: PlanAsked, pairs: readonly Pair[]): PlanComparison {
  const read = engine === "pulumi" ? readPulumiPreview : readTerraformPlan;
  const made = read(textOf(file), pairs.flatMap(targetsOf));
  if (!made.ok) throw failed(file, made.issues);
  return comparePlan(
    made.plan,
    pairs.map(({ base, head }) => diffLocks(base, head)),
  );
}

/** What is approved owns before what was. */
function targetsOf({ head, base }: Pair): readonly PlanTarget[] {
  return [head, base].filter((each) => each !== null);
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    throw failed(file, [planIssue("PL906", printable(file), code)]);
  }
}

function failed(file: string, issues: CommandFailure["findings"][number]["issues"]): CommandFailure {
  return new CommandFailure([{ module: printable(file), subject: null, issues, exitCode: 1 }]);
}

/** As of `diff`: 0 no changes, 2 changes, 3 something that nobody should deploy. */
function exitCodeOf({ plan, findings }: PlanComparison): ExitCode {
  if (findings.some(({ severity }) => severity === "stop")) return 3;
  return plan.changes.length > 0 || findings.length > 0 ? 2 : 0;
}

function rendered(comparison: PlanComparison, format: PlanAsked["format"], json: object): string {
  if (format === "json") return `${JSON.stringify(json, null, 2)}\n`;
  return format === "markdown" ? renderPlanMarkdown(comparison) : renderPlanText(comparison);
}
