import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KAFKA_RACE, KAFKA_RACE_TRIES } from "../../tools/kafka-race";
import { engineEnvironment, type Toolchain } from "../../tools/toolchain";

const ROOT = join(__dirname, "..", "..");

/** What a command came to. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  /** Both streams. */
  readonly output: string;
}

/** A folder as a user has it, with the package installed and its state in the folder; everything else is given. */
export class PulumiProject {
  readonly directory = mkdtempSync(join(tmpdir(), "eventloom-pulumi-"));
  readonly #binary: string;
  readonly #environment: NodeJS.ProcessEnv;

  constructor(toolchain: Toolchain, environment: NodeJS.ProcessEnv) {
    const state = { backendUrl: `file://${join(this.directory, "state")}`, passphrase: "e2e" };
    this.#binary = toolchain.pulumi;
    this.#environment = { ...engineEnvironment(toolchain, "pulumi", state), ...environment };
    mkdirSync(join(this.directory, "state"));
    // what is packed, and no more: the language host walks through every node_modules that it finds
    const installed = join(this.directory, "node_modules", "eventloom");
    mkdirSync(installed, { recursive: true });
    for (const name of ["package.json", "dist"]) symlinkSync(join(ROOT, name), join(installed, name));
    for (const name of ["@pulumi", "typescript"]) {
      symlinkSync(join(ROOT, "node_modules", name), join(this.directory, "node_modules", name));
    }
    copyFileSync(join(__dirname, "project", "index.ts"), join(this.directory, "index.ts"));
    for (const [file, content] of Object.entries(FILES)) {
      writeFileSync(join(this.directory, file), JSON.stringify(content, null, 2));
    }
  }

  /** `pulumi <arguments>`; a failure of the command is an outcome too. Again where the Kafka provider has lost a race with itself. */
  async run(...args: readonly string[]): Promise<Outcome> {
    for (let left = KAFKA_RACE_TRIES; ; left--) {
      const outcome = await this.#runOnce(args);
      if (left <= 1 || outcome.code === 0 || !KAFKA_RACE.test(outcome.output)) return outcome;
    }
  }

  #runOnce(args: readonly string[]): Promise<Outcome> {
    const fixed = ["--non-interactive", "--color", "never", "--cwd", this.directory];
    return new Promise((resolve, reject) => {
      const options = { env: this.#environment, maxBuffer: 64 * 1024 * 1024 };
      execFile(this.#binary, [...fixed, ...args], options, (error, stdout, stderr) => {
        const code = error === null ? 0 : error.code;
        if (typeof code === "number") resolve({ code, stdout, output: `${stdout}\n${stderr}` });
        else reject(error as Error);
      });
    });
  }

  /** @throws Error with the output when the command fails */
  async succeed(...args: readonly string[]): Promise<string> {
    const { code, output } = await this.run(...args);
    if (code !== 0) throw new Error(`pulumi ${args.join(" ")} exited with ${code}:\n${output}`);
    return output;
  }

  /** From now on, in these variables of the environment too. */
  alsoWith(more: NodeJS.ProcessEnv): this {
    Object.assign(this.#environment, more);
    return this;
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** JSON is YAML. */
const FILES: Readonly<Record<string, object>> = {
  "Pulumi.yaml": {
    name: "shop",
    runtime: { name: "nodejs", options: { typescript: true } },
    plugins: { providers: [{ name: "eventloom", path: "node_modules/eventloom/dist/provider" }] },
  },
  "package.json": { name: "shop", private: true },
  "tsconfig.json": {
    compilerOptions: {
      target: "es2022",
      module: "node16",
      moduleResolution: "node16",
      strict: true,
      noCheck: true,
      skipLibCheck: true,
    },
    files: ["index.ts"],
  },
};
