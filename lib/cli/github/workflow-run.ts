import { readFileSync } from "node:fs";
import { failure } from "../result";

/** The pull request that a run of a workflow is about, and how to reach it. */
export interface PullRequest {
  /** GitHub's API, without a slash at the end. */
  readonly apiUrl: string;
  readonly owner: string;
  readonly repository: string;
  readonly number: number;
  /** Never to be printed. */
  readonly token: string;
}

/** What a run of a workflow has in its environment, as far as it is looked at. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The pull request of this run.
 *
 * @param number - what was asked for; null for that of the event
 * @throws CommandFailure CL530, CL531
 */
export function pullRequestOf(environment: Environment, number: number | null): PullRequest {
  const { GITHUB_API_URL: url = "https://api.github.com", GITHUB_REPOSITORY: slug = "" } = environment;
  const token = environment["GITHUB_TOKEN"] ?? "";
  if (token.trim() === "") throw failure("CL530", "GITHUB_TOKEN");
  const [, owner, repository] = /^([\w.-]+)\/([\w.-]+)$/.exec(slug) ?? [];
  if (owner === undefined || repository === undefined) throw failure("CL531", "GITHUB_REPOSITORY", slug);
  if (!/^https?:\/\/[^\s@]+$/.test(url)) throw failure("CL531", "GITHUB_API_URL", "it is no http address");
  const found = number ?? eventOf(environment).number;
  if (found === null) throw failure("CL531", "GITHUB_EVENT_PATH", "the event is about no pull request");
  return { apiUrl: url.replace(/\/+$/, ""), owner, repository, number: found, token };
}

/** The commit that the pull request of this run goes to; null where the run is about none. */
export function baseOf(environment: Environment): string | null {
  return eventOf(environment).base;
}

interface PullRequestEvent {
  readonly number: number | null;
  readonly base: string | null;
}

/** Events that have a pull request: pull_request and its like, workflow_run of one, a comment on one. */
function eventOf({ GITHUB_EVENT_PATH: file }: Environment): PullRequestEvent {
  const event = file === undefined || file === "" ? {} : readEvent(file);
  const fromRun = at(at(at(event, "workflow_run"), "pull_requests"), "0");
  const pull = at(event, "pull_request") ?? fromRun;
  const issue = at(at(event, "issue"), "pull_request") === undefined ? undefined : at(event, "issue");
  const number = at(pull, "number") ?? at(issue, "number");
  const base = at(at(pull, "base"), "sha");
  return {
    number: Number.isSafeInteger(number) ? (number as number) : null,
    base: typeof base === "string" && /^[0-9a-f]{40,64}$/.test(base) ? base : null,
  };
}

function readEvent(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    throw failure("CL531", "GITHUB_EVENT_PATH", "it holds no JSON that can be read");
  }
}

function at(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
