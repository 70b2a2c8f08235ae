import { spawn } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { arch, platform, tmpdir } from "node:os";
import { join } from "node:path";
import { providerDirectory, providerVersion, terraformProviderFile } from "../../lib/provider/version";

const source = "eventloom.internal/eventloom/eventloom";

/** What a command did. */
export interface Outcome {
  readonly exitCode: number;
  /** Both streams, without colours and frames. */
  readonly output: string;
}

/** A directory with one configuration in plain JSON and the bundled provider beside it, as synth places it. */
export class TerraformWorkspace {
  readonly directory = mkdtempSync(join(tmpdir(), "eventloom-terraform-"));
  /** Where the engine finds the provider. */
  readonly providerFile: string;

  /** @param more - variables of the environment that Terraform and the provider run in */
  constructor(
    private readonly binary: string,
    private readonly provider: Readonly<Record<string, unknown>>,
    private readonly more: NodeJS.ProcessEnv = {},
  ) {
    const system = `${platform()}_${arch() === "x64" ? "amd64" : arch()}`;
    const place = join(this.directory, "terraform.d", "plugins", ...source.split("/"), providerVersion(), system);
    mkdirSync(place, { recursive: true });
    this.providerFile = join(place, terraformProviderFile);
    copyFileSync(join(providerDirectory(), terraformProviderFile), this.providerFile);
    chmodSync(this.providerFile, 0o755);
  }

  /** Writes the configuration: resources by type and name, and whatever else stands at the top level. */
  write(resource: Readonly<Record<string, unknown>>, more: Readonly<Record<string, unknown>> = {}): void {
    const configuration = {
      terraform: { required_providers: { eventloom: { source, version: providerVersion() } } },
      provider: { eventloom: this.provider },
      ...(Object.keys(resource).length === 0 ? {} : { resource }),
      ...more,
    };
    writeFileSync(join(this.directory, "main.tf.json"), JSON.stringify(configuration, null, 2));
  }

  init(): Promise<Outcome> {
    return this.run("init", "-input=false");
  }

  /** Exit code 0: no change; 2: changes. */
  plan(...options: string[]): Promise<Outcome> {
    return this.run("plan", "-input=false", "-detailed-exitcode", ...options);
  }

  apply(...options: string[]): Promise<Outcome> {
    return this.run("apply", "-input=false", "-auto-approve", ...options);
  }

  destroy(...options: string[]): Promise<Outcome> {
    return this.run("destroy", "-input=false", "-auto-approve", ...options);
  }

  run(command: string, ...options: string[]): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      // A machine's own CLI configuration may switch the implied mirror off.
      const { TF_CLI_CONFIG_FILE: _file, ...environment } = process.env;
      const child = spawn(this.binary, [command, "-no-color", ...options], {
        cwd: this.directory,
        env: { ...environment, ...this.more, CHECKPOINT_DISABLE: "1", TF_IN_AUTOMATION: "1" },
        stdio: ["ignore", "pipe", "pipe"],
      });
      const chunks: Buffer[] = [];
      child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
      child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
      child.on("error", reject);
      child.on("close", (code) => {
        const output = Buffer.concat(chunks).toString("utf8").replace(/[│╷╵]/g, "");
        // Messages are wrapped at the width of a terminal: tests look for sentences.
        resolve({ exitCode: code ?? -1, output: output.replace(/\s+/g, " ") });
      });
    });
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
