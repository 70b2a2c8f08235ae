import { type Command, InvalidArgumentError, Option } from "commander";
import type { RiskClass } from "../preview/diff/types";
import type { CommentAsked } from "./comment";
import { PLAN_EXIT_CODES } from "./diff-options";

/** The subcommand that connects to GitHub. */
export const COMMENT = "comment";

interface Options {
  readonly base?: string;
  readonly head?: string;
  readonly mergeBase: boolean;
  readonly failOn?: RiskClass;
  readonly pr?: number;
  readonly id: string;
  readonly artifactUrl?: string;
  readonly summary?: boolean;
  readonly json?: boolean;
}

/** What `eventloom comment` is asked for. */
export interface CommentWords {
  readonly asked: CommentAsked;
  readonly asJson: boolean;
}

/** `eventloom comment`: its words. */
export function addComment(program: Command, run: (words: CommentWords) => Promise<void>): void {
  program
    .command(COMMENT)
    .description("say on a pull request of GitHub what it changes, in one comment that is kept up to date")
    .argument("[lock...]", "lock files of the domains to look at (default: all in the work tree)")
    .option("--base <ref|lock>", "what it was (default: where the pull request goes to)")
    .option("--head <ref|lock>", "what it is to be: a git ref or a lock file (default: the files as they are)")
    .option("--no-merge-base", "take the base ref as it is now")
    .addOption(new Option("--fail-on <class>", "end with 3 from this class on").choices(["safe", "risky", "refused"]))
    .addOption(
      new Option("--pr <number>", "the pull request (default: that of the workflow's event)").argParser(number),
    )
    .option("--id <name>", "what the comment is called, where there are several", "topology")
    .option("--artifact-url <url>", "where all of it can be read if some is cut")
    .option("--summary", "write it to the job's summary too")
    .option("--json", "print JSON")
    .addHelpText("after", `${ENVIRONMENT}${PLAN_EXIT_CODES}`)
    .action((locks: string[], options: Options) => run(wordsOf(locks, options)));
}

const ENVIRONMENT = `
Takes GITHUB_TOKEN, GITHUB_REPOSITORY, GITHUB_API_URL, GITHUB_EVENT_PATH and GITHUB_STEP_SUMMARY from the environment.
`;

function wordsOf(locks: readonly string[], options: Options): CommentWords {
  const { base = null, head = null, mergeBase, failOn = null, pr = null, id, artifactUrl = null } = options;
  const { summary = false, json = false } = options;
  const asked = { locks, base, head, mergeBase, failOn, number: pr, id, artifactUrl, summary };
  return { asked, asJson: json };
}

function number(text: string): number {
  if (/^[1-9]\d{0,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("it is the number of a pull request.");
}
