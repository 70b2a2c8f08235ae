import { TerraformStack as CdktfStack, Testing as CdktfTesting } from "cdktf";
import { TerraformStack as CdktnStack, Testing as CdktnTesting } from "cdktn";
import type { Construct } from "constructs";
import * as cdktf from "eventloom/cdktf";
import * as cdktn from "eventloom/cdktn";
import * as pulumi from "eventloom/pulumi";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compile, MINVALUE } from "eventloom";
import { deploymentOf } from "../lib/lock/deployment";
import { nextLock } from "../lib/lock/next-lock";
import { renderLock } from "../lib/lock/render-lock";
import { rows } from "../lib/pulumi/rows";
import { retiringShop } from "./pulumi/project/retiring-shop";
import { orders } from "../examples/orders/domain";
import { shopDomain } from "./generations/shop";
import { recordPulumi, type PulumiResource } from "../lib/testing/pulumi";

/** A resource without an engine's spelling: the same for all three, or a domain would differ by how it is deployed. */
interface Common {
  readonly kind: string;
  readonly settings: unknown;
  readonly protected: boolean;
}
type Program = Readonly<Record<string, Common>>;

const KINDS: Readonly<Record<string, string>> = {
  "kafka:index/topic:Topic": "kafka_topic",
  "rabbitmq:index/binding:Binding": "rabbitmq_binding",
  "rabbitmq:index/exchange:Exchange": "rabbitmq_exchange",
  "rabbitmq:index/policy:Policy": "rabbitmq_policy",
  "rabbitmq:index/queue:Queue": "rabbitmq_queue",
  "eventloom:postgres:Function": "eventloom_postgres_function",
  "eventloom:postgres:Schema": "eventloom_postgres_schema",
  "eventloom:postgres:Sequence": "eventloom_postgres_sequence",
  "eventloom:postgres:Table": "eventloom_postgres_table",
  "eventloom:postgres:Role": "eventloom_postgres_role",
  "eventloom:postgres:Grants": "eventloom_postgres_grants",
  "eventloom:postgres:Publication": "eventloom_postgres_publication",
};

const ORIGIN = { source: "registry.example.org/eventloom/eventloom", version: "0.1.0" };
const SHOP = { domain: orders, vhost: "shop", replicationFactor: 1 } as const;
/** Queue arguments that are not text. */
const FROZEN = {
  billing: { queue: { singleActiveConsumer: true } },
  inventory: { queue: { initialGroupSize: 5 } },
};
const TABLE = {
  schema: "crm",
  name: "customers",
  columns: { id: { type: "uuid" }, name: { type: "text", default: "'${not a template}'" } },
  primaryKey: ["id"],
  indexes: [{ columns: ["name"] }],
  checks: { named: "name <> ''" },
  declaredBy: "crm",
} as const;

const EVENTS = {
  schema: "crm",
  name: "events",
  columns: { at: { type: "timestamptz" }, tenant: { type: "text" }, id: { type: "uuid" } },
  partitioning: {
    strategy: "range",
    columns: ["at"],
    partitions: {
      events_old: {
        from: [MINVALUE],
        to: ["2026-01-01"],
        partitioning: {
          strategy: "list",
          columns: ["tenant"],
          partitions: { events_old_acme: { values: ["acme", null] } },
        },
      },
      events_2026: {
        from: ["2026-01-01"],
        to: ["2027-01-01"],
        partitioning: { strategy: "hash", columns: ["id"], modulus: 4 },
      },
    },
    rolling: { interval: "week", ahead: 4, retain: "90 days" },
  },
  declaredBy: "crm",
} as const;

const FUNCTION = {
  schema: "crm",
  name: "touch",
  language: "plpgsql",
  returns: "trigger",
  body: "BEGIN NEW.at := now(); RETURN NEW; END",
  settings: { search_path: "pg_catalog" },
  securityDefiner: true,
  declaredBy: "crm",
} as const;
const PUBLICATION = {
  name: "crm_feed",
  tables: [{ name: "crm.customers", columns: ["id"], where: "id > 0" }, { name: "crm.events" }],
  declaredBy: "crm",
} as const;
const GRANTS = {
  schema: "crm",
  role: "crm_clerks",
  privileges: ["usage"],
  tables: [{ name: "customers", privileges: ["select"], columns: [{ name: "note", privileges: ["update"] }] }],
  sequences: [{ name: "numbers", privileges: ["usage"] }],
  functions: ["find(text,integer[])"],
} as const;

