import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** A failure of a tool or server that the caller can act on: one line, no stack trace needed. */
export class ToolError extends Error {
  override readonly name = "ToolError";
}

/** How a command is run. */
export interface CommandOptions {
  readonly cwd?: string;
  /** The whole environment of the command. @default - this process's */
  readonly env?: NodeJS.ProcessEnv;
  /** What to install when the command is not on PATH. @default - its name */
  readonly install?: string;
}

/**
 * Runs a command to its end and returns what it wrote to stdout.
 *
 * @throws ToolError - it is not on PATH, or it failed: with the last lines that it wrote.
 */
export function run(command: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let both = "";
    child.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
      both += chunk.toString();
    });
    child.stderr.on("data", (chunk: Buffer) => (both += chunk.toString()));
    child.on("error", (error: NodeJS.ErrnoException) => reject(startFailure(command, error, options.install)));
    child.on("close", (code, signal) => {
      if (code === 0) return resolve(stdout);
      const how = code === null ? `was ended by ${signal}` : `exited with ${code}`;
      reject(new ToolError(`${[command, ...args].join(" ")} ${how}: ${lastLines(both)}`));
    });
  });
}

/** The path of a command on PATH, or undefined. */
export function findOnPath(command: string, path: string = process.env["PATH"] ?? ""): string | undefined {
  return path
    .split(delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, command))
    .find(isExecutable);
}

/** The last lines of an output on one line, which is what says why a command failed. */
export function lastLines(text: string, count = 5): string {
  const lines = text.split("\n").map((line) => line.trim());
  return (
    lines
      .filter((line) => line !== "")
      .slice(-count)
      .join(" | ") || "it wrote nothing"
  );
}

function startFailure(command: string, error: NodeJS.ErrnoException, install = command): ToolError {
  if (error.code !== "ENOENT") return new ToolError(`${command} cannot be started: ${error.message}`);
  return new ToolError(`${command} is not on PATH: install ${install}`);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
