import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Client } from "pg";
import { quoteName } from "../../lib/postgres/quote";
import { ensureToolchain } from "../../tools/toolchain";
import { connect, type TestDatabase } from "../provider/deployment";
import { type Outcome, PulumiProject } from "../pulumi/pulumi-project";
import { freshDatabase } from "./servers";

jest.setTimeout(300_000);

/** What a table can say of its removal; one table of each, with a row. */
const REMOVALS = ["refuse", "forget", "drop-if-empty", "retire"] as const;
const nameOf = (removal: string): string => removal.replaceAll("-", "_");
const TABLES = REMOVALS.map(nameOf);

const PROGRAM = `
const { readFileSync } = require("node:fs");
const { EventloomProvider, PostgresTable } = require("eventloom/pulumi");
const { settings, tables } = JSON.parse(readFileSync("input.json", "utf8"));
const providers = { eventloom: new EventloomProvider("server", settings) };
const columns = { id: { type: "bigint" } };
for (const { name, removal } of tables) new PostgresTable(name, { schema: "kept", name, columns, declaredBy: "orders", removal, providers });
`;

let project: PulumiProject;
let database: TestDatabase;
let client: Client;

beforeAll(async () => {
  database = await freshDatabase("pulumi_removal");
  client = await connect(database);
  await client.query("CREATE SCHEMA kept");
  project = new PulumiProject(await ensureToolchain({ only: ["pulumi"] }), {});
  const plugins = { providers: [{ name: "eventloom", path: "node_modules/eventloom/dist/provider" }] };
  const runtime = { name: "nodejs", options: { typescript: false } };
  const settings = { name: "shop", main: "index.js", runtime, plugins };
  writeFileSync(join(project.directory, "Pulumi.yaml"), JSON.stringify(settings));
  writeFileSync(join(project.directory, "index.js"), PROGRAM);
  await project.succeed("stack", "init", "e2e");
  write(REMOVALS);
  await up();
  for (const table of TABLES) await client.query(`INSERT INTO kept.${table} VALUES (7)`);
});

afterAll(async () => {
  project?.remove();
  await client?.end();
});

/** The program with these tables, each named after its removal or, as `name: removal`, otherwise. */
function write(removals: readonly string[], named: Readonly<Record<string, string>> = {}): void {
  const { host, port, username, password } = database;
  const settings = { host, port: String(port), username, password, database: database.database, sslmode: "disable" };
  const tables = [
    ...removals.map((removal) => ({ name: nameOf(removal), removal })),
    ...Object.entries(named).map(([name, removal]) => ({ name, removal })),
  ];
  writeFileSync(join(project.directory, "input.json"), JSON.stringify({ settings, tables }));
}

const up = (...more: string[]): Promise<Outcome> => project.run("up", "--yes", "--skip-preview", ...more);

async function urnOf(table: string): Promise<string> {
  const { deployment } = JSON.parse(await project.succeed("stack", "export")) as {
    deployment: { resources: { urn: string }[] };
  };
  return deployment.resources.find(({ urn }) => urn.endsWith(`:Table::${table}-table`))!.urn;
}

async function rowsOf(schema: string, table: string): Promise<readonly unknown[]> {
  return (await client.query(`SELECT id::int FROM ${quoteName(schema, table)}`)).rows;
}

/** Every test looks for the same rows: whatever the engine was told, none is lost. */
async function expectKept(): Promise<void> {
  for (const table of TABLES) {
    expect({ table, rows: await rowsOf("kept", table) }).toEqual({ table, rows: [{ id: 7 }] });
  }
  write(REMOVALS);
  const { code, output } = await project.run("preview", "--expect-no-changes", "--refresh");
  expect({ code, output }).toMatchObject({ code: 0 });
}

describe("tables with rows, by pulumi", () => {
  test.each([
    ["refuse", 1, "PG411 removal: table kept.refuse: refused to remove it"],
    ["forget", 0, "replaced"],
    ["drop_if_empty", 1, "PG412 removal: table kept.drop_if_empty: refused to drop it"],
    ["retire", 0, "PG468 table kept.retire is kept on the server"],
  ])("--replace of one whose removal is %s takes nothing away", async (table, code, text) => {
    const urn = await urnOf(table);
    if (table === "refuse") await project.succeed("state", "unprotect", urn, "--yes");
    expect(await up("--replace", urn)).toMatchObject({ code, output: expect.stringContaining(text) });
    await up();
    await expectKept();
  });

  test("what is taken out of the program is protected, refused or retained", async () => {
    for (const removal of ["refuse", "drop-if-empty"]) {
      write(REMOVALS.filter((each) => each !== removal));
      const { code, output } = await up();
      expect(code).not.toBe(0);
      expect(output).toMatch(
        removal === "refuse" ? /refuse-table.*cannot be deleted\s+because it is protected/s : /PG412/,
      );
      await expectKept();
    }
    write(REMOVALS.filter((each) => each !== "forget"));
    expect(await up()).toMatchObject({ code: 0 });
    expect(await rowsOf("kept", "forget")).toEqual([{ id: 7 }]);
    write(REMOVALS);
    expect(await up()).toMatchObject({ code: 0, output: expect.stringMatching(/\+ 1 created|\+ 2 created/) });
    await expectKept();
  });

  test("a destroy takes none that is to stay, and unprotected neither", async () => {
    for (const table of ["refuse", "drop_if_empty"]) {
      const urn = await urnOf(table);
      if (table === "refuse") await project.succeed("state", "unprotect", urn, "--yes");
      const { code, output } = await project.run("destroy", "--yes", "--skip-preview", "--target", urn);
      expect(code).not.toBe(0);
      expect(output).toMatch(table === "refuse" ? /PG411/ : /PG412/);
    }
    expect(await up()).toMatchObject({ code: 0 });
    await expectKept();
  });

  test("what is deleted from the state alone stays, and is taken over by the next update", async () => {
    for (const table of TABLES) {
      const urn = await urnOf(table);
      if (table === "refuse") await project.succeed("state", "unprotect", urn, "--yes");
      await project.succeed("state", "delete", urn, "--yes");
    }
    expect(await up()).toMatchObject({ code: 0, output: expect.stringContaining("+ 4 created") });
    await expectKept();
  });

  test("one that is to be retired is moved aside with its rows when it is taken out of the program", async () => {
    write(REMOVALS.filter((each) => each !== "retire"));
    expect(await up()).toMatchObject({ code: 0 });
    expect(await rowsOf("kept_retired", "retire")).toEqual([{ id: 7 }]);
    await client.query("ALTER TABLE kept_retired.retire SET SCHEMA kept");
    await client.query("COMMENT ON TABLE kept.retire IS 'eventloom:orders'");
    write(REMOVALS);
    expect(await up()).toMatchObject({ code: 0 });
    await expectKept();
  });
});
