import type { Client } from "pg";
import { ensureToolchain, type Toolchain } from "../../tools/toolchain";
import { connect, type TestDatabase } from "../provider/deployment";
import { type Layout, layoutsShop } from "../pulumi/project/layouts-shop";
import type { PulumiProject } from "../pulumi/pulumi-project";
import { engines, type EngineUnderTest } from "../terraform/engines";
import type { Project } from "../terraform/project";
import type { Target } from "./contents";
import { addProviders, emptyTarget, projectOf, pulumiProject } from "./deployed";

jest.setTimeout(300_000);

let toolchain: Toolchain;
const closing: (() => unknown)[] = [];

beforeAll(async () => {
  toolchain = await ensureToolchain({ only: ["terraform", "tofu", "providers", "pulumi"] });
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** The first argument of its functions, where the store knows tenants. */
const TENANT: Readonly<Partial<Record<Layout, string>>> = { list: "'acme', " };

async function client(database: TestDatabase): Promise<Client> {
  const connected = await connect(database);
  closing.push(() => connected.end());
  return connected;
}

/** One event, and a row of the read table with the column that goes later. */
async function fill(database: TestDatabase, layout: Layout): Promise<void> {
  const to = await client(database);
  await to.query(`SELECT shop.append_event(${TENANT[layout] ?? ""}'order-1', 'Order', 0, gen_random_uuid(), 'OrderPaid', 1::smallint, '{"orderId": "order-1"}'::jsonb, '{}'::jsonb)`); // prettier-ignore
  await to.query("INSERT INTO shop.totals (order_id, note) VALUES ('order-1', 'a note')");
}

async function kept(database: TestDatabase): Promise<unknown> {
  const from = await client(database);
  const { rows } = await from.query("SELECT (SELECT count(*)::int FROM shop.event_store) AS events, (SELECT count(*)::int FROM shop.totals) AS totals"); // prettier-ignore
  return rows[0];
}

/** Leaves of the store, or tables that were: those of months by how many. */
async function leaves(database: TestDatabase): Promise<unknown> {
  const from = await client(database);
  const { rows } = await from.query<{ name: string; attached: boolean }>(
    `SELECT relname AS name, relispartition AS attached FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
      WHERE nspname = 'shop' AND relkind = 'r' AND relname LIKE 'event_store%' ORDER BY 1`,
  );
  const months = rows.filter(({ name }) => /_p\d{6}/.test(name)).length;
  const others = rows.filter(({ name }) => !/_p\d{6}/.test(name));
  return [...others.map(({ name, attached }) => `${name}${attached ? "" : " apart"}`), ...(months > 0 ? [months] : [])];
}

const LEAVES: Readonly<Record<Layout, readonly [first: readonly unknown[], later: readonly unknown[]]>> = {
  none: [["event_store apart"], ["event_store apart"]],
  list: [
    ["event_store_rest", "event_store_t_acme", "event_store_t_globex"],
    ["event_store_rest", "event_store_t_acme", "event_store_t_globex apart", "event_store_t_initech"],
  ],
  range: [
    ["event_store_rest", 3],
    ["event_store_rest", 5],
  ],
};

const [cdktf, cdktn] = engines as readonly [EngineUnderTest, EngineUnderTest];

describe.each([
  ["none", cdktf],
  ["list", cdktf],
  ["range", cdktn],
] as const)("a store whose layout is %s", (layout, under) => {
  test(`is deployed by ${under.name}, planned again without a change, and changed with its rows`, async () => {
    const servers: Target = await emptyTarget(`layout_${layout}`);
    const project: Project = projectOf(under, toolchain);
    closing.push(() => project.remove());
    const write = (later: boolean): Promise<void> =>
      project.write((stack) => {
        addProviders(stack, under, servers);
        new under.constructs.EventStoreDatabase(stack, "shop", { domain: layoutsShop(layout, later) });
      }, under.engine);
    await write(false);
    expect(await project.apply()).toMatchObject({ exitCode: 0 });
    expect(await leaves(servers.postgres)).toEqual(LEAVES[layout][0]);
    await fill(servers.postgres, layout);
    expect(await project.plan()).toMatchObject({ exitCode: 0 });
    await write(true);
    expect(await project.apply()).toMatchObject({ exitCode: 0, output: expect.stringContaining("PG445") });
    expect(await leaves(servers.postgres)).toEqual(LEAVES[layout][1]);
    expect(await kept(servers.postgres)).toEqual({ events: 1, totals: 1 });
    expect(await project.plan()).toMatchObject({ exitCode: 0 });
  }); // prettier-ignore
});

test("a store in leaves of tenants is deployed by Pulumi, previewed without a change, and changed with its rows", async () => {
  const servers = await emptyTarget("layout_pulumi");
  const project: PulumiProject = await pulumiProject(toolchain, servers, {
    program: "test/pulumi/project/layouts.ts",
    beside: { "layouts-shop.ts": "test/pulumi/project/layouts-shop.ts" },
    config: { layout: "list", later: "false" },
  });
  closing.push(() => project.remove());
  await project.succeed("up", "--yes", "--skip-preview");
  await fill(servers.postgres, "list");
  expect(await project.run("preview", "--expect-no-changes")).toMatchObject({ code: 0 });
  await project.succeed("config", "set", "later", "true");
  expect(await project.succeed("up", "--yes", "--skip-preview")).toContain("PG445");
  expect(await leaves(servers.postgres)).toEqual(LEAVES.list[1]);
  expect(await kept(servers.postgres)).toEqual({ events: 1, totals: 1 });
  expect(await project.run("preview", "--expect-no-changes")).toMatchObject({ code: 0 });
});
