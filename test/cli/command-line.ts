import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { root } from "../sources";

/** How a process ended. */
export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const jiti = require.resolve("jiti/package.json").replace("package.json", "lib/jiti-cli.mjs");

/** The command as a process of its own in a folder. */
export function eventloomIn(folder: string, words: readonly string[], environment: NodeJS.ProcessEnv = {}): Ended {
  const { status, stdout, stderr } = spawnSync(process.execPath, [jiti, join(root, "lib/cli/main.ts"), ...words], {
    cwd: folder,
    encoding: "utf8",
    timeout: 50_000,
    env: { ...process.env, ...environment },
  });
  return { status, stdout, stderr: stderr.replace(PROGRESS, "") };
}

/** What is said after two seconds: on a busy machine at any time. */
export const PROGRESS = /^eventloom: still .*\n/gm;

/** The same without standing in the way of what this process does meanwhile, say a server. */
export function eventloomBeside(
  folder: string,
  words: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<Ended> {
  return runBeside(process.execPath, [jiti, join(root, "lib/cli/main.ts"), ...words], folder, environment);
}

/** Runs a program; its environment is what is given, and what lets programs be found. */
export function runBeside(
  program: string,
  words: readonly string[],
  folder: string,
  environment: NodeJS.ProcessEnv,
): Promise<Ended> {
  const { PATH, HOME, TMPDIR } = process.env;
  const env = { ...(TMPDIR === undefined ? {} : { TMPDIR }), PATH, HOME, ...environment };
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { cwd: folder, env });
    let [stdout, stderr] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.on("error", reject);
    child.on("close", (status) => resolve({ status, stdout, stderr }));
  });
}

/** A git repository of its own for a test. */
export class Repository {
  readonly folder = mkdtempSync(join(tmpdir(), "eventloom-repository-"));

  constructor() {
    this.git("init", "--quiet", "--initial-branch", "main");
  }

  git(...words: readonly string[]): string {
    const settings = ["user.name=Test", "user.email=test@example.org", "commit.gpgsign=false", "core.autocrlf=false"];
    const { status, stdout, stderr } = spawnSync("git", [...settings.flatMap((each) => ["-c", each]), ...words], {
      cwd: this.folder,
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(`git ${words.join(" ")}: ${stderr}`);
    return stdout.trim();
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  write(files: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(this.path(name)), { recursive: true });
      writeFileSync(this.path(name), text);
    }
  }

  /** Writes files and commits all there is. */
  commit(files: Readonly<Record<string, string>>, message = "change"): void {
    this.write(files);
    this.git("add", "--all");
    this.git("commit", "--quiet", "--allow-empty", "--message", message);
  }

  run(...words: readonly string[]): Ended {
    return eventloomIn(this.folder, words);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
