import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import type { Servers } from "../../tools/servers";
import { kafkaClient, withKafkaAdmin } from "../../tools/servers/kafka-client";
import { terraformVariables } from "../../tools/demo/deploy";
import { engineEnvironment, ensureToolchain, type Toolchain } from "../../tools/toolchain";
import { exampleApp, Project, runCommand } from "../terraform/project";
import { shopStack, type Variant } from "../terraform/shop";
import { freshDatabase, freshVhost, sharedServers, wipeKafka } from "./servers";

jest.setTimeout(300_000);

const ROOT = join(__dirname, "..", "..");

let toolchain: Toolchain;
let env: NodeJS.ProcessEnv;

async function servers(database: string): Promise<Pick<Servers, "kafka" | "rabbitmq" | "postgres">> {
  const { kafka } = await sharedServers();
  await wipeKafka();
  return { kafka, rabbitmq: await freshVhost(), postgres: await freshDatabase(database) };
}

async function connect({ postgres }: Pick<Servers, "postgres">): Promise<Client> {
  const { username: user, ...rest } = postgres;
  const client = new Client({ ...rest, user });
  await client.connect();
  return client;
}

beforeAll(async () => {
  toolchain = await ensureToolchain({ only: ["terraform", "providers"] });
  env = { ...process.env, ...engineEnvironment(toolchain, "cdktf") };
});

