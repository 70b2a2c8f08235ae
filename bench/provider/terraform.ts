import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { terraformProviderFile } from "../../lib/provider/version";
import { terraformAttributes } from "../../test/provider/engine-programs";
import { type Outcome, TerraformWorkspace } from "../../test/provider/terraform-workspace";
import type { PostgresServer } from "../../tools/servers/state";
import { ensureToolchain } from "../../tools/toolchain";
import type { OnProgress } from "../../tools/progress";
import { compared, type Row } from "../suite";
import { Floor, floorRows } from "./floor";
import { maxRss } from "./max-rss";
import { MEMORY_MB, PLAN_GOAL, type Size } from "./size";
import { benchTable, DECLARED_BY, SCHEMA, tableNames } from "./tables";
import { cpus, inTurn, walls } from "./turns";

/**
 * `plan` of tables that are all as declared, beside as many `terraform_data` and the same by a provider that answers at once, by the
 * real engine; and the memory that the provider took for it. Needs `npm run build`.
 */
export async function measureTerraform(
  server: PostgresServer,
  { tables, rounds }: Size,
  progress: OnProgress,
): Promise<readonly Row[]> {
  // prettier-ignore
  const { terraform, terraformName } = await ensureToolchain({ only: ["terraform"], onProgress: progress });
  const [env, settings] = [{}, { ...server, sslmode: "disable" }] as [NodeJS.ProcessEnv, object];
  const floor = await Floor.build(terraform, progress);
  const names = tableNames(tables);
  const own = new TerraformWorkspace(terraform, { ...settings }, env);
  const [bare, oneText] = [new TerraformWorkspace(terraform, {}), floor.ofOneText(names)];
  const made = [own, bare, oneText];
  try {
    writeTables(own, names);
    writeData(bare, names);
    for (const each of [own, bare]) {
      ok(await each.init());
      progress(`${terraformName} apply of ${tables} ${each === own ? "tables" : "terraform_data"}`);
      ok(await each.apply());
    }
    const twin = floor.twinOf(own);
    made.push(twin);
    for (const each of [oneText, twin]) ok(await each.init());
    const plan = async (each: TerraformWorkspace): Promise<void> => ok(await each.plan());
    const all = [own, bare, twin, oneText];
    const [ours, theirs, twins, texts] = await inTurn(all, rounds, plan, (line) => progress(`${terraformName} plan: ${line}`)); // prettier-ignore
    const memory = await maxRss(terraformProviderFile, async (more) => {
      Object.assign(env, more);
      ok(await own.plan());
    });
    const figure = `${terraformName} plan of ${tables} tables without change`;
    return [
      compared(`${figure}, ms`, walls(ours), `${tables} terraform_data`, walls(theirs), PLAN_GOAL),
      compared(`${figure}, CPU ms`, cpus(ours), `${tables} terraform_data`, cpus(theirs), null),
      ...floorRows(figure, tables, { ours, twin: twins, oneText: texts, data: theirs }, PLAN_GOAL),
      compared(`memory of the provider after ${terraformName} planned ${tables} tables, MB`, [memory], "allowed", [MEMORY_MB], 1), // prettier-ignore
    ];
  } finally {
    for (const each of made) each.remove();
  }
}

/** As a synth writes it: without nulls, at any depth. */
function tableAttributes(name: string): object {
  const attributes = JSON.stringify(terraformAttributes({ kind: "table", config: benchTable(name) }));
  return JSON.parse(attributes, (_name, value: unknown) => value ?? undefined) as object;
}

function writeTables(workspace: TerraformWorkspace, names: readonly string[]): void {
  const after = { depends_on: ["eventloom_postgres_schema.all"] };
  workspace.write({
    eventloom_postgres_schema: { all: { name: SCHEMA, declared_by: DECLARED_BY } },
    eventloom_postgres_table: Object.fromEntries(names.map((name) => [name, { ...tableAttributes(name), ...after }])),
  });
}

/** Of the engine itself: no provider is started. */
function writeData(workspace: TerraformWorkspace, names: readonly string[]): void {
  const resource = { terraform_data: Object.fromEntries(names.map((name) => [name, { input: name }])) };
  writeFileSync(join(workspace.directory, "main.tf.json"), JSON.stringify({ resource }));
}

function ok({ exitCode, output }: Outcome): void {
  if (exitCode !== 0) throw new Error(`terraform ended with ${exitCode}: ${output.slice(-2_000)}`);
}
