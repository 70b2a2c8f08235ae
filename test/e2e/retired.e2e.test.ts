import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compile } from "eventloom";
import { nextLock } from "../../lib/lock/next-lock";
import { renderLock } from "../../lib/lock/render-lock";
import type { Lock } from "../../lib/lock/types";
import { diffLocks } from "../../lib/preview/diff/diff-locks";
import { comparePlan, readPulumiPreview, readTerraformPlan } from "../../lib/preview/engine-plan";
import { ensureToolchain, type Toolchain } from "../../tools/toolchain";
import { retiringShop, type RetiringShop } from "../pulumi/project/retiring-shop";
import type { PulumiProject } from "../pulumi/pulumi-project";
import { engines } from "../terraform/engines";
import type { Project } from "../terraform/project";
import { contents, fill, type Place, type Target } from "./contents";
import { addProviders, emptyTarget, projectOf, pulumiProject } from "./deployed";

jest.setTimeout(300_000);

const PLACE: Place = { topic: "shop.order-lost", queue: "shop.billing", table: "shop.totals" };
const FULL = { topic: 1, queue: 1, table: 1 };

let toolchain: Toolchain;
let folder: string;
let lockFile: string;

beforeAll(async () => {
  toolchain = await ensureToolchain({ only: ["terraform", "tofu", "providers", "pulumi"] });
  folder = mkdtempSync(join(tmpdir(), "eventloom-retiring-"));
  lockFile = join(folder, "shop.lock.json");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** `eventloom diff --plan` or `--pulumi`: what it says, and about how many things both say the same. */
function held(read: typeof readTerraformPlan, json: string, base: Lock, head: Lock): unknown {
  const made = read(json, [head, base]);
  if (!made.ok) throw new Error(JSON.stringify(made.issues));
  const { findings, agreed, plan } = comparePlan(made.plan, [diffLocks(base, head)]);
  return { findings, agreed, actions: [...new Set(plan.changes.map(({ action }) => action))].sort() };
}

/** `eventloom lock`. */
function locked(shop: RetiringShop, before: Lock | null = null): Lock {
  const next = nextLock(compile(retiringShop(shop), { replicationFactor: 1 }), before);
  if (!next.ok) throw new Error(JSON.stringify(next.issues));
  writeFileSync(lockFile, renderLock(next.lock));
  return next.lock;
}

describe.each(engines)("what is retired, by $name", (under) => {
  const { name, engine, constructs } = under;
  let servers: Target;
  let project: Project;
  let approved: Lock;

  beforeAll(async () => {
    servers = await emptyTarget(name);
    project = projectOf(under, toolchain);
  });
  afterAll(() => project?.remove());

  const write = (shop: RetiringShop): Promise<void> =>
    project.write((stack) => {
      addProviders(stack, under, servers);
      const domain = retiringShop(shop);
      new constructs.EventDrivenDomain(stack, "shop", {
        domain,
        replicationFactor: 1,
        vhost: servers.rabbitmq.vhost,
        lock: lockFile,
      });
    }, engine);

  test("is in use first", async () => {
    approved = locked({});
    await write({});
    expect(await project.apply()).toMatchObject({ exitCode: 0 });
    await fill(servers, PLACE);
    expect(await contents(servers, PLACE)).toEqual(FULL);
  });

  test("is an error as long as it has only gone: nothing is written", async () => {
    await expect(write({ gone: true })).rejects.toThrow(/LK612 retired\.events\.OrderLost/);
  });

  test("is forgotten in the plan, whether or not it was locked again", async () => {
    await write({ retired: true });
    const planned = await project.changes();
    const after = locked({ retired: true }, approved);
    await write({ retired: true });
    expect(await project.changes()).toEqual(planned);
    const { output } = await project.run("show", "-json", "plan.bin");
    const all = { findings: [], actions: ["delete", "forget", "update"], agreed: planned.length };
    expect(held(readTerraformPlan, output, approved, after)).toEqual(all);
    // another environment, that is deployed when all of this was approved long ago
    const late = { findings: [], actions: ["forget", "update"], agreed: 0 };
    expect(held(readTerraformPlan, output, after, after)).toEqual(late);
    expect(planned.filter((each) => !each.startsWith("forget "))).toEqual([
      expect.stringMatching(/^delete rabbitmq_binding .*shop\.events.*shop\.billing/),
      expect.stringMatching(/^delete rabbitmq_binding .*shop\.replies.*shop\.fulfilment/),
      // what two roles were granted on the table that is forgotten
      ...Array(2).fill(expect.stringMatching(/^update eventloom_postgres_grants /)),
    ]);
    for (const name of [
      "kafka_topic shop.order-lost",
      "rabbitmq_queue shop.billing",
      "eventloom_postgres_table totals",
    ])
      expect(planned).toContain(`forget ${name}`);
  });

  test("stays on the servers with all that it holds, and the next plan is empty", async () => {
    expect(await project.apply()).toMatchObject({ exitCode: 0, output: expect.stringContaining(" 2 destroyed") });
    expect(await contents(servers, PLACE)).toEqual(FULL);
    expect(await project.plan()).toMatchObject({ exitCode: 0 });
  });

  test("may not come back under its name", async () => {
    await expect(write({})).rejects.toThrow(/LK613 events\.OrderLost/);
  });
});

describe("what is retired, by Pulumi", () => {
  let servers: Target;
  let project: PulumiProject;
  let approved: Lock;
  let after: Lock;

  beforeAll(async () => {
    servers = await emptyTarget("retiring");
    project = await pulumiProject(toolchain, servers, {
      program: "test/pulumi/project/retiring.ts",
      beside: { "retiring-shop.ts": "test/pulumi/project/retiring-shop.ts" },
      config: { lock: lockFile },
    });
  });
  afterAll(() => project?.remove());

  const step = (name: keyof RetiringShop | "first"): Promise<string> => project.succeed("config", "set", "step", name);
  const up = (): Promise<string> => project.succeed("up", "--yes", "--skip-preview");

  test("is in use first", async () => {
    approved = locked({});
    await step("first");
    await up();
    await fill(servers, PLACE);
    expect(await contents(servers, PLACE)).toEqual(FULL);
  });

  test("is an error as long as it has only gone", async () => {
    await step("gone");
    const { code, output } = await project.run("preview");
    expect(code).not.toBe(0);
    expect(output).toMatch(/LK612 retired\.events\.OrderLost/);
  });

  test("is released by the first update, and stays on the servers with all that it holds", async () => {
    after = locked({ retired: true }, approved);
    await step("retired");
    const preview = await project.succeed("preview", "--json");
    expect(held(readPulumiPreview, preview, approved, after)).toMatchObject({
      findings: [],
      actions: ["delete", "update"],
    });
    await up();
    expect(await contents(servers, PLACE)).toEqual(FULL);
  });

  test("is forgotten by the second one, which asks nobody to delete anything", async () => {
    const preview = await project.succeed("preview", "--json");
    expect(held(readPulumiPreview, preview, after, after)).toEqual({ findings: [], actions: ["forget"], agreed: 0 });
    await up();
    expect(await contents(servers, PLACE)).toEqual(FULL);
    const state = await project.succeed("stack", "export");
    expect(state).not.toMatch(/shop\.(order-lost|billing)"|"totals"/);
    expect(await project.run("preview", "--expect-no-changes")).toMatchObject({ code: 0 });
  });
});
