import { type Deployment, deploymentOf } from "../../lib/lock/deployment";
import { nextLock } from "../../lib/lock/next-lock";
import type { Lock } from "../../lib/lock/types";
import { diffLocks } from "../../lib/preview/diff/diff-locks";
import type { TopologyDiff } from "../../lib/preview/diff/types";
import { comparePlan, type EnginePlan, type PlannedChange } from "../../lib/preview/engine-plan";
import { query } from "../../tools/servers/postgres";
import type { Connections } from "../../tools/servers/state";
import { idInEngine } from "../../lib/preview/engine-plan/identity";
import type { ChangeKind } from "./change-kind";
import { Draw } from "./draw";
import type { Deployed, Engine, Outcome } from "./engine";
import { firstVariant, type OrdersVariant, topologyOf } from "./orders-variant";
import { type EngineOutcome, outcomeOf } from "./outcome";
import { departures } from "./server-departures";
import { serverIdentities } from "./server-identities";

/** One change: what the locks say of it, and what the engine then did to the servers. */
export interface Round {
  readonly round: number;
  readonly change: string;
  /** What the locks' diff says: its worst class, and its actions. */
  readonly says: string;
  readonly engine: EngineOutcome;
  /** How they disagree; empty when they agree. */
  readonly disagreements: readonly string[];
  readonly seconds: number;
}

const ORDER = "INSERT INTO orders.order_summary (order_id, customer_id) VALUES (gen_random_uuid(), 'someone')";

/** A random walk through declarations; what is refused leaves the last one as it is. */
export class Walk {
  readonly #engine: Engine;
  readonly #target: Connections;
  readonly #changes: Draw;
  #seen: Seen = { identities: new Map(), held: [] };
  #deployed: Deployed = { variant: firstVariant, lock: lockAfter(firstVariant, null), profile: {} };

  constructor(engine: Engine, target: Connections, seed: number, kinds: readonly ChangeKind[]) {
    this.#engine = engine;
    this.#target = target;
    this.#changes = new Draw(seed, kinds);
  }

  async first(): Promise<void> {
    await this.#engine.write(this.#deployed);
    const planned = await this.#engine.plan();
    const applied = planned.exitCode === 0 ? await this.#engine.apply() : planned;
    if (applied.exitCode !== 0) throw new Error(applied.said);
    // locks say what holds for tables in use; on an empty one the provider allows more
    await query(this.#target.postgres, ORDER);
    this.#seen = await this.#look();
  }

  async next(round: number): Promise<Round> {
    const started = Date.now();
    const { change, head } = this.#changes.next(this.#deployed.variant);
    const lock = lockAfter(head, this.#deployed.lock);
    const diff = diffLocks(this.#deployed.lock, lock);
    const deployed = { variant: head, lock, profile: { generations: head.phases } };
    await this.#engine.write(deployed);
    const before = this.#seen;
    const planned = await this.#engine.plan();
    const plan = this.#read(planned, lock);
    const changes = [...plan.changes];
    const disagreements: string[] = [];
    if (planned.exitCode !== 0) disagreements.push(...refusalsApart(diff, planned.said));
    else {
      disagreements.push(...comparePlan(plan, [diff]).findings.map(({ code, message }) => `${code} ${message}`));
      disagreements.push(...(await this.#apply()));
      this.#deployed = deployed;
      const forgotten = await this.#forgetRest();
      changes.push(...forgotten.changes);
      disagreements.push(...forgotten.disagreements);
    }
    const after = (this.#seen = await this.#look());
    disagreements.push(...(await departures(this.#target, deploymentFor(this.#deployed), after.held)));
    disagreements.push(...replaced(before, after));
    const seconds = Math.round((Date.now() - started) / 100) / 10;
    const engine = planned.exitCode === 0 ? outcomeOf(changes, { from: before.held, to: after.held }) : "refused";
    return { round, change, says: wordsFor(diff), engine, disagreements, seconds };
  }

  #read({ json, said }: Outcome & { readonly json: string }, lock: Lock): EnginePlan {
    const read = this.#engine.read(json, [lock, this.#deployed.lock]);
    if (read.ok) return read.plan;
    throw new Error(`${read.issues.map(({ message }) => message).join("; ")}: ${said}`);
  }

  async #apply(): Promise<readonly string[]> {
    const { exitCode, said } = await this.#engine.apply();
    return exitCode === 0 ? [] : [`the engine failed: ${said.slice(-500)}`];
  }

  /** Pulumi forgets in two updates, and of the second one it must want nothing else. */
  async #forgetRest(): Promise<Done> {
    const { lock } = this.#deployed;
    if (!(await this.#engine.hasReleased())) return { changes: [], disagreements: [] };
    const planned = await this.#engine.plan();
    if (planned.exitCode !== 0) return { changes: [], disagreements: [`the second update is refused: ${planned.said.slice(-500)}`] }; // prettier-ignore
    const plan = this.#read(planned, lock);
    const { findings } = comparePlan(plan, [diffLocks(lock, lock)]);
    const more = plan.changes.filter(({ action }) => action !== "forget");
    const disagreements = [
      ...findings.map(({ code, message }) => `${code} ${message}`),
      ...more.map(({ action, key }) => `the second update is to ${action} ${key}`),
    ];
    return { changes: plan.changes, disagreements: [...disagreements, ...(await this.#apply())] };
  }

  async #look(): Promise<Seen> {
    return { identities: await serverIdentities(this.#target), held: await this.#engine.held() };
  }
}

/** What an update was planned to do, and did. */
interface Done {
  readonly changes: readonly PlannedChange[];
  readonly disagreements: readonly string[];
}

/** What is there after a deploy. */
interface Seen {
  /** What the servers call each topic, queue and table. */
  readonly identities: ReadonlyMap<string, string>;
  /** What the engine calls everything in its state. */
  readonly held: readonly string[];
}

function replaced({ identities }: Seen, after: Seen): readonly string[] {
  return [...identities]
    .filter(([name, identity]) => after.identities.get(name) !== identity)
    .map(([name]) => `${name} is not the one that it was`);
}

function lockAfter(variant: OrdersVariant, previous: Lock | null): Lock {
  const next = nextLock(topologyOf(variant), previous);
  if (!next.ok) throw new Error(next.issues.map(({ message }) => message).join("; "));
  return next.lock;
}

function deploymentFor({ variant, lock, profile }: Deployed): Deployment {
  return deploymentOf(topologyOf(variant), lock, profile);
}

/** What the locks refuse, the engine must refuse by name, and nothing else. */
function refusalsApart({ changes }: TopologyDiff, said: string): readonly string[] {
  const refused = changes.filter((each) => each.class === "refused");
  if (refused.length === 0) return [`the engine refuses what the diff does not: ${said.slice(-500)}`];
  return refused
    .filter(({ key, name }) => !said.includes(idInEngine(key)) && !said.includes(name))
    .map(({ key }) => `${key} is refused by the diff, but not named by the engine`);
}

function wordsFor({ worst, actions }: TopologyDiff): string {
  const amounts = Object.entries(actions).filter(([, amount]) => amount > 0);
  return [worst ?? "nothing", ...amounts.map(([action, amount]) => `${amount} ${action}`)].join(" ");
}
