import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Client } from "pg";
import type { DeclaredResource } from "../../campaigns/crashes/engine";
import { shopStore } from "../../campaigns/crashes/shop-store";
import { rolesOf } from "../../campaigns/crashes/stage";
import { createHandlers, type Handlers } from "../../lib/provider/handlers";
import { PulumiProvider } from "../../lib/provider/pulumi/provider";
import { readProperties, writeProperties } from "../../lib/provider/pulumi/values";
import { type AttributeSchemas, type Kind, providerSchema, resourceSchemas, terraformTypes } from "../../lib/provider/schema"; // prettier-ignore
import { createCalls } from "../../lib/provider/terraform/calls";
import { decodeDynamic, decodeJson, encodeDynamic, snakeCase } from "../../lib/provider/terraform/codec";
import type { ValueMap } from "../../lib/provider/value";
import { ensureToolchain } from "../../tools/toolchain";
import { freshDatabase } from "../e2e/servers";
import { connect, providerConfig, type TestDatabase, written } from "./deployment";
import { type HeldResource, nameOf, PulumiTables, terraformResources } from "./engine-programs";
import { TerraformWorkspace } from "./terraform-workspace";

jest.setTimeout(180_000);

/** What each release stored, written once by `npm run freeze`. */
const FROZEN = join(__dirname, "frozen");
const releases = readdirSync(FROZEN).flatMap((version) =>
  readdirSync(join(FROZEN, version)).map((what) => join(version, what)),
);

interface TerraformInstance {
  readonly schema_version: number;
  readonly attributes: Record<string, unknown>;
  readonly private: string;
}
interface TerraformState {
  readonly resources: readonly { readonly type: string; readonly name: string; readonly instances: readonly [TerraformInstance] }[]; // prettier-ignore
}
function frozen<T>(release: string, file: string): T {
  return JSON.parse(readFileSync(join(FROZEN, release, file), "utf8")) as T;
}

/** The tables as they were declared then; a store as this version of the library declares it. */
function programOf(release: string): { readonly now: number; readonly program: readonly DeclaredResource[] } {
  const then = frozen<{ now: number; program: readonly DeclaredResource[] }>(release, "program.json");
  return release.endsWith("store") ? { ...then, program: shopStore.after } : then;
}

