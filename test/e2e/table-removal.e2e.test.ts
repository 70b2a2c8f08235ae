import { join } from "node:path";
import type { Client } from "pg";
import type { DeclaredResource } from "../../campaigns/crashes/engine";
import { quoteIdent } from "../../lib/postgres/quote";
import { ensureToolchain, type Toolchain } from "../../tools/toolchain";
import { connect, type TestDatabase } from "../provider/deployment";
import { PulumiTables } from "../provider/engine-programs";
import { type Outcome, TerraformWorkspace } from "../provider/terraform-workspace";
import type { Outcome as PulumiOutcome } from "../pulumi/pulumi-project";
import { freshDatabase } from "./servers";

jest.setTimeout(300_000);

/** What a table can say of its removal; one table of each, with a row. */
const REMOVALS = ["refuse", "forget", "drop-if-empty"] as const;
const nameOf = (removal: string): string => removal.replaceAll("-", "_");

let toolchain: Toolchain;
let database: TestDatabase;
let client: Client;

beforeAll(async () => {
  toolchain = await ensureToolchain({ only: ["terraform", "tofu", "pulumi"] });
});

/** Every test looks for the same rows: whatever an engine was told, none is lost. */
async function expectRows(schema: string, tables: readonly string[] = REMOVALS.map(nameOf)): Promise<void> {
  for (const table of tables) {
    const { rows } = await client.query(`SELECT id::int FROM ${quoteIdent(schema)}.${quoteIdent(table)}`);
    expect({ table, rows }).toEqual({ table, rows: [{ id: 7 }] });
  }
}

async function fill(schema: string): Promise<void> {
  for (const table of REMOVALS.map(nameOf)) await client.query(`INSERT INTO ${quoteIdent(schema)}.${table} VALUES (7)`);
}

const columns = [{ name: "id", type: "int8" }];

describe.each(["terraform", "tofu"] as const)("tables with rows, by %s", (engine) => {
  let w: TerraformWorkspace;

  const schema = { eventloom_postgres_schema: { main: { name: "kept", declared_by: "orders" } } };
  const tableOf = (name: string, removal: string): object => ({
    schema: "${eventloom_postgres_schema.main.name}",
    name,
    declared_by: "orders",
    columns,
    removal,
  });
  const all = {
    ...schema,
    eventloom_postgres_table: Object.fromEntries(REMOVALS.map((each) => [nameOf(each), tableOf(nameOf(each), each)])),
  };
  const addresses = REMOVALS.map((each) => `eventloom_postgres_table.${nameOf(each)}`);

  const expectRefused = ({ exitCode, output }: Outcome): void => {
    expect({ exitCode, output }).toMatchObject({ exitCode: 1 });
    expect(output).toContain("PG411: table kept.refuse: refused to remove it");
    expect(output).toContain("PG412: table kept.drop_if_empty: refused to drop it");
    expect(output).not.toContain("table kept.forget:");
  };
  const expectUnchanged = async (): Promise<void> => {
    w.write(all);
    expect(await w.plan()).toMatchObject({ exitCode: 0 });
  };

  beforeAll(async () => {
    database = await freshDatabase(engine);
    client = await connect(database);
    w = new TerraformWorkspace(toolchain[engine], { ...database, sslmode: "disable" });
    w.write(all);
    await w.init();
    expect((await w.apply()).output).toContain("Resources: 4 added");
    await fill("kept");
  });
  afterEach(() => expectRows("kept"));
  afterAll(async () => {
    w.remove();
    await client.end();
  });

  test("-replace is refused, or lets go of the table and takes it over again", async () => {
    expectRefused(await w.apply(...addresses.map((each) => `-replace=${each}`)));
    await expectUnchanged();
  });

  test("taint does no more, and an untaint is the way back", async () => {
    for (const each of addresses) expect(await w.run("taint", each)).toMatchObject({ exitCode: 0 });
    expectRefused(await w.apply());
    for (const each of [addresses[0]!, addresses[2]!]) {
      expect(await w.run("untaint", each)).toMatchObject({ exitCode: 0 });
    }
    await expectUnchanged();
  });

  test("a replacement that creates first takes over what it would have made, and drops nothing", async () => {
    const first = { lifecycle: { create_before_destroy: true } };
    w.write({
      ...schema,
      eventloom_postgres_table: Object.fromEntries(
        REMOVALS.map((each) => [nameOf(each), { ...tableOf(nameOf(each), each), ...first }]),
      ),
    });
    const { exitCode, output } = await w.apply(...addresses.map((each) => `-replace=${each}`));
    expect(exitCode).toBe(1);
    expect(output).toContain("PG411: table kept.refuse: refused to remove it");
    await expectRows("kept");
    // What was to be replaced stays beside its successor in the state; it is let go of by hand, or by another removal.
    expect((await w.plan()).output).toContain("PG411");
  });
});
