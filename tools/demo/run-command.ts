import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { finished } from "node:stream/promises";

export interface Command {
  readonly program: string;
  readonly arguments: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Where everything goes that it prints. */
  readonly log: string;
  /** Sees each line, without colours. */
  readonly onLine?: (line: string) => void;
}

const COLOURS = /\u001b\[[0-9;]*[A-Za-z]/g;

/** Runs a program to its end, without a terminal. */
export async function runCommand(command: Command): Promise<number | null> {
  const { cwd, env, log, onLine, program } = command;
  const file = createWriteStream(log, { flags: "a" });
  const child = spawn(program, command.arguments, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject).on("close", resolve);
    for (const stream of [child.stdout, child.stderr]) {
      let rest = "";
      stream.setEncoding("utf8").on("data", (chunk: string) => {
        file.write(chunk);
        const lines = (rest + chunk).replace(COLOURS, "").split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) onLine?.(line);
      });
    }
  });
  file.end();
  await finished(file);
  return code;
}
