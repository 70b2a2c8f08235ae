import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compile } from "eventloom";
import { deploymentOf } from "../../lib/lock/deployment";
import { nextLock } from "../../lib/lock/next-lock";
import { renderLock } from "../../lib/lock/render-lock";
import type { Lock } from "../../lib/lock/types";
import { ensureToolchain, type Toolchain } from "../../tools/toolchain";
import { renamingShop } from "../pulumi/project/renaming-shop";
import type { PulumiProject } from "../pulumi/pulumi-project";
import { engines } from "../terraform/engines";
import type { Project } from "../terraform/project";
import { contents, fill, type Place, type Target } from "./contents";
import { addProviders, emptyTarget, projectOf, pulumiProject } from "./deployed";

jest.setTimeout(300_000);

/** Named after what things were called first. */
const PLACE: Place = { topic: "orders.paid", queue: "orders.billing", table: "orders.totals" };
const FULL = { topic: 1, queue: 1, table: 1 };

let toolchain: Toolchain;
let folder: string;
let lockFile: string;

beforeAll(async () => {
  toolchain = await ensureToolchain({ only: ["terraform", "tofu", "providers", "pulumi"] });
  folder = mkdtempSync(join(tmpdir(), "eventloom-renaming-"));
  lockFile = join(folder, "orders.lock.json");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** `eventloom lock` after so many renames, each on the lock before it. */
function lockedAfter(times: number): Lock {
  let lock: Lock | null = null;
  for (let each = 0; each <= times; each++) {
    const next = nextLock(compile(renamingShop(each), { replicationFactor: 1 }), lock);
    if (!next.ok) throw new Error(JSON.stringify(next.issues));
    lock = next.lock;
  }
  writeFileSync(lockFile, renderLock(lock as Lock));
  return lock as Lock;
}

/** How many resources have another identity than before. */
function movedBy(times: number): number {
  const { moved, resources } = deploymentOf(compile(renamingShop(times), { replicationFactor: 1 }), lockedAfter(times));
  return resources.filter(({ key }) => moved.some(({ to }) => to === key)).length;
}

/** Each deployment is so many times renamed; one of the engines never saw what was in between. */
const DEPLOYED = { cdktf: [1, 2], cdktn: [2] } as const;

describe.each(engines)("what is renamed, by $name", (under) => {
  const { name, engine, constructs } = under;
  let servers: Target;
  let project: Project;

  beforeAll(async () => {
    servers = await emptyTarget(name);
    project = projectOf(under, toolchain);
  });
  afterAll(() => project?.remove());

  const write = (times: number): Promise<void> =>
    project.write((stack) => {
      addProviders(stack, under, servers);
      lockedAfter(times);
      const domain = renamingShop(times);
      new constructs.EventDrivenDomain(stack, "shop", {
        domain,
        replicationFactor: 1,
        vhost: servers.rabbitmq.vhost,
        lock: lockFile,
      });
    }, engine);

  test("is in use first", async () => {
    await write(0);
    expect(await project.apply()).toMatchObject({ exitCode: 0 });
    await fill(servers, PLACE);
    expect(await contents(servers, PLACE)).toEqual(FULL);
  });

  test.each(DEPLOYED[name])(
    "moves in the plan and nothing else, keeps what it holds, and the next plan is empty: %i times renamed",
    async (times) => {
      await write(times);
      const { output } = await project.plan();
      expect(output).toContain("Plan: 0 to add, 0 to change, 0 to destroy.");
      expect(output.match(/ has moved to /g)).toHaveLength(movedBy(times));
      expect(await project.apply()).toMatchObject({ exitCode: 0, output: expect.stringContaining("0 added, 0 changed, 0 destroyed") }); // prettier-ignore
      expect(await contents(servers, PLACE)).toEqual(FULL);
      expect(await project.plan()).toMatchObject({ exitCode: 0, output: expect.stringContaining("No changes.") });
    },
  );
});

describe("what is renamed, by Pulumi", () => {
  let servers: Target;
  let project: PulumiProject;

  beforeAll(async () => {
    servers = await emptyTarget("renaming");
    project = await pulumiProject(toolchain, servers, {
      program: "test/pulumi/project/renaming.ts",
      beside: { "renaming-shop.ts": "test/pulumi/project/renaming-shop.ts" },
      config: { lock: lockFile },
    });
  });
  afterAll(() => project?.remove());

  const step = async (times: number): Promise<void> => {
    lockedAfter(times);
    await project.succeed("config", "set", "times", String(times));
  };
  const up = (): Promise<string> => project.succeed("up", "--yes", "--skip-preview");

  test("is in use first", async () => {
    await step(0);
    await up();
    await fill(servers, PLACE);
    expect(await contents(servers, PLACE)).toEqual(FULL);
  });

  test.each([1, 2])(
    "changes nothing in the preview, keeps what it holds, and the next preview is empty: %i times renamed",
    async (times) => {
      await step(times);
      expect(await project.run("preview", "--expect-no-changes")).toMatchObject({ code: 0 });
      expect(await up()).not.toMatch(/\d+ (created|updated|deleted|replaced)/);
      const state = await project.succeed("stack", "export");
      expect(state).toContain(`::shop-topic-${["", "OrderSettled", "OrderCleared"][times] ?? ""}"`);
      expect(state).not.toContain("::shop-topic-OrderPaid");
      expect(await contents(servers, PLACE)).toEqual(FULL);
      expect(await project.run("preview", "--expect-no-changes", "--refresh")).toMatchObject({ code: 0 });
    },
  );
});