/** The same few lines for each engine, as a user would write them. */
const PROGRAMS: Readonly<Record<string, (engine: typeof cdktf | typeof cdktn, stack: Construct) => unknown>> = {
  orders: (engine, stack) => new engine.EventDrivenDomain(stack, "orders", SHOP),
  fulfilment: (engine, stack) => new engine.SagaTopology(stack, "fulfilment", { ...SHOP, saga: "OrderFulfillment" }),
  failed: (engine, stack) => new engine.DeadLetterQueue(stack, "failed", { ...SHOP, of: "billing" }),
  successors: (engine, stack) => new engine.EventDrivenDomain(stack, "successors", { domain: shopDomain(FROZEN) }),
  store: (engine, stack) => new engine.EventStoreDatabase(stack, "store", SHOP),
  customers: (engine, stack) => new engine.PostgresTable(stack, "customers", TABLE),
  events: (engine, stack) => new engine.PostgresTable(stack, "events", EVENTS),
  crm: (engine, stack) => new engine.PostgresSchema(stack, "crm", { name: "crm", comment: "x", declaredBy: "crm" }),
  numbers: (engine, stack) => new engine.PostgresSequence(stack, "numbers", { schema: "crm", name: "numbers", cache: 32, declaredBy: "crm" }), // prettier-ignore
  touch: (engine, stack) => new engine.PostgresFunction(stack, "touch", FUNCTION),
  clerks: (engine, stack) => new engine.PostgresRole(stack, "clerks", { name: "crm_clerks", declaredBy: "crm" }),
  feed: (engine, stack) => new engine.PostgresPublication(stack, "feed", PUBLICATION),
  rights: (engine, stack) => new engine.PostgresGrants(stack, "rights", GRANTS),
};
const PULUMI_PROGRAMS: Readonly<Record<string, () => unknown>> = {
  orders: () => new pulumi.EventDrivenDomain("orders", SHOP),
  fulfilment: () => new pulumi.SagaTopology("fulfilment", { ...SHOP, saga: "OrderFulfillment" }),
  failed: () => new pulumi.DeadLetterQueue("failed", { ...SHOP, of: "billing" }),
  successors: () => new pulumi.EventDrivenDomain("successors", { domain: shopDomain(FROZEN) }),
  store: () => new pulumi.EventStoreDatabase("store", SHOP),
  customers: () => new pulumi.PostgresTable("customers", TABLE),
  events: () => new pulumi.PostgresTable("events", EVENTS),
  crm: () => new pulumi.PostgresSchema("crm", { name: "crm", comment: "x", declaredBy: "crm" }),
  numbers: () => new pulumi.PostgresSequence("numbers", { schema: "crm", name: "numbers", cache: 32, declaredBy: "crm" }), // prettier-ignore
  touch: () => new pulumi.PostgresFunction("touch", FUNCTION),
  clerks: () => new pulumi.PostgresRole("clerks", { name: "crm_clerks", declaredBy: "crm" }),
  feed: () => new pulumi.PostgresPublication("feed", PUBLICATION),
  rights: () => new pulumi.PostgresGrants("rights", GRANTS),
};

describe.each(Object.keys(PROGRAMS))("the same declaration on three engines: %s", (name) => {
  test("cdktf and cdktn write the same resources, word for word", () => {
    expect(withCdktn(name)).toEqual(withCdktf(name));
  });

  test("Pulumi creates the same resources with the same settings as cdktf", async () => {
    const terraform = fromTerraform(withCdktf(name));
    expect(Object.keys(terraform).length).toBeGreaterThan(0);
    expect(await withPulumi(name)).toEqual(terraform);
  });
});

