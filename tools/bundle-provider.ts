import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { pulumiProviderFile, terraformProviderFile } from "../lib/provider/version";

/**
 * Bundles each protocol of the table provider to one file that runs by itself: `dist/provider/terraform-provider-eventloom.cjs`
 * and `dist/provider/pulumi-resource-eventloom`. A release (EVENTLOOM_RELEASE=true) carries the package's version; any other
 * build gets one from its content, so that no engine serves an older file from its cache.
 */
const root = join(__dirname, "..");
const target = join(root, "dist", "provider");

interface Bundle {
  readonly entry: string;
  readonly file: string;
  readonly code: string;
}

async function bundle(entry: string, file: string): Promise<Bundle> {
  const result = await build({
    entryPoints: [join(root, "lib", "provider", entry, "main.ts")],
    bundle: true,
    platform: "node",
    target: "node20.19",
    format: "cjs",
    minify: true,
    keepNames: false,
    write: false,
    banner: { js: "#!/usr/bin/env node" },
    // pg asks for its native binding, and protobufjs for wider integers, only if they happen to be there.
    external: ["pg-native", "pg-cloudflare", "long"],
    // pg asks for a Response to know whether it runs at Cloudflare; in node that loads all of fetch, 20 ms on each start.
    define: { Response: "undefined" },
    logLevel: "warning",
  });
  return { entry, file, code: result.outputFiles[0]!.text };
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