describe.each(releases)("what %s stored", (release) => {
  const { now, program } = programOf(release);
  const terraform = frozen<TerraformState>(release, "terraform.json");
  const pulumi = frozen<readonly HeldResource[]>(release, "pulumi.json");
  let database: TestDatabase;
  let client: Client;
  let handlers: Handlers;

  // Roles are the whole server's, and stay when a database goes.
  const dropRoles = async (): Promise<void> => {
    for (const name of rolesOf(program)) {
      const { rowCount } = await client.query("SELECT FROM pg_roles WHERE rolname = $1", [name]);
      if (rowCount !== 0) await client.query(`DROP OWNED BY ${name}; DROP ROLE ${name}`);
    }
  };

  beforeAll(async () => {
    database = await freshDatabase("frozen");
    client = await connect(database);
    await dropRoles();
    await client.query(readFileSync(join(FROZEN, release, "objects.sql"), "utf8").replaceAll(" CONCURRENTLY", ""));
  });
  beforeEach(() => {
    handlers = createHandlers({}, () => now);
  });
  afterEach(() => handlers.close());
  afterAll(async () => {
    await dropRoles();
    await client.end();
  });

  // A rule's leaves go with the time: what it asks for now is no matter of the state.
  const lasting = program.filter(({ config }) => !JSON.stringify(config).includes('"rolling":{'));

  const instanceOf = (each: DeclaredResource): TerraformInstance => {
    const found = terraform.resources.find(({ type, name }) => type === terraformTypes[each.kind] && name === nameOf(each)); // prettier-ignore
    if (found === undefined) throw new Error(`${nameOf(each)} was not frozen`);
    return found.instances[0];
  };

  /** What a plan changes of each resource that Terraform holds. */
  async function changedByTerraform(instance: (each: DeclaredResource) => TerraformInstance): Promise<object> {
    const calls = createCalls(handlers);
    const ask = async (name: string, request: object): Promise<Answer> => (await calls[name]!(request)) as Answer;
    await ask("ConfigureProvider", { config: encodeDynamic(providerSchema, providerConfig(database)) });
    const changed: Record<string, unknown> = {};
    for (const each of program) {
      const [schemas, typeName, stored] = [resourceSchemas[each.kind], terraformTypes[each.kind], instance(each)];
      const rawState = { json: Buffer.from(JSON.stringify(stored.attributes)) };
      const { upgradedState } = await ask("UpgradeResourceState", {
        typeName,
        version: stored.schema_version,
        rawState,
      });
      const read = await ask("ReadResource", { typeName, currentState: upgradedState, private: Buffer.from(stored.private, "base64") }); // prettier-ignore
      const config = encodeDynamic(schemas, written(each.kind, each.config));
      const plan = await ask("PlanResourceChange", { typeName, priorState: read.newState, proposedNewState: config, config, priorPrivate: read.private }); // prettier-ignore
      expect([...(read.diagnostics ?? []), ...(plan.diagnostics ?? [])]).toEqual([]);
      const [before, after] = [read.newState, plan.plannedState].map((state) => decodeDynamic(schemas, state));
      changed[nameOf(each)] = Object.keys(schemas).filter((name) => JSON.stringify(before?.[name]) !== JSON.stringify(after?.[name])); // prettier-ignore
    }
    return changed;
  }

  const nothing = Object.fromEntries(program.map((each) => [nameOf(each), []]));

  test("is read by this version over Terraform's protocol, and a plan changes nothing", async () => {
    expect(await changedByTerraform(instanceOf)).toEqual(nothing);
  });

  test("is read without its private data, as a provider that was killed leaves it", async () => {
    expect(await changedByTerraform((each) => ({ ...instanceOf(each), private: "" }))).toEqual(nothing);
  });

  test("is read without any attribute that has its default: as if an older version had not known it", async () => {
    const bare = (each: DeclaredResource): TerraformInstance => {
      const instance = instanceOf(each);
      return { ...instance, attributes: withoutDefaults(resourceSchemas[each.kind], instance.attributes) };
    };
    const table = program.find(({ kind }) => kind === "table")!;
    expect(Object.keys(bare(table).attributes).length).toBeLessThan(Object.keys(instanceOf(table).attributes).length);
    expect(await changedByTerraform(bare)).toEqual(nothing);
  });

  test("is read by this version over Pulumi's protocol, and nothing differs, with attributes or without those that have their default", async () => {
    for (const bare of [false, true]) {
      const provider = providerFor(handlers);
      await provider["Configure"]!({ args: writeProperties({ ...database, port: String(database.port), sslmode: "disable" }) }); // prettier-ignore
      for (const each of program) {
        const { urn, type, id, inputs, outputs } = pulumi.find(({ urn }) => urn.endsWith(`::${nameOf(each)}`))!;
        const kept = bare ? camelWithoutDefaults(each.kind, outputs) : outputs;
        const news = release.endsWith("store") ? (JSON.parse(JSON.stringify(each.config)) as ValueMap) : inputs;
        const request = { urn, type, id, olds: writeProperties(kept), news: writeProperties(withoutNulls(news)) };
        expect(await provider["Diff"]!(request)).toMatchObject({ changes: 1 });
        const found = (await provider["Read"]!({ urn, type, id, properties: request.olds, inputs: request.news })) as { id: string; properties: never }; // prettier-ignore
        expect([found.id, readProperties(found.properties).properties["ddl"]]).toEqual([id, outputs["ddl"]]);
      }
    }
  });

  test("is refused when a newer version has written it, by both protocols, with the way out", async () => {
    const [first] = program;
    const { attributes } = instanceOf(first!);
    const rawState = { json: Buffer.from(JSON.stringify(attributes)) };
    const request = { typeName: terraformTypes[first!.kind], version: 2, rawState };
    expect(await createCalls(handlers)["UpgradeResourceState"]!(request)).toMatchObject({
      diagnostics: [{ severity: 1, summary: expect.stringContaining("PG479"), detail: expect.stringContaining("install the version") }], // prettier-ignore
    });
    const { urn, type, inputs, outputs } = pulumi.find(({ urn }) => urn.endsWith(`::${nameOf(first!)}`))!;
    const newer = { ...outputs, __private: JSON.stringify({ ...(JSON.parse(String(outputs["__private"])) as object), v: 2 }) }; // prettier-ignore
    const diff = async (): Promise<unknown> => providerFor(handlers)["Diff"]!({ urn, type, olds: writeProperties(newer), news: writeProperties(inputs) }); // prettier-ignore
    await expect(diff()).rejects.toThrow(/PG479 the state of a \w+ was written by a newer version.*\n.*nothing was read or changed/); // prettier-ignore
  });

  test("is planned without a change by the real Terraform, and refused by it when a newer version has written it", async () => {
    const { terraform: binary } = await ensureToolchain({ only: ["terraform"] });
    const workspace = new TerraformWorkspace(binary, { ...database, sslmode: "disable" });
    try {
      const names = lasting.map((each) => nameOf(each));
      const state = { ...terraform, resources: terraform.resources.filter(({ name }) => names.includes(name)) };
      const file = join(workspace.directory, "terraform.tfstate");
      writeFileSync(file, JSON.stringify(state));
      workspace.write(terraformResources(lasting));
      await workspace.init();
      expect(await workspace.plan()).toMatchObject({ exitCode: 0, output: expect.stringContaining("No changes.") });
      writeFileSync(file, JSON.stringify(state).replaceAll('"schema_version":1', '"schema_version":2'));
      const refused = await workspace.plan();
      expect(refused).toMatchObject({ exitCode: 1, output: expect.stringContaining("newer provider version") });
    } finally {
      workspace.remove();
    }
  });

  test("is planned without a change by the real Pulumi, and its refresh finds none", async () => {
    const tables = new PulumiTables(await ensureToolchain({ only: ["pulumi"] }), database);
    try {
      await tables.project.succeed("stack", "init", "frozen");
      const names = lasting.map((each) => `::${nameOf(each)}`);
      await tables.take(pulumi.filter(({ urn }) => names.some((name) => urn.endsWith(name))));
      tables.write(lasting);
      const planned = await tables.expectNoChanges();
      expect(planned).toMatchObject({ code: 0, output: expect.stringContaining(`${lasting.length + 2} unchanged`) });
      const refreshed = await tables.project.run("refresh", "--yes", "--skip-preview", "--expect-no-changes");
      expect(refreshed).toMatchObject({ code: 0, output: expect.stringContaining("unchanged") });
    } finally {
      tables.project.remove();
    }
  });
});

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- as decoded
type Answer = Readonly<Record<string, any>>;

