import { existsSync, rmSync, writeFileSync } from "node:fs";
import { findOnPath, run, ToolError } from "./command";
import { type OnProgress, withProgress } from "./progress";

/** A Debian package and how to see that it is there. */
export interface DebianPackage {
  readonly name: string;
  readonly isInstalled: () => boolean;
}

/**
 * Installs those packages that are missing, without starting their services.
 *
 * @throws ToolError - one is missing and this process may not, or cannot, install it.
 */
export async function ensureDebianPackages(packages: readonly DebianPackage[], onProgress: OnProgress): Promise<void> {
  const missing = packages.filter((candidate) => !candidate.isInstalled()).map(({ name }) => name);
  if (missing.length === 0) return;
  const refusal = whyNotInstallable(missing, process.getuid?.(), findOnPath("apt-get"));
  if (refusal !== undefined) throw new ToolError(refusal);
  await withProgress(`installing ${missing.join(", ")}`, onProgress, () =>
    withoutServiceStarts(async () => {
      // On a fresh machine the package lists are empty; on others they are recent enough most of the time.
      await aptGet(["install", ...missing]).catch(async () => {
        await aptGet(["update"]);
        await aptGet(["install", ...missing]);
      });
    }),
  );
}

/** Why this process cannot install packages, in one line; undefined when it can. */
export function whyNotInstallable(
  missing: readonly string[],
  uid: number | undefined,
  aptGetPath: string | undefined,
): string | undefined {
  const names = missing.join(" ");
  if (aptGetPath === undefined) return `not installed: ${names}; without apt-get they have to be installed by hand`;
  if (uid !== 0) return `not installed: ${names}; run "apt-get install ${names}" as root, or this command as root`;
  return undefined;
}

async function aptGet(args: readonly string[]): Promise<void> {
  const options = ["-qq", "-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300"];
  await run("apt-get", [...options, ...args], { env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } });
}

/** Debian's switch for "start no service while installing": we run servers of our own, on other ports. */
const POLICY = "/usr/sbin/policy-rc.d";

async function withoutServiceStarts(work: () => Promise<void>): Promise<void> {
  if (existsSync(POLICY)) return work();
  writeFileSync(POLICY, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    await work();
  } finally {
    rmSync(POLICY, { force: true });
  }
}
