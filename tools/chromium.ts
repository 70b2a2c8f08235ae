import { findOnPath, ToolError } from "./command";
import { type DebianPackage, ensureDebianPackages } from "./debian";
import { type OnProgress, printProgress } from "./progress";

/** Where the browser comes from. */
export const chromiumPackage: DebianPackage = {
  name: "chromium",
  isInstalled: () => findOnPath("chromium") !== undefined,
};

/**
 * The path of a real Chromium, installed when it is missing.
 *
 * @throws ToolError - it is missing and cannot be installed.
 */
export async function ensureChromium(onProgress: OnProgress = printProgress): Promise<string> {
  await ensureDebianPackages([chromiumPackage], onProgress);
  const path = findOnPath("chromium");
  if (path === undefined) throw new ToolError("chromium is installed, but not on PATH");
  return path;
}
