import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { ensureToolchain } from "../../tools/toolchain";
import { PulumiProject, type Outcome } from "../pulumi/pulumi-project";
import { root } from "../sources";
import { freshDatabase, freshVhost, sharedServers, wipeKafka } from "./servers";

jest.setTimeout(600_000);

let project: PulumiProject;
let sql: Client;
let management: (path: string, method?: string) => Promise<unknown>;

beforeAll(async () => {
  const [servers, toolchain] = [await sharedServers(), await ensureToolchain({ only: ["pulumi"] })];
  await wipeKafka();
  const [postgres, rabbitmq] = [await freshDatabase("pulumi"), await freshVhost()];
  const { host, port, username, password, database } = postgres;
  project = new PulumiProject(toolchain, {
    PGHOST: host,
    PGPORT: String(port),
    PGUSER: username,
    PGDATABASE: database,
  });
  await project.succeed("stack", "init", "e2e");
  for (const [name, value] of Object.entries({
    kafka: servers.kafka.bootstrapServers,
    endpoint: rabbitmq.endpoint,
    vhost: rabbitmq.vhost,
    username: rabbitmq.username,
  })) {
    await project.succeed("config", "set", name, value);
  }
  await project.succeed("config", "set", "--secret", "password", "--", rabbitmq.password);
  await project.succeed("config", "set", "--secret", "pgPassword", "--", password);
  sql = new Client({ host, port, user: username, password, database });
  await sql.connect();
  const authorization = `Basic ${Buffer.from(`${rabbitmq.username}:${rabbitmq.password}`).toString("base64")}`;
  management = async (path, method = "GET") => {
    const url = `${rabbitmq.endpoint}/api/${path.replace("{vhost}", encodeURIComponent(rabbitmq.vhost))}`;
    const response = await fetch(url, { method, headers: { authorization } });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status}`);
    return method === "GET" ? response.json() : undefined;
  };
});

afterAll(async () => {
  await sql?.end();
  project?.remove();
});

/** As `pulumi preview | eventloom where - shop.ts` prints it, by the built command. */
function ledBack(output: string): string {
  writeFileSync(join(project.directory, "shop.ts"), SHOP);
  const words = [join(root, "dist", "cli", "main.js"), "where", "-", "shop.ts"];
  const settings = { cwd: project.directory, input: output, encoding: "utf8" } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, words, settings);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return stdout;
}

/** The events of the program's domain, in a module that needs no engine. */
const SHOP = `import { defineDomain, event, jsonSchema } from "eventloom";
const placed = event({ versions: { 1: jsonSchema({ properties: { orderId: {} }, required: ["orderId"] }) } });
export const shop = defineDomain("shop", { aggregates: { Order: { id: "orderId", events: {
  OrderPlaced: placed,
} } } });
`;

const up = (): Promise<string> => project.succeed("up", "--yes", "--skip-preview");
const unchanged = (...more: string[]): Promise<Outcome> => project.run("preview", "--expect-no-changes", ...more);

async function step(name: "first" | "more" | "less" | "gone"): Promise<void> {
  await project.succeed("config", "set", "step", name);
}

async function bindingsOfBilling(): Promise<readonly string[]> {
  const bindings = (await management("queues/{vhost}/shop.billing/bindings")) as { source: string }[];
  return bindings
    .map((each) => each.source)
    .filter((source) => source !== "")
    .sort();
}

describe("a domain with the real Pulumi, from its first deployment on", () => {
  test("a preview shows the statements and creates nothing; the update then creates all", async () => {
    await step("first");
    const preview = await project.succeed("preview");
    expect(preview).toContain('CREATE TABLE "shop"."totals"');
    expect(ledBack(preview)).toMatch(/ kafka:index:Topic shop-topic-OrderPlaced create +<- aggregates\.Order\.events\.OrderPlaced \(shop\.ts:4\)\n/); // prettier-ignore
    expect((await sql.query("select 1 from pg_namespace where nspname = 'shop'")).rowCount).toBe(0);
    const output = await up();
    expect(output).toMatch(/\+ \d+ created/);
    expect(output).toMatch(/topic: "shop.order-placed"/);
    expect((await sql.query("select total_cents from shop.totals")).rowCount).toBe(0);
    expect(await bindingsOfBilling()).toEqual(["shop.events", "shop.return"]);
  });

  test("nothing is left to change, also when the servers themselves are asked", async () => {
    expect(await unchanged()).toMatchObject({ code: 0 });
    expect(await unchanged("--refresh")).toMatchObject({ code: 0 });
  });

  test("a secret is in no plain text of the state", async () => {
    const state = await project.succeed("stack", "export");
    expect(state).toContain("shop.billing");
    expect(state).not.toMatch(/"(password|pgPassword)": "/);
  });

  test("what is added shows as just that, and is made", async () => {
    await step("more");
    const { output } = await project.run("preview", "--diff");
    expect(output).toContain('ALTER TABLE "shop"."totals" ADD COLUMN "note" text');
    expect(output).toMatch(/CREATE INDEX CONCURRENTLY "totals_total_cents_idx"/);
    expect(output).toMatch(/"?retention\.ms"?\s*: "604800000" => "864000000"/);
    expect(output).toMatch(/\+ 1 to create\n\s+~ 2 to update\n/);
    expect(output).not.toMatch(/to (delete|replace)/);
    await up();
    expect((await sql.query("select note from shop.totals")).rowCount).toBe(0);
    expect(await unchanged()).toMatchObject({ code: 0 });
  });

  test("a column that would be lost is refused by the preview and by the update, with the way out", async () => {
    await step("less");
    await sql.query("insert into shop.totals (order_id, total_cents) values ('a', 7)");
    for (const command of [["preview"], ["up", "--yes", "--skip-preview"]]) {
      const { code, output } = await project.run(...command);
      expect(code).not.toBe(0);
      expect(output).toMatch(/PG401 .*refused to drop column "total_cents"/);
      expect(output).toContain("keep the column in the declaration");
    }
    expect((await sql.query("select total_cents from shop.totals")).rows).toEqual([{ total_cents: "7" }]);
  });

  test("a topic that would be deleted is refused by the preview", async () => {
    await step("gone");
    const { code, output } = await project.run("preview");
    expect(code).not.toBe(0);
    expect(output).toMatch(/shop-topic-OrderPaid\S* cannot be deleted\s+because it is protected/);
  });

  test("a forced replacement of a table cannot delete it, even unprotected", async () => {
    await step("more");
    const urn = await urnOf("shop-projection-totals");
    await project.succeed("state", "unprotect", urn, "--yes");
    const { code, output } = await project.run("up", "--yes", "--skip-preview", "--replace", urn);
    expect(code).not.toBe(0);
    expect(output).toMatch(/PG4\d\d .*shop\.totals/);
    expect((await sql.query("select total_cents from shop.totals")).rows).toEqual([{ total_cents: "7" }]);
    await up();
    expect(await unchanged()).toMatchObject({ code: 0 });
  });

  test("what was changed by hand is mended: an index by any update, a queue with its bindings by one with a refresh", async () => {
    await sql.query("drop index shop.totals_total_cents_idx");
    await management("queues/{vhost}/shop.billing", "DELETE");
    expect(await unchanged("--refresh")).not.toMatchObject({ code: 0 });
    await project.succeed("up", "--yes", "--skip-preview", "--refresh");
    expect((await sql.query("select to_regclass('shop.totals_total_cents_idx') as index")).rows[0]).toEqual({
      index: "shop.totals_total_cents_idx",
    });
    expect(await bindingsOfBilling()).toEqual(["shop.events", "shop.return"]);
  });

  test("a queue that is replaced takes its bindings with it", async () => {
    const urn = await urnOf("shop-queue-consumer-billing");
    await project.succeed("state", "unprotect", urn, "--yes");
    const output = await project.succeed("up", "--yes", "--skip-preview", "--replace", urn);
    expect(output).toMatch(/\+-3 replaced/);
    expect(await bindingsOfBilling()).toEqual(["shop.events", "shop.return"]);
    expect(await unchanged("--refresh")).toMatchObject({ code: 0 });
  });
});

async function urnOf(name: string): Promise<string> {
  const state = JSON.parse(await project.succeed("stack", "export")) as {
    deployment: { resources: { urn: string }[] };
  };
  const found = state.deployment.resources.find((each) => each.urn.endsWith(`::${name}`));
  if (found === undefined) throw new Error(`no resource ${name}`);
  return found.urn;
}
