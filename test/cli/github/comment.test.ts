import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { type Ended, eventloomBeside, Repository } from "../command-line";
import { lockOf } from "./locks";
import { GitHubStandIn, SELF, TOKEN } from "./stand-in";

jest.setTimeout(120_000);

const SHOP = lockOf("shop");
const REPARTITIONED = lockOf("shop", 24);
const WITH_BILLING = lockOf("shop", 12, ["billing"]);
const MARK = "<!-- eventloom comment: topology -->";

let github: GitHubStandIn;
let repository: Repository;

beforeEach(async () => {
  github = await GitHubStandIn.start();
  repository = new Repository();
  repository.commit({ "shop.lock.json": SHOP });
  repository.write({
    "event.json": JSON.stringify({ pull_request: { number: 7, base: { sha: repository.git("rev-parse", "HEAD") } } }),
  });
});

afterEach(async () => {
  await github.stop();
  repository.remove();
});

function environment(other: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return {
    GITHUB_TOKEN: TOKEN,
    GITHUB_API_URL: github.url,
    GITHUB_REPOSITORY: "acme/shop",
    GITHUB_EVENT_PATH: repository.path("event.json"),
    ...other,
  };
}

async function comment(words: readonly string[] = [], other: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const ended = await eventloomBeside(repository.folder, ["comment", ...words], environment(other));
  expect(ended.stdout + ended.stderr).not.toContain(TOKEN);
  return ended;
}

/** As in GitHub's answer; those that eventloom wrote have a mark. */
function bodies(): readonly string[] {
  return github.comments.map(({ body }) => body.replace(/\r\n/g, "\n"));
}

