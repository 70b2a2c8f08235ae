import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as cdktf from "cdktf";
import { KAFKA_RACE, KAFKA_RACE_TRIES } from "../../tools/kafka-race";

/** What a command did. */
export interface Outcome {
  readonly exitCode: number;
  /** Both streams without colours and frames, with every run of white space as one space: engines wrap what they say. */
  readonly output: string;
}

/** One change of a plan: `update kafka_topic orders.paid`. */
export type PlannedChange = string;

/** Runs an engine's command; again where the Kafka provider has lost a race with itself. */
export async function runCommand(
  program: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<Outcome> {
  for (let left = KAFKA_RACE_TRIES; ; left--) {
    const outcome = await runOnce(program, args, cwd, env);
    if (left <= 1 || outcome.exitCode === 0 || !KAFKA_RACE.test(outcome.output)) return outcome;
  }
}

function runOnce(program: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.on("error", reject);
    child.on("close", (code) => {
      const text = Buffer.concat(chunks).toString("utf8");

      const output = text
        .replace(/\u001b\[[0-9;]*[A-Za-z]/g, "")
        .replace(/[│╷╵]/g, "")
        .replace(/\s+/g, " ");
      resolve({ exitCode: code ?? -1, output });
    });
  });
}

const ROOT = join(__dirname, "..", "..");

/** The command that synthesises the example, from any folder. */
export function exampleApp(engine: "cdktf" | "cdktn"): string {
  const jiti = join(ROOT, "node_modules", "jiti", "lib", "jiti-cli.mjs");
  return [process.execPath, jiti, join(ROOT, "examples", "orders", engine, "main.ts")].join(" ");
}

interface Change {
  readonly type: string;
  readonly change: { readonly actions: readonly string[]; readonly before: unknown; readonly after: unknown };
}

/** One stack in a folder of its own: written by the engine's own synth, then planned and applied by the real Terraform. */
export class Project {
  readonly directory = mkdtempSync(join(tmpdir(), "eventloom-project-"));
  readonly #terraform: string;
  readonly #env: NodeJS.ProcessEnv;

  constructor(terraform: string, env: NodeJS.ProcessEnv) {
    this.#terraform = terraform;
    this.#env = env;
  }

  get stackDirectory(): string {
    return join(this.directory, "cdktf.out", "stacks", "shop");
  }

  /** Writes the stack anew, whatever was in it before; its state stays. */
  async write(fill: (stack: cdktf.TerraformStack) => void, engine = cdktf): Promise<void> {
    const app = new engine.App({ outdir: join(this.directory, "cdktf.out") });
    const stack = new engine.TerraformStack(app, "shop");
    new engine.LocalBackend(stack, { path: join(this.directory, "terraform.tfstate") });
    fill(stack);
    app.synth();
    if (existsSync(join(this.stackDirectory, ".terraform"))) return;
    const { exitCode, output } = await this.run("init", "-input=false");
    if (exitCode !== 0) throw new Error(output);
  }

  /** Exit code 0: nothing to do; 2: changes. */
  plan(...options: string[]): Promise<Outcome> {
    return this.run("plan", "-input=false", "-detailed-exitcode", ...options);
  }

  /** What a plan would change, and nothing else: `update kafka_topic shop.sale-made`, in alphabetical order. */
  async changes(): Promise<readonly PlannedChange[]> {
    const planned = await this.plan("-out=plan.bin");
    if (planned.exitCode === 1) throw new Error(planned.output);
    const { output } = await this.run("show", "-json", "plan.bin");
    const { resource_changes: all = [] } = JSON.parse(output) as { resource_changes?: readonly Change[] };
    return all
      .filter(({ change }) => change.actions.join() !== "no-op")
      .map(({ type, change }) => {
        const {
          name,
          source,
          destination,
          routing_key: key,
        } = (change.after ?? change.before) as Record<string, string>;
        return `${change.actions.join("+")} ${type} ${name ?? `${source} -> ${destination} ${key}`}`;
      })
      .sort();
  }

  apply(...options: string[]): Promise<Outcome> {
    return this.run("apply", "-input=false", "-auto-approve", ...options);
  }

  run(command: string, ...options: string[]): Promise<Outcome> {
    return runCommand(this.#terraform, [command, ...options], this.stackDirectory, this.#env);
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
