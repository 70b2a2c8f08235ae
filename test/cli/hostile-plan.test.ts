import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compile, defineDomain, event, jsonSchema } from "eventloom";
import { nextLock } from "../../lib/lock/next-lock";
import { renderLock } from "../../lib/lock/render-lock";
import { root } from "../sources";
import { shop } from "../terraform/shop";
import { pulumiTargets } from "../preview/engine-plan/plans";
import { type Ended, Repository } from "./command-line";

jest.setTimeout(120_000);

const PLANS = join(root, "test", "preview", "engine-plan", "plans");
type Topology = ReturnType<typeof compile>;

let repository: Repository;

beforeAll(() => {
  repository = new Repository();
  const grown = shop({ refunds: true, currency: true, index: true, needs: "30 days" });
  repository.write({
    "base.lock.json": locked(compile(shop({}), { replicationFactor: 1 })),
    "head.lock.json": locked(compile(grown, { replicationFactor: 1 })),
    "pulumi.lock.json": locked(pulumiTargets[0]?.topology as Topology),
  });
});

afterAll(() => repository.remove());

function locked(topology: Topology): string {
  const next = nextLock(topology, null);
  if (!next.ok) throw new Error(JSON.stringify(next.issues));
  return renderLock(next.lock);
}

interface RawPlan {
  readonly resource_changes: { address: string; type: string; change: Record<string, unknown> }[];
  readonly resource_drift?: { change: Record<string, unknown> }[];
  [member: string]: unknown;
}

const FORMATS = ["text", "markdown", "json"] as const;

/** Everything that the command prints of a plan, in each form. */
function everySaying(option: "--plan" | "--pulumi", file: string, locks: readonly [string, string]): readonly Ended[] {
  const [base, head] = locks;
  const out = repository.path("said.txt");
  return FORMATS.flatMap((format) => {
    const words = ["diff", "--base", base, "--head", head, option, file, "--format", format];
    const written = repository.run(...words, "--out", "said.txt");
    const stdout = readFileSync(out, "utf8");
    rmSync(out);
    return [repository.run(...words), { ...written, stdout }];
  });
}

const PLANTED = "planted-9c1e";

