import { copyFileSync } from "node:fs";
import { join } from "node:path";
import type * as cdktf from "cdktf";
import { engineEnvironment, type Toolchain } from "../../tools/toolchain";
import { PulumiProject } from "../pulumi/pulumi-project";
import type { EngineUnderTest } from "../terraform/engines";
import { Project } from "../terraform/project";
import type { Target } from "./contents";
import { freshDatabase, freshVhost, sharedServers, wipeKafka } from "./servers";

/** The program that each engine's stacks are deployed by. */
export const BINARY = { cdktf: "terraform", cdktn: "tofu" } as const;

/** Servers with nothing on them. */
export async function emptyTarget(name: string): Promise<Target> {
  const { kafka } = await sharedServers();
  await wipeKafka();
  return { kafka, rabbitmq: await freshVhost(name), postgres: await freshDatabase(name) };
}

/** An empty project that is deployed by the engine's own program. */
export function projectOf({ name }: EngineUnderTest, toolchain: Toolchain): Project {
  return new Project(toolchain[BINARY[name]], { ...process.env, ...engineEnvironment(toolchain, BINARY[name]) });
}

/** Gives a stack the three providers, for these servers. */
export function addProviders(stack: cdktf.TerraformStack, { constructs }: EngineUnderTest, servers: Target): void {
  const { endpoint, username, password } = servers.rabbitmq;
  const { host, port, username: user, password: secret, database } = servers.postgres;
  const bootstrapServers = servers.kafka.bootstrapServers.split(",");
  new constructs.KafkaProvider(stack, "kafka", { bootstrapServers, tlsEnabled: false });
  new constructs.RabbitmqProvider(stack, "rabbitmq", { endpoint, username, password });
  const postgres = { host, port, username: user, password: secret, database, sslmode: "disable" } as const;
  new constructs.EventloomProvider(stack, "eventloom", postgres);
}

/** A program of Pulumi and what is copied beside it, from the root. */
export interface Program {
  readonly program: string;
  readonly beside: Readonly<Record<string, string>>;
  /** What `pulumi config` says, beside where the servers are. */
  readonly config: Readonly<Record<string, string>>;
}

/** A project of Pulumi with a stack, configured for these servers. */
export async function pulumiProject(
  toolchain: Toolchain,
  servers: Target,
  { program, beside, config }: Program,
): Promise<PulumiProject> {
  // prettier-ignore
  const { host, port, username, password, database } = servers.postgres;
  const project = new PulumiProject(toolchain, {
    PGHOST: host,
    PGPORT: String(port),
    PGUSER: username,
    PGDATABASE: database,
    PGPASSWORD: password,
    PGSSLMODE: "disable",
  });
  for (const [name, from] of Object.entries({ ...beside, "index.ts": program }))
    copyFileSync(join(__dirname, "..", "..", from), join(project.directory, name));
  await project.succeed("stack", "init", "e2e");
  const { rabbitmq, kafka } = servers;
  const { endpoint, vhost } = rabbitmq;
  const where = { kafka: kafka.bootstrapServers, endpoint, vhost, username: rabbitmq.username };
  for (const [name, value] of Object.entries({ ...where, ...config }))
    await project.succeed("config", "set", name, value);
  await project.succeed("config", "set", "--secret", "password", "--", rabbitmq.password);
  return project;
}

/** What a preview still finds to do; empty for nothing. */
export async function pendingInPreview(project: PulumiProject): Promise<string> {
  const { code, output } = await project.run("preview", "--expect-no-changes", "--diff");
  return code === 0 ? "" : output;
}
