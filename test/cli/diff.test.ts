import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Log } from "sarif";
import { compile, defineDomain, event, jsonSchema } from "eventloom";
import { nextLock } from "../../lib/lock/next-lock";
import { renderLock } from "../../lib/lock/render-lock";
import { eventloomIn, Repository } from "./command-line";
import { domainSource } from "./modules";

jest.setTimeout(120_000);

const payload = jsonSchema<{ id: string }>({ properties: { id: { type: "string" } }, required: ["id"] });
const aggregates = { Cart: { id: "id", events: { CartOpened: event({ versions: { 1: payload } }) } } } as const;

/** The text of a small domain's lock. */
function lockOf(name: string, partitions = 12, consumers: readonly string[] = []): string {
  const on = Object.fromEntries(
    consumers.map((each) => [each, { on: ["CartOpened"] as const, via: "rabbitmq" as const }]),
  );
  const domain = defineDomain(name, { aggregates, consumers: on, kafka: { partitions } } as never);
  const next = nextLock(compile(domain), null);
  if (!next.ok) throw new Error(JSON.stringify(next.issues));
  return renderLock(next.lock);
}

let repository: Repository;

beforeEach(() => {
  repository = new Repository();
});

afterEach(() => repository.remove());

const SHOP = lockOf("shop");
const WITH_BILLING = lockOf("shop", 12, ["billing"]);
const REPARTITIONED = lockOf("shop", 24);

interface Said {
  readonly exitCode: number;
  readonly diffs: readonly { domain: string; base: string; head: string; worst: string; changes: readonly unknown[] }[];
  readonly notes: readonly string[];
}

function asJson(...words: readonly string[]): Said & { status: number | null } {
  const { status, stdout } = repository.run("diff", "--json", ...words);
  return { status, ...(JSON.parse(stdout) as Said) };
}

describe("eventloom diff of two files", () => {
  test("ends with 0 where nothing differs, with 2 where something does", () => {
    repository.write({ "a.lock.json": SHOP, "b.lock.json": SHOP, "c.lock.json": WITH_BILLING });
    const same = repository.run("diff", "--base", "a.lock.json", "--head", "b.lock.json");
    expect(same).toMatchObject({ status: 0, stderr: "" });
    const other = repository.run("diff", "--base", "a.lock.json", "--head", "c.lock.json");
    expect(other).toMatchObject({ status: 2, stderr: "" });
    expect(other.stdout).toContain("shop.billing");
    expect(repository.run("diff", "--base", "a.lock.json", "c.lock.json").status).toBe(2);
  });

  test("needs no git", () => {
    const folder = mkdtempSync(join(tmpdir(), "eventloom-no-git-"));
    repository.write({ "a.lock.json": SHOP, "c.lock.json": WITH_BILLING });
    const words = ["diff", "--base", repository.path("a.lock.json"), "--head", repository.path("c.lock.json")];
    expect(eventloomIn(folder, words, { PATH: folder }).status).toBe(2);
    rmSync(folder, { recursive: true });
  });

  test("of different domains is refused (CL513)", () => {
    repository.write({ "a.lock.json": SHOP, "b.lock.json": lockOf("ark") });
    const { status, stdout, stderr } = repository.run("diff", "--base", "a.lock.json", "--head", "b.lock.json");
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(
      /^CL513 b\.lock\.json: locks of different domains: "ark" here, "shop" in a\.lock\.json .*\n$/,
    );
  });

  test.each([
    ["nothing", "", /LK6\d\d/],
    ["half of it", SHOP.slice(0, 700), /LK6\d\d/],
    ["a newer format", SHOP.replace('"format": 1', '"format": 99'), /LK6\d\d/],
    ["another file", '{"lockfileVersion": 3}', /LK6\d\d/],
    ["a merge's markers", `<<<<<<< HEAD\n${SHOP}=======\n${SHOP}>>>>>>> branch\n`, /LK6\d\d/],
  ])("says in one line that it holds %s", (_, text, why) => {
    repository.write({ "a.lock.json": SHOP, "b.lock.json": text });
    const { status, stdout, stderr } = repository.run("diff", "--base", "a.lock.json", "--head", "b.lock.json");
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(why);
    expect(stderr).toContain("b.lock.json");
    expect(stderr).not.toMatch(/ {4}at /);
  });

  test("says which file cannot be read (CL512)", () => {
    repository.write({ "a.lock.json": SHOP });
    const { status, stderr } = repository.run("diff", "--base", "a.lock.json", "--head", "none.lock.json");
    expect(status).toBe(1);
    expect(stderr).toMatch(/^CL512 none\.lock\.json: cannot be read: .*\n$/);
  });

  test("writes to a file, and nothing to standard output", () => {
    repository.write({ "a.lock.json": SHOP, "b.lock.json": WITH_BILLING });
    const words = ["--base", "a.lock.json", "--head", "b.lock.json", "--out", "diff.json", "--format", "json"];
    expect(repository.run("diff", ...words)).toEqual({ status: 2, stdout: "", stderr: "" });
    expect(JSON.parse(readFileSync(repository.path("diff.json"), "utf8"))).toMatchObject({
      diffs: [{ domain: "shop" }],
    });
  });
});

