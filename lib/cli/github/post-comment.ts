import { type Octokit, octokitFor } from "./octokit";
import type { PullRequest } from "./workflow-run";
import { type CommentNumber, type CommentPlan, type KnownComment, planComment } from "./sticky-comment";

/** What became of the comment. */
export interface Posted {
  readonly action: "created" | "updated" | "cleared" | "kept" | "none";
  /** Null where there is none. */
  readonly url: string | null;
}

/** What GitHub, or the way there, has against it. */
export interface Refused {
  /** GitHub's answer; null where there was none. */
  readonly status: number | null;
  /** Why, in GitHub's words or those of the network; any text. */
  readonly reason: string;
}

/**
 * Creates, updates or clears the one comment of that name. Requests that fail by GitHub's fault, or come too fast, are repeated.
 *
 * @param markdown - empty where nothing changes
 */
export async function postComment(pull: PullRequest, id: string, markdown: string): Promise<Posted | Refused> {
  try {
    let failed = false;
    const octokit = await octokitFor(pull, () => (failed = true));
    const reached = { octokit, place: { owner: pull.owner, repo: pull.repository }, number: pull.number };
    const author = await authorOf(reached);
    const post = async (): Promise<Posted> =>
      carryOut(reached, planComment(id, author, await commentsOf(reached), markdown));
    const posted = await post();
    // what GitHub says to have failed may have been done all the same
    if (posted.action === "created" && failed) await post();
    return posted;
  } catch (thrown) {
    return refusedBy(thrown);
  }
}

/** The pull request on GitHub. */
interface Reached {
  readonly octokit: Octokit;
  /** As all paths of the API have it. */
  readonly place: { readonly owner: string; readonly repo: string };
  readonly number: number;
}

/** REST does not tell a workflow's token who it is. */
async function authorOf({ octokit }: Reached): Promise<string> {
  const { viewer } = await octokit.graphql<{ viewer: { login: string } }>("query { viewer { login } }");
  return viewer.login;
}

async function commentsOf({ octokit, place, number }: Reached): Promise<readonly KnownComment[]> {
  const page = { ...place, issue_number: number, per_page: 100 };
  const all = await octokit.paginate("GET /repos/{owner}/{repo}/issues/{issue_number}/comments", page);
  return all.map(({ id, html_url: url, user, body }) => ({ id, url, author: user?.login ?? "", body: body ?? "" }));
}

async function carryOut(reached: Reached, plan: CommentPlan): Promise<Posted> {
  const { octokit, place, number } = reached;
  switch (plan.action) {
    case "none":
      return { action: "none", url: null };
    case "keep":
      await remove(reached, plan.obsolete);
      return { action: "kept", url: plan.url };
    case "create": {
      const path = "POST /repos/{owner}/{repo}/issues/{issue_number}/comments";
      const made = await octokit.request(path, { ...place, issue_number: number, body: plan.body });
      return { action: "created", url: made.data.html_url };
    }
    case "update":
    case "clear": {
      const path = "PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}";
      const made = await octokit.request(path, { ...place, comment_id: plan.id, body: plan.body });
      await remove(reached, plan.obsolete);
      return { action: plan.action === "clear" ? "cleared" : "updated", url: made.data.html_url };
    }
  }
}

async function remove({ octokit, place }: Reached, ids: readonly CommentNumber[]): Promise<void> {
  for (const comment_id of ids)
    await octokit.request("DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}", { ...place, comment_id });
}

function refusedBy(thrown: unknown): Refused {
  const { status, message, cause, errors, response } = thrown as Thrown;
  const reason = [cause?.message, message].find((each) => typeof each === "string") ?? "";
  // GraphQL says with 200 what it refuses
  if (Array.isArray(errors) && status === undefined) {
    const forbidden = errors.some((each: { type?: unknown }) => FORBIDDEN.includes(String(each.type)));
    return { status: forbidden ? 403 : 422, reason };
  }
  // what had no answer has a status of the library's making
  return { status: typeof status === "number" && response !== undefined ? status : null, reason };
}

const FORBIDDEN = ["FORBIDDEN", "INSUFFICIENT_SCOPES"];

interface Thrown {
  readonly status?: unknown;
  readonly message?: string;
  readonly cause?: { readonly message?: string };
  readonly errors?: unknown;
  readonly response?: unknown;
}
