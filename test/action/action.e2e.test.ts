import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Log } from "sarif";
import { Repository } from "../cli/command-line";
import { lockOf } from "../cli/github/locks";
import { GitHubStandIn, SELF, TOKEN } from "../cli/github/stand-in";
import { root } from "../sources";
import { action, type Finished, runAction } from "./runner";

jest.setTimeout(180_000);

const MARK = "<!-- eventloom comment: topology -->";
const SHOP = lockOf("shop");
const ARK = lockOf("ark");

let standIn: GitHubStandIn;
let repository: Repository;
let temporary: string;
let base: string;

beforeEach(async () => {
  standIn = await GitHubStandIn.start();
  temporary = mkdtempSync(join(tmpdir(), "eventloom-runner-"));
  repository = new Repository();
  repository.commit({ ".gitignore": "node_modules\n", "shop/shop.lock.json": SHOP, "ark/ark.lock.json": ARK });
  base = repository.git("rev-parse", "HEAD");
  repository.git("checkout", "--quiet", "-b", "feature");
  install(repository.folder);
});

afterEach(async () => {
  await standIn.stop();
  repository.remove();
  rmSync(temporary, { recursive: true, force: true });
});

/** What `npm ci` leaves where eventloom is a dependency. */
function install(folder: string): void {
  mkdirSync(join(folder, "node_modules", ".bin"), { recursive: true });
  symlinkSync(root, join(folder, "node_modules", "eventloom"));
  symlinkSync("../eventloom/dist/cli/main.js", join(folder, "node_modules", ".bin", "eventloom"));
}

/** One run for the pull request as it is now; `event` null for a push. */
async function run(
  inputs: Readonly<Record<string, string>> = {},
  event: object | null = { pull_request: { number: 7, base: { sha: base } } },
): Promise<Finished> {
  const file = join(temporary, "event.json");
  writeFileSync(file, JSON.stringify(event ?? {}));
  const github = {
    event: event ?? {},
    token: TOKEN,
    server_url: "https://github.example",
    repository: "acme/shop",
    run_id: "42",
  };
  const environment = { GITHUB_API_URL: standIn.url, GITHUB_REPOSITORY: "acme/shop", GITHUB_EVENT_PATH: file };
  const finished = await runAction({ workspace: repository.folder, temporary, github, environment, inputs });
  expect(finished.stdout + finished.stderr + finished.summary).not.toContain(TOKEN);
  expect(standIn.complaints).toEqual([]);
  return finished;
}

function bodies(): readonly string[] {
  return standIn.comments.map(({ body }) => body.replace(/\r\n/g, "\n"));
}

const URL_OF_FIRST = "https://github.example/acme/shop/pull/7#issuecomment-1000";

