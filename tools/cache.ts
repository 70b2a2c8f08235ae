import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { basename, join, relative } from "node:path";
import { isAlive } from "./servers/process";

/** Where built tools are kept between runs and checkouts. */
export function cacheRoot(env: NodeJS.ProcessEnv = process.env): string {
  return join(env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "eventloom-dev");
}

/**
 * The key of what is built from some files and settings: it changes when any file's path or content, or any setting, does.
 * A folder stands for all files below it.
 */
export function cacheKey(paths: readonly string[], settings: readonly string[] = []): string {
  const hash = createHash("sha256");
  const platform = [process.platform, process.arch];
  for (const text of [...platform, ...settings]) hash.update(`${text}\0`);
  for (const root of paths) {
    for (const file of filesBelow(root))
      hash
        .update(`${relative(root, file)}\0`)
        .update(readFileSync(file))
        .update("\0");
  }
  return hash.digest("hex").slice(0, 16);
}

/**
 * Returns the folder `<root>/<name>-<key>`, and builds it first when it is missing. It is built under a temporary name and
 * renamed when complete, so that a build that was killed leaves nothing that looks finished.
 *
 * @param build fills the folder that it is given; the final folder has another path.
 */
export async function cached(
  name: string,
  key: string,
  build: (folder: string) => Promise<void>,
  root: string = cacheRoot(),
): Promise<string> {
  const final = join(root, `${name}-${key}`);
  if (existsSync(final)) return final;
  mkdirSync(root, { recursive: true });
  removeAbandoned(root, name);
  const temporary = join(root, `${name}-${key}.${process.pid}.tmp`);
  mkdirSync(temporary);
  try {
    await build(temporary);
    keepFirst(temporary, final);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  return final;
}

/** Another process may have finished the same build meanwhile: its result is as good. */
function keepFirst(temporary: string, final: string): void {
  try {
    renameSync(temporary, final);
  } catch (error) {
    if (!existsSync(final)) throw error;
  }
}

function removeAbandoned(root: string, name: string): void {
  for (const entry of readdirSync(root)) {
    const pid = /\.(\d+)\.tmp$/.exec(entry)?.[1];
    if (!entry.startsWith(`${name}-`) || pid === undefined || isAlive(Number(pid))) continue;
    rmSync(join(root, entry), { recursive: true, force: true });
  }
}

function filesBelow(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && basename(entry.parentPath) !== "node_modules")
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
