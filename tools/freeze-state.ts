import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bank } from "../campaigns/crashes/bank";
import type { DeclaredResource } from "../campaigns/crashes/engine";
import { shopStore } from "../campaigns/crashes/shop-store";
import { rolesOf } from "../campaigns/crashes/stage";
import { StatementProxy } from "../campaigns/crashes/statement-proxy";
import { PulumiTables, terraformResources } from "../test/provider/engine-programs";
import { TerraformWorkspace } from "../test/provider/terraform-workspace";
import { startServers } from "./servers";
import { query } from "./servers/postgres";
import type { PostgresServer } from "./servers/state";
import { ensureToolchain, type Toolchain } from "./toolchain";

/**
 * Keeps what this version of the provider stores, for later ones to be held against: `npm run freeze` writes
 * `test/provider/frozen/<version>/{tables,store}`, each with the program, the states that the real Terraform and the real Pulumi
 * made of it, and the statements that were run. Run once for each release, and never again for the same one.
 */
async function main(): Promise<void> {
  const root = join(__dirname, "..");
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  const wanted = process.argv.slice(2);
  const programs = { tables: bank.after, store: shopStore.after };
  const toolchain = await ensureToolchain({ only: ["terraform", "pulumi"] });
  const dir = mkdtempSync(join(tmpdir(), "eventloom-freeze-"));
  const { postgres, stop } = await startServers({ dir, only: ["postgres"] });
  try {
    for (const [name, program] of Object.entries(programs)) {
      if (wanted.length > 0 && !wanted.includes(name)) continue;
      const folder = join(root, "test", "provider", "frozen", version, name);
      await freeze(program, folder, postgres, toolchain);
      console.log(`${version}/${name}: ${program.length} resources`);
    }
  } finally {
    await stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function freeze(
  program: readonly DeclaredResource[],
  folder: string,
  server: PostgresServer,
  toolchain: Toolchain,
): Promise<void> {
  const now = Date.now();
  const { state, statements } = await byTerraform(program, server, toolchain);
  const resources = await byPulumi(program, server, toolchain);
  mkdirSync(folder, { recursive: true });
  const write = (name: string, content: object): void =>
    writeFileSync(join(folder, name), `${JSON.stringify(content, null, 2)}\n`);
  write("program.json", { now, program });
  write("terraform.json", state);
  write("pulumi.json", resources);
  writeFileSync(join(folder, "objects.sql"), statements.map((each) => `${each};\n`).join("\n"));
}

interface TerraformState {
  readonly resources: readonly object[];
}

async function byTerraform(
  program: readonly DeclaredResource[],
  server: PostgresServer,
  { terraform }: Toolchain,
): Promise<{ state: TerraformState; statements: readonly string[] }> {
  const database = await databaseOf(server, "terraform");
  const proxy = await StatementProxy.start(database);
  const workspace = new TerraformWorkspace(terraform, { ...database, host: "127.0.0.1", port: proxy.port, sslmode: "disable" }); // prettier-ignore
  try {
    workspace.write(terraformResources(program));
    for (const outcome of [await workspace.init(), await workspace.apply("-parallelism=1")]) {
      if (outcome.exitCode !== 0) throw new Error(outcome.output);
    }
    const state = JSON.parse(readFileSync(join(workspace.directory, "terraform.tfstate"), "utf8")) as TerraformState;
    const statements = proxy.statements.filter((sql) => !/^\s*(COMMIT|ROLLBACK)\b/.test(sql));
    return { state, statements };
  } finally {
    workspace.remove();
    await proxy.close();
    await query(server, `DROP DATABASE "${database.database}" WITH (FORCE)`);
    // They are the whole server's: the next engine makes them again.
    for (const role of rolesOf(program)) await query(server, `DROP ROLE IF EXISTS "${role}"`);
  }
}

interface PulumiResource {
  readonly urn: string;
  readonly type: string;
  readonly id: string;
  readonly inputs: object;
  readonly outputs: object;
}

async function byPulumi(
  program: readonly DeclaredResource[],
  server: PostgresServer,
  toolchain: Toolchain,
): Promise<readonly PulumiResource[]> {
  const tables = new PulumiTables(toolchain, await databaseOf(server, "pulumi"));
  try {
    tables.write(program);
    await tables.project.succeed("stack", "init", "frozen");
    const { code, output } = await tables.up();
    if (code !== 0) throw new Error(output);
    const { stdout } = await tables.project.run("stack", "export");
    const exported = JSON.parse(stdout) as { readonly deployment: { readonly resources: readonly PulumiResource[] } };
    // Without the provider, which has the connection's secrets, and without where on this machine the program is.
    return exported.deployment.resources
      .filter(({ type }) => type.startsWith("eventloom:"))
      .map(({ urn, type, id, inputs, outputs }) => ({ urn, type, id, inputs, outputs }));
  } finally {
    tables.project.remove();
  }
}

async function databaseOf(server: PostgresServer, by: string): Promise<PostgresServer> {
  const database = `freeze_${by}_${Date.now()}`;
  await query(server, `CREATE DATABASE "${database}"`);
  return { ...server, database };
}

void main();
