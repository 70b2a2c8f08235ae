import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestDatabase } from "../../test/provider/deployment";
import { PulumiTables, terraformResources } from "../../test/provider/engine-programs";
import { TerraformWorkspace } from "../../test/provider/terraform-workspace";
import type { Toolchain } from "../../tools/toolchain";
import type { DeclaredResource } from "./engine";

/** What a command of an engine came to. */
export interface Came {
  readonly done: boolean;
  /** What was printed. */
  readonly output: string;
}

/** An engine with a state of its own, as a user runs it. */
export interface RealEngine {
  /** Its own command line, and its provider's. */
  readonly commands: Readonly<Record<EngineVictim, RegExp>>;
  apply(program: readonly DeclaredResource[]): Promise<Came>;
  /** What a user does after the engine itself was killed, and before the next run. */
  recover(): Promise<Came>;
  /** Done when there is nothing to do. */
  expectNoChanges(): Promise<Came>;
  /** From now on `restore` brings back the state as it is now. */
  keep(): void;
  restore(): void;
  remove(): void;
}

export const ENGINE_VICTIMS = ["provider", "engine"] as const;
export type EngineVictim = (typeof ENGINE_VICTIMS)[number];

export const REAL_ENGINES = ["terraform", "pulumi"] as const;
export type RealEngineName = (typeof REAL_ENGINES)[number];

/** Starts nothing yet. */
export const realEngines: Readonly<
  Record<RealEngineName, (toolchain: Toolchain, database: TestDatabase) => Promise<RealEngine>>
> = { terraform: terraformOn, pulumi: pulumiOn };

async function terraformOn({ terraform }: Toolchain, database: TestDatabase): Promise<RealEngine> {
  const workspace = new TerraformWorkspace(terraform, { ...database, sslmode: "disable" });
  const file = join(workspace.directory, "terraform.tfstate");
  workspace.write({});
  const { exitCode, output } = await workspace.init();
  if (exitCode !== 0) throw new Error(output);
  let kept = "";
  return {
    commands: { engine: /(terraform|tofu) apply /, provider: /terraform-provider-eventloom/ },
    apply: async (program) => {
      workspace.write(terraformResources(program));
      return came(await workspace.apply("-parallelism=1"));
    },
    // The lock on a local state goes with the process.
    recover: () => Promise.resolve({ done: true, output: "" }),
    expectNoChanges: async () => came(await workspace.plan()),
    keep: () => void (kept = readFileSync(file, "utf8")),
    restore: () => writeFileSync(file, kept),
    remove: () => workspace.remove(),
  };
}

async function pulumiOn(toolchain: Toolchain, database: TestDatabase): Promise<RealEngine> {
  const tables = new PulumiTables(toolchain, database);
  const { project } = tables;
  const [state, kept] = ["state", "kept"].map((name) => join(project.directory, name)) as [string, string];
  await project.succeed("stack", "init", "crashes");
  return {
    commands: { engine: /pulumi --non-interactive /, provider: /pulumi-resource-eventloom/ },
    apply: async (program) => {
      tables.write(program);
      return tables.up().then(
        ({ code, output }) => ({ done: code === 0, output }),
        // Killed: it has no code.
        (error: unknown) => ({ done: false, output: String(error) }),
      );
    },
    recover: async () => came(await project.run("cancel", "--yes")),
    expectNoChanges: async () => came(await tables.expectNoChanges()),
    keep: () => copy(state, kept),
    restore: () => copy(kept, state),
    remove: () => project.remove(),
  };
}

function came(
  outcome: { readonly output: string } & ({ readonly exitCode: number } | { readonly code: number }),
): Came {
  return { done: ("code" in outcome ? outcome.code : outcome.exitCode) === 0, output: outcome.output };
}

function copy(from: string, to: string): void {
  rmSync(to, { recursive: true, force: true });
  cpSync(from, to, { recursive: true });
}
