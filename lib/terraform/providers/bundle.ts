import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { providerNotBuilt } from "../errors";

/** The table provider as it lies in this package. */
export interface Bundle {
  readonly file: string;
  readonly version: string;
}

/** The same below `lib` and below `dist`. */
const DIRECTORY = join(__dirname, "..", "..", "..", "dist", "provider");

/** A name that ends in `_v…` would be taken for another module format below a package.json of `"type": "module"`. */
const FILE_NAME = "terraform-provider-eventloom.cjs";

/** Every platform that node and Terraform both know, Windows apart: one file serves them all. */
export const PLATFORMS = ["linux_amd64", "linux_arm64", "darwin_amd64", "darwin_arm64"] as const;

/** @throws DeclarationError (TF507) when the package is incomplete */
export function bundledVersion(directory = DIRECTORY): string {
  const { version } = JSON.parse(readFileSync(existing(directory, "version.json"), "utf8")) as { version: string };
  return version;
}

/** @throws DeclarationError (TF507) when the package is incomplete */
export function bundledProvider(directory = DIRECTORY): Bundle {
  return { file: existing(directory, FILE_NAME), version: bundledVersion(directory) };
}

function existing(directory: string, name: string): string {
  const file = join(directory, name);
  if (!existsSync(file)) throw providerNotBuilt(join("dist", "provider", name));
  return file;
}

/**
 * Puts a provider where `init` finds it with no configuration: `terraform.d/plugins/<source>/<version>/<platform>/` below the
 * directory in which it runs. Each file is there as a whole or not at all.
 *
 * @param workingDirectory - the stack's own output directory
 */
export function placeProvider({ file, version }: Bundle, source: string, workingDirectory: string): void {
  for (const platform of PLATFORMS) {
    const directory = join(workingDirectory, "terraform.d", "plugins", ...source.split("/"), version, platform);
    mkdirSync(directory, { recursive: true });
    placeFile(file, join(directory, FILE_NAME));
  }
}

function placeFile(from: string, to: string): void {
  if (existsSync(to) && readFileSync(to).equals(readFileSync(from))) return chmodSync(to, 0o755);
  const unfinished = join(dirname(to), `.unfinished-${process.pid}`);
  try {
    copyFileSync(from, unfinished);
    chmodSync(unfinished, 0o755);
    renameSync(unfinished, to);
  } finally {
    rmSync(unfinished, { force: true });
  }
}
