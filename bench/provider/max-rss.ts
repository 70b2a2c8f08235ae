import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * What a process of the provider writes down when it ends: the most memory that it had, in kB. On Linux `getrusage` would also tell of
 * the engine, whose memory a process that it starts has until it becomes another program.
 */
const HOOK = (program: string, file: string): string => `
if ((process.argv[1] ?? "").includes(${JSON.stringify(program)})) process.on("exit", () => {
  const { appendFileSync, readFileSync } = require("node:fs");
  const own = () => /^VmHWM:\\s+(\\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))[1];
  const kilobytes = process.platform === "linux" ? own() : process.resourceUsage().maxRSS;
  appendFileSync(${JSON.stringify(file)}, kilobytes + "\\n");
});
`;

/**
 * The most memory that any process of a program had while an engine ran, in MB. Each process says so itself when it ends: an
 * engine starts several, one after the other.
 *
 * @param program - what the path of its script contains
 * @param run - gets variables for the engine's environment
 */
export async function maxRss(program: string, run: (env: NodeJS.ProcessEnv) => Promise<unknown>): Promise<number> {
  const dir = mkdtempSync(join(tmpdir(), "eventloom-bench-"));
  try {
    const [hook, file] = [join(dir, "hook.cjs"), join(dir, "kilobytes")];
    writeFileSync(hook, HOOK(program, file));
    await run({ NODE_OPTIONS: `--require ${hook}` });
    const seen = existsSync(file) ? readFileSync(file, "utf8").trim().split("\n").map(Number) : [];
    if (seen.length === 0) throw new Error(`no process of ${program} said how much memory it had`);
    return Math.max(...seen) / 1024;
  } finally {
    rmSync(dir, { recursive: true });
  }
}
