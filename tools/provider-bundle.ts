import { join } from "node:path";
import { build, type Plugin } from "esbuild";

/** The protocol of a provider, by the folder of its entry point. */
export type ProviderEntry = "terraform" | "pulumi";

/**
 * A provider as one file that runs by itself.
 *
 * @param plugins - change what is bundled @default none
 */
export async function bundledProvider(entry: ProviderEntry, plugins: Plugin[] = []): Promise<string> {
  const result = await build({
    entryPoints: [join(__dirname, "..", "lib", "provider", entry, "main.ts")],
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
    plugins,
  });
  return result.outputFiles[0]!.text;
}
