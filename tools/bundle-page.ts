import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { build } from "esbuild";

const root = join(__dirname, "..");

/** The page's own script as one file, from the sources as they are now. */
export async function bundlePage(): Promise<string> {
  const result = await build({
    entryPoints: [join(root, "lib", "preview", "page", "client", "client.ts")],
    bundle: true,
    platform: "browser",
    target: ["chrome109", "firefox115", "safari16"],
    format: "iife",
    minify: true,
    charset: "ascii",
    write: false,
    logLevel: "warning",
  });
  return result.outputFiles[0]!.text;
}

async function main(): Promise<void> {
  const target = join(root, "dist", "preview", "page", "client.js");
  const script = await bundlePage();
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, script);
  console.log(`preview/page/client.js ${Math.round(script.length / 1024)} kB`);
}

if (process.argv[1]?.endsWith("bundle-page.ts")) void main();