describe("the action on a pull request", () => {
  test("comments, annotates, writes the summary and files, and says what it has found", async () => {
    repository.commit({
      "shop/shop.lock.json": lockOf("shop", 24),
      "ark/ark.lock.json": lockOf("ark", 12, ["billing"]),
    });
    const { status, stdout, stderr, outputs, summary } = await run();
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(outputs).toEqual({
      "exit-code": "2",
      changes: expect.stringMatching(/^[1-9]\d*$/) as string,
      worst: "risky",
      "comment-url": URL_OF_FIRST,
      files: expect.stringContaining(temporary) as string,
      "sarif-file": join(outputs["files"] ?? "", "topology.sarif"),
    });
    expect(bodies()).toHaveLength(1);
    expect(bodies()[0]).toMatch(new RegExp(`^${MARK}\n## ⚠️ Topology: ${outputs["changes"]} changes, with risks\n`));
    expect(summary).toBe(`${(bodies()[0] ?? "").slice(MARK.length + 1)}\n`);
    expect(stdout).toMatch(/^::warning file=shop\/shop\.lock\.json,line=\d+,title=KF201 shop\.cart-opened::/);
    expect(stdout).toMatch(/^::notice file=ark\/ark\.lock\.json,line=1,title=eventloom%3A ark::/m);
    const files = outputs["files"] ?? "";
    expect(readdirSync(files).sort()).toEqual(["topology.html", "topology.json", "topology.md", "topology.sarif"]);
    const log = JSON.parse(readFileSync(join(files, "topology.sarif"), "utf8")) as Log;
    expect(log.runs[0]?.results?.map(({ ruleId }) => ruleId)).toEqual(["KF201"]);
    expect(readFileSync(join(files, "topology.html"), "utf8")).toMatch(/^<!doctype html>/);
  });

  test("updates the same comment at the next push, and clears it where nothing changes any more", async () => {
    repository.commit({ "shop/shop.lock.json": lockOf("shop", 24) });
    await run();
    repository.commit({ "ark/ark.lock.json": lockOf("ark", 36) });
    expect((await run()).outputs["comment-url"]).toBe(URL_OF_FIRST);
    expect(bodies()).toHaveLength(1);
    expect(bodies()[0]).toContain("partitions grow from 12 to 36");
    repository.commit({ "shop/shop.lock.json": SHOP, "ark/ark.lock.json": ARK });
    const { status, outputs, summary, stdout } = await run({ "fail-on": "safe" });
    expect({ status, outputs }).toMatchObject({ status: 0, outputs: { "exit-code": "0", changes: "0", worst: "" } });
    expect(bodies()).toEqual([
      `${MARK}\n## ✅ Topology: no changes\n\nWhat this pull request changed before, it does not change any more.`,
    ]);
    expect(summary).toBe("## ✅ Topology: no changes\n");
    expect(stdout).not.toMatch(/^::/m);
  });

  test("posts nothing where nothing changes", async () => {
    repository.commit({ README: "hello" });
    const { status, outputs } = await run();
    expect({ status, url: outputs["comment-url"] }).toEqual({ status: 0, url: "" });
    expect(standIn.requests).toEqual(["POST /graphql", "GET /repos/acme/shop/issues/7/comments"]);
  });

  test("fails from fail-on on, with all that it has to say", async () => {
    repository.commit({ "shop/shop.lock.json": lockOf("shop", 24) });
    const { status, stdout, outputs } = await run({ "fail-on": "risky" });
    expect({ status, code: outputs["exit-code"], url: outputs["comment-url"] }).toEqual({
      status: 1,
      code: "3",
      url: URL_OF_FIRST,
    });
    expect(stdout).toMatch(/^::error title=eventloom::changes at or above risky$/m);
  });

  test("looks at the locks that are named, in a folder of the repository, under a name of its own", async () => {
    repository.commit({ "shop/shop.lock.json": lockOf("shop", 24), "ark/ark.lock.json": lockOf("ark", 24) });
    install(repository.path("ark"));
    const inputs = { locks: "ark.lock.json\n", "working-directory": "ark", id: "ark", annotations: "false" };
    const { outputs, stdout } = await run(inputs);
    expect(outputs["changes"]).toBe("1");
    expect(stdout).not.toMatch(/^::/m);
    expect(bodies()[0]).toMatch(/^<!-- eventloom comment: ark -->\n/);
  });
});

