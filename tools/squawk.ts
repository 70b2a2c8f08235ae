import { join } from "node:path";
import { cached, cacheKey } from "./cache";
import { findOnPath, run } from "./command";
import { type OnProgress, printProgress, withProgress } from "./progress";

const VERSION = "2.70.0";

/** Path of squawk, a linter of migrations: the one on PATH, else the binary that its Python package carries. */
export async function ensureSquawk(onProgress: OnProgress = printProgress): Promise<string> {
  const onPath = findOnPath("squawk");
  if (onPath !== undefined) return onPath;
  const folder = await cached("squawk", cacheKey([], [VERSION]), (target) =>
    withProgress(`installing squawk ${VERSION}`, onProgress, async () => {
      const options = ["--quiet", "--no-deps", "--disable-pip-version-check", "--target", target];
      await run("python3", ["-m", "pip", "install", ...options, `squawk-cli==${VERSION}`]);
    }),
  );
  return join(folder, "bin", "squawk");
}