describe("the order system, by `cdktf deploy`", () => {
  let directory = "";
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  test("is created, is as declared afterwards, and deploys again without changes", async () => {
    const target = await servers("cdktf_orders");
    directory = mkdtempSync(join(tmpdir(), "eventloom-cdktf-"));
    writeFileSync(
      join(directory, "cdktf.json"),
      JSON.stringify({ language: "typescript", app: exampleApp("cdktf"), sendCrashReports: "false" }),
    );
    // the flag alone, as a user writes it
    const variables = { ...env, CDKTF_SKIP_PROVIDER_LOCK: undefined, ...terraformVariables(target) };
    const cdktf = (...args: string[]): ReturnType<typeof runCommand> =>
      runCommand(process.execPath, [join(ROOT, "node_modules", ".bin", "cdktf"), ...args], directory, variables);

    const first = await cdktf("deploy", "orders", "--auto-approve", "--skip-provider-lock");
    expect(first.output).toMatch(/Apply complete! Resources: \d+ added, 0 changed, 0 destroyed/);
    expect(first.exitCode).toBe(0);
    // the command shows the place in the declaration by itself
    expect(first.output).toMatch(/# kafka_topic\.orders_topic-OrderPaid_\w+ \(orders\/topic-OrderPaid: aggregates\.Order\.events\.OrderPaid\) will be created/); // prettier-ignore

    const stack = join(directory, "cdktf.out", "stacks", "orders");
    const plan = await runCommand(
      toolchain.terraform,
      ["plan", "-detailed-exitcode", "-input=false"],
      stack,
      variables,
    );
    expect(plan).toMatchObject({ exitCode: 0, output: expect.stringContaining("No changes.") });

    // the lock file knows every provider now: no flag any more
    const second = await cdktf("deploy", "orders", "--auto-approve");
    expect(second).toMatchObject({ exitCode: 0, output: expect.stringContaining("0 added, 0 changed, 0 destroyed") });
  });
});

describe("a domain that lives on, through Terraform", () => {
  let target: Pick<Servers, "kafka" | "rabbitmq" | "postgres">;
  let project: Project;
  let client: Client;

  beforeAll(async () => {
    target = await servers("cdktf_shop");
    project = new Project(toolchain.terraform, env);
    client = await connect(target);
  });
  afterAll(async () => {
    await client?.end();
    project?.remove();
  });

  const write = (variant: Variant): Promise<void> => project.write(shopStack(target, variant));
  const grown = { refunds: true, currency: true, index: true, needs: "30 days" } as const;

  async function applied(): Promise<void> {
    const { exitCode, output } = await project.apply();
    if (exitCode !== 0) throw new Error(output);
    expect(await project.changes()).toEqual([]);
  }

  test("is created, and is as declared afterwards", async () => {
    await write({});
    await applied();
    expect(existsSync(join(project.stackDirectory, "terraform.d", "plugins", "eventloom.internal"))).toBe(true);
  });

  test("grows by a new event, a new column, a new index and longer retention: just that is planned, and applied", async () => {
    await client.query("INSERT INTO shop.totals (day, total) VALUES ('2026-01-01', 7)");
    await write(grown);
    expect(await project.changes()).toEqual([
      "create kafka_topic shop.sale-refunded",
      "update eventloom_postgres_table totals",
      "update kafka_topic shop.sale-made",
      "update kafka_topic shop.sale-made.archive.retry-1",
    ]);
    await applied();
    const { rows } = await client.query("SELECT day::text, total, currency FROM shop.totals");
    expect(rows).toEqual([{ day: "2026-01-01", total: "7", currency: "EUR" }]);
  });

  test("sees what was changed by hand (a policy, a retention, an index) and mends it", async () => {
    await changePolicy("shop.printer", { "delivery-limit": 3 });
    await setRetention("shop.sale-made", "60000");
    await client.query("DROP INDEX shop.totals_total_idx");
    expect(await project.changes()).toEqual([
      "update eventloom_postgres_table totals",
      "update kafka_topic shop.sale-made",
      "update rabbitmq_policy shop.printer",
    ]);
    await applied();
    const { rows } = await client.query("SELECT 1 FROM pg_indexes WHERE indexname = 'totals_total_idx'");
    expect(rows).toHaveLength(1);
    expect(await readPolicy("shop.printer")).toMatchObject({ "delivery-limit": 20, overflow: "reject-publish" });
  });

  test("refuses at plan what would lose rows or messages", async () => {
    await write({ ...grown, total: "text" });
    expect(await project.plan()).toMatchObject({ exitCode: 1, output: expect.stringMatching(/PG402.*"total"/) });
    await write({ ...grown, currency: false });
    expect(await project.plan()).toMatchObject({ exitCode: 1, output: expect.stringMatching(/PG401.*"currency"/) });
    await write({ ...grown, projection: false });
    expect(await project.plan()).toMatchObject({ exitCode: 1, output: expect.stringContaining("PG411") });
    await write(grown);
    const queue = await addressOf("rabbitmq_queue", "queue-consumer-printer");
    expect(await project.plan(`-replace=${queue}`)).toMatchObject({
      exitCode: 1,
      output: expect.stringContaining("Instance cannot be destroyed"),
    });
    expect(await project.plan("-destroy")).toMatchObject({ exitCode: 1 });
    expect(await project.changes()).toEqual([]);
  });

  test("refuses to replace a table with rows at apply, where only the engine's wish is seen, and keeps the rows", async () => {
    const table = await addressOf("eventloom_postgres_table", "projection-totals");
    const { exitCode, output } = await project.apply(`-replace=${table}`);
    expect({ exitCode, output }).toMatchObject({ exitCode: 1, output: expect.stringMatching(/PG41[12]/) });
    expect((await client.query("SELECT count(*)::int AS n FROM shop.totals")).rows).toEqual([{ n: 1 }]);
    expect(await project.changes()).toEqual([]);
  });

  test("forgets a table where that is declared, and takes it over again with its rows", async () => {
    await write({ ...grown, notes: true });
    await applied();
    await client.query("INSERT INTO shop.notes (id, note) VALUES (1, 'kept')");
    await write(grown);
    expect(await project.changes()).toEqual(["delete eventloom_postgres_table notes"]);
    await applied();
    expect((await client.query("SELECT note FROM shop.notes")).rows).toEqual([{ note: "kept" }]);
    await write({ ...grown, notes: true });
    expect(await project.changes()).toEqual(["create eventloom_postgres_table notes"]);
    await applied();
    expect((await client.query("SELECT note FROM shop.notes")).rows).toEqual([{ note: "kept" }]);
  });

  async function addressOf(type: string, id: string): Promise<string> {
    const { output } = await project.run("state", "list");
    const found = output.split(" ").find((each) => each.startsWith(`${type}.`) && each.includes(id));
    expect(found).toBeDefined();
    return found as string;
  }

  /** The management API's address of a policy. */
  function policyUrl(name: string): { url: string; headers: Record<string, string> } {
    const { endpoint, vhost, username, password } = target.rabbitmq;
    const url = `${endpoint}/api/policies/${encodeURIComponent(vhost)}/${encodeURIComponent(name)}`;
    const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
    return { url, headers: { authorization, "content-type": "application/json" } };
  }

  async function readPolicy(name: string): Promise<Record<string, unknown>> {
    const { url, headers } = policyUrl(name);
    return ((await (await fetch(url, { headers })).json()) as { definition: Record<string, unknown> }).definition;
  }

  async function changePolicy(name: string, change: Record<string, unknown>): Promise<void> {
    const { url, headers } = policyUrl(name);
    const policy = (await (await fetch(url, { headers })).json()) as Record<string, object>;
    const body = JSON.stringify({ ...policy, definition: { ...policy["definition"], ...change } });
    expect((await fetch(url, { method: "PUT", headers, body })).ok).toBe(true);
  }

  async function setRetention(topic: string, value: string): Promise<void> {
    const { ConfigResourceTypes, IncrementalAlterConfigOperationTypes } = kafkaClient();
    const configs = [{ name: "retention.ms", value, configOperation: IncrementalAlterConfigOperationTypes.SET }];
    const resources = [{ resourceType: ConfigResourceTypes.TOPIC, resourceName: topic, configs }];
    await withKafkaAdmin(target.kafka.bootstrapServers, (admin) => admin.incrementalAlterConfigs({ resources }));
  }
});
