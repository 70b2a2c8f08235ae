import { type Issue, show } from "../domain/issues";
import { printable } from "../preview/printable";

/** What the command itself has to complain about, beside what it finds in declarations. A code never changes its meaning. */
export const commandIssues = {
  CL501: {
    title: "no such file",
    fix: "name a TypeScript or JavaScript file, relative to the current folder",
    exit: 2,
  },
  CL502: { title: "not a file", fix: "name the file in it that exports the domain", exit: 2 },
  CL503: {
    title: "neither TypeScript nor JavaScript",
    fix: "name a file that ends in .ts, .mts, .cts, .js, .mjs or .cjs",
    exit: 2,
  },
  CL504: { title: "cannot be loaded", fix: "mend the module; `node` or `tsc` say more about it", exit: 2 },
  CL505: { title: "exports no domain", fix: "export what defineDomain() returns", exit: 2 },
  CL506: { title: "two domains of the same name", fix: "rename one of them, or look at one module at a time", exit: 1 },
  CL507: { title: "the domain has no event store", fix: 'leave store: "none" out of it, or the module out', exit: 1 },
  CL508: { title: "unknown git ref", fix: "name a branch, a tag or a commit; `git fetch` brings a remote's", exit: 1 },
  CL509: {
    title: "not in this shallow clone",
    fix: "fetch the history: `git fetch --unshallow`, or `fetch-depth: 0` for actions/checkout",
    exit: 1,
  },
  CL510: {
    title: "not in a git repository",
    fix: "run it inside the repository, or name two lock files: --base old.lock.json --head new.lock.json",
    exit: 1,
  },
  CL511: {
    title: "git cannot be run",
    fix: "install git, or name two lock files: --base old.lock.json --head new.lock.json",
    exit: 1,
  },
  CL512: { title: "cannot be read", fix: "name a lock file that `eventloom lock` has written", exit: 1 },
  CL513: { title: "locks of different domains", fix: "compare two locks of the same domain", exit: 1 },
  CL514: { title: "two locks of the same domain", fix: "keep one of them", exit: 1 },
  CL515: { title: "the lock is stale", fix: "run `eventloom lock` and commit what it writes", exit: 1 },
  CL516: {
    title: "not a git ref",
    fix: "name a branch, a tag or a commit that does not begin with -",
    exit: 1,
  },
  CL517: { title: "cannot be written", fix: "name a file in a folder that exists and may be written", exit: 1 },
  CL518: { title: "no lock file", fix: "write one with `eventloom lock <module...>` and commit it", exit: 1 },
  CL519: {
    title: "no history in common with the base",
    fix: "compare with the base as it is: --no-merge-base",
    exit: 1,
  },
  CL520: { title: "more resources than the budget", fix: "raise --budget, or declare less", exit: 1 },
  CL521: {
    title: "nothing is called so",
    fix: "name a resource's key, physical name or urn as `eventloom preview --json` has them",
    exit: 1,
  },
  CL522: { title: "several domains in one picture", fix: "name a module that exports one domain", exit: 1 },
  CL523: { title: "the page's script is not there", fix: "build the package: npm run build", exit: 1 },
  CL524: {
    title: "no such form of a plan",
    fix: "take --format text, markdown or json with --plan and --pulumi",
    exit: 1,
  },
  CL525: {
    title: "no JSON of an engine's output",
    fix: "leave --json out with -, or ask for one address",
    exit: 2,
  },
  CL530: {
    title: "no token",
    fix: "give the step one: env: GITHUB_TOKEN: ${{ github.token }}",
    exit: 1,
  },
  CL531: {
    title: "no pull request to comment on",
    fix: "run it in a workflow on pull_request, or name one: --pr <number>, with GITHUB_REPOSITORY=owner/name",
    exit: 1,
  },
  CL532: {
    title: "GitHub refuses the token",
    fix: "give the step a token that is valid: ${{ github.token }}",
    exit: 1,
  },
  CL533: {
    title: "GitHub does not let this token comment",
    fix: "permissions: pull-requests: write for the job; a pull request from a fork has a token that reads only",
    exit: 1,
  },
  CL534: {
    title: "GitHub knows no such pull request",
    fix: "see that GITHUB_REPOSITORY and --pr name it, and that the token may read it",
    exit: 1,
  },
  CL535: { title: "GitHub refuses the comment", fix: "look at what GitHub says about it", exit: 1 },
  CL536: { title: "GitHub cannot be reached", fix: "run it again later; see that GITHUB_API_URL is right", exit: 1 },
  CL537: {
    title: "not a name for a comment",
    fix: "take at most 64 letters, digits, dots, hyphens and underscores, a letter or digit first",
    exit: 1,
  },
  CL538: { title: "no base", fix: "name what it was: --base <ref|lock>", exit: 1 },
  CL539: { title: "not a web address", fix: "give --artifact-url an address with https://", exit: 1 },
  CL540: {
    title: "has old generations on a server that was not named",
    fix: "name it, so that all of them are looked at: --rabbitmq <url>, --kafka <servers>",
    exit: 2,
  },
  CL541: { title: "the server cannot be asked", fix: "see where it listens, and who may ask it", exit: 2 },
  CL542: {
    title: "no client for Kafka",
    fix: "install one beside eventloom: npm install @platformatic/kafka",
    exit: 2,
  },
  CL550: {
    title: "the table is not taken over",
    fix: "leave it to whoever keeps it, or put that right and run it again",
    exit: 1,
  },
  CL551: {
    title: "stays on the server beside the declaration, which does not have it",
    fix: "nothing changes it; make it by other means where the declaration is deployed anew",
    exit: 1,
  },
  CL552: {
    title: "not a table",
    fix: "it stays as it is; make it by other means where the tables are deployed anew",
    exit: 1,
  },
  CL553: {
    title: "the first deploy validates it",
    fix: "validate it before, or deploy when the table is idle",
    exit: 1,
  },
  CL554: {
    title: "no such schema",
    fix: "see that PGDATABASE names its database; names are compared exactly",
    exit: 1,
  },
  CL555: { title: "no table to take over", fix: "name another schema", exit: 1 },
} as const satisfies Readonly<Record<string, { title: string; fix: string; exit: 1 | 2 }>>;

/** A code of {@link commandIssues}. */
export type CommandIssueCode = keyof typeof commandIssues;

/** @param detail what exactly, in one line */
export function commandIssue(code: CommandIssueCode, path: string, detail?: string): Issue {
  const { title, fix } = commandIssues[code];
  return { code, path, message: detail === undefined ? title : `${title}: ${detail}`, fix };
}

/** The first line of what was thrown, whatever it is, fit for a terminal. */
export function thrownLine(thrown: unknown): string {
  // not instanceof: an error may come from another realm
  const { name, message } = (thrown ?? {}) as { name?: unknown; message?: unknown };
  const text = typeof message === "string" ? `${String(name)}: ${message}` : `threw ${show(thrown)}`;
  const line = text.replace(/^Error: /, "").split("\n", 1)[0] ?? "";
  return printable(line.trim()).slice(0, LONGEST_LINE);
}

const LONGEST_LINE = 500;
