import { chmodSync, copyFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

/**
 * Bundles the command to one file, `dist/cli/main.js`: loading a hundred small ones takes longer than a diff. What a subcommand
 * alone needs is still not run before it is asked for, and what talks to GitHub or to Postgres is a file of its own. The JSON Schema of lock files
 * goes where the package exports it.
 */
const root = join(__dirname, "..");
const GITHUB = "./github/post-comment";
const POSTGRES = ["./drained/read-checkpoints", "./import/read-schema", "./maintain/maintain-schema"];

async function main(): Promise<void> {
  copyFileSync(join(root, "lib", "lock", "lock-1.schema.json"), join(root, "dist", "lock", "lock-1.schema.json"));
  await bundle("main", [GITHUB, ...POSTGRES]);
  await bundle(GITHUB, []);
  // pg asks for its native binding only if it happens to be there
  for (const each of POSTGRES) await bundle(each, ["pg-native", "pg-cloudflare"]);
  chmodSync(join(root, "dist", "cli", "main.js"), 0o755);
}

async function bundle(name: string, external: readonly string[]): Promise<void> {
  const { metafile } = await build({
    entryPoints: [join(root, "lib", "cli", `${name}.ts`)],
    outfile: join(root, "dist", "cli", `${name}.js`),
    bundle: true,
    metafile: true,
    platform: "node",
    target: "node20.19",
    format: "cjs",
    minify: true,
    keepNames: true,
    // jiti brings a compiler along, which it finds beside itself; whoever has Kafka brings its client
    external: ["jiti", "@platformatic/kafka", ...external],
    legalComments: "inline",
    logLevel: "warning",
  });
  const [bytes = 0] = Object.values(metafile.outputs).map((each) => each.bytes);
  console.log(`${join("cli", name)}.js ${Math.round(bytes / 1024)} kB`);
}

void main();
