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

/** No request of a run is worth more: whoever waits for a check waits for this. */
const PATIENCE_MS = 120_000;
/** Up to here it is waited for as long as GitHub asks. */
const LONGEST_WAIT_SECONDS = 60;
const MOST_RETRIES = 3;

/**
 * Creates, updates or clears the one comment of that name. Requests that fail by GitHub's fault, or come too fast, are repeated.
 *
 * @param markdown - empty where nothing changes
 */
export async function postComment(pull: PullRequest, id: string, markdown: string): Promise<Posted | Refused> {
  try {
    const github = await connect(pull);
    const author = await github.author();
    const posted = await github.carryOut(planComment(id, author, await github.comments(), markdown));
    // what GitHub says to have failed may have been done all the same
    if (posted.action === "created" && github.hasFailed())
      await github.carryOut(planComment(id, author, await github.comments(), markdown));
    return posted;
  } catch (thrown) {
    return refusedBy(thrown);
  }
}

interface GitHub {
  /** Whether any request was repeated. */
  hasFailed(): boolean;
  author(): Promise<string>;
  comments(): Promise<readonly KnownComment[]>;
  carryOut(plan: CommentPlan): Promise<Posted>;
}

async function connect(pull: PullRequest): Promise<GitHub> {
  let failed = false;
  const octokit = await octokitFor(pull, () => (failed = true));
  const { owner, repository: repo, number: issue_number } = pull;
  const remove = async (ids: readonly CommentNumber[]): Promise<void> => {
    for (const comment_id of ids)
      await octokit.request("DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}", { owner, repo, comment_id });
  };
  return {
    hasFailed: () => failed,
    // REST does not tell a workflow's token who it is
    author: async () =>
      (await octokit.graphql<{ viewer: { login: string } }>("query { viewer { login } }")).viewer.login,
    comments: async () => {
      const page = { owner, repo, issue_number, per_page: 100 };
      const all = await octokit.paginate("GET /repos/{owner}/{repo}/issues/{issue_number}/comments", page);
      return all.map(({ id, html_url: url, user, body }) => ({ id, url, author: user?.login ?? "", body: body ?? "" }));
    },
    carryOut: async (plan) => {
      switch (plan.action) {
        case "none":
          return { action: "none", url: null };
        case "keep":
          await remove(plan.obsolete);
          return { action: "kept", url: plan.url };
        case "create": {
          const { body } = plan;
          const path = "POST /repos/{owner}/{repo}/issues/{issue_number}/comments";
          const made = await octokit.request(path, { owner, repo, issue_number, body });
          return { action: "created", url: made.data.html_url };
        }
        case "update":
        case "clear": {
          const { id: comment_id, body, obsolete } = plan;
          const path = "PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}";
          const made = await octokit.request(path, { owner, repo, comment_id, body });
          await remove(obsolete);
          return { action: plan.action === "clear" ? "cleared" : "updated", url: made.data.html_url };
        }
      }
    },
  };
}

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** Octokit comes as modules of the newer kind alone, and is loaded when it is needed. */
async function octokitFor({ apiUrl, token }: PullRequest, onFailure: () => void) {
  const [{ Octokit }, { paginateRest }, { retry }, { throttling }] = await Promise.all([
    import("@octokit/core"),
    import("@octokit/plugin-paginate-rest"),
    import("@octokit/plugin-retry"),
    import("@octokit/plugin-throttling"),
  ]);
  const again = (seconds: number, _options: object, _octokit: object, retries: number): boolean =>
    retries < MOST_RETRIES && seconds <= LONGEST_WAIT_SECONDS;
  // the first plugin is the innermost: it hears of what the others repeat
  const noticing = (octokit: { hook: { error(name: "request", heard: (error: unknown) => never): void } }): void =>
    octokit.hook.error("request", (error) => {
      onFailure();
      throw error;
    });
  return new (Octokit.plugin(noticing, paginateRest, retry, throttling))({
    auth: token,
    baseUrl: apiUrl,
    userAgent: "eventloom",
    log: silent,
    request: { signal: AbortSignal.timeout(PATIENCE_MS) },
    retry: { retries: MOST_RETRIES },
    throttle: { onRateLimit: again, onSecondaryRateLimit: again },
  });
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