type Rpc = (request: object) => unknown;

function providerFor(handlers: Handlers): Readonly<Record<string, Rpc>> {
  const log = { info: () => Promise.resolve(), warn: () => Promise.resolve(), close: () => undefined };
  const provider = new PulumiProvider({ handlers, version: "0.0.0", connectLog: () => log });
  return provider.rpcs() as unknown as Readonly<Record<string, Rpc>>;
}

/** Without what has its default, at any depth; names are Terraform's. */
function withoutDefaults(schemas: AttributeSchemas, value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(schemas).flatMap(([name, schema]) => {
      const inner = value[snakeCase(name)];
      const isDefault = JSON.stringify(inner ?? null) === JSON.stringify(schema.default);
      if (schema.presence !== "required" && schema.presence !== "computed" && isDefault) return [];
      return [[snakeCase(name), deeper(schema.type, inner)]];
    }),
  );
}

function deeper(type: AttributeSchemas[string]["type"], inner: unknown): unknown {
  if (inner === null || (type.kind !== "object" && type.kind !== "objects")) return inner;
  const bare = (item: unknown): object => withoutDefaults(type.attributes, item as Record<string, unknown>);
  return Array.isArray(inner) ? inner.map(bare) : bare(inner);
}

function camelWithoutDefaults(kind: Kind, outputs: ValueMap): ValueMap {
  const schemas = resourceSchemas[kind];
  const { __private: memory, ...properties } = outputs;
  const snake = Buffer.from(JSON.stringify(withoutDefaults(schemas, snakeKeys(schemas, properties))));
  return { ...withoutNulls(decodeJson(schemas, snake)!), ...(memory === undefined ? {} : { __private: memory }) };
}

function snakeKeys(schemas: AttributeSchemas, properties: ValueMap): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, { type }]) => {
      const value = properties[name] ?? null;
      if (type.kind === "objects" && Array.isArray(value)) return [snakeCase(name), value.map((item) => snakeKeys(type.attributes, item as ValueMap))]; // prettier-ignore
      return [snakeCase(name), type.kind === "object" && value !== null ? snakeKeys(type.attributes, value as ValueMap) : value]; // prettier-ignore
    }),
  );
}

function withoutNulls(value: ValueMap): ValueMap {
  const text = JSON.stringify(value, (_key, inner: unknown) => (inner === null ? undefined : inner));
  return JSON.parse(text) as ValueMap;
}
