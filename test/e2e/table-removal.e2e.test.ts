import type { Client } from "pg";
import { quoteName } from "../../lib/postgres/quote";
import { ensureToolchain, type Toolchain } from "../../tools/toolchain";
import { connect, type TestDatabase } from "../provider/deployment";
import { type Outcome, TerraformWorkspace } from "../provider/terraform-workspace";
import { freshDatabase } from "./servers";

jest.setTimeout(300_000);

/** What a table can say of its removal; one table of each, with a row. */
const REMOVALS = ["refuse", "forget", "drop-if-empty", "retire"] as const;
const nameOf = (removal: string): string => removal.replaceAll("-", "_");
const TABLES = REMOVALS.map(nameOf);
const columns = [{ name: "id", type: "int8" }];

let toolchain: Toolchain;
let database: TestDatabase;
let client: Client;

beforeAll(async () => {
  toolchain = await ensureToolchain({ only: ["terraform", "tofu"] });
});

async function rowsOf(schema: string, table: string): Promise<readonly unknown[]> {
  const { rows } = await client.query(`SELECT id::int FROM ${quoteName(schema, table)}`);
  return rows;
}

/** Every test looks for the same rows: whatever an engine was told, none is lost. */
async function expectRows(schema: string): Promise<void> {
  for (const table of TABLES)
    expect({ table, rows: await rowsOf(schema, table) }).toEqual({ table, rows: [{ id: 7 }] });
}