describe("--fail-on", () => {
  test("ends with 3 from that class on, and with 2 below it", () => {
    repository.write({ "a.lock.json": SHOP, "b.lock.json": REPARTITIONED, "c.lock.json": WITH_BILLING });
    const at = (head: string, failOn: string): number | null =>
      repository.run("diff", "--base", "a.lock.json", "--head", head, "--fail-on", failOn).status;
    expect([at("b.lock.json", "risky"), at("b.lock.json", "refused")]).toEqual([3, 2]);
    expect([at("c.lock.json", "safe"), at("c.lock.json", "risky"), at("a.lock.json", "safe")]).toEqual([3, 2, 0]);
  });
});

describe("eventloom diff in a git repository", () => {
  test("compares the files as they are with where the branch began", () => {
    repository.commit({ "shop.lock.json": SHOP });
    repository.git("checkout", "--quiet", "-b", "feature");
    repository.commit({ README: "more" });
    repository.git("checkout", "--quiet", "main");
    repository.commit({ "shop.lock.json": REPARTITIONED });
    repository.git("checkout", "--quiet", "feature");
    expect(asJson("--base", "main").status).toBe(0);
    expect(asJson("--base", "main", "--no-merge-base").status).toBe(2);
    repository.write({ "shop.lock.json": WITH_BILLING });
    expect(asJson("--base", "main").status).toBe(2);
    expect(asJson("--base", "main", "--head", "feature").status).toBe(0);
  });

  test("finds every domain, also one that git does not know yet, and follows a lock that has moved", () => {
    repository.commit({ "shop.lock.json": SHOP, "old/ark.lock.json": lockOf("ark") });
    repository.git("checkout", "--quiet", "-b", "feature");
    repository.git("rm", "--quiet", "shop.lock.json");
    repository.git("mv", "old", "new");
    repository.write({ "zoo/zoo.lock.json": lockOf("zoo"), "package.lock.json": '{"lockfileVersion": 3}' });
    const said = asJson("--base", "main");
    expect(said.status).toBe(2);
    expect(said.diffs.map(({ domain, base, head }) => [domain, base, head])).toEqual([
      ["ark", "there", "there"],
      ["shop", "there", "absent"],
      ["zoo", "absent", "there"],
    ]);
    expect(said.diffs[0]?.changes).toEqual([]);
  });

  test("works from any folder in it, and with the locks that are named", () => {
    repository.commit({ "a/shop.lock.json": SHOP, "b/ark.lock.json": lockOf("ark") });
    repository.write({ "a/shop.lock.json": WITH_BILLING, "b/ark.lock.json": lockOf("ark", 24) });
    const { status, stdout } = eventloomIn(repository.path("b"), [
      "diff",
      "--json",
      "--base",
      "main",
      "../a/shop.lock.json",
    ]);
    expect(status).toBe(2);
    expect((JSON.parse(stdout) as Said).diffs.map(({ domain }) => domain)).toEqual(["shop"]);
  });

  test("says that everything is new where the base has no lock", () => {
    repository.commit({ README: "hello" });
    repository.write({ "shop.lock.json": SHOP });
    const { status, stderr } = repository.run("diff", "--base", "main");
    expect(status).toBe(2);
    expect(stderr).toBe("eventloom: main has no lock: everything is new\n");
  });

  test("has nothing to compare where there is no lock at all (CL518)", () => {
    repository.commit({ README: "hello" });
    expect(repository.run("diff", "--base", "main")).toMatchObject({ status: 1, stdout: "" });
    expect(repository.run("diff", "--base", "main").stderr).toMatch(/^CL518 .*: no lock file: nor in main .*\n$/);
  });

  test("takes a lock that was emptied for damaged, not for removed", () => {
    repository.commit({ "shop.lock.json": SHOP });
    repository.write({ "shop.lock.json": "" });
    const { status, stderr } = repository.run("diff", "--base", "main");
    expect(status).toBe(1);
    expect(stderr).toMatch(/LK6\d\d.*shop\.lock\.json|shop\.lock\.json.*LK6\d\d/s);
  });

  test("refuses two locks of one domain (CL514)", () => {
    repository.commit({ "a/shop.lock.json": SHOP, "b/shop.lock.json": WITH_BILLING });
    const { status, stderr } = repository.run("diff", "--base", "main");
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /^CL514 .*b\/shop\.lock\.json: two locks of the same domain: "shop", which .*a\/shop\.lock\.json/,
    );
  });

  test.each([
    ["nonsense", /^CL508 nonsense: unknown git ref/],
    ["--output=x", /^CL516 --output=x: not a git ref/],
    ["main:shop.lock", /^CL508 main:shop\.lock: unknown git ref/],
    ["a\u001b[31mb", /^CL508 a\ufffd\[31mb: unknown git ref/],
    ["$(touch x)", /^CL508 \$\(touch x\): unknown git ref/],
  ])("knows no ref %j", (ref, why) => {
    repository.commit({ "shop.lock.json": SHOP });
    const { status, stdout, stderr } = repository.run("diff", `--base=${ref}`);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(why);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  });

  test("says how to go on in a shallow clone (CL509)", () => {
    repository.commit({ "shop.lock.json": SHOP });
    repository.git("branch", "old");
    repository.commit({ "shop.lock.json": WITH_BILLING });
    const clone = mkdtempSync(join(tmpdir(), "eventloom-shallow-"));
    spawnSync("git", ["clone", "--quiet", "--depth", "1", "--no-single-branch", `file://${repository.folder}`, clone]);
    for (const ref of ["origin/old", "HEAD~1"]) {
      const { status, stderr } = eventloomIn(clone, ["diff", "--base", ref]);
      expect(status).toBe(1);
      expect(stderr).toMatch(
        /^CL509 .*: not in this shallow clone \(fix: fetch the history: `git fetch --unshallow`, or `fetch-depth: 0`/,
      );
    }
    rmSync(clone, { recursive: true });
  });

  test("refuses histories that have nothing in common (CL519), unless the base is taken as it is", () => {
    repository.commit({ "shop.lock.json": SHOP });
    repository.git("checkout", "--quiet", "--orphan", "other");
    repository.commit({ "shop.lock.json": WITH_BILLING });
    expect(repository.run("diff", "--base", "main").stderr).toMatch(/^CL519 main: no history in common/);
    expect(repository.run("diff", "--base", "main", "--no-merge-base").status).toBe(2);
  });

  test("needs a repository (CL510), and git (CL511)", () => {
    const folder = mkdtempSync(join(tmpdir(), "eventloom-bare-"));
    const none = eventloomIn(folder, ["diff", "--base", "main"], { GIT_CEILING_DIRECTORIES: tmpdir() });
    expect(none.status).toBe(1);
    expect(none.stderr).toMatch(/^CL510 .*: not in a git repository/);
    const without = eventloomIn(folder, ["diff", "--base", "main"], { PATH: folder });
    expect(without.status).toBe(1);
    expect(without.stderr).toMatch(/^CL511 git: git cannot be run/);
    rmSync(folder, { recursive: true });
  });

  test.each([[[]], [["--base"]], [["--base", "main", "--format", "pdf"]], [["--base", "main", "--fail-on", "all"]]])(
    "ends with 1 for wrong usage: %j",
    (words) => {
      expect(repository.run("diff", ...words)).toMatchObject({ status: 1, stdout: "" });
    },
  );
});

describe("--stale-check", () => {
  test("ends with 1 where the lock is not what the module becomes (CL515)", () => {
    repository.commit({ "shop.ts": domainSource("shop") });
    repository.run("lock", "shop.ts");
    repository.commit({});
    const words = ["--base", "main", "--stale-check", "shop.ts"];
    expect(repository.run("diff", ...words).status).toBe(0);
    repository.write({ "shop.ts": domainSource("shop", 'consumers: { billing: { on: ["CartOpened"] } }') });
    const { status, stdout, stderr } = repository.run("diff", ...words);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(/^CL515 shop\.ts: the lock is stale: "shop" has changed since .*\n$/);
    expect(repository.run("diff", "--base", "main", "--stale-check", "none.ts", "--json")).toMatchObject({ status: 1 });
  });
});

describe("--format github and sarif", () => {
  const words = ["--base", "main", "--format"];

  test("name the lock's line from the repository's top, from any folder in it", () => {
    repository.commit({ "a b/shop.lock.json": SHOP });
    repository.write({ "a b/shop.lock.json": REPARTITIONED });
    const line = REPARTITIONED.split("\n").findIndex((each) => each.includes('"partitions": 24')) + 1;
    const github = eventloomIn(repository.path("a b"), ["diff", ...words, "github"]);
    expect(github).toMatchObject({ status: 2, stderr: "" });
    expect(github.stdout).toMatch(`::warning file=a b/shop.lock.json,line=${line},title=KF201 shop.cart-opened::`);
    const sarif = eventloomIn(repository.path("a b"), ["diff", ...words, "sarif", "--fail-on", "risky"]);
    expect(sarif).toMatchObject({ status: 3, stderr: "" });
    const log = JSON.parse(sarif.stdout) as Log;
    expect(log.runs[0]?.results?.[0]?.locations?.[0]?.physicalLocation).toMatchObject({
      artifactLocation: { uri: "a%20b/shop.lock.json" },
      region: { startLine: line },
    });
  });

  test("name the module's line where a module is loaded", () => {
    repository.commit({ "src/shop.ts": domainSource("shop") });
    repository.run("lock", "src/shop.ts");
    repository.commit({});
    repository.write({ "src/shop.ts": domainSource("shop", "kafka: { partitions: 24 }") });
    repository.run("lock", "src/shop.ts");
    const { stdout } = eventloomIn(repository.path("src"), ["diff", ...words, "github", "--stale-check", "shop.ts"]);
    expect(stdout).toMatch(/^::warning file=src\/shop\.ts,line=3,title=KF201 shop\.cart-opened::/);
  });

  test("are empty, or have no results, where nothing has changed", () => {
    repository.commit({ "shop.lock.json": SHOP });
    expect(repository.run("diff", ...words, "github")).toEqual({ status: 0, stdout: "", stderr: "" });
    const log = JSON.parse(repository.run("diff", ...words, "sarif").stdout) as Log;
    expect(log.runs[0]?.results).toEqual([]);
  });

  test("are no forms of a plan (CL524)", () => {
    const { status, stderr } = repository.run("diff", ...words, "sarif", "--plan", "plan.json");
    expect(status).toBe(1);
    expect(stderr).toMatch(/^CL524 --format: no such form of a plan: sarif .*\n$/);
  });
});

describe("--plan and --pulumi", () => {
  test("hold an engine's plan against the locks, and say in one line what keeps them from it (PL901, PL906)", () => {
    const plan = { format_version: "1.2", terraform_version: "1.9.0", resource_changes: [], prior_state: {} };
    repository.write({ "a.lock.json": SHOP, "b.lock.json": WITH_BILLING, "plan.json": JSON.stringify(plan), cut: "{" });
    const words = ["--base", "a.lock.json", "--head", "b.lock.json"];
    const held = repository.run("diff", ...words, "--plan", "plan.json", "--out", "said.txt");
    expect(held).toEqual({ status: 2, stdout: "", stderr: "" });
    expect(readFileSync(repository.path("said.txt"), "utf8")).toContain("PL914");
    expect(repository.run("diff", ...words, "--pulumi", "cut").stderr).toMatch(/^PL901 .*\n$/);
    expect(repository.run("diff", ...words, "--plan", "none")).toMatchObject({ status: 1, stdout: "" });
    expect(repository.run("diff", ...words, "--plan", "cut", "--pulumi", "cut").status).toBe(1);
  });
});

describe("--format markdown", () => {
  test("is text for a comment, and nothing where nothing has changed", () => {
    repository.write({ "a.lock.json": SHOP, "b.lock.json": REPARTITIONED });
    const said = repository.run("diff", "--base", "a.lock.json", "--head", "b.lock.json", "--format", "markdown");
    expect(said.status).toBe(2);
    expect(said.stdout).toContain("partitions grow from 12 to 24");
    const same = repository.run("diff", "--base", "a.lock.json", "--head", "a.lock.json", "--format", "markdown");
    expect(same).toEqual({ status: 0, stdout: "", stderr: "" });
  });
});

describe("--format html", () => {
  test("needs the page's script, which a checkout has only after a build (CL523)", () => {
    repository.write({ "a.lock.json": SHOP, "b.lock.json": REPARTITIONED });
    const words = ["--base", "a.lock.json", "--head", "b.lock.json", "--format", "html", "--out", "page.html"];
    const { status, stdout, stderr } = repository.run("diff", ...words);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(
      /^CL523 eventloom: the page's script is not there: ENOENT.* \(fix: build the package: npm run build\)\n$/,
    );
    expect(existsSync(repository.path("page.html"))).toBe(false);
  });

  test("is none of the forms of a plan (CL524)", () => {
    repository.write({ "a.lock.json": SHOP, "plan.json": "{}" });
    const words = ["--base", "a.lock.json", "--head", "a.lock.json", "--plan", "plan.json", "--format", "html"];
    expect(repository.run("diff", ...words).stderr).toMatch(/^CL524 --format: no such form of a plan: html .*\n$/);
  });
});
