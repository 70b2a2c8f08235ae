import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compile, type Lock, type Profile } from "eventloom";
import { nextLock } from "../../lib/lock/next-lock";
import { renderLock } from "../../lib/lock/render-lock";
import { type EnginePlan, readPulumiPreview, readTerraformPlan } from "../../lib/preview/engine-plan";
import type { PostgresServer } from "../../tools/servers/state";
import type { Toolchain } from "../../tools/toolchain";
import { readTableShop } from "../pulumi/project/read-table-shop";
import { PulumiProject } from "../pulumi/pulumi-project";
import type { EngineUnderTest } from "../terraform/engines";
import { pendingInPreview, projectOf } from "./deployed";

/** Which generation is declared, and what the environment says. */
export interface Said {
  readonly generation: 1 | 2;
  readonly profile: Profile;
}

/** A store with a read table that a real engine deploys. */
export interface ReadTableDeploy {
  /** Locks what is declared, and writes the stack with it. */
  say(said: Said): Promise<Lock>;
  /** What the engine would do. */
  plan(): Promise<EnginePlan>;
  apply(): Promise<void>;
  /** What the engine would change now; empty for nothing. */
  pending(): Promise<string>;
  remove(): void;
}

class CommittedLock {
  readonly #folder = mkdtempSync(join(tmpdir(), "eventloom-read-tables-"));
  readonly file = join(this.#folder, "shop.lock.json");
  #all: Lock[] = [];

  write({ generation }: Said): Lock {
    const next = nextLock(compile(readTableShop(generation)), this.#all.at(-1) ?? null);
    if (!next.ok) throw new Error(JSON.stringify(next.issues));
    writeFileSync(this.file, renderLock(next.lock));
    this.#all.push(next.lock);
    return next.lock;
  }

  read(read: typeof readTerraformPlan, json: string): EnginePlan {
    const made = read(json, [...this.#all].reverse());
    if (!made.ok) throw new Error(JSON.stringify(made.issues));
    return made.plan;
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** By Terraform or OpenTofu. */
export function readTableBy(under: EngineUnderTest, toolchain: Toolchain, server: PostgresServer): ReadTableDeploy {
  const { EventloomProvider, EventStoreDatabase } = under.constructs;
  const project = projectOf(under, toolchain);
  const committed = new CommittedLock();
  return {
    say: async (said) => {
      const lock = committed.write(said);
      await project.write((stack) => {
        new EventloomProvider(stack, "eventloom", { ...server, sslmode: "disable" });
        const domain = readTableShop(said.generation);
        new EventStoreDatabase(stack, "store", { domain, lock: committed.file, profile: said.profile });
      }, under.engine);
      return lock;
    },
    plan: async () => {
      await project.changes();
      return committed.read(readTerraformPlan, (await project.run("show", "-json", "plan.bin")).output);
    },
    apply: async () => {
      const { exitCode, output } = await project.apply();
      if (exitCode !== 0) throw new Error(output);
    },
    pending: async () => (await project.changes()).join("\n"),
    remove: () => {
      project.remove();
      committed.remove();
    },
  };
}

/** By Pulumi. */
export async function readTableByPulumi(toolchain: Toolchain, server: PostgresServer): Promise<ReadTableDeploy> {
  const { host, port, username, password, database } = server;
  const project = new PulumiProject(toolchain, { PGHOST: host, PGPORT: String(port), PGUSER: username, PGPASSWORD: password, PGDATABASE: database, PGSSLMODE: "disable" }); // prettier-ignore
  const committed = new CommittedLock();
  const program = join(__dirname, "..", "pulumi", "project");
  copyFileSync(join(program, "read-table-shop.ts"), join(project.directory, "read-table-shop.ts"));
  copyFileSync(join(program, "read-tables.ts"), join(project.directory, "index.ts"));
  await project.succeed("stack", "init", "e2e");
  await project.succeed("config", "set", "lock", committed.file);
  let phases: readonly string[] = [];
  const up = (): Promise<string> => project.succeed("up", "--yes", "--skip-preview");
  return {
    say: async (said) => {
      const lock = committed.write(said);
      await project.succeed("config", "set", "generation", String(said.generation));
      await project.succeed("config", "set", "profile", JSON.stringify(said.profile));
      phases = Object.values(said.profile.generations ?? {});
      return lock;
    },
    plan: async () => committed.read(readPulumiPreview, await project.succeed("preview", "--json")),
    apply: async () => {
      await up();
      // what is let go of by one update is forgotten by the next
      if (phases.includes("done")) await up();
    },
    pending: () => pendingInPreview(project),
    remove: () => {
      project.remove();
      committed.remove();
    },
  };
}
