import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { renderLock } from "../../lib/lock/render-lock";
import { readPulumiPreview } from "../../lib/preview/engine-plan";
import { PulumiProject } from "../../test/pulumi/pulumi-project";
import type { Connections } from "../../tools/servers/state";
import type { Toolchain } from "../../tools/toolchain";
import { type Deployed, type Engine, oneLine, type Outcome } from "./engine";

/** What the program reads: everything that differs from one deploy to the next. */
export interface PulumiInput extends Pick<Deployed, "variant" | "profile"> {
  /** The lock file. */
  readonly lock: string;
  readonly target: Connections;
}

/** A program of the order system, deployed by the real Pulumi. */
export class PulumiFolder implements Engine {
  readonly read = readPulumiPreview;
  readonly #project: PulumiProject;
  readonly #target: Connections;
  readonly #lock: string;
  #begun = false;

  constructor(toolchain: Toolchain, target: Connections) {
    this.#target = target;
    this.#project = new PulumiProject(toolchain, {});
    this.#lock = join(this.#project.directory, "orders.lock.json");
  }

  async write({ variant, lock, profile }: Deployed): Promise<void> {
    writeFileSync(this.#lock, renderLock(lock));
    const input: PulumiInput = { variant, profile, lock: this.#lock, target: this.#target };
    writeFileSync(join(this.#project.directory, "input.json"), JSON.stringify(input));
    if (this.#begun) return;
    this.#begun = true;
    await this.#writeProgram();
    await this.#project.succeed("stack", "init", "campaign");
  }

  /** As JavaScript: Pulumi would compile TypeScript anew in every run. */
  async #writeProgram(): Promise<void> {
    const { directory } = this.#project;
    await build({
      entryPoints: [join(__dirname, "pulumi-program.ts")],
      outfile: join(directory, "index.js"),
      bundle: true,
      platform: "node",
      format: "cjs",
      packages: "external",
      // the package as it is installed, and not its sources
      tsconfigRaw: {},
      logLevel: "warning",
    });
    const plugins = { providers: [{ name: "eventloom", path: "node_modules/eventloom/dist/provider" }] };
    const runtime = { name: "nodejs", options: { typescript: false } };
    // JSON is YAML
    const project = { name: "orders", main: "index.js", runtime, plugins };
    writeFileSync(join(directory, "Pulumi.yaml"), JSON.stringify(project));
  }

  async plan(): Promise<Outcome & { readonly json: string }> {
    const { exitCode, stdout } = await this.#run("preview", "--json");
    return { exitCode, stdout, json: stdout, said: oneLine(errorsIn(stdout)) };
  }

  apply(): Promise<Outcome> {
    return this.#run("up", "--yes", "--skip-preview");
  }

  async held(): Promise<readonly string[]> {
    return (await this.#urns()).map((urn) => urn.slice(urn.lastIndexOf("::") + 2));
  }

  async hasReleased(): Promise<boolean> {
    return (await this.#urns()).some((urn) => urn.includes("$eventloom:index:Released$"));
  }

  /** Of what is on a server. */
  async #urns(): Promise<readonly string[]> {
    const { deployment } = JSON.parse((await this.#run("stack", "export")).stdout) as {
      readonly deployment: { readonly resources?: readonly { readonly urn: string; readonly custom?: boolean }[] };
    };
    return (deployment.resources ?? [])
      .filter(({ custom, urn }) => custom === true && !urn.includes("::pulumi:providers:"))
      .map(({ urn }) => urn);
  }

  async #run(...args: readonly string[]): Promise<Outcome> {
    const { code, stdout, output } = await this.#project.run(...args);
    return { exitCode: code, stdout, said: oneLine(output) };
  }

  remove(): void {
    this.#project.remove();
  }
}

/** The plan names every resource; what it says of some is apart. */
function errorsIn(preview: string): string {
  const { diagnostics = [] } = JSON.parse(preview) as {
    readonly diagnostics?: readonly { readonly severity: string; readonly urn?: string; readonly message: string }[];
  };
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  return errors.map(({ urn = "", message }) => `${urn} ${message}`).join("\n");
}
