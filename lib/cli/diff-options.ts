import { type Command, Option } from "commander";
import type { RiskClass } from "../preview/diff/types";
import type { PlanEngine } from "../preview/engine-plan";
import type { DiffAsked } from "./diff";
import { type DiffFormat, diffFormats } from "./formats";

/** The subcommand whose exit codes are other ones. */
export const DIFF = "diff";

/** Help on exit codes, for `diff` and what is like it. */
export const PLAN_EXIT_CODES = `
Exit codes (as of terraform plan -detailed-exitcode):
  0  no changes
  1  an error, or wrong usage
  2  changes
  3  changes at or above --fail-on, those that are accepted apart
A ref stands for the commit where its history and the head's part, as in \`git diff base...head\`.
`;

interface Options {
  readonly base: string;
  readonly head?: string;
  readonly mergeBase: boolean;
  readonly format: DiffFormat;
  readonly failOn?: RiskClass;
  readonly out?: string;
  readonly plan?: string;
  readonly pulumi?: string;
  readonly staleCheck?: readonly string[];
  readonly json?: boolean;
}

/** What `eventloom diff` is asked for, besides how to print it. */
export interface DiffWords {
  readonly asked: DiffAsked;
  /** An engine's plan to be held against the locks; null for none. */
  readonly plan: { readonly engine: PlanEngine; readonly file: string } | null;
  /** Modules whose domains the locks of the head must hold; empty for none. */
  readonly modules: readonly string[];
  /** The file to write to; null for standard output. */
  readonly out: string | null;
  readonly asJson: boolean;
}

/** `eventloom diff`: its words. */
export function addDiff(program: Command, run: (words: DiffWords) => Promise<void>): void {
  program
    .command(DIFF)
    .description("say what a change of the locks does: from lock files alone, no module is loaded")
    .argument("[lock...]", "lock files of the domains to look at (default: all in the work tree)")
    .requiredOption("--base <ref|lock>", "what it was: a git ref or a lock file")
    .option("--head <ref|lock>", "what it is to be: a git ref or a lock file (default: the files as they are)")
    .option("--no-merge-base", "take the base ref as it is now")
    .addOption(new Option("--format <format>", "the form").choices(diffFormats).default("text"))
    .addOption(new Option("--fail-on <class>", "end with 3 from this class on").choices(["safe", "risky", "refused"]))
    .option("--out <file>", "write to a file")
    .addOption(new Option("--plan <file>", "hold Terraform's plan (show -json) against the locks").conflicts("pulumi"))
    .option("--pulumi <file>", "hold what `pulumi preview --json` wrote against the locks")
    .option("--stale-check <module...>", "end with 1 where a lock is not what the module's domain becomes")
    .option("--json", "print JSON: --format json, errors too")
    .addHelpText("after", PLAN_EXIT_CODES)
    .action((locks: string[], options: Options) => run(wordsOf(locks, options)));
}

function wordsOf(locks: readonly string[], options: Options): DiffWords {
  const { base, head = null, mergeBase, failOn = null, out = null, plan, pulumi, staleCheck = [] } = options;
  const format = options.json === true ? "json" : options.format;
  const file = plan ?? pulumi;
  return {
    asked: { locks, base, head, mergeBase, format, failOn },
    plan: file === undefined ? null : { engine: plan === undefined ? "pulumi" : "terraform", file },
    modules: staleCheck,
    out,
    asJson: format === "json" && out === null,
  };
}