describe("secrets in the values of a plan", () => {
  test("of Terraform are in nothing that is printed or written", () => {
    const raw = JSON.parse(readFileSync(join(PLANS, "terraform-grown.json"), "utf8")) as RawPlan;
    for (const { change } of [...raw.resource_changes, ...(raw.resource_drift ?? [])]) {
      const inside = { key: PLANTED, list: [PLANTED, { deep: PLANTED }] };
      change["before"] = { ...(change["before"] as object), credentials: inside, token: `${PLANTED}-old` };
      change["after"] = { ...(change["after"] as object), credentials: { ...inside, key: `${PLANTED}-new` }, token: PLANTED }; // prettier-ignore
      change["before_sensitive"] = { credentials: true, token: true };
      change["after_sensitive"] = { credentials: { key: true, list: [true, { deep: true }] }, token: true };
    }
    const value = { sensitive: true, value: PLANTED, type: "string" };
    raw["configuration"] = {
      provider_config: { rabbitmq: { expressions: { password: { constant_value: PLANTED } } } },
    };
    raw["variables"] = { password: { value: PLANTED } };
    raw["planned_values"] = { outputs: { password: value }, root_module: { resources: [{ values: { x: PLANTED } }] } };
    raw["prior_state"] = { values: { outputs: { password: value } } };
    raw["output_changes"] = {
      password: { actions: ["update"], before: PLANTED, after: PLANTED, after_sensitive: true },
    };
    raw["checks"] = [{ instances: [{ problems: [{ message: `wrong password ${PLANTED}` }] }] }];
    raw["diagnostics"] = [{ severity: "error", summary: PLANTED, detail: PLANTED }];
    writeFileSync(repository.path("plan.json"), JSON.stringify(raw));
    for (const { status, stdout, stderr } of everySaying("--plan", "plan.json", ["base.lock.json", "head.lock.json"])) {
      expect(status).toBe(2);
      expect(stdout + stderr).not.toContain(PLANTED);
    }
  });

  test("of a file that is cut off are not quoted in what is said of it", () => {
    const text = readFileSync(join(PLANS, "terraform-grown.json"), "utf8");
    writeFileSync(repository.path("cut.json"), `${text.slice(0, 2_000)}"${PLANTED}`);
    const { status, stdout, stderr } = repository.run("diff", "--base", "base.lock.json", "--head", "head.lock.json", "--plan", "cut.json"); // prettier-ignore
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(/^PL901 [^\n]+\n$/);
    expect(stderr).not.toContain(PLANTED);
  });

  test("of Pulumi are in nothing that is printed or written", () => {
    const raw = JSON.parse(readFileSync(join(PLANS, "pulumi-more.json"), "utf8")) as RawPlan & { steps: Record<string, Record<string, object>>[]; diagnostics: object[] }; // prettier-ignore
    const secret = {
      "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
      plaintext: `"${PLANTED}"`,
    };
    for (const step of raw.steps) {
      for (const [side, hidden] of [
        ["oldState", { ...secret, ciphertext: PLANTED }],
        ["newState", secret],
      ] as const) {
        const state = step[side];
        if (state?.["inputs"] !== undefined) Object.assign(state["inputs"], { hidden, shown: "[secret]" });
        if (state !== undefined) Object.assign(state, { outputs: { password: PLANTED } });
      }
    }
    raw["config"] = { "rabbitmq:password": PLANTED };
    raw.diagnostics.push(
      { severity: "error", message: `error: no access with ${PLANTED}` },
      { urn: raw.steps[0]?.["urn"], severity: "error", message: `postgres://user:${PLANTED}@host failed: PG401 ${PLANTED}` },
      { urn: raw.steps[0]?.["urn"], severity: "info", message: PLANTED },
    ); // prettier-ignore
    writeFileSync(repository.path("preview.json"), JSON.stringify(raw));
    for (const { status, stdout, stderr } of everySaying("--pulumi", "preview.json", [
      "pulumi.lock.json",
      "pulumi.lock.json",
    ])) {
      // prettier-ignore
      expect([2, 3]).toContain(status);
      expect(stdout + stderr).not.toContain(PLANTED);
    }
  });
});

test("the plan of another stack is said to be one, whatever is in it (PL914)", () => {
  const raw = JSON.parse(readFileSync(join(PLANS, "terraform-grown.json"), "utf8")) as RawPlan;
  const others = raw.resource_changes.map((each) => ({ ...each, address: `aws_s3_bucket.b`, type: "aws_s3_bucket" }));
  writeFileSync(
    repository.path("other.json"),
    JSON.stringify({ ...raw, resource_changes: others, resource_drift: [] }),
  );
  for (const [file, option] of [
    ["other.json", "--plan"],
    [join(PLANS, "terraform-nothing.json"), "--plan"],
  ] as const) {
    // prettier-ignore
    const domain = defineDomain("elsewhere", { aggregates: { Cart: { id: "id", events: { CartOpened: event({ versions: { 1: jsonSchema<{ id: string }>({ properties: { id: {} }, required: ["id"] }) } }) } } } }); // prettier-ignore
    repository.write({ "elsewhere.lock.json": locked(compile(domain)) });
    const words = ["--base", "elsewhere.lock.json", "--head", "elsewhere.lock.json", option, file];
    const { status, stdout, stderr } = repository.run("diff", ...words);
    expect({ status, stderr }).toEqual({ status: 2, stderr: "" });
    expect(stdout.match(/PL914[^\n]*/g)).toEqual([expect.stringMatching(/^PL914 .*\(fix: .*\)$/)]);
  }
});