describe.each(["terraform", "tofu"] as const)("tables with rows, by %s", (engine) => {
  let w: TerraformWorkspace;

  const main = { eventloom_postgres_schema: { main: { name: "kept", declared_by: "orders" } } };
  const tableOf = (name: string, removal: string): object => ({
    schema: "${eventloom_postgres_schema.main.name}",
    name,
    declared_by: "orders",
    columns,
    removal,
  });
  const declared = (more: object = {}): Record<string, unknown> => ({
    ...main,
    eventloom_postgres_table: Object.fromEntries(
      REMOVALS.map((each) => [nameOf(each), { ...tableOf(nameOf(each), each), ...more }]),
    ),
  });
  const addresses = TABLES.map((each) => `eventloom_postgres_table.${each}`);
  const replaceAll = addresses.map((each) => `-replace=${each}`);

  const expectRefused = ({ exitCode, output }: Outcome, ...tables: readonly string[]): void => {
    expect({ exitCode, output }).toMatchObject({ exitCode: 1 });
    for (const table of TABLES) {
      const refused = output.includes(`table kept.${table}: refused to`);
      expect({ table, refused, output }).toMatchObject({ refused: tables.includes(table) });
    }
  };
  const expectUnchanged = async (): Promise<void> => {
    w.write(declared());
    expect(await w.plan()).toMatchObject({ exitCode: 0 });
  };

  beforeAll(async () => {
    database = await freshDatabase(engine);
    client = await connect(database);
    w = new TerraformWorkspace(toolchain[engine], { ...database, sslmode: "disable" });
    w.write(declared());
    await w.init();
    expect((await w.apply()).output).toContain("Resources: 5 added");
    for (const table of TABLES) await client.query(`INSERT INTO kept.${table} VALUES (7)`);
  });
  afterAll(async () => {
    w.remove();
    await client.end();
  });

  test("a replacement is refused, or lets go of the table and takes it over again", async () => {
    expectRefused(await w.apply(...replaceAll), "refuse", "drop_if_empty", "retire");
    await expectRows("kept");
    await expectUnchanged();
  });

  test("taint does no more, and an untaint is the way back", async () => {
    for (const each of addresses) expect(await w.run("taint", each)).toMatchObject({ exitCode: 0 });
    expectRefused(await w.apply(), "refuse", "drop_if_empty", "retire");
    await expectRows("kept");
    for (const each of addresses.filter((address) => !address.endsWith("forget"))) {
      expect(await w.run("untaint", each)).toMatchObject({ exitCode: 0 });
    }
    await expectUnchanged();
  });

  test("a replacement that creates first takes over what is there, drops nothing, and leaves nothing to do", async () => {
    w.write(declared({ lifecycle: { create_before_destroy: true } }));
    const { exitCode, output } = await w.apply(...replaceAll);
    expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
    expect(output).toContain("PG468: table kept.refuse is kept on the server");
    await expectRows("kept");
    await expectUnchanged();
  });

  test("a block that is taken out, with all its tables, and a destroy are refused by the plan already", async () => {
    w.write(main);
    expectRefused(await w.plan(), "refuse", "drop_if_empty");
    expectRefused(await w.apply(), "refuse", "drop_if_empty");
    expectRefused(await w.destroy(), "refuse", "drop_if_empty");
    await expectRows("kept");
    await expectUnchanged();
  });

  test("a removed block forgets without a question, and what is declared again is taken over", async () => {
    const removed = addresses.map((from) => ({ from, lifecycle: { destroy: false } }));
    w.write(main, { removed });
    expect(await w.apply()).toMatchObject({ exitCode: 0 });
    expect((await w.run("show")).output).not.toContain("eventloom_postgres_table");
    await expectRows("kept");
    w.write(declared());
    expect((await w.apply()).output).toContain("Resources: 4 added, 0 changed, 0 destroyed");
    await expectRows("kept");
    await expectUnchanged();
  });

  test("a removed block that is to destroy is refused where a destroy is", async () => {
    w.write(main, { removed: addresses.map((from) => ({ from, lifecycle: { destroy: true } })) });
    expectRefused(await w.apply(), "refuse", "drop_if_empty");
    await expectRows("kept");
    await expectUnchanged();
  });

  test("a saved plan that drops an empty table does not drop it once it holds rows", async () => {
    await client.query("DELETE FROM kept.drop_if_empty");
    const target = "-target=eventloom_postgres_table.drop_if_empty";
    expect(await w.plan("-destroy", target, "-out=stale.plan")).toMatchObject({ exitCode: 2 });
    await client.query("INSERT INTO kept.drop_if_empty VALUES (7)");
    expectRefused(await w.run("apply", "-input=false", "stale.plan"), "drop_if_empty");
    await expectRows("kept");
    await expectUnchanged();
  });

  test("a saved plan is not applied after another apply, nor twice", async () => {
    w.write(declared({ comment: "first" }));
    await w.plan("-out=old.plan");
    w.write(declared({ comment: "second" }));
    expect(await w.apply()).toMatchObject({ exitCode: 0 });
    const { exitCode, output } = await w.run("apply", "-input=false", "old.plan");
    expect({ exitCode, output }).toMatchObject({ exitCode: 1, output: expect.stringContaining("Saved plan is stale") });
    w.write(declared());
    expect(await w.apply()).toMatchObject({ exitCode: 0 });
    await expectRows("kept");
  });

  test("a table that is to be retired is moved aside with its rows by the destroy that its plan shows", async () => {
    const planned = await w.plan("-destroy", "-target=eventloom_postgres_table.retire");
    expect(planned).toMatchObject({ exitCode: 2 });
    expect(await w.destroy("-target=eventloom_postgres_table.retire")).toMatchObject({ exitCode: 0 });
    expect(await rowsOf("kept_retired", "retire")).toEqual([{ id: 7 }]);
    await client.query("ALTER TABLE kept_retired.retire SET SCHEMA kept");
    await client.query("COMMENT ON TABLE kept.retire IS 'eventloom:orders'");
    w.write(declared());
    expect((await w.apply()).output).toContain("Resources: 1 added, 0 changed, 0 destroyed");
    await expectRows("kept");
  });

  test("an import block takes a table with rows as it is", async () => {
    await client.query("CREATE TABLE kept.found (id bigint NOT NULL); INSERT INTO kept.found VALUES (7)");
    const { eventloom_postgres_table: tables } = declared() as { eventloom_postgres_table: object };
    const found = { ...tables, found: tableOf("found", "refuse") };
    w.write(
      { ...declared(), eventloom_postgres_table: found },
      { import: [{ to: "eventloom_postgres_table.found", id: "kept.found" }] },
    );
    expect((await w.apply()).output).toContain("1 imported, 0 added, 1 changed, 0 destroyed");
    expect(await w.plan()).toMatchObject({ exitCode: 0 });
    expect(await rowsOf("kept", "found")).toEqual([{ id: 7 }]);
  });
});
