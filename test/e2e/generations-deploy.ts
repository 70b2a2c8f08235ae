import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Lock, Profile } from "eventloom";
import { type Deploy, locked } from "../../campaigns/generations/deploy";
import { type Shop, topologyOf } from "../../campaigns/generations/shop";
import { renderLock } from "../../lib/lock/render-lock";
import type { Toolchain } from "../../tools/toolchain";
import type { EngineUnderTest } from "../terraform/engines";
import type { Target } from "./contents";
import { addProviders, pendingInPreview, projectOf, pulumiProject } from "./deployed";

/** A shop that a real engine deploys. */
export interface EngineDeploy {
  readonly deploy: Deploy;
  /** What the engine would change now; empty for nothing. */
  pending(): Promise<string>;
  remove(): void;
}

/** The lock as the change commits it: each deploy finds it in a file, as a stack does. */
class CommittedLock {
  readonly #folder = mkdtempSync(join(tmpdir(), "eventloom-generations-"));
  readonly file = join(this.#folder, "shop.lock.json");

  write(shop: Shop, before: Lock | null): Lock {
    const lock = locked(topologyOf(shop), before);
    writeFileSync(this.file, renderLock(lock));
    return lock;
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** By Terraform or OpenTofu. */
export function deployedBy(under: EngineUnderTest, toolchain: Toolchain, servers: Target): EngineDeploy {
  const project = projectOf(under, toolchain);
  const committed = new CommittedLock();
  return {
    deploy: async (domain, before, profile) => {
      const lock = committed.write(domain, before);
      await project.write((stack) => {
        addProviders(stack, under, servers);
        const { vhost } = servers.rabbitmq;
        new under.constructs.EventDrivenDomain(stack, "shop", { domain, lock: committed.file, profile, replicationFactor: 1, vhost }); // prettier-ignore
      }, under.engine);
      const { exitCode, output } = await project.apply();
      if (exitCode !== 0) throw new Error(output);
      return lock;
    },
    pending: async () => (await project.changes()).join("\n"),
    remove: () => {
      project.remove();
      committed.remove();
    },
  };
}

/** By Pulumi. */
export async function deployedByPulumi(toolchain: Toolchain, servers: Target): Promise<EngineDeploy> {
  const committed = new CommittedLock();
  const project = await pulumiProject(toolchain, servers, {
    program: "test/pulumi/project/generations.ts",
    beside: { "generations-shop.ts": "campaigns/generations/shop.ts" },
    config: { lock: committed.file },
  });
  const up = (): Promise<string> => project.succeed("up", "--yes", "--skip-preview");
  return {
    deploy: async (domain, before, profile) => {
      const lock = committed.write(domain, before);
      for (const [name, value] of Object.entries(settingsOf(domain, profile)))
        await project.succeed("config", "set", name, value);
      await up();
      // what is let go of by one update is forgotten by the next
      if (Object.values(profile.generations ?? {}).includes("done")) await up();
      return lock;
    },
    pending: () => pendingInPreview(project),
    remove: () => {
      project.remove();
      committed.remove();
    },
  };
}

function settingsOf(shop: Shop, profile: Profile): Readonly<Record<string, string>> {
  const second = topologyOf(shop).resources.some(({ key }) => key === "queue/consumer/billing-v2");
  return { name: shop.name, generation: second ? "2" : "1", profile: JSON.stringify(profile) };
}