describe("a plan of 50 MB", () => {
  test("takes the command seconds, and memory in proportion", () => {
    const raw = JSON.parse(readFileSync(join(PLANS, "terraform-grown.json"), "utf8")) as RawPlan;
    const before = { id: "b", note: "x".repeat(1_000), tags: { a: "1", b: "2" } };
    const entry = (index: number): object => ({
      address: `aws_s3_bucket.b${index}`,
      type: "aws_s3_bucket",
      mode: "managed",
      name: `b${index}`,
      change: { actions: ["update"], before, after: { ...before, note: `${before.note}y` } },
    });
    const foreign = Array.from({ length: 23_000 }, (_, index) => entry(index));
    const json = JSON.stringify({ ...raw, resource_changes: [...raw.resource_changes, ...foreign] });
    expect(json.length).toBeGreaterThan(50e6);
    writeFileSync(repository.path("large.json"), json);
    const jiti = require.resolve("jiti/package.json").replace("package.json", "lib/jiti-cli.mjs");
    const words = ["diff", "--base", "base.lock.json", "--head", "head.lock.json", "--plan", "large.json"];
    const started = performance.now();
    // 50 MB as text, and some three times as much as objects; the default of node is 2 GB and more
    const line = ["--max-old-space-size=400", jiti, join(root, "lib/cli/main.ts"), ...words];
    const { status, stdout, stderr } = spawnSync(process.execPath, line, { cwd: repository.folder, encoding: "utf8" });
    expect({ status, stderr }).toEqual({ status: 2, stderr: "" });
    expect(stdout).toContain("23000 foreign changes left alone");
    expect(performance.now() - started).toBeLessThan(20_000);
    rmSync(repository.path("large.json"));
  });
});

describe("names and values that a lock may hold", () => {
  const HOSTILE = "\u001b[2J\u202e<img src=x onerror=alert(1)>|`*[x](y)@everyone";

  function hostileLock(required: boolean): string {
    const properties = { id: { type: "string" }, [HOSTILE]: { type: "string", description: HOSTILE } };
    const payload = jsonSchema<{ id: string }>({ properties, required: required ? ["id", HOSTILE] : ["id"] });
    const versions = required ? { 1: jsonSchema({ properties: { id: {} }, required: ["id"] }), 2: payload } : { 1: jsonSchema({ properties: { id: {} }, required: ["id"] }) }; // prettier-ignore
    const shopped = defineDomain("shop", {
      aggregates: { Cart: { id: "id", events: { CartOpened: event({ versions, ...(required ? { upcast: { 1: (e: unknown) => e } } : {}) } as never) } } }, // prettier-ignore
      projections: { carts: { from: ["CartOpened"], table: { columns: { id: { type: "text" }, note: { type: "text", default: required ? `'${HOSTILE}'` : "'none'" } } } } }, // prettier-ignore
      retired: required ? { consumers: { old: { reason: HOSTILE } } } : {},
      accept: required ? [{ change: HOSTILE, reason: HOSTILE }] : [],
    } as never);
    return locked(compile(shopped));
  }

  test("give no orders to a terminal, to Markdown or to HTML, in what is printed or in what is said of a file", () => {
    const file = "a\u001b[31m\u202e.lock.json";
    repository.write({ "plain.lock.json": hostileLock(false), [file]: hostileLock(true) });
    const words = ["diff", "--base", "plain.lock.json", "--head", file];
    const text = repository.run(...words);
    expect(text).toMatchObject({ status: 2, stderr: "" });
    expect(text.stdout).toContain("\ufffd[2J\ufffd<img");
    expect(text.stdout).not.toMatch(/[\u001b\u202e]/);
    const markdown = repository.run(...words, "--format", "markdown").stdout;
    expect(markdown.replace(/```[^]*?```/g, "")).not.toMatch(/<img|[\u001b\u202e]|@everyone|\[x\]\(y\)/);
    expect(markdown).not.toMatch(/[\u001b\u202e]/);
    const missing = repository.run("diff", "--base", "plain.lock.json", "--head", "b\u001b[31m\u202e.lock.json");
    expect(missing.status).toBe(1);
    expect(missing.stderr).toMatch(/^CL512 b\ufffd\[31m\ufffd\.lock\.json: [^\u001b\u202e]*\n$/);
  });
});