describe("the action and GitHub", () => {
  beforeEach(() => repository.commit({ "shop/shop.lock.json": lockOf("shop", 24) }));

  test("touches no comment of others, behind 150 of which it finds its own", async () => {
    const fake = standIn.add("mallory", `${MARK}\nfake`);
    for (let index = 0; index < 149; index++) standIn.add("alice", `comment ${index}`);
    const own = standIn.add(SELF, `${MARK}\nold`);
    expect((await run()).outputs["comment-url"]).toMatch(new RegExp(`-${own.id}$`));
    expect(standIn.comments).toHaveLength(151);
    expect(fake.body).toBe(`${MARK}\nfake`);
    expect(standIn.asked.filter(({ method }) => method === "GET")).toHaveLength(2);
  });

  test("keeps below the limit whatever there is to say, and links the run", async () => {
    const many = Array.from({ length: 300 }, (_, index) => `reader${index}`);
    repository.commit({ "shop/shop.lock.json": lockOf("shop", 6, many) });
    expect((await run()).status).toBe(0);
    const [body = ""] = bodies();
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(65_000);
    expect(body).toContain("partitions shrink from 12 to 6");
    expect(body).toMatch(/ \[All of it\]\(https:\/\/github\.example\/acme\/shop\/actions\/runs\/42\)$/);
  });

  test("goes on where the token of a fork may only read: the summary has it", async () => {
    const fault = { method: "POST", path: "/repos/", status: 403, message: "Resource not accessible by integration" };
    standIn.faults.push(fault);
    const { status, stdout, outputs, summary } = await run();
    expect({ status, url: outputs["comment-url"] }).toEqual({ status: 0, url: "" });
    expect(stdout).toMatch(/^eventloom: CL533 acme\/shop#7: .*it is in the job's summary instead$/m);
    expect(summary).toContain("partitions grow from 12 to 24");
  });

  test("repeats what GitHub fails at", async () => {
    standIn.faults.push({ method: "GET", status: 502, message: "Bad Gateway" });
    expect((await run()).outputs["comment-url"]).toBe(URL_OF_FIRST);
  });

  test("fails in one line where the token is refused, with its files all the same", async () => {
    standIn.faults.push({ method: "POST", status: 401, message: "Bad credentials" });
    const { status, stdout, outputs } = await run();
    expect({ status, code: outputs["exit-code"], worst: outputs["worst"] }).toEqual({
      status: 1,
      code: "1",
      worst: "risky",
    });
    expect(stdout).toMatch(
      /^::error title=eventloom::CL532 acme\/shop#7: GitHub refuses the token: 401 Bad credentials /m,
    );
    expect(readdirSync(outputs["files"] ?? "")).toContain("topology.sarif");
  });

  test("asks nothing of it where it is not to comment, or the event is about no pull request", async () => {
    const off = await run({ comment: "false" });
    const push = await run({ base: "main" }, null);
    for (const { status, summary, outputs } of [off, push]) {
      expect({ status, url: outputs["comment-url"] }).toEqual({ status: 0, url: "" });
      expect(summary).toContain("partitions grow from 12 to 24");
    }
    expect(standIn.asked).toEqual([]);
  });
});

describe("the action and its inputs", () => {
  test("never runs what an input says", async () => {
    repository.commit({ "shop/shop.lock.json": lockOf("shop", 24) });
    const evil = `"; touch "$RUNNER_TEMP/owned"; $(touch $RUNNER_TEMP/owned) \`touch $RUNNER_TEMP/owned\``;
    for (const name of ["base", "head", "locks", "fail-on", "id", "artifact-url", "annotations"]) {
      const { stdout } = await run({ [name]: name === "base" ? `${evil}\n::set-env name=A::b` : evil });
      expect(stdout).not.toMatch(/^::(?!error |warning |notice )/m);
    }
    expect(readdirSync(temporary)).not.toContain("owned");
  });

  test("reach its script as variables alone, and each is described", () => {
    for (const step of action.runs.steps) expect(step.run).not.toContain("${{");
    for (const each of [...Object.values(action.inputs), ...Object.values(action.outputs)]) {
      expect(each.description).toMatch(/\.$/);
    }
  });

  test.each<[RegExp, Readonly<Record<string, string>>, object | null]>([
    [/^::error title=eventloom::CL508 nonsense: unknown git ref .*$/m, { base: "nonsense" }, null],
    [/^::error title=eventloom::no base: .*$/m, {}, null],
    [/^::error title=eventloom::CL516 --output=x: not a git ref .*$/m, { base: "--output=x" }, null],
    [/^::error title=eventloom::error: .*--fail-on.*$/m, { base: "main", "fail-on": "all" }, null],
  ])("fails with %s", async (why, inputs, event) => {
    const { status, stdout, outputs } = await run(inputs, event);
    expect({ status, code: outputs["exit-code"] }).toEqual({ status: 1, code: "1" });
    expect(stdout).toMatch(why);
  });

  test("fails where eventloom is not installed, and installs nothing", async () => {
    rmSync(repository.path("node_modules"), { recursive: true });
    const { status, stdout } = await run();
    expect(status).toBe(1);
    expect(stdout).toMatch(/^::error title=eventloom::eventloom is not installed in .*$/m);
    expect(readdirSync(repository.folder)).not.toContain("node_modules");
  });
});
