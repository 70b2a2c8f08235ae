import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compile } from "eventloom";
import { orders } from "../../examples/orders/domain";
import type { Servers } from "../servers";
import { KAFKA_RACE, KAFKA_RACE_TRIES } from "../kafka-race";
import { engineEnvironment, ensureToolchain, type Toolchain, type ToolName } from "../toolchain";
import { runCommand } from "./run-command";

export const ENGINES = ["cdktf", "cdktn", "pulumi"] as const;
export type Engine = (typeof ENGINES)[number];

const TOOLS: Readonly<Record<Engine, readonly ToolName[]>> = {
  cdktf: ["terraform", "providers"],
  cdktn: ["tofu", "providers", "cdktn"],
  pulumi: ["pulumi"],
};

/** What an engine needs to deploy the example, found or built. */
export function toolsFor(engine: Engine): Promise<Toolchain> {
  return ensureToolchain({ only: TOOLS[engine] });
}

const ROOT = join(__dirname, "..", "..");
/** The stack of the example's Terraform programs. */
const STACK = "orders";
/** Nobody's own stack. */
const PULUMI_STACK = "eventloom-demo";
const PULUMI_SETTINGS = `Pulumi.${PULUMI_STACK}.yaml`;

interface Deployment {
  readonly engine: Engine;
  readonly servers: Servers;
  readonly toolchain: Toolchain;
  /** Where state and logs go: with the servers, since they describe nothing else. */
  readonly dir: string;
  readonly onProgress: (how: string) => void;
}

/**
 * Deploys the example as a user would, but with its state beside the servers: they may go, and other ones come.
 *
 * @throws Error with the engine's first complaint and where to read the rest
 */
export async function deploy(
  engine: Engine,
  servers: Servers,
  toolchain: Toolchain,
  onProgress: Deployment["onProgress"],
): Promise<void> {
  const dir = join(servers.dir, "deploy", engine);
  mkdirSync(dir, { recursive: true });
  const deployment = { engine, servers, toolchain, dir, onProgress };
  if (engine === "pulumi") await withPulumi(deployment);
  else await withTerraform(deployment);
}

/** The CLI keeps the state in the folder that it is started in. */
async function withTerraform(deployment: Deployment): Promise<void> {
  const { dir, engine, servers, toolchain } = deployment;
  const jiti = join(ROOT, "node_modules", "jiti", "lib", "jiti-cli.mjs");
  const app = [process.execPath, jiti, join(ROOT, "examples", "orders", engine, "main.ts")].join(" ");
  writeFileSync(join(dir, "cdktf.json"), JSON.stringify({ language: "typescript", app, sendCrashReports: "false" }));
  const [node, cli] =
    engine === "cdktn"
      ? [toolchain.node24, toolchain.cdktn]
      : [process.execPath, join(ROOT, "node_modules", ".bin", "cdktf")];
  const env = { ...engineEnvironment(toolchain, engine), ...terraformVariables(servers) };
  await run(deployment, node, [cli, "deploy", STACK, "--auto-approve", "--skip-provider-lock"], env);
}

/** The variables of the example's Terraform programs. */
export function terraformVariables({
  kafka,
  postgres,
  rabbitmq,
}: Pick<Servers, "kafka" | "postgres" | "rabbitmq">): NodeJS.ProcessEnv {
  const values = {
    kafka_bootstrap_servers: JSON.stringify(kafka.bootstrapServers.split(",")),
    rabbitmq_endpoint: rabbitmq.endpoint,
    rabbitmq_username: rabbitmq.username,
    rabbitmq_password: rabbitmq.password,
    rabbitmq_vhost: rabbitmq.vhost,
    postgres_host: postgres.host,
    postgres_port: String(postgres.port),
    postgres_database: postgres.database,
    postgres_username: postgres.username,
    postgres_password: postgres.password,
  };
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`TF_VAR_${name}`, value]));
}

async function withPulumi(deployment: Deployment): Promise<void> {
  const { dir, servers, toolchain } = deployment;
  const { kafka, postgres, rabbitmq } = servers;
  const state = join(dir, "state");
  mkdirSync(state, { recursive: true });
  const env = {
    ...engineEnvironment(toolchain, "pulumi", { backendUrl: `file://${state}`, passphrase: "demo" }),
    KAFKA_BOOTSTRAP_SERVERS: kafka.bootstrapServers,
    KAFKA_TLS: "false",
    KAFKA_REPLICATION_FACTOR: "1",
    RABBITMQ_ENDPOINT: rabbitmq.endpoint,
    RABBITMQ_USERNAME: rabbitmq.username,
    RABBITMQ_PASSWORD: rabbitmq.password,
    RABBITMQ_VHOST: rabbitmq.vhost,
    PGHOST: postgres.host,
    PGPORT: String(postgres.port),
    PGDATABASE: postgres.database,
    PGUSER: postgres.username,
    PGPASSWORD: postgres.password,
    PGSSLMODE: "disable",
  };
  const project = ["--cwd", ROOT, "--non-interactive"];
  await run(deployment, toolchain.pulumi, ["stack", "select", "--create", ...project, PULUMI_STACK], env);
  const settings = join(dir, PULUMI_SETTINGS);
  const written = join(ROOT, "examples", "orders", "pulumi", PULUMI_SETTINGS);
  // the salt of this state's secrets: it belongs to the state, not to the checkout
  if (existsSync(written)) renameSync(written, settings);
  const up = ["up", "--yes", "--skip-preview", "--color", "never", "--stack", PULUMI_STACK, "--config-file", settings];
  await run(deployment, toolchain.pulumi, [...up, ...project], env);
}

/** One line of each engine says that one more resource is there. */
const CREATED = /Creation complete after|^ \+ .* created \(/;
const COMPLAINT = /(?:^|\s)(?:Error|error): +(.+)/;

async function run(
  { dir, engine, onProgress }: Deployment,
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const log = join(dir, "deploy.log");
  const all = compile(orders, { replicationFactor: 1 }).resources.length;
  let created = 0;
  for (let left = KAFKA_RACE_TRIES; ; left--) {
    let complaint = "";
    const onLine = (line: string): void => {
      if (CREATED.test(line)) onProgress(`${Math.min(++created, all)} of ${all} resources`);
      complaint ||= COMPLAINT.exec(line)?.[1]?.trim() ?? "";
    };
    const code = await runCommand({ program, arguments: args, cwd: dir, env, log, onLine });
    if (code === 0) return;
    const reason = complaint || `exit code ${String(code)}`;
    if (left <= 1 || !KAFKA_RACE.test(reason))
      throw new Error(`${engine} could not deploy: ${reason} (all of it in ${log})`);
    onProgress(`completed by another run, after: ${reason}`);
  }
}
