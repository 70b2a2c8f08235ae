import { tmpdir } from "node:os";
import { join } from "node:path";
import { unsafeUniformIntDistribution, xoroshiro128plus } from "pure-rand";
import { nextLock } from "../../lib/lock/next-lock";
import type { Lock } from "../../lib/lock/types";
import { diffLocks } from "../../lib/preview/diff/diff-locks";
import type { TopologyDiff } from "../../lib/preview/diff/types";
import { comparePlan, type PlanAction, type PlannedChange, readTerraformPlan } from "../../lib/preview/engine-plan";
import { idInEngine } from "../../lib/preview/engine-plan/identity";
import { findServers, startServers, stopServers } from "../../tools/servers";
import { withKafkaAdmin } from "../../tools/servers/kafka-client";
import { query } from "../../tools/servers/postgres";
import { amqpUrl, manage } from "../../tools/servers/rabbitmq";
import type { Connections } from "../../tools/servers/state";
import { engineEnvironment, ensureToolchain } from "../../tools/toolchain";
import type { Campaign, CampaignOptions, CampaignResult } from "../campaign";
import { changeKinds, type Pick } from "./changes";
import { firstVariant, type OrdersVariant, topologyOf } from "./orders-variant";
import { serverIdentities } from "./server-identities";
import { TerraformFolder } from "./terraform-folder";

/** One change: what the locks say of it, and what the engine then did to the servers. */
export interface Round {
  readonly round: number;
  readonly change: string;
  /** What the locks' diff says: its worst class, and its actions. */
  readonly says: string;
  readonly engine:
    "nothing" | "updated in place" | "created" | "created and updated" | "forgotten" | "moved" | "refused" | "replaced";
  /** How they disagree; empty when they agree. */
  readonly disagreements: readonly string[];
  readonly seconds: number;
}

/** The campaign. */
export const previews: Campaign = {
  name: "previews",
  description:
    "changes the order system at random, and holds each diff against what Terraform then does to real servers",
  count: 100,
  run: runOnOwnServers,
};

async function runOnOwnServers(options: CampaignOptions): Promise<CampaignResult> {
  const given = process.env["EVENTLOOM_SERVERS"];
  const dir = given ?? join(tmpdir(), `eventloom-campaign-${process.pid}`);
  const servers = findServers(dir) ?? (await startServers({ dir }));
  try {
    await removeTopics(servers);
    return await runPreviews(await freshTarget(servers, `previews_${process.pid}`), options);
  } finally {
    if (given === undefined) await stopServers(dir);
  }
}

/** Those of a run before this one, on servers that go on running. */
async function removeTopics({ kafka }: Connections): Promise<void> {
  await withKafkaAdmin(kafka.bootstrapServers, async (admin) => {
    const topics = (await admin.listTopics()).filter((each) => each.startsWith("orders."));
    if (topics.length > 0) await admin.deleteTopics({ topics });
  });
}

async function freshTarget({ kafka, rabbitmq, postgres }: Connections, name: string): Promise<Connections> {
  await manage(rabbitmq, "PUT", `/vhosts/${name}`, {});
  const all = { configure: ".*", write: ".*", read: ".*" };
  await manage(rabbitmq, "PUT", `/permissions/${name}/${rabbitmq.username}`, all);
  await query(postgres, `CREATE DATABASE "${name}"`);
  const { port } = new URL(rabbitmq.amqpUrl);
  return {
    kafka,
    rabbitmq: { ...rabbitmq, vhost: name, amqpUrl: amqpUrl({ ...rabbitmq, port, vhost: name }) },
    postgres: { ...postgres, database: name },
  };
}

/** Deploys the order system to servers where there is nothing of it, and then changes it again and again. */
export async function runPreviews(target: Connections, options: CampaignOptions): Promise<CampaignResult> {
  const { terraform, ...rest } = await toolsFor(options);
  const folder = new TerraformFolder(terraform, rest.env, target);
  try {
    const walk = new Walk(folder, target, options.seed);
    await walk.first();
    const rounds: Round[] = [];
    for (let round = 1; round <= options.count; round++) {
      const result = await walk.next(round);
      rounds.push(result);
      options.onRow(result);
      const agrees = result.disagreements.length === 0 ? "agrees" : `DISAGREES: ${result.disagreements.join("; ")}`;
      options.onProgress(`${round} of ${options.count}: ${result.change}: ${result.says}; ${result.engine}; ${agrees}`);
    }
    const failures = rounds.filter(({ disagreements }) => disagreements.length > 0).length;
    return { rounds: rounds.length, failures, summary: tally(rounds) };
  } finally {
    folder.remove();
  }
}

async function toolsFor({ onProgress }: CampaignOptions): Promise<{ terraform: string; env: NodeJS.ProcessEnv }> {
  const toolchain = await ensureToolchain({ only: ["terraform", "providers"], onProgress });
  return { terraform: toolchain.terraform, env: engineEnvironment(toolchain, "terraform") };
}

