import { cpSync, linkSync, mkdirSync, readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { cached, cacheKey } from "./cache";
import { findOnPath, run, ToolError } from "./command";
import { ensureGoTool, ensurePulumiBridges, type GoTool } from "./go-build";
import { ensurePostgresServers } from "./postgres-servers";
import { type OnProgress, printProgress, withProgress } from "./progress";

/**
 * What can be asked for: `terraform` (the one on PATH, else OpenTofu), `tofu`, `providers` (the published Terraform providers
 * for Kafka and RabbitMQ), `pulumi` (with its node language host and the same providers bridged), `cdktn` (with its node),
 * `postgres` (servers of the major versions that the machine does not have).
 */
export type ToolName = "terraform" | "tofu" | "providers" | "pulumi" | "cdktn" | "postgres";

/** Where the real tools are. Reading one that was left out of `only` throws. */
export interface Toolchain {
  /** Path of the binary that deploys for cdktf. */
  readonly terraform: string;
  /** What that binary is: `tofu` when no `terraform` is on PATH. */
  readonly terraformName: "terraform" | "tofu";
  /** Path of OpenTofu. */
  readonly tofu: string;
  /** Path of the Pulumi CLI; the node language host is beside it or on PATH. */
  readonly pulumi: string;
  /** `PULUMI_HOME` with the bridged providers in its plugins. */
  readonly pulumiHome: string;
  /** `XDG_DATA_HOME` with the published providers where Terraform and OpenTofu look for them by themselves. */
  readonly dataHome: string;
  /** Path of a node that is new enough for cdktn-cli. */
  readonly node24: string;
  /** Path of cdktn-cli's script, to be run by `node24`. */
  readonly cdktn: string;
  /** Folder with `<major>/bin` for each version of Postgres that is not Debian's. */
  readonly postgresServers: string;
}

/** What {@link ensureToolchain} is asked for. */
export interface ToolchainOptions {
  /** The tools that are needed. @default - all of them */
  readonly only?: readonly ToolName[];
  /** Takes progress lines. @default - they are printed to stderr */
  readonly onProgress?: OnProgress;
}

/**
 * Finds the real tools on PATH or in the cache, and builds those that are in neither, from what `tools/` pins.
 *
 * @throws ToolError - what is needed to build is missing, or a build failed.
 */
export async function ensureToolchain(options: ToolchainOptions = {}): Promise<Toolchain> {
  const onProgress = options.onProgress ?? printProgress;
  const found: Partial<Record<keyof Toolchain, string>> = {};
  for (const name of ALL.filter((tool) => options.only?.includes(tool) ?? true)) {
    Object.assign(found, await ensure[name](onProgress));
  }
  return onlyWhatWasAskedFor(found);
}

/** Each step fills its own part of the toolchain. Those that are needed soonest and built fastest come first. */
const ensure: Record<ToolName, (onProgress: OnProgress) => Promise<Partial<Toolchain>>> = {
  providers: async (onProgress) => ({ dataHome: await ensureDataHome(onProgress) }),
  cdktn: ensureCdktn,
  postgres: async (onProgress) => ({ postgresServers: await ensurePostgresServers(onProgress) }),
  pulumi: async (onProgress) => ({
    pulumi: await ensurePulumi(onProgress),
    pulumiHome: await ensurePulumiHome(onProgress),
  }),
  terraform: async (onProgress) => {
    const terraform = findOnPath("terraform");
    if (terraform !== undefined) return { terraform, terraformName: "terraform" };
    return { terraform: await ensureTofu(onProgress), terraformName: "tofu" };
  },
  tofu: async (onProgress) => ({ tofu: await ensureTofu(onProgress) }),
};
const ALL = Object.keys(ensure) as ToolName[];
const PARTS: Record<keyof Toolchain, ToolName> = {
  terraform: "terraform",
  terraformName: "terraform",
  tofu: "tofu",
  pulumi: "pulumi",
  pulumiHome: "pulumi",
  dataHome: "providers",
  node24: "cdktn",
  cdktn: "cdktn",
  postgresServers: "postgres",
};

function onlyWhatWasAskedFor(found: Partial<Record<keyof Toolchain, string>>): Toolchain {
  for (const [part, tool] of Object.entries(PARTS) as [keyof Toolchain, ToolName][]) {
    if (found[part] !== undefined) continue;
    const refuse = (): never => {
      throw new ToolError(`${part} was not asked for: add "${tool}" to the tools that ensureToolchain gets`);
    };
    Object.defineProperty(found, part, { get: refuse, enumerable: false });
  }
  return found as unknown as Toolchain;
}

const KAFKA_PROVIDER: GoTool = {
  module: "terraform-provider-kafka",
  command: "github.com/Mongey/terraform-provider-kafka",
  binary: "terraform-provider-kafka",
  about: "1 min",
};
const RABBITMQ_PROVIDER: GoTool = {
  module: "terraform-provider-rabbitmq",
  command: "github.com/terraform-providers/terraform-provider-rabbitmq",
  binary: "terraform-provider-rabbitmq",
  about: "30 s",
};
const TOFU: GoTool = {
  module: "opentofu",
  command: "github.com/opentofu/opentofu/cmd/tofu",
  binary: "tofu",
  // Otherwise it calls itself a development build, which no version constraint allows.
  ldflags: "-X github.com/opentofu/opentofu/version.dev=no",
  about: "4 min",
};
const PULUMI: GoTool = {
  module: "pulumi",
  command: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
  binary: "pulumi",
  ldflags: `-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${pinnedVersion("pulumi", "github.com/pulumi/pulumi/pkg/v3")}`,
  about: "5 min",
};
const PULUMI_NODE: GoTool = {
  module: "pulumi-language-nodejs",
  command: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
  binary: "pulumi-language-nodejs",
  about: "30 s",
};

/** The version, without its v, of a module that one of our Go modules requires. */
export function pinnedVersion(module: string, path: string): string {
  const text = readFileSync(join(__dirname, "go", module, "go.mod"), "utf8");
  const line = text.split("\n").find((candidate) =>
    candidate
      .replace(/^require/, "")
      .trim()
      .startsWith(`${path} v`),
  );
  const version = line?.trim().split(" v")[1]?.split(" ")[0];
  if (version === undefined) throw new ToolError(`tools/go/${module}/go.mod does not require ${path}`);
  return version;
}

async function ensureTofu(onProgress: OnProgress): Promise<string> {
  return findOnPath("tofu") ?? ensureGoTool(TOFU, onProgress);
}

/** The engines look below `<data home>/{terraform,opentofu}/plugins/<host>/…` without any configuration. */
async function ensureDataHome(onProgress: OnProgress): Promise<string> {
  const providers = [
    { name: "mongey/kafka", tool: KAFKA_PROVIDER },
    { name: "cyrilgdn/rabbitmq", tool: RABBITMQ_PROVIDER },
  ];
  const built: { path: string; file: string; binary: string }[] = [];
  for (const { name, tool } of providers) {
    const binary = await ensureGoTool(tool, onProgress);
    const version = pinnedVersion(tool.module, tool.command);
    built.push({ path: `${name}/${version}/${goPlatform()}`, file: `${tool.binary}_v${version}`, binary });
  }
  const key = cacheKey([], [...built.map(({ binary }) => binary), ...built.map(({ path }) => path)]);
  return cached("data-home", key, async (target) => {
    for (const engine of ["terraform", "opentofu"]) {
      for (const host of ["registry.terraform.io", "registry.opentofu.org"]) {
        for (const { path, file, binary } of built) link(binary, join(target, engine, "plugins", host, path, file));
      }
    }
  });
}

async function ensurePulumi(onProgress: OnProgress): Promise<string> {
  const onPath = findOnPath("pulumi");
  if (onPath !== undefined && findOnPath("pulumi-language-nodejs") !== undefined) return onPath;
  const cli = await ensureGoTool(PULUMI, onProgress);
  const language = await ensureGoTool(PULUMI_NODE, onProgress);
  // Pulumi looks for a language host beside its own binary first.
  const folder = await cached("pulumi-cli", cacheKey([], [cli, language]), async (target) => {
    for (const binary of [cli, language]) link(binary, join(target, binary.slice(dirname(binary).length + 1)));
  });
  return join(folder, PULUMI.binary);
}

async function ensurePulumiHome(onProgress: OnProgress): Promise<string> {
  const bridges = await ensurePulumiBridges(onProgress);
  return cached("pulumi-home", cacheKey([], [bridges]), async (target) => {
    for (const name of ["kafka", "rabbitmq"]) {
      const binary = join(bridges, `pulumi-resource-${name}`);
      const version = (await run(binary, ["-version"])).trim();
      link(binary, join(target, "plugins", `resource-${name}-v${version}`, `pulumi-resource-${name}`));
    }
  });
}

async function ensureCdktn(onProgress: OnProgress): Promise<Partial<Toolchain>> {
  const pins = ["package.json", "package-lock.json"].map((file) => join(__dirname, "cdktn", file));
  const folder = await cached("cdktn", cacheKey(pins), (target) =>
    withProgress("installing cdktn-cli and the node that it needs", onProgress, async () => {
      for (const pin of pins) cpSync(pin, join(target, pin.slice(dirname(pin).length + 1)));
      await run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel", "error"], { cwd: target });
    }),
  );
  const modules = join(folder, "node_modules");
  const node24 = join(modules, `node-${process.platform}-${process.arch}`, "bin", "node");
  return { node24, cdktn: join(modules, "cdktn-cli", "bin", "cdktn") };
}

function link(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  linkSync(from, to);
}

function goPlatform(): string {
  return `${process.platform}_${process.arch === "x64" ? "amd64" : process.arch}`;
}

/** Who deploys. `terraform` stands for whichever of the two binaries the toolchain found. */
export type EngineName = "cdktf" | "cdktn" | "terraform" | "tofu" | "pulumi";

/** Where Pulumi keeps its state. */
export interface PulumiState {
  /** Such as `file:///some/folder`, which must exist. */
  readonly backendUrl: string;
  readonly passphrase: string;
}

/**
 * The whole environment to run an engine in: this process's, with what makes the engine find our providers and nothing else.
 * cdktf gets the toolchain's terraform, cdktn always OpenTofu; both skip `providers lock`, which would ask a registry.
 *
 * @param pulumi needed for `pulumi` alone.
 */
export function engineEnvironment(toolchain: Toolchain, engine: EngineName, pulumi?: PulumiState): NodeJS.ProcessEnv {
  if (engine === "pulumi") return pulumiEnvironment(toolchain, pulumi);
  const useTofu = engine === "tofu" || engine === "cdktn" || toolchain.terraformName === "tofu";
  const binary = engine === "tofu" || engine === "cdktn" ? toolchain.tofu : toolchain.terraform;
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    PATH: withFolderOf(binary),
    XDG_DATA_HOME: toolchain.dataHome,
    CHECKPOINT_DISABLE: "1",
    // A cache would go on serving a development build of our provider after it has changed.
    CDKTF_DISABLE_PLUGIN_CACHE_ENV: "true",
    CDKTF_SKIP_PROVIDER_LOCK: "true",
    TERRAFORM_BINARY_NAME: useTofu ? "tofu" : "terraform",
  };
  // A CLI configuration may switch off the folders that our provider is found in, or not even exist.
  // Undefined rather than deleted: it then also wins when the caller spreads this over process.env.
  for (const name of ["TF_CLI_CONFIG_FILE", "TERRAFORM_CONFIG", "TF_PLUGIN_CACHE_DIR"]) env[name] = undefined;
  return env;
}

function pulumiEnvironment(toolchain: Toolchain, state: PulumiState | undefined): NodeJS.ProcessEnv {
  if (state === undefined)
    throw new ToolError("pulumi needs to be told where its state is: pass backendUrl and passphrase");
  return {
    ...process.env,
    PATH: withFolderOf(toolchain.pulumi),
    PULUMI_HOME: toolchain.pulumiHome,
    PULUMI_BACKEND_URL: state.backendUrl,
    PULUMI_CONFIG_PASSPHRASE: state.passphrase,
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_SKIP_UPDATE_CHECK: "1",
  };
}

function withFolderOf(binary: string): string {
  return [dirname(binary), process.env["PATH"] ?? ""].join(delimiter);
}
