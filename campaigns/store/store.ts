import { type RandomGenerator, unsafeUniformIntDistribution, xoroshiro128plus } from "pure-rand";
import { hash, list, none, range, type StorePartitioning } from "eventloom";
import { TENANTS } from "../../test/store/writers";
import { query } from "../../tools/servers/postgres";
import type { PostgresServer } from "../../tools/servers/state";
import type { Campaign, CampaignOptions, CampaignResult } from "../campaign";
import { onServers } from "../own-servers";
import { BREAKAGES, type Breakage, isSound, round, type RoundOptions } from "./round";

/** 20 rounds are a million. */
const EVENTS = 50_000;
/** What is broken shows itself long before. */
const EVENTS_BROKEN = 5_000;
const LEAVES = [1, 2, 4, 8, 16, 32] as const;
/** Ways to spread the events that are asked for by name; a hash when none is. */
const PARTITIONINGS = {
  none: none(),
  list: list(TENANTS.slice(0, 2)),
  range: range({ interval: "day", ahead: 2 }),
} as const;

/** The campaign: first the checker has to see each kind of broken store, then a whole store has to stand everything. */
export const store: Campaign = {
  name: "store",
  description: `appends ${EVENTS} events a round in every careless way at once, with connections that are ended, and reads them`,
  count: 20,
  onPostgres: true,
  partitionings: Object.keys(PARTITIONINGS),
  run: (options) => onServers(options, { only: ["postgres"] }, ({ postgres }) => run(postgres, options)),
};

async function run(
  server: PostgresServer,
  { seed, count, partitioning: name, onProgress, onRow }: CampaignOptions,
): Promise<CampaignResult> {
  const random = xoroshiro128plus(seed);
  const breakages: readonly (Breakage | null)[] = [...BREAKAGES, ...Array.from({ length: count }, () => null)];
  let [failures, committed] = [0, 0];
  for (const [index, breakage] of breakages.entries()) {
    const asked = name === undefined ? null : PARTITIONINGS[name as keyof typeof PARTITIONINGS];
    const drawn = draw(random, breakage, asked);
    const outcome = await onFreshDatabase(server, `store_${process.pid}_${index}`, (config) =>
      round({ config, ...drawn }),
    );
    const asItShould = isSound(outcome) === (breakage === null);
    if (!asItShould) failures++;
    if (breakage === null) committed += outcome.committed;
    onRow({ round: index + 1, ...drawn, asItShould, ...outcome });
    const what = breakage ?? "whole";
    onProgress(
      `${index + 1} of ${breakages.length}: ${what}: ${asItShould ? "as it should be" : "NOT AS IT SHOULD BE"}`,
    );
  }
  return { rounds: breakages.length, failures, summary: { committed } };
}

/** Without ends of connections where something is broken: what is seen then comes from that alone. */
function draw(
  random: RandomGenerator,
  breakage: Breakage | null,
  asked: StorePartitioning | null,
): Omit<RoundOptions, "config"> {
  const pick = (from: number, to: number): number => unsafeUniformIntDistribution(from, to, random);
  const aggregates = [12, 200, 5_000][pick(0, 2)] ?? 12;
  const leaves = LEAVES[pick(0, LEAVES.length - 1)] ?? 8;
  const drawn = { seed: pick(1, 1_000_000), writersEach: pick(1, 3), killEveryMs: pick(50, 500) };
  return breakage === null
    ? { ...drawn, events: EVENTS, aggregates, partitioning: asked ?? hash(leaves), breakage }
    : { ...drawn, events: EVENTS_BROKEN, aggregates: 12, partitioning: asked ?? hash(8), writersEach: 2, killEveryMs: null, breakage }; // prettier-ignore
}

/** A database for one round, which is gone afterwards. */
export async function onFreshDatabase<T>(
  server: PostgresServer,
  database: string,
  work: (config: { host: string; port: number; user: string; password: string; database: string }) => Promise<T>,
): Promise<T> {
  const { host, port, username: user, password } = server;
  await query(server, `CREATE DATABASE ${database}`);
  try {
    return await work({ host, port, user, password, database });
  } finally {
    await query(server, `DROP DATABASE ${database} WITH (FORCE)`);
  }
}
