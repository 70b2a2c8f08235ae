import { appendFileSync } from "node:fs";
import { diffLocks } from "../preview/diff/diff-locks";
import type { RiskClass, TopologyDiff } from "../preview/diff/types";
import { printable } from "../preview/printable";
import { renderDiffMarkdown } from "../preview/report/render-diff-markdown";
import { exitCodeOf, riskClasses } from "./diff";
import { topologiesOf } from "./diff-formats";
import { readSides, type SidesAsked } from "./diff-sides";
import type { Posted, Refused } from "./github/post-comment";
import { COMMENT_ID, markOf } from "./github/sticky-comment";
import { baseOf, type Environment, type PullRequest, pullRequestOf } from "./github/workflow-run";
import { type CommandIssueCode, commandIssues, thrownLine } from "./issues";
import { type CommandResult, failure } from "./result";
import { subcommands } from "./subcommands";

/** What `eventloom comment` is asked for. */
export interface CommentAsked extends Omit<SidesAsked, "base"> {
  /** Null for the commit that the pull request goes to. */
  readonly base: string | null;
  /** The class from which on the exit code is 3; null for never. */
  readonly failOn: RiskClass | null;
  /** The pull request; null for that of the workflow's event. */
  readonly number: number | null;
  /** Tells several comments apart. */
  readonly id: string;
  readonly artifactUrl: string | null;
  /** Whether it goes to the job's summary too. */
  readonly summary: boolean;
}

/** The most that GitHub takes is 65,535 characters. */
const LIMIT = 65_000;
const UNCHANGED = "## ✅ Topology: no changes\n";

/**
 * Compares locks and says the outcome in the one comment of the pull request: the only command that connects to anything.
 *
 * @throws CommandFailure CL530 to CL539, and what keeps the locks from being read
 */
export async function comment(asked: CommentAsked, environment: Environment): Promise<CommandResult> {
  const { id, number, artifactUrl, summary, failOn } = asked;
  if (!COMMENT_ID.test(id)) throw failure("CL537", "--id", printable(id));
  const url = artifactUrl === null ? {} : { artifactUrl: webAddress(artifactUrl) };
  const pull = pullRequestOf(environment, number);
  const base = asked.base ?? baseOf(environment);
  if (base === null) throw failure("CL538", "--base");
  const { pairs, notes } = readSides({ ...asked, base });
  const diffs = pairs.map((pair) => diffLocks(pair.base, pair.head));
  const markdown = renderDiffMarkdown(diffs, {
    ...url,
    topologies: topologiesOf(pairs),
    limit: LIMIT - markOf(id).length - 1,
  });
  if (summary) writeSummary(environment, markdown);
  const posted = await subcommands.postComment()(pull, id, markdown);
  const done =
    "action" in posted ? { posted, said: [] } : fallenBack(posted, pull, environment, summary ? null : markdown);
  return resultOf(diffs, failOn, done.posted, [...notes, ...done.said]);
}

/** What the comment has become, and what is to be said of that. */
interface Done {
  readonly posted: { readonly action: Posted["action"] | "summary"; readonly url: string | null };
  readonly said: readonly string[];
}

function resultOf(
  diffs: readonly TopologyDiff[],
  failOn: RiskClass | null,
  posted: Done["posted"],
  notes: readonly string[],
): CommandResult {
  const exitCode = exitCodeOf(diffs, failOn);
  const changes = diffs.reduce((sum, each) => sum + each.changes.length, 0);
  const worst = [...riskClasses].reverse().find((risk) => diffs.some((each) => each.worst === risk)) ?? null;
  const json = { exitCode, changes, worst, comment: posted, notes, findings: [] };
  return {
    exitCode,
    text: `${SAID[posted.action]}${posted.url === null ? "" : `: ${printable(posted.url)}`}\n`,
    json,
    answers: true,
    notes,
  };
}

const SAID: Readonly<Record<Done["posted"]["action"], string>> = {
  created: "comment created",
  updated: "comment updated",
  cleared: "comment cleared: nothing changes any more",
  kept: "comment left as it is: it says the same",
  none: "no comment: nothing changes",
  summary: "job summary written: the token may not comment",
};

/**
 * A pull request from a fork has a token that reads only. What there is to say is then said in the job's summary.
 *
 * @param markdown - null where the summary has it already
 */
function fallenBack(refused: Refused, pull: PullRequest, environment: Environment, markdown: string | null): Done {
  const code = codeOf(refused);
  const reason = printable(refused.reason.replaceAll(pull.token, "***")).slice(0, LONGEST_REASON);
  const detail = [refused.status === null ? "" : `${refused.status} `, reason].join("").trim();
  const where = `${pull.owner}/${pull.repository}#${pull.number}`;
  const hasSummary = (environment["GITHUB_STEP_SUMMARY"] ?? "") !== "";
  if (code !== "CL533" || !hasSummary) throw failure(code, where, detail === "" ? undefined : detail);
  if (markdown !== null) writeSummary(environment, markdown);
  const { title, fix } = commandIssues[code];
  return {
    posted: { action: "summary", url: null },
    said: [`${code} ${where}: ${title}: ${detail} (fix: ${fix}); it is in the job's summary instead`],
  };
}

const LONGEST_REASON = 300;

function codeOf({ status }: Refused): CommandIssueCode {
  if (status === null || status >= 500 || status === 429) return "CL536";
  return BY_STATUS[status] ?? "CL535";
}

const BY_STATUS: Readonly<Record<number, CommandIssueCode>> = { 401: "CL532", 403: "CL533", 404: "CL534" };

function writeSummary(environment: Environment, markdown: string): void {
  const file = environment["GITHUB_STEP_SUMMARY"] ?? "";
  if (file === "") throw failure("CL517", "GITHUB_STEP_SUMMARY", "it is not set");
  try {
    appendFileSync(file, markdown === "" ? UNCHANGED : markdown);
  } catch (thrown) {
    throw failure("CL517", file, thrownLine(thrown));
  }
}

function webAddress(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== "" || url.password !== "")
    throw failure("CL539", "--artifact-url", printable(text));
  return url.href;
}
