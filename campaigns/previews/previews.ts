import { deleteTopics } from "../../tools/servers/kafka-client";
import { query } from "../../tools/servers/postgres";
import { makeVhost } from "../../tools/servers/rabbitmq";
import type { Connections } from "../../tools/servers/state";
import { engineEnvironment, ensureToolchain } from "../../tools/toolchain";
import type { Campaign, CampaignOptions, CampaignResult } from "../campaign";
import { onServers } from "../own-servers";
import type { ChangeKind } from "./change-kind";
import { changeKinds } from "./changes";
import type { Engine } from "./engine";
import { PulumiFolder } from "./pulumi-folder";
import { TerraformFolder } from "./terraform-folder";
import { type Round, Walk } from "./walk";

/** The campaign. */
export const previews: Campaign = {
  name: "previews",
  description:
    "changes the order system at random, and holds each diff against what an engine then does to real servers",
  count: 100,
  engines: ["terraform", "pulumi", "both"],
  run: (options) => onServers(options, {}, (servers) => runByEngines(servers, options)),
};

async function runByEngines(servers: Connections, options: CampaignOptions): Promise<CampaignResult> {
  const results: CampaignResult[] = [];
  for (const engine of options.engine === "both" ? ["terraform", "pulumi"] : [options.engine]) {
    // those of a run before this one, on servers that go on running
    await deleteTopics(servers.kafka.bootstrapServers, (topic) => topic.startsWith("orders."));
    const target = await freshTarget(servers, `previews_${engine}_${process.pid}`);
    results.push(await runPreviews(target, { ...options, engine: engine === "pulumi" ? engine : "terraform" }));
  }
  const sum = (of: (result: CampaignResult) => number): number => results.map(of).reduce((all, each) => all + each, 0);
  return {
    rounds: sum(({ rounds }) => rounds),
    failures: sum(({ failures }) => failures),
    summary: Object.assign({}, ...results.map(({ summary }) => summary)) as object,
  };
}

async function freshTarget({ kafka, rabbitmq, postgres }: Connections, name: string): Promise<Connections> {
  await query(postgres, `CREATE DATABASE "${name}"`);
  return { kafka, rabbitmq: await makeVhost(rabbitmq, name), postgres: { ...postgres, database: name } };
}

/** What the walk is made by, and of what. */
export interface PreviewsOptions extends CampaignOptions {
  readonly engine: EngineName;
  /** @default - every kind of change */
  readonly kinds?: readonly ChangeKind[];
}

type EngineName = "terraform" | "pulumi";

/** Deploys the order system to servers where there is nothing of it, and then changes it again and again. */
export async function runPreviews(target: Connections, options: PreviewsOptions): Promise<CampaignResult> {
  const { seed, count, kinds = changeKinds } = options;
  const engine = await engineFor(target, options);
  try {
    const walk = new Walk(engine, target, seed, kinds);
    await walk.first();
    const rounds: Round[] = [];
    for (let round = 1; round <= count; round++) {
      const result = await walk.next(round);
      rounds.push(result);
      options.onRow({ by: options.engine, ...result });
      const agrees = result.disagreements.length === 0 ? "agrees" : `DISAGREES: ${result.disagreements.join("; ")}`;
      options.onProgress(
        `${options.engine} ${round} of ${count}: ${result.change}: ${result.says}; ${result.engine}; ${agrees}`,
      );
    }
    const failures = rounds.filter(({ disagreements }) => disagreements.length > 0).length;
    return { rounds: rounds.length, failures, summary: { [options.engine]: summaryOf(rounds) } };
  } finally {
    engine.remove();
  }
}

async function engineFor(target: Connections, { engine, onProgress }: PreviewsOptions): Promise<Engine> {
  if (engine === "pulumi") return new PulumiFolder(await ensureToolchain({ only: ["pulumi"], onProgress }), target);
  const toolchain = await ensureToolchain({ only: ["terraform", "providers"], onProgress });
  return new TerraformFolder(toolchain.terraform, engineEnvironment(toolchain, "terraform"), target);
}

function summaryOf(rounds: readonly Round[]): object {
  const changes: Record<string, Record<string, number>> = {};
  const outcomes: Record<string, number> = {};
  for (const { change, engine } of rounds) {
    const row = (changes[change] ??= {});
    row[engine] = (row[engine] ?? 0) + 1;
    outcomes[engine] = (outcomes[engine] ?? 0) + 1;
  }
  const seconds = rounds.map((each) => each.seconds).sort((a, b) => a - b);
  return { outcomes, medianSeconds: seconds[Math.floor(seconds.length / 2)] ?? null, changes };
}