describe("eventloom comment", () => {
  test("creates one comment, updates it, leaves it alone where it says the same, and clears it", async () => {
    repository.write({ "shop.lock.json": REPARTITIONED });
    const created = await comment(["--fail-on", "risky"]);
    expect(created).toEqual({
      status: 3,
      stdout: "comment created: https://github.example/acme/shop/pull/7#issuecomment-1000\n",
      stderr: "",
    });
    expect(bodies()[0]).toMatch(/^<!-- eventloom comment: topology -->\n## ⚠️ Topology: 1 change, with risks\n/);

    expect((await comment()).stdout).toMatch(/^comment left as it is: it says the same: /);
    expect(github.requests.slice(-2)).toEqual(["POST /graphql", "GET /repos/acme/shop/issues/7/comments"]);

    repository.write({ "shop.lock.json": WITH_BILLING });
    expect((await comment()).stdout).toMatch(/^comment updated: .*-1000\n$/);
    expect(bodies()).toHaveLength(1);
    expect(bodies()[0]).toContain("shop.billing");

    repository.write({ "shop.lock.json": SHOP });
    expect(await comment()).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^comment cleared: nothing changes any more: /) as string,
    });
    expect(bodies()).toEqual([
      `${MARK}\n## ✅ Topology: no changes\n\nWhat this pull request changed before, it does not change any more.`,
    ]);
    expect((await comment()).stdout).toMatch(/^comment left as it is/);
    expect(github.complaints).toEqual([]);
  });

  test("posts nothing where nothing changes", async () => {
    expect(await comment()).toEqual({ status: 0, stdout: "no comment: nothing changes\n", stderr: "" });
    expect(github.comments).toEqual([]);
  });

  test("touches no comment of others, nor one of its own under another name, and takes a quoted mark for none", async () => {
    github.add("mallory", `${MARK}\nfake`);
    github.add(SELF, `> ${MARK}\n> quoted`);
    github.add(SELF, "<!-- eventloom comment: staging -->\nanother");
    const before = bodies();
    repository.write({ "shop.lock.json": REPARTITIONED });
    expect((await comment()).stdout).toMatch(/^comment created/);
    expect(bodies().slice(0, 3)).toEqual(before);
    expect((await comment(["--id", "staging"])).stdout).toMatch(/^comment updated: .*-1002\n$/);
    expect(bodies()).toHaveLength(4);
  });

  test("finds its comment behind 150 others, and removes what a second run at once has left", async () => {
    for (let index = 0; index < 150; index++) github.add("alice", `comment ${index}`);
    github.add(SELF, `${MARK}\nold`);
    github.add(SELF, `${MARK}\nolder twin`);
    repository.write({ "shop.lock.json": REPARTITIONED });
    expect((await comment()).stdout).toMatch(/^comment updated: .*-1150\n$/);
    expect(github.comments).toHaveLength(151);
    expect(github.asked.filter(({ method }) => method === "GET").map(({ path }) => path)).toEqual([
      "/repos/acme/shop/issues/7/comments?per_page=100",
      "/repos/acme/shop/issues/7/comments?per_page=100&page=2",
    ]);
    expect(github.complaints).toEqual([]);
  });

  test("keeps below the limit of GitHub, cuts by importance and links all of it", async () => {
    const many = Array.from({ length: 300 }, (_, index) => `reader${index}`);
    repository.write({ "shop.lock.json": lockOf("shop", 6, many) });
    const url = "https://ci.example/run/1?a=b#c(d)";
    expect((await comment(["--artifact-url", url])).status).toBe(2);
    const [body = ""] = bodies();
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(65_000);
    expect(Buffer.byteLength(body)).toBeGreaterThan(60_000);
    expect(body).toContain("partitions shrink from 12 to 6");
    expect(body).toMatch(
      /_\d+ more not shown here, the least important ones\._ \[All of it\]\(https:\/\/ci\.example\/run\/1\?a=b#c%28d%29\)$/,
    );
    expect(github.complaints).toEqual([]);
  });

  test("repeats what GitHub fails at, and leaves one comment where the first try was done after all", async () => {
    repository.write({ "shop.lock.json": REPARTITIONED });
    github.faults.push({ method: "GET", status: 502, message: "Bad Gateway" });
    const since = Date.now();
    expect((await comment()).stdout).toMatch(/^comment created/);
    expect(Date.now() - since).toBeGreaterThan(1_000);
    github.comments.length = 0;
    const path = "/repos/acme/shop/issues/7/comments";
    github.faults.push({ method: "POST", path, status: 502, message: "Bad Gateway", done: true });
    expect((await comment()).stdout).toMatch(/^comment created/);
    expect(github.requests.slice(-5).map((each) => each.split(" ", 1)[0])).toEqual([
      "GET",
      "POST",
      "POST",
      "GET",
      "DELETE",
    ]);
    expect(github.comments).toHaveLength(1);
  });

  test("waits as GitHub asks where it is too fast (429, and the limit for writing)", async () => {
    repository.write({ "shop.lock.json": REPARTITIONED });
    github.faults.push({ method: "GET", status: 429, message: "Too Many Requests" });
    expect((await comment()).stdout).toMatch(/^comment created/);
    repository.write({ "shop.lock.json": WITH_BILLING });
    const message = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
    github.faults.push({ method: "PATCH", status: 403, message, headers: { "retry-after": "2" } });
    const since = Date.now();
    expect((await comment()).stdout).toMatch(/^comment updated/);
    expect(Date.now() - since).toBeGreaterThan(2_000);
  });

  test("gives up where GitHub goes on failing, in one line (CL536)", async () => {
    repository.write({ "shop.lock.json": REPARTITIONED });
    github.faults.push({ method: "GET", status: 503, message: "Unavailable\n\u001b[31mnow", times: 99 });
    const { status, stdout, stderr } = await comment();
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(
      /^CL536 acme\/shop#7: GitHub cannot be reached: 503 Unavailable\ufffd\ufffd\[31mnow \(fix: .*\)\n$/,
    );
    expect(github.asked.filter(({ method }) => method === "GET")).toHaveLength(4);
  });

  test("says in one line that nobody is there (CL536)", async () => {
    const { status, stderr } = await comment([], { GITHUB_API_URL: "http://127.0.0.1:1" });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^CL536 acme\/shop#7: GitHub cannot be reached: .*\(fix: .*\)\n$/);
  });

  test.each([
    ["CL532", 401, "Bad credentials"],
    ["CL534", 404, "Not Found"],
    ["CL535", 422, "Validation Failed"],
  ])("says %s in one line where GitHub answers with %i, and asks no second time", async (code, status, message) => {
    repository.write({ "shop.lock.json": REPARTITIONED });
    github.faults.push({ method: "GET", status, message: `${message} ${TOKEN}`, times: 9 });
    const ended = await comment([], { GITHUB_STEP_SUMMARY: repository.path("summary.md") });
    expect(ended).toMatchObject({ status: 1, stdout: "" });
    expect(ended.stderr).toMatch(
      new RegExp(`^${code} acme/shop#7: .*: ${status} ${message} \\*\\*\\* \\(fix: .*\\)\\n$`),
    );
    expect(github.asked.filter(({ method }) => method === "GET")).toHaveLength(1);
    expect(existsSync(repository.path("summary.md"))).toBe(false);
  });

  test("writes the job's summary where a fork's token may only read (CL533), and goes on", async () => {
    repository.write({ "shop.lock.json": REPARTITIONED });
    const forbid = () => {
      github.faults.length = 0;
      github.add(SELF, `${MARK}\nold`);
      github.faults.push({ method: "PATCH", status: 403, message: "Resource not accessible by integration" });
    };
    forbid();
    writeFileSync(repository.path("summary.md"), "before\n");
    const ended = await comment(["--fail-on", "refused"], { GITHUB_STEP_SUMMARY: repository.path("summary.md") });
    expect(ended).toMatchObject({ status: 2, stdout: "job summary written: the token may not comment\n" });
    expect(ended.stderr).toMatch(
      /^eventloom: CL533 acme\/shop#7: .*: 403 Resource not accessible by integration \(fix: .*\); it is in the job's summary instead\n$/,
    );
    expect(readFileSync(repository.path("summary.md"), "utf8")).toMatch(/^before\n## ⚠️ Topology: 1 change/);
    forbid();
    const without = await comment();
    expect(without).toMatchObject({ status: 1, stdout: "" });
    expect(without.stderr).toMatch(/^CL533 /);
  });

  test("writes the job's summary once where it is asked to", async () => {
    repository.write({ "shop.lock.json": REPARTITIONED });
    const summary = repository.path("summary.md");
    expect((await comment(["--summary"], { GITHUB_STEP_SUMMARY: summary })).status).toBe(2);
    const text = readFileSync(summary, "utf8");
    expect(text.match(/Topology: 1 change/g)).toHaveLength(1);
    expect(text).not.toContain("eventloom comment");
    expect((await comment(["--summary"])).stderr).toMatch(/^CL517 GITHUB_STEP_SUMMARY: /);
  });

  test("gives programs JSON", async () => {
    repository.write({ "shop.lock.json": REPARTITIONED });
    const { status, stdout } = await comment(["--json", "--fail-on", "risky"]);
    expect(status).toBe(3);
    expect(JSON.parse(stdout)).toEqual({
      exitCode: 3,
      changes: 1,
      worst: "risky",
      comment: { action: "created", url: "https://github.example/acme/shop/pull/7#issuecomment-1000" },
      notes: [],
      findings: [],
    });
  });

  test.each<[string, readonly string[], NodeJS.ProcessEnv]>([
    ["CL530", [], { GITHUB_TOKEN: "" }],
    ["CL531", [], { GITHUB_REPOSITORY: "acme/shop/../../other" }],
    ["CL531", [], { GITHUB_API_URL: "file:///etc/passwd" }],
    ["CL531", [], { GITHUB_EVENT_PATH: "none.json" }],
    ["CL531", [], { GITHUB_EVENT_PATH: "" }],
    ["CL537", ["--id", "a --> b"], {}],
    ["CL538", ["--pr", "7"], { GITHUB_EVENT_PATH: "" }],
    ["CL539", ["--artifact-url", "javascript:alert(1)"], {}],
    ["CL539", ["--artifact-url", "https://user:pass@ci.example/"], {}],
  ])("asks GitHub nothing where %s keeps it from it: %j %j", async (code, words, other) => {
    const { status, stdout, stderr } = await comment(words, other);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(new RegExp(`^${code} .* \\(fix: .*\\)\\n$`));
    expect(github.asked).toEqual([]);
  });

  test("finds the pull request in the events that have one, and takes --pr before them", async () => {
    repository.write({ "shop.lock.json": REPARTITIONED });
    const base = ["--base", "main"];
    const events = [
      { workflow_run: { pull_requests: [{ number: 7, base: { sha: repository.git("rev-parse", "HEAD") } }] } },
      { issue: { number: 7, pull_request: { url: "x" } } },
    ];
    for (const event of events) {
      repository.write({ "event.json": JSON.stringify(event) });
      expect((await comment(base)).status).toBe(2);
    }
    repository.write({ "event.json": JSON.stringify({ issue: { number: 7 } }) });
    expect((await comment(base)).stderr).toMatch(/^CL531 /);
    expect((await comment([...base, "--pr", "7"])).status).toBe(2);
    expect((await comment([...base, "--pr", "8"])).stderr).toMatch(/^CL534 acme\/shop#8: /);
    expect((await comment([...base, "--pr", "0"])).status).toBe(1);
  });
});
