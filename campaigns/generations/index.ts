import { unsafeUniformIntDistribution, xoroshiro128plus } from "pure-rand";
import { makeVhost } from "../../tools/servers/rabbitmq";
import type { Connections } from "../../tools/servers/state";
import type { Campaign, CampaignOptions, CampaignResult } from "../campaign";
import { onServers } from "../own-servers";
import { plainDeploy } from "./plain-deploy";
import { type Mistake, walk, type WalkOutcome } from "./walk";

const MISTAKES: readonly (Mistake | null)[] = [
  null,
  "unbinds the old queue before the new one is bound",
  null,
  "reads the new topic at once",
  null,
  "is done before the old topic is read",
];

/** The campaign: every second walk is as it should be, every other one makes a mistake, which the ledger has to show. */
export const generations: Campaign = {
  name: "generations",
  description:
    "goes from one generation of a queue and a topic to the next under traffic, rightly and wrongly, and counts",
  count: 12,
  run: (options) => onServers(options, {}, (servers) => run(servers, options)),
};

async function run(servers: Connections, { seed, count, onProgress, onRow }: CampaignOptions): Promise<CampaignResult> {
  const random = xoroshiro128plus(seed);
  const pick = (from: number, to: number): number => unsafeUniformIntDistribution(from, to, random);
  let failures = 0;
  for (let round = 1; round <= count; round++) {
    const mistake = MISTAKES[(round - 1) % MISTAKES.length] ?? null;
    const name = `walk-${process.pid}-r${round}`.replace(/-(\d)/, "-p$1");
    const target = { ...servers, rabbitmq: await makeVhost(servers.rabbitmq, name) };
    const drawn = { instances: pick(1, 3), phaseMs: pick(1_000, 5_000) };
    const say = (line: string): void => onProgress(`${round} of ${count}: ${line}`);
    const outcome = await walk({ target, name, deploy: plainDeploy(target), ...drawn, mistake, onProgress: say });
    const asItShould = mistake === null ? isClean(outcome) : shows(mistake, outcome);
    if (!asItShould) failures++;
    onRow({ round, mistake, ...drawn, asItShould, ...outcome });
    say(asItShould ? "as it should be" : "NOT AS IT SHOULD BE");
  }
  return { rounds: count, failures, summary: {} };
}

function isClean({ analytics, billing, unrouted, drained }: WalkOutcome): boolean {
  return analytics.lost + billing.lost + analytics.disordered + unrouted === 0 && drained;
}

function shows(mistake: Mistake, { analytics, billing, unrouted }: WalkOutcome): boolean {
  if (mistake === "unbinds the old queue before the new one is bound") return unrouted > 0 && billing.lost === unrouted;
  return mistake === "reads the new topic at once" ? analytics.disordered > 0 : analytics.lost > 0;
}
