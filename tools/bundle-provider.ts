import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pulumiProviderFile, terraformProviderFile } from "../lib/provider/version";
import { bundledProvider, type ProviderEntry } from "./provider-bundle";

/**
 * Bundles each protocol of the table provider to one file that runs by itself: `dist/provider/terraform-provider-eventloom.cjs`
 * and `dist/provider/pulumi-resource-eventloom`. A release (EVENTLOOM_RELEASE=true) carries the package's version; any other
 * build gets one from its content, so that no engine serves an older file from its cache.
 */
const root = join(__dirname, "..");
const target = join(root, "dist", "provider");

interface Bundle {
  readonly file: string;
  readonly code: string;
}

async function bundle(entry: ProviderEntry, file: string): Promise<Bundle> {
  return { file, code: await bundledProvider(entry) };
}

async function main(): Promise<void> {
  const bundles = [await bundle("terraform", terraformProviderFile), await bundle("pulumi", pulumiProviderFile)];
  const { version: released } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  const hash = createHash("sha256");
  for (const { code } of bundles) hash.update(code);
  const version =
    process.env["EVENTLOOM_RELEASE"] === "true" ? released : `${released}-dev.h${hash.digest("hex").slice(0, 10)}`;
  mkdirSync(target, { recursive: true });
  for (const { file, code } of bundles) {
    const path = join(target, file);
    writeFileSync(path, code.replaceAll("process.env.EVENTLOOM_VERSION", JSON.stringify(version)));
    chmodSync(path, 0o755);
    console.log(`${file} ${version} ${Math.round(code.length / 1024)} kB`);
  }
  writeFileSync(join(target, "version.json"), `${JSON.stringify({ version })}\n`);
}

void main();
