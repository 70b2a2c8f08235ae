import type { PullRequest } from "./workflow-run";

/** What talks to GitHub. */
export type Octokit = Awaited<ReturnType<typeof octokitFor>>;

/** No request of a run is worth more: whoever waits for a check waits for this. */
const PATIENCE_MS = 120_000;
/** Up to here it is waited for as long as GitHub asks. */
const LONGEST_WAIT_SECONDS = 60;
const MOST_RETRIES = 3;

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/**
 * Octokit, which comes as modules of the newer kind alone, and is loaded when it is needed.
 *
 * @param onFailure - hears of every request that fails, those that are repeated too
 */
export async function octokitFor({ apiUrl, token }: PullRequest, onFailure: () => void) {
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
