import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MINVALUE } from "eventloom";
import { App, TerraformStack } from "cdktf";
import {
  EventDrivenDomain,
  EventloomProvider,
  KafkaProvider,
  PostgresFunction,
  PostgresGrants,
  PostgresPublication,
  PostgresRole,
  PostgresSequence,
  PostgresTable,
  RabbitmqProvider,
} from "eventloom/cdktf";
import type { EventloomProviderProps, KafkaProviderProps, RabbitmqProviderProps } from "eventloom/cdktf";
import { orders } from "../../examples/orders/domain";
import { engineEnvironment, ensureToolchain } from "../../tools/toolchain";
import { runCommand } from "./project";
import { misfits, type ProviderSchemas } from "./provider-schema";

jest.setTimeout(600_000);

/** Every setting that the providers' props have. */
const kafka: Required<KafkaProviderProps> = {
  alias: "all",
  source: "mongey/kafka",
  version: "0.13.1",
  bootstrapServers: ["localhost:9092"],
  tlsEnabled: true,
  skipTlsVerify: true,
  caCert: "x",
  clientCert: "x",
  clientKey: "x",
  clientKeyPassphrase: "x",
  saslMechanism: "plain",
  saslUsername: "x",
  saslPassword: "x",
  saslTokenUrl: "x",
  saslOauthScopes: ["x"],
  saslAwsRegion: "x",
  saslAwsRoleArn: "x",
  saslAwsExternalId: "x",
  saslAwsProfile: "x",
  kafkaVersion: "4.1.0",
  timeout: 1,
};
const rabbitmq: Required<RabbitmqProviderProps> = {
  alias: "all",
  source: "cyrilgdn/rabbitmq",
  version: "1.8.0",
  endpoint: "http://localhost:15672",
  username: "x",
  password: "x",
  insecure: true,
  cacertFile: "x",
  clientcertFile: "x",
  clientkeyFile: "x",
  proxy: "x",
};
const eventloom: Required<Omit<EventloomProviderProps, "source" | "version">> = {
  alias: "all",
  host: "localhost",
  port: 5432,
  database: "x",
  username: "x",
  password: "x",
  sslmode: "disable",
  sslRootCert: "x",
  lockTimeout: 1,
};

interface Written {
  readonly provider: Record<string, Record<string, unknown>[]>;
  readonly resource: Record<string, Record<string, Record<string, unknown>>>;
}

