import { cpSync, mkdirSync, renameSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { cached, cacheKey } from "./cache";
import { findOnPath, run, ToolError } from "./command";
import { type OnProgress, withProgress } from "./progress";

/** A command that one of the Go modules in `tools/go` pins. */
export interface GoTool {
  /** Folder in `tools/go`. */
  readonly module: string;
  /** Import path of the command. */
  readonly command: string;
  /** Name of the binary. */
  readonly binary: string;
  /** `-ldflags` beside those that leave out debugging information. @default - none */
  readonly ldflags?: string;
  /** How long a first build takes on two cores, for the progress line. */
  readonly about: string;
}

const modules = join(__dirname, "go");

/** The path of a command's binary, built first when it is not in the cache. */
export async function ensureGoTool(tool: GoTool, onProgress: OnProgress): Promise<string> {
  const source = join(modules, tool.module);
  const ldflags = goLdflags(tool);
  const folder = await cached(tool.binary, cacheKey([source], [tool.command, ldflags]), (target) =>
    withProgress(`building ${tool.binary} (about ${tool.about} the first time)`, onProgress, async () => {
      await go(source, ["build", ...BUILD, "-ldflags", ldflags, "-o", join(target, tool.binary), tool.command]);
    }),
  );
  return join(folder, tool.binary);
}

/** The folder with the binaries `pulumi-resource-kafka` and `pulumi-resource-rabbitmq`, built first when they are not in the cache. */
export async function ensurePulumiBridges(onProgress: OnProgress): Promise<string> {
  const source = join(modules, "pulumi-bridges");
  return cached("pulumi-bridges", cacheKey([source]), (target) =>
    withProgress(
      "building Pulumi's kafka and rabbitmq providers (about 4 min the first time)",
      onProgress,
      async () => {
        // The commands embed schema files that are generated beside them: in a copy, not in the checkout.
        const copy = join(target, "source");
        cpSync(source, copy, { recursive: true });
        await go(copy, ["run", ...BUILD, "./schema"]);
        const binaries = join(target, "bin");
        mkdirSync(binaries);
        const commands = ["./pulumi-resource-kafka", "./pulumi-resource-rabbitmq"];
        await go(copy, ["build", ...BUILD, "-ldflags", "-s -w", "-o", `${binaries}/`, ...commands]);
        for (const command of commands) renameSync(join(binaries, command), join(target, command));
      },
    ),
  );
}

/** One core is left for whoever else works on the machine. */
const BUILD = ["-mod=readonly", "-trimpath", "-buildvcs=false", "-p", String(Math.max(1, availableParallelism() - 1))];

function goLdflags(tool: GoTool): string {
  return ["-s -w", tool.ldflags ?? ""].join(" ").trim();
}

async function go(cwd: string, args: readonly string[]): Promise<void> {
  if (findOnPath("go") === undefined) throw new ToolError("go is not on PATH: install Go 1.26.6 or later");
  // A workspace or flags of the user's would build something other than what is pinned.
  const env = { ...process.env, CGO_ENABLED: "0", GOWORK: "off", GOFLAGS: "" };
  await run("nice", ["go", ...args], { cwd, env });
}
