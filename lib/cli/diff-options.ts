import { type Command, Option } from "commander";
import type { RiskClass } from "../preview/diff/types";
import type { DiffAsked } from "./diff";
import { type DiffFormat, diffFormats } from "./diff-formats";

/** The subcommand whose exit codes are other ones. */
export const DIFF = "diff";

const EXIT_CODES = `
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
  readonly json?: boolean;
}

/** `eventloom diff`: its words. */
export function addDiff(program: Command, run: (asked: DiffAsked, asJson: boolean) => void): void {
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
    .option("--json", "print JSON: --format json, errors too")
    .addHelpText("after", EXIT_CODES)
    .action((locks: string[], options: Options) => {
      const { base, head = null, mergeBase, failOn = null, out = null, json } = options;
      const format = json === true ? "json" : options.format;
      run({ locks, base, head, mergeBase, format, failOn, out }, format === "json" && out === null);
    });
}