function tally(rounds: readonly Round[]): Readonly<Record<string, Readonly<Record<string, number>>>> {
  const counts: Record<string, Record<string, number>> = {};
  for (const { change, engine } of rounds) {
    const row = (counts[change] ??= {});
    row[engine] = (row[engine] ?? 0) + 1;
  }
  return counts;
}

const ORDER = "INSERT INTO orders.order_summary (order_id, customer_id) VALUES (gen_random_uuid(), 'someone')";

/** A random walk through declarations; what is refused leaves the last one as it is. */
class Walk {
  readonly #folder: TerraformFolder;
  readonly #target: Connections;
  readonly #pick: Pick;
  #kinds: number[] = [];
  #variant: OrdersVariant = firstVariant;
  #lock = lockAfter(firstVariant, null);

  constructor(folder: TerraformFolder, target: Connections, seed: number) {
    this.#folder = folder;
    this.#target = target;
    const random = xoroshiro128plus(seed);
    this.#pick = (from, to) => unsafeUniformIntDistribution(from, to, random);
  }

  async first(): Promise<void> {
    await this.#folder.write(this.#variant, this.#lock);
    const planned = await this.#folder.plan();
    const applied = planned.exitCode === 0 ? await this.#folder.apply() : planned;
    if (applied.exitCode !== 0) throw new Error(applied.said);
    // locks say what holds for tables in use; on an empty one the provider allows more
    await query(this.#target.postgres, ORDER);
  }

  async next(round: number): Promise<Round> {
    const started = Date.now();
    const { change, head } = this.#draw();
    const lock = lockAfter(head, this.#lock);
    const diff = diffLocks(this.#lock, lock);
    const refused = diff.changes.filter((each) => each.class === "refused");
    await this.#folder.write(head, lock);
    const before = await serverIdentities(this.#target);
    const planned = await this.#folder.plan();
    const read = readTerraformPlan(planned.json, [lock, this.#lock]);
    if (!read.ok) throw new Error(`${read.issues.map(({ message }) => message).join("; ")}: ${planned.said}`);
    const compared = comparePlan(read.plan, [diff]);
    const disagreements: string[] = [];
    if (planned.exitCode !== 0) {
      if (refused.length === 0)
        disagreements.push(`the engine refuses what the diff does not: ${planned.said.slice(-500)}`);
      disagreements.push(...refused.filter(({ key, name }) => !named(planned.said, key, name)).map(({ key }) => `${key} is refused by the diff, but not named by the engine`)); // prettier-ignore
    } else {
      disagreements.push(...compared.findings.map(({ code, message }) => `${code} ${message}`));
      const applied = await this.#folder.apply();
      if (applied.exitCode !== 0) disagreements.push(`the engine failed: ${applied.said.slice(-500)}`);
      this.#variant = head;
      this.#lock = lock;
    }
    disagreements.push(...(await this.#replaced(before)));
    return {
      round,
      change,
      says: wordsFor(diff),
      engine: planned.exitCode !== 0 ? "refused" : outcomeOf(read.plan.changes),
      disagreements,
      seconds: Math.round((Date.now() - started) / 100) / 10,
    };
  }

  /** Every kind comes before any kind comes again, as far as it can be made. */
  #draw(): { readonly change: string; readonly head: OrdersVariant } {
    for (;;) {
      if (this.#kinds.length === 0) this.#kinds = changeKinds.map((_, index) => index);
      const [index = 0] = this.#kinds.splice(this.#pick(0, this.#kinds.length - 1), 1);
      const kind = changeKinds[index];
      const head = kind?.change(this.#variant, this.#pick);
      if (kind !== undefined && head !== null && head !== undefined) return { change: kind.name, head };
    }
  }

  async #replaced(before: ReadonlyMap<string, string>): Promise<readonly string[]> {
    const after = await serverIdentities(this.#target);
    return [...before]
      .filter(([name, identity]) => after.get(name) !== identity)
      .map(([name]) => `${name} is not the one that it was`);
  }
}

function lockAfter(variant: OrdersVariant, previous: Lock | null): Lock {
  const next = nextLock(topologyOf(variant), previous);
  if (!next.ok) throw new Error(next.issues.map(({ message }) => message).join("; "));
  return next.lock;
}

function named(said: string, key: string, name: string): boolean {
  return said.includes(idInEngine(key)) || said.includes(name);
}

function wordsFor({ worst, actions }: TopologyDiff): string {
  const amounts = Object.entries(actions).filter(([, amount]) => amount > 0);
  return [worst ?? "nothing", ...amounts.map(([action, amount]) => `${amount} ${action}`)].join(" ");
}

function outcomeOf(changes: readonly PlannedChange[]): Round["engine"] {
  const does = (action: PlanAction): boolean => changes.some((each) => each.action === action);
  // what brings new messages to a queue that nobody reads any more
  const deleted = changes.filter(({ action, kind }) => action === "delete" && kind !== "rabbitmq-binding");
  if (does("replace") || deleted.length > 0) return "replaced";
  if (does("forget")) return "forgotten";
  if (does("move")) return "moved";
  if (does("create")) return does("update") ? "created and updated" : "created";
  return does("update") ? "updated in place" : "nothing";
}