test("what is retired is forgotten by all three engines alike, and is what the lock says", async () => {
  const folder = mkdtempSync(join(tmpdir(), "eventloom-parity-"));
  const lock = join(folder, "shop.lock.json");
  const before = nextLock(compile(retiringShop({})), null);
  if (!before.ok) throw new Error(JSON.stringify(before.issues));
  writeFileSync(lock, renderLock(before.lock));
  const domain = retiringShop({ retired: true });
  const keys = deploymentOf(compile(domain), before.lock).forgotten.map(({ key }) => key.replace(/\//g, "-"));
  const removedBy = (engine: typeof cdktf | typeof cdktn, stack: Construct, synth: () => string): readonly string[] => {
    addProviders(engine, stack);
    new engine.EventDrivenDomain(stack, "shop", { domain, lock });
    const { removed } = JSON.parse(synth()) as { removed: readonly { from: string }[] };
    // the last id of a path is the key; keys hold underscores too
    return removed.map(({ from }) => keys.find((key) => from.replace(/_[0-9A-F]{8}$/, "").endsWith(`_${key}`)) ?? from);
  };
  const cdktfStack = new CdktfStack(CdktfTesting.app(), "stack");
  const cdktnStack = new CdktnStack(CdktnTesting.app(), "stack");
  expect(removedBy(cdktf, cdktfStack, () => CdktfTesting.synth(cdktfStack))).toEqual(keys);
  expect(removedBy(cdktn, cdktnStack, () => CdktnTesting.synth(cdktnStack))).toEqual(keys);
  const chain = "urn:pulumi:stack::project::eventloom:index:EventDrivenDomain";
  const state = before.lock.topology.resources.map(
    ({ kind, key }) => `${chain}$${rows[kind].type}::shop-${key.replace(/\//g, "-")}`,
  );
  const { resources } = await recordPulumi(() => new pulumi.EventDrivenDomain("shop", { domain, lock }), { state });
  const released = resources.filter(({ parent }) => parent === "shop-released");
  expect(released.map(({ name }) => name.slice("shop-".length)).sort()).toEqual([...keys].sort());
  rmSync(folder, { recursive: true, force: true });
});

type Synthesised = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;

function withCdktf(name: string): Synthesised {
  const stack = new CdktfStack(CdktfTesting.app(), "stack");
  addProviders(cdktf, stack);
  PROGRAMS[name]?.(cdktf, stack);
  return resourcesIn(CdktfTesting.synth(stack));
}

function withCdktn(name: string): Synthesised {
  const stack = new CdktnStack(CdktnTesting.app(), "stack");
  addProviders(cdktn, stack);
  PROGRAMS[name]?.(cdktn, stack);
  return resourcesIn(CdktnTesting.synth(stack));
}

function addProviders(engine: typeof cdktf | typeof cdktn, stack: Construct): void {
  new engine.KafkaProvider(stack, "kafka", { bootstrapServers: ["localhost:9092"] });
  new engine.RabbitmqProvider(stack, "rabbitmq", { endpoint: "http://localhost", username: "u", password: "p" });
  new engine.EventloomProvider(stack, "eventloom", { host: "localhost", ...ORIGIN });
}

function resourcesIn(synthesised: string): Synthesised {
  return (JSON.parse(synthesised) as { resource: Synthesised }).resource;
}

/** By path in the program: the logical id without its hash. */
function fromTerraform(synthesised: Synthesised): Program {
  const names = new Map(
    Object.entries(synthesised).flatMap(([type, all]) =>
      Object.entries(all).map(([id, { name }]) => [`\${${type}.${id}.name}`, name] as const),
    ),
  );
  return Object.fromEntries(
    Object.entries(synthesised).flatMap(([kind, all]) =>
      Object.entries(all).map(([id, { lifecycle, depends_on: _, ...attributes }]): [string, Common] => [
        id.replace(/_[0-9A-F]{8}$/, ""),
        {
          kind,
          settings: plainSettings(attributes, names),
          protected: (lifecycle as { prevent_destroy?: boolean } | undefined)?.prevent_destroy === true,
        },
      ]),
    ),
  );
}

async function withPulumi(name: string): Promise<Program> {
  const { resources } = await recordPulumi(() => PULUMI_PROGRAMS[name]?.());
  return Object.fromEntries(
    resources
      .filter((each) => each.custom)
      .map((each) => [
        pathOf(name, each),
        { kind: KINDS[each.type] ?? each.type, settings: each.inputs, protected: each.protect && each.retainOnDelete },
      ]),
  );
}

/** `orders-queue-x` in the component `orders-saga-Y` of `orders` is `orders_saga-Y_queue-x` in Terraform's words. */
function pathOf(root: string, { name, parent }: PulumiResource): string {
  const own = name.slice(root.length + 1);
  return parent === root ? `${root}_${own}` : `${root}_${(parent ?? "").slice(root.length + 1)}_${own}`;
}

/** Maps whose keys are the user's or the server's own words, not attributes. */
const MAPS: ReadonlySet<string> = new Set(["config", "definition", "storage"]);

function plainSettings(value: unknown, names: ReadonlyMap<string, unknown>, isMap = false): unknown {
  if (typeof value === "string") return names.get(value) ?? value.replace(/\$\$\{/g, "${").replace(/%%\{/g, "%{");
  if (Array.isArray(value)) return value.map((item) => plainSettings(item, names));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      // blocks that are there once are lists in Terraform's JSON; `arguments` and `settings` are maps where they are no lists
      const block = Array.isArray(item) && (key === "policy" || key === "settings") ? (item[0] as unknown) : item;
      const map = MAPS.has(key) || (!Array.isArray(item) && (key === "arguments" || key === "settings"));
      return [isMap ? key : camel(key), plainSettings(block, names, map)];
    }),
  );
}

function camel(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
