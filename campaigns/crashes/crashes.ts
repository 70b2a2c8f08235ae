import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { providerDirectory, terraformProviderFile } from "../../lib/provider/version";
import type { PostgresMajor } from "../../tools/postgres-servers";
import type { Campaign, CampaignOptions, CampaignResult } from "../campaign";
import { bank, type Program } from "./bank";
import { chosen } from "./chosen";
import { crash, crashesOf, type Crash, type CrashOutcome, VICTIMS } from "./crash";
import { runEngineCrashes } from "./engine-crashes";
import { OwnPostgres } from "./own-postgres";
import { REAL_ENGINES } from "./real-engine";
import { shopStore } from "./shop-store";
import { type Stage, stageOf } from "./stage";

/** More than there are: each once. */
const ALL = 100_000;

const PROGRAMS: Readonly<Record<string, Program>> = {
  "a change of tables": bank,
  "a store that is created": shopStore,
};

/** One crash, and what came of it. */
export interface CrashRound extends Crash, CrashOutcome {
  readonly round: number;
  readonly program: string;
}

/** The campaign. */
export const crashes: Campaign = {
  name: "crashes",
  description:
    "kills the provider, the connection or Postgres at every statement of the largest change and of a store's creation, or an engine and its provider at every statement of that change, and runs it again",
  count: ALL,
  inOrder: true,
  victims: VICTIMS,
  onPostgres: true,
  engines: ["protocol", ...REAL_ENGINES],
  run: (options) =>
    onOwnPostgres(options.postgres, (server) => {
      const engine = REAL_ENGINES.find((each) => each === options.engine);
      return engine === undefined ? runCrashes(server, options) : runEngineCrashes(engine, server, options);
    }),
};

/** Gives work a Postgres that it may kill. */
export async function onOwnPostgres<T>(
  major: PostgresMajor | undefined,
  work: (server: OwnPostgres) => Promise<T>,
): Promise<T> {
  const dir = mkdtempSync(join(tmpdir(), "eventloom-crashes-"));
  const server = await OwnPostgres.start(dir, major);
  try {
    return await work(server);
  } finally {
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Does so many of all crashes, drawn by the seed, each on a database of its own. */
export async function runCrashes(
  server: OwnPostgres,
  { seed, count, from, victim, onRow, onProgress }: Pick<CampaignOptions, "seed" | "count" | "from" | "victim" | "onRow" | "onProgress">, // prettier-ignore
): Promise<CampaignResult> {
  const provider = join(providerDirectory(), terraformProviderFile);
  const stages: [string, Stage][] = [];
  for (const [name, program] of Object.entries(PROGRAMS)) {
    stages.push([name, await stageOf(program, provider, server.server, `crashes_${process.pid}_${stages.length}`)]);
  }
  const all = stages
    .flatMap(([name, stage]) => crashesOf(stage).map((each) => ({ name, stage, each })))
    .filter(({ each }) => victim === undefined || each.victim === victim)
    .map((round, index) => ({ ...round, round: index + 1 }));
  const drawn = chosen(all, { seed, count, from });
  const seen: Record<string, number> = {};
  let failures = 0;
  for (const [index, { round, name, stage, each }] of drawn.entries()) {
    const outcome = await crash(stage, server, each, `r${round}`);
    if (outcome.wrong.length > 0) failures++;
    for (const kind of [each.victim, each.moment, ...new Set(outcome.left.map(kindOf))]) seen[kind] = (seen[kind] ?? 0) + 1; // prettier-ignore
    const row: CrashRound = { round, program: name, ...each, ...outcome };
    onRow(row);
    if ((index + 1) % 50 === 0) onProgress(`${index + 1} of ${drawn.length}: ${failures} failed`);
  }
  const statements = Object.fromEntries(stages.map(([name, stage]) => [name, stage.statements.length]));
  return { rounds: drawn.length, failures, summary: { crashes: all.length, statements, seen } };
}

/** `index … is invalid`, of whatever index. */
function kindOf(unfinished: string): string {
  return `left: ${unfinished.replace(/^(\w+) \S+ is/, "$1 is")}`;
}
