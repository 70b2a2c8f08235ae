import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pulumiProviderFile } from "../../lib/provider/version";
import { PulumiProject } from "../../test/pulumi/pulumi-project";
import type { OnProgress } from "../../tools/progress";
import type { PostgresServer } from "../../tools/servers/state";
import { ensureToolchain } from "../../tools/toolchain";
import { compared, type Row } from "../suite";
import { maxRss } from "./max-rss";
import { DECLARED_BY, SCHEMA, tableNames } from "./tables";
import { cpus, inTurn, walls } from "./turns";
import { MEMORY_MB, PLAN_GOAL, type Size } from "./size";

const BARE = `
const pulumi = require("@pulumi/pulumi");
class Bare extends pulumi.ComponentResource {
  constructor(name, opts) { super("bench:index:Bare", name, {}, opts); this.registerOutputs({}); }
}
`;
/** As many as there are tables. */
const COMPONENTS = (names: string): string => `${BARE}for (const name of ${names}) new Bare(name);`;
/** As many as a table is registrations: the component, and what it stands for. */
const PAIRS = (names: string): string =>
  `${BARE}for (const name of ${names}) new Bare(name + "-table", { parent: new Bare(name) });`;
/** The table of tables.ts in the words of a user. */
const TABLES = (names: string): string => `
const { EventloomProvider, PostgresSchema, PostgresTable } = require("eventloom/pulumi");
const providers = { eventloom: new EventloomProvider("bench", { sslmode: "disable", password: process.env.PGPASSWORD }) };
const schema = new PostgresSchema("all", { name: "${SCHEMA}", declaredBy: "${DECLARED_BY}", providers });
for (const name of ${names}) new PostgresTable(name, {
  schema: "${SCHEMA}",
  name,
  declaredBy: "${DECLARED_BY}",
  columns: {
    id: { type: "bigint", identity: "always" },
    customer: { type: "text" },
    state: { type: "text", default: "'new'" },
    amount: { type: "numeric(12,2)", default: "0" },
    placed_at: { type: "timestamptz", default: "now()" },
    tags: { type: "text[]", nullable: true },
    data: { type: "jsonb", default: "'{}'::jsonb" },
    note: { type: "text", nullable: true, comment: "What the customer wrote." },
  },
  primaryKey: ["id"],
  checks: { amount_is_not_negative: "amount >= 0" },
  indexes: [{ name: name + "_customer", columns: ["customer", { column: "placed_at", descending: true }] }],
  comment: "One of many.",
  providers,
}, { dependsOn: schema });
`;

/** `preview` of tables that are all as declared, beside as many components that hold nothing. Needs `npm run build`. */
export async function measurePulumi(
  server: PostgresServer,
  { tables, rounds }: Size,
  progress: OnProgress,
): Promise<readonly Row[]> {
  // prettier-ignore
  const toolchain = await ensureToolchain({ only: ["pulumi"], onProgress: progress });
  const env = environmentOf(server);
  const [own, bare, pairs] = [TABLES, COMPONENTS, PAIRS].map((program) => {
    const project = new PulumiProject(toolchain, env);
    writeProgram(project, program(JSON.stringify(tableNames(tables))));
    return project;
  }) as [PulumiProject, PulumiProject, PulumiProject];
  const all = [own, bare, pairs];
  try {
    for (const each of all) {
      progress(`pulumi up of ${tables} ${each === own ? "tables" : "components"}`);
      await each.succeed("stack", "init", "bench");
      await each.succeed("up", "--yes", "--skip-preview");
    }
    const preview = (each: PulumiProject): Promise<string> => each.succeed("preview", "--expect-no-changes");
    const [ours, theirs, twice] = await inTurn(all, rounds, preview, (line) => progress(`pulumi preview: ${line}`));
    const memory = await maxRss(pulumiProviderFile, (more) => own.alsoWith(more).succeed("preview"));
    const figure = `pulumi preview of ${tables} tables without change`;
    return [
      compared(`${figure}, ms`, walls(ours), `${tables} bare components`, walls(theirs), PLAN_GOAL),
      compared(`${figure}, CPU ms`, cpus(ours), `${tables} bare components`, cpus(theirs), null),
      compared(`${figure}, ms`, walls(ours), `${tables} bare components with one each in them`, walls(twice), null),
      compared(`${figure}, CPU ms`, cpus(ours), `${tables} bare components with one each in them`, cpus(twice), null),
      compared(`memory of the provider after a preview of ${tables} tables, MB`, [memory], "allowed", [MEMORY_MB], 1),
    ];
  } finally {
    for (const each of all) each.remove();
  }
}

function environmentOf({ host, port, username, password, database }: PostgresServer): NodeJS.ProcessEnv {
  return { PGHOST: host, PGPORT: String(port), PGUSER: username, PGPASSWORD: password, PGDATABASE: database };
}

/** Plain JavaScript: a compiler is not what is measured. */
function writeProgram({ directory }: PulumiProject, program: string): void {
  rmSync(join(directory, "index.ts"));
  writeFileSync(join(directory, "index.js"), program);
  const plugins = { providers: [{ name: "eventloom", path: "node_modules/eventloom/dist/provider" }] };
  const runtime = { name: "nodejs", options: { typescript: false } };
  writeFileSync(join(directory, "Pulumi.yaml"), JSON.stringify({ name: "bench", main: "index.js", runtime, plugins }));
}
