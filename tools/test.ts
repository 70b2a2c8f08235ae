import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ToolError } from "./command";
import { PACKAGED_MAJORS } from "./postgres-servers";
import { findServers, type Servers, startServers } from "./servers";
import { type Counts, countOf, countsOf, type JestReport, sum, summary } from "./test-counts";
import { ensureToolchain } from "./toolchain";

/** jest's projects that need servers: the others run what may differ from one version of Postgres to the next. */
const END_TO_END = ["e2e", ...PACKAGED_MAJORS.map((major) => `postgres-${major}`)];

/**
 * Runs every check and every test, and goes on when one fails, so that all failures are seen. Arguments go to jest. The last
 * line counts what passed, failed and was skipped.
 */
async function main(args: readonly string[]): Promise<void> {
  const counts = [
    await stage("types", () => node("typescript/bin/tsc", ["-p", "tsconfig.json", "--noEmit"])),
    await stage("types of the page", () => node("typescript/bin/tsc", ["-p", "lib/preview/page/client"])),
    await stage("lint", () => node("eslint/bin/eslint.js", ["."])),
    await stage("format", () => node("prettier/bin/prettier.cjs", ["--check", "--log-level", "warn", "."])),
    await jest(["unit"], args),
    ...(await endToEnd(args)),
  ];
  const total = sum(counts);
  console.log(summary(total));
  process.exitCode = total.failed === 0 ? 0 : 1;
}

async function endToEnd(args: readonly string[]): Promise<Counts[]> {
  let servers: Servers | undefined;
  const given = process.env["EVENTLOOM_SERVERS"];
  const ready = await stage("tools and servers", async () => {
    const onProgress = (line: string): void => console.log(line);
    await ensureToolchain({ onProgress });
    servers = given === undefined ? await startServers({ onProgress }) : findServers(given);
    return servers !== undefined || refuse(`no servers run in EVENTLOOM_SERVERS=${given}`);
  });
  if (servers === undefined) return [ready];
  try {
    return [ready, await jest(END_TO_END, ["--runInBand", ...args], { EVENTLOOM_SERVERS: servers.dir })];
  } finally {
    // Those that were given belong to someone else.
    if (given === undefined) await servers.stop();
  }
}

async function stage(name: string, holds: () => Promise<boolean>): Promise<Counts> {
  console.log(`\n== ${name}`);
  const start = Date.now();
  const result = await holds().catch((error: unknown) => refuse(error instanceof ToolError ? error.message : error));
  console.log(`${result ? "ok" : "FAILED"}: ${name}, ${((Date.now() - start) / 1000).toFixed(0)} s`);
  return countOf(result);
}

async function jest(
  projects: readonly string[],
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Counts> {
  console.log(`\n== ${projects.join(", ")} tests`);
  const folder = mkdtempSync(join(tmpdir(), "eventloom-jest-"));
  const file = join(folder, "report.json");
  const report = ["--json", `--outputFile=${file}`];
  try {
    const options = ["--passWithNoTests", ...report, "--selectProjects", ...projects];
    const holds = await node("jest/bin/jest.js", [...args, ...options], env);
    const written = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as JestReport) : undefined;
    return countsOf(written, holds);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs a script of node_modules with everything that it writes on our stdout; says whether it succeeded. */
function node(script: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join("node_modules", script), ...args], {
      env: { ...process.env, ...env },
      stdio: ["ignore", 1, 1],
    });
    child.on("error", reject);
    child.on("close", (code) => resolve(code === 0));
  });
}

function refuse(problem: unknown): false {
  console.log(problem);
  return false;
}

void main(process.argv.slice(2));
