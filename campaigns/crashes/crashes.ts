import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { providerDirectory, terraformProviderFile } from "../../lib/provider/version";
import type { PostgresMajor } from "../../tools/postgres-servers";
import type { Campaign, CampaignOptions, CampaignResult } from "../campaign";
import { bank, type Program } from "./bank";
import { crash, crashesOf, type Crash, type CrashOutcome } from "./crash";
import { OwnPostgres } from "./own-postgres";
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
    "kills the provider, the connection or Postgres at every statement of the largest change and of a store's creation, and runs it again",
  count: ALL,
  onPostgres: true,
  run: (options) => onOwnPostgres(options.postgres, (server) => runCrashes(server, options)),
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
  { seed, count, onRow, onProgress }: Pick<CampaignOptions, "seed" | "count" | "onRow" | "onProgress">,
): Promise<CampaignResult> {
  const provider = join(providerDirectory(), terraformProviderFile);
  const stages: [string, Stage][] = [];
  for (const [name, program] of Object.entries(PROGRAMS)) {
    stages.push([name, await stageOf(program, provider, server.server, `crashes_${process.pid}_${stages.length}`)]);
  }
  const all = stages.flatMap(([name, stage]) => crashesOf(stage).map((each) => ({ name, stage, each })));
  const drawn = count >= all.length ? all : drawFrom(all, seed, count);
  const seen: Record<string, number> = {};
  let failures = 0;
  for (const [index, { name, stage, each }] of drawn.entries()) {
    const outcome = await crash(stage, server, each, `r${index + 1}`);
    if (outcome.wrong.length > 0) failures++;
    for (const kind of [each.victim, each.moment, ...new Set(outcome.left.map(kindOf))]) seen[kind] = (seen[kind] ?? 0) + 1; // prettier-ignore
    const row: CrashRound = { round: index + 1, program: name, ...each, ...outcome };
    onRow(row);
    if ((index + 1) % 50 === 0) onProgress(`${index + 1} of ${drawn.length}: ${failures} failed`);
  }
  const statements = Object.fromEntries(stages.map(([name, stage]) => [name, stage.statements.length]));
  return { rounds: drawn.length, failures, summary: { crashes: all.length, statements, seen } };
}

function drawFrom<T>(all: readonly T[], seed: number, count: number): readonly T[] {
  const [drawn = []] = fc.sample(fc.shuffledSubarray([...all], { minLength: count, maxLength: count }), { seed, numRuns: 1 }); // prettier-ignore
  return drawn;
}

/** `index … is invalid`, of whatever index. */
function kindOf(unfinished: string): string {
  return `left: ${unfinished.replace(/^(\w+) \S+ is/, "$1 is")}`;
}
