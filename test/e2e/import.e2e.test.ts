import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EventloomProvider } from "eventloom/cdktf";
import type { TerraformStack } from "cdktf";
import { ensureOtherSchemas, serverVariables } from "../../tools/other-schemas";
import { query } from "../../tools/servers/postgres";
import type { PostgresServer } from "../../tools/servers/state";
import { engineEnvironment, ensureToolchain } from "../../tools/toolchain";
import { PulumiProject } from "../pulumi/pulumi-project";
import { root } from "../sources";
import { Project } from "../terraform/project";
import { diagnosticsOf, messageOf, virtualProgram } from "../types/program";
import { freshDatabase } from "./servers";

jest.setTimeout(300_000);

const page = readFileSync(join(root, "docs", "tables.md"), "utf8");
const section = page.slice(page.indexOf("## Import what you have"));
const block = (language: string): string =>
  new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, "m").exec(section)?.[1] ?? "";

let folder: string;
let database: PostgresServer;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "eventloom-import-"));
  database = await freshDatabase("import_page");
  await query(database, block("sql"));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The built command. */
function eventloom(target: PostgresServer, ...words: readonly string[]) {
  const command = join(root, "dist", "cli", "main.js");
  const env = { ...process.env, ...serverVariables(target) };
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...words], { cwd: folder, env, encoding: "utf8" }); // prettier-ignore
  return { status, stdout, stderr };
}

test("the page on tables shows what the command really prints, which never holds the password", () => {
  const line = "eventloom import postgres --schema app";
  const { status, stdout, stderr } = eventloom(database, ...line.split(" ").slice(1));
  expect(`$ ${line}\n${stdout}${stderr}`).toBe(block("console"));
  expect(status).toBe(1);
  expect(stdout + stderr).not.toContain(database.password);
});

test.each(["cdktf", "cdktn", "pulumi"])("what is written for %s compiles, and is as Prettier has it", (engine) => {
  const { stdout, status } = eventloom(database, "import", "postgres", "--schema", "app", "--engine", engine);
  expect(status).toBe(1);
  const prettier = join(root, "node_modules", "prettier", "bin", "prettier.cjs");
  const formatted = spawnSync(process.execPath, [prettier, "--no-config", "--parser", "typescript"], { input: stdout, encoding: "utf8" }); // prettier-ignore
  expect(formatted.stdout).toBe(stdout);
  const program = virtualProgram({ "tables.ts": stdout });
  expect(diagnosticsOf(program, "tables.ts").map(messageOf)).toEqual([]);
});

test("all of it is in the JSON too, and a file gets what standard output would", () => {
  const words = ["import", "postgres", "--schema", "app", "--engine", "pulumi"];
  const { stdout } = eventloom(database, ...words);
  expect(eventloom(database, ...words, "--out", "a.ts", "--imports", "a.json")).toMatchObject({
    status: 1,
    stdout: "",
  });
  expect(readFileSync(join(folder, "a.ts"), "utf8")).toBe(stdout);
  const json = JSON.parse(eventloom(database, ...words, "--json").stdout) as Record<string, unknown>;
  expect(json).toMatchObject({ exitCode: 1, schema: "app", program: stdout, findings: [] });
  expect(json["left"]).toMatchObject([{ code: "CL550", path: "app.secrets" }]);
  expect(json["others"]).toMatchObject([{ code: "CL552", path: "app: enum state" }]);
  expect(eventloom(database, ...words.slice(0, 4), "--imports", "b.json")).toMatchObject({ status: 2, stdout: "" });
});

interface Change {
  readonly type: string;
  readonly change: {
    readonly actions: readonly string[];
    readonly importing?: { readonly id: string };
    readonly after: { readonly name: string; readonly ddl: readonly string[] };
  };
}

test("Terraform imports tables that a package has made, marks them, and plans no change", async () => {
  const pgBoss = (await ensureOtherSchemas()).find(({ name }) => name === "pg-boss")!;
  const target = await freshDatabase("import_terraform");
  await pgBoss.make(target);
  expect(eventloom(target, "import", "postgres", "--schema", "pgboss", "--out", "boss.ts").status).toBe(0);
  const written = require(join(folder, "boss.ts")) as { // eslint-disable-line @typescript-eslint/no-require-imports
    pgbossTables(scope: TerraformStack): object;
    importPgbossTables(tables: object): void;
  }; // prettier-ignore
  const toolchain = await ensureToolchain({ only: ["terraform", "providers"] });
  const project = new Project(toolchain.terraform, { ...process.env, ...engineEnvironment(toolchain, "cdktf") });
  try {
    const { host, port, username, password, database: name } = target;
    await project.write((stack) => {
      new EventloomProvider(stack, "postgres", { host, port, username, password, database: name, sslmode: "disable" });
      written.importPgbossTables(written.pgbossTables(stack));
    });
    await project.plan("-out=plan.bin");
    const shown = await project.run("show", "-json", "plan.bin");
    const { resource_changes: changes } = JSON.parse(shown.output) as { resource_changes: readonly Change[] };
    expect(changes.map(({ change }) => [change.importing?.id, change.actions.join()])).toEqual(
      ["archive", "job", "schedule", "subscription", "version"].map((each) => [`pgboss.${each}`, "update"]),
    );
    for (const { change } of changes) expect(change.after.ddl).toEqual([expect.stringMatching(/^COMMENT ON TABLE/)]);
    expect((await project.apply()).output).toContain("5 imported, 0 added, 5 changed, 0 destroyed");
    expect(await project.changes()).toEqual([]);
  } finally {
    project.remove();
  }
});

test("Pulumi imports the tables of the page by their ids, marks them, and previews no change", async () => {
  const target = await freshDatabase("import_pulumi");
  await query(target, block("sql"));
  const project = new PulumiProject(await ensureToolchain({ only: ["pulumi"] }), serverVariables(target));
  try {
    const files = ["--out", join(project.directory, "index.ts"), "--imports", join(project.directory, "imports.json")];
    expect(eventloom(target, "import", "postgres", "--schema", "app", "--engine", "pulumi", ...files).status).toBe(1);
    await project.succeed("stack", "init", "e2e");
    const options = ["--protect=false", "--generate-code=false", "--yes", "--skip-preview"];
    await project.succeed("import", "--file", join(project.directory, "imports.json"), ...options);
    const preview = await project.succeed("preview", "--diff");
    expect(preview).toContain(`COMMENT ON TABLE "app"."orders" IS 'eventloom:app.orders'`);
    expect(preview).not.toMatch(/\d+ to (create|delete|replace)/);
    await project.succeed("up", "--yes", "--skip-preview");
    expect(await project.run("preview", "--expect-no-changes")).toMatchObject({ code: 0 });
  } finally {
    project.remove();
  }
});

test("two schemas are declared side by side in one stack", async () => {
  const target = await freshDatabase("import_two");
  await query(target, "CREATE SCHEMA a; CREATE SCHEMA b; CREATE TABLE a.t (id int); CREATE TABLE b.t (id int)");
  for (const schema of ["a", "b"]) {
    expect(eventloom(target, "import", "postgres", "--schema", schema, "--out", `${schema}.ts`).status).toBe(0);
  }
  writeFileSync(join(folder, "both.json"), eventloom(target, "import", "postgres", "--schema", "a", "--json").stdout);
  const names = ["a", "b"].map((each) => /PostgresTable\(scope, "([^"]+)"/.exec(readFileSync(join(folder, `${each}.ts`), "utf8"))?.[1]); // prettier-ignore
  expect(names).toEqual(["a.t", "b.t"]);
});