let directory = "";
let written: Written;
let schemas: ProviderSchemas["provider_schemas"];
let validated: { readonly exitCode: number; readonly output: string };

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "eventloom-schema-"));
  const app = new App({ outdir: directory });
  const stack = new TerraformStack(app, "orders");
  for (const alias of [undefined, "all"]) {
    const id = alias ?? "own";
    new KafkaProvider(stack, `kafka-${id}`, alias ? kafka : { bootstrapServers: ["localhost:9092"] });
    new RabbitmqProvider(stack, `rabbitmq-${id}`, alias ? rabbitmq : { endpoint: "x", username: "x", password: "x" });
    new EventloomProvider(stack, `eventloom-${id}`, alias ? eventloom : {});
  }
  const domain = new EventDrivenDomain(stack, "orders", { domain: orders, replicationFactor: 1 });
  new PostgresTable(stack, "table", {
    schema: domain.store.schema.name,
    name: "everything",
    columns: {
      id: { type: "bigint", collation: "C", comment: "x" },
      note: { type: "text", nullable: true, default: "'%{x}'" },
    },
    primaryKey: ["id"],
    indexes: [{ columns: [{ column: "note", descending: true }], include: ["id"], where: "note <> ''" }],
    checks: { positive: "id > 0" },
    partitioning: { strategy: "hash", columns: ["id"], modulus: 2, storage: { fillfactor: "90" } },
    comment: "x",
    removal: "forget",
  });
  const schema = domain.store.schema.name;
  const find = new PostgresFunction(stack, "find", { schema, name: "find", language: "sql", returns: "integer", body: "SELECT 1" }); // prettier-ignore
  const numbers = new PostgresSequence(stack, "numbers", { schema, name: "numbers", cache: 2, comment: "x" });
  const clerks = new PostgresRole(stack, "clerks", { name: "clerks", comment: "x" });
  new PostgresPublication(stack, "feed", { name: "feed", tables: [{ name: `${schema}.outbox`, columns: ["id"], where: "true" }], comment: "x" }); // prettier-ignore
  new PostgresGrants(stack, "rights", {
    ...{ schema, role: clerks.name, privileges: ["usage", "create"] },
    tables: [{ name: "everything", privileges: ["select"], columns: [{ name: "note", privileges: ["update"] }] }],
    ...{ sequences: [{ name: numbers.name, privileges: ["usage"] }], functions: [find.signature] },
  });
  new PostgresTable(stack, "parts", {
    schema: domain.store.schema.name,
    name: "parts",
    columns: { at: { type: "date" }, tenant: { type: "text" }, id: { type: "bigint" } },
    partitioning: {
      strategy: "range",
      columns: ["at"],
      partitions: {
        parts_old: {
          from: [MINVALUE],
          to: ["2026-01-01"],
          partitioning: {
            strategy: "list",
            columns: ["tenant"],
            partitions: { parts_acme: { values: ["acme", null] } },
          },
        },
        parts_gone: { from: ["2026-01-01"], to: ["2026-02-01"], detached: "archived" },
        parts_rest: { default: true, partitioning: { strategy: "hash", columns: ["id"], modulus: 2 } },
      },
      rolling: { interval: "day", ahead: 7, retain: "90 days" },
      storage: { fillfactor: "90" },
    },
  });
  app.synth();
  const where = join(directory, "stacks", "orders");
  const toolchain = await ensureToolchain({ only: ["terraform", "providers"] });
  const env = { ...process.env, ...engineEnvironment(toolchain, "cdktf") };
  const terraform = (...args: string[]): ReturnType<typeof runCommand> =>
    runCommand(toolchain.terraform, args, where, env);
  const init = await terraform("init", "-input=false");
  if (init.exitCode !== 0) throw new Error(init.output);
  validated = await terraform("validate");
  schemas = (JSON.parse((await terraform("providers", "schema", "-json")).output) as ProviderSchemas).provider_schemas;
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- what synth has written
  written = require(join(where, "cdk.tf.json")) as Written;
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const SOURCES: Readonly<Record<string, string>> = {
  kafka: "registry.terraform.io/mongey/kafka",
  rabbitmq: "registry.terraform.io/cyrilgdn/rabbitmq",
  eventloom: "eventloom.internal/eventloom/eventloom",
};

describe.each(Object.entries(SOURCES))("what we write for %s", (name, source) => {
  test("has only attributes that the real provider knows, of the types that it asks for, and all that it requires", () => {
    const schema = schemas[source];
    const problems = Object.entries(written.resource)
      .filter(([type]) => type.startsWith(`${name}_`))
      .flatMap(([type, each]) =>
        Object.entries(each).flatMap(([id, values]) =>
          misfits(schema?.resource_schemas[type]?.block ?? {}, values, `${type}.${id}`),
        ),
      );
    expect(problems).toEqual([]);
  });

  test("has only settings of the provider itself that it knows", () => {
    const block = schemas[source]?.provider.block ?? {};
    const settings = (written.provider[name] ?? []).map(({ alias: _, ...rest }) => rest);
    expect(settings).toHaveLength(2);
    expect(settings.flatMap((each) => misfits(block, each, name))).toEqual([]);
  });
});

test("Terraform itself finds the stack valid", () => {
  expect(validated).toMatchObject({ exitCode: 0, output: expect.stringContaining("The configuration is valid") });
});
