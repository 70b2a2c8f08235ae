import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { addresses, type GenerationPhase, type Lock, type Profile } from "eventloom";
import type { Connections as ServiceConnections } from "../../examples/orders/services/connections";
import { drained } from "../../lib/cli/drained/drained";
import { readCheckpoints } from "../../lib/cli/drained/read-checkpoints";
import { renderLock } from "../../lib/lock/render-lock";
import { plainStyle } from "../../lib/preview/tree";
import { manage } from "../../tools/servers/rabbitmq";
import type { Connections } from "../../tools/servers/state";
import type { Deploy } from "./deploy";
import { type Account, Ledger } from "./ledger";
import { type Shop, shopIn } from "./shop";
import { Instances, Relay, type Ways } from "./traffic";

/** A way of doing it wrong, which the ledger has to show. */
export type Mistake = "unbinds the old queue before the new one is bound" | "reads the new topic at once" | "is done before the old topic is read"; // prettier-ignore

export interface WalkOptions {
  readonly target: Connections;
  /** The shop's: nobody else has topics that begin with it. */
  readonly name: string;
  readonly deploy: Deploy;
  /** Of each service. */
  readonly instances: number;
  /** How long there is traffic in each phase. */
  readonly phaseMs: number;
  readonly mistake: Mistake | null;
  readonly onProgress: (line: string) => void;
}

/** What a walk from the first generation to the second has come to. */
export interface WalkOutcome {
  readonly published: number;
  readonly analytics: Account;
  readonly billing: Account;
  /** Messages that no queue was bound for. */
  readonly unrouted: number;
  /** How often an instance ended by itself and was started again. */
  readonly restarted: number;
  /** Messages in the old topic that analytics had not handled yet when the relay went over. */
  readonly behindAtSwitch: number;
  /** What `eventloom drained` said in the end. */
  readonly drained: boolean;
}

const SLOW_MS = 200;
/** A fetch of an empty topic may wait for so long, and others on its connection with it. */
const FETCH_MS = 6_000;
/** RabbitMQ counts what a queue holds every 5 seconds: two looks that are closer may see one count twice. */
const SETTLE_MS = 6_000;
/** Since what was counted last may be older than the end of the traffic. */
const COUNTED_WITHIN_MS = 15_000;
const DRAINED_WITHIN_MS = 60_000;
/** Without anything handled for so long, nothing is to come any more: longer than all retries. */
const QUIET_MS = 3_000;

/** Walks from the first generation of a queue and a topic to the second, under traffic on real servers. */
export async function walk(options: WalkOptions): Promise<WalkOutcome> {
  const walking = new Walking(options);
  try {
    return await walking.walk();
  } finally {
    await walking.close();
  }
}

class Walking {
  readonly #options: WalkOptions;
  readonly #ledger = new Ledger();
  readonly #relay: Relay;
  readonly #analytics: Instances;
  readonly #billing: Instances;
  readonly #folder = mkdtempSync(join(tmpdir(), "eventloom-generations-"));

  constructor(options: WalkOptions) {
    const { kafka, rabbitmq, postgres } = options.target;
    const connections: ServiceConnections = { kafka, rabbitmq: { url: rabbitmq.amqpUrl }, postgres };
    this.#options = options;
    this.#relay = new Relay(connections, this.#ledger);
    this.#analytics = new Instances(connections, this.#ledger);
    this.#billing = new Instances(connections, this.#ledger);
  }

  async walk(): Promise<WalkOutcome> {
    const { name, deploy, mistake, phaseMs } = this.#options;
    const [first, second] = [shopIn(name, 1), shopIn(name, 2)];
    const before = await deploy(first, null, {});
    await this.#startServices(first, before);
    await sleep(phaseMs);

    if (mistake === "unbinds the old queue before the new one is bound") await this.#unbind();
    const lock = await deploy(second, before, {});
    this.#say("beside");
    await this.#replaceServices(second, lock, {});
    await sleep(phaseMs);

    this.#analytics.slowness = SLOW_MS;
    await sleep(phaseMs + (mistake === "reads the new topic at once" ? FETCH_MS / 2 : 0));
    await deploy(second, lock, saying("drain"));
    await this.#relay.stop();
    const behindAtSwitch = this.#ledger.published - this.#ledger.handledBy("analytics");
    await this.#relay.start(waysOf(second, lock, saying("drain")));
    this.#say(`drain, with ${behindAtSwitch} messages in the old topic`);
    await sleep(phaseMs + (mistake === "reads the new topic at once" ? FETCH_MS : 0));

    if (mistake !== "is done before the old topic is read") {
      this.#analytics.slowness = 0;
      await this.#untilDrained(lock);
    }
    await this.#replaceServices(second, lock, saying("done"));
    this.#analytics.slowness = 0;
    await deploy(second, lock, saying("done"));
    this.#say("done");
    await sleep(phaseMs);
    await this.#relay.stop();
    await this.#untilQuiet();
    return this.#outcome(lock, behindAtSwitch);
  }

  async close(): Promise<void> {
    await this.#relay.stop().catch(() => undefined);
    await Promise.all([this.#analytics.stop(), this.#billing.stop()]);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #say(line: string): void {
    this.#options.onProgress(`${line}: ${this.#ledger.published} published`);
  }

  async #startServices(shop: Shop, lock: Lock): Promise<void> {
    const { instances } = this.#options;
    const { consumers } = addresses(shop, { lock });
    await this.#analytics.start(consumers.analytics, instances);
    await this.#billing.start(consumers.billing, instances);
    await this.#relay.start(waysOf(shop, lock, {}));
  }

  async #replaceServices(shop: Shop, lock: Lock, profile: Profile): Promise<void> {
    const { analytics, billing } = addresses(shop, { lock, profile }).consumers;
    const subscriptions = analytics.subscriptions.map((each) => ({ ...each, after: [] }));
    const hasty = this.#options.mistake === "reads the new topic at once";
    await Promise.all([
      this.#analytics.replace(hasty ? { ...analytics, subscriptions } : analytics),
      this.#billing.replace(billing),
    ]);
  }

  async #unbind(): Promise<void> {
    const { name, phaseMs, target } = this.#options;
    const { routingKey } = addresses(shopIn(name, 1)).events.OrderPaid;
    const { rabbitmq } = target;
    await manage(rabbitmq, "DELETE", `/bindings/${rabbitmq.vhost}/e/${name}.events/q/${name}.billing/${routingKey}`);
    await sleep(phaseMs);
  }

  async #untilDrained(lock: Lock): Promise<void> {
    const { exitCode, text } = await this.#drainedWithin(lock, DRAINED_WITHIN_MS);
    if (exitCode !== 0) throw new Error(`not drained in ${DRAINED_WITHIN_MS} ms: ${text}`);
    this.#say("drained");
  }

  /** What `eventloom drained` says as soon as it says yes, or at last. */
  async #drainedWithin(lock: Lock, ms: number): ReturnType<typeof drained> {
    const deadline = Date.now() + ms;
    for (;;) {
      const said = await this.#drained(lock);
      if (said.exitCode === 0 || Date.now() > deadline) return said;
    }
  }

  #drained(lock: Lock): ReturnType<typeof drained> {
    const file = join(this.#folder, "shop.lock.json");
    writeFileSync(file, renderLock(lock));
    const { kafka, rabbitmq } = this.#options.target;
    const { endpoint: url, vhost, username, password } = rabbitmq;
    const { bootstrapServers } = kafka;
    const servers = { rabbitmq: { url, vhost, username, password }, kafka: { bootstrapServers, tls: false, sasl: null } }; // prettier-ignore
    return drained({ locks: [file], ...servers, settleMs: SETTLE_MS }, plainStyle, { environment: {}, readCheckpoints: () => readCheckpoints }); // prettier-ignore
  }

  async #untilQuiet(): Promise<void> {
    const handled = (): number => this.#ledger.handledBy("analytics") + this.#ledger.handledBy("billing");
    for (let before = -1; handled() > before && handled() < 2 * this.#ledger.published; await sleep(QUIET_MS)) before = handled(); // prettier-ignore
  }

  async #outcome(lock: Lock, behindAtSwitch: number): Promise<WalkOutcome> {
    const { name, target } = this.#options;
    const connection = await (await import("amqplib")).connect(target.rabbitmq.amqpUrl);
    const { messageCount: unrouted } = await (await connection.createChannel()).checkQueue(`${name}.unrouted`);
    await connection.close();
    return {
      published: this.#ledger.published,
      analytics: this.#ledger.account("analytics"),
      billing: this.#ledger.account("billing"),
      unrouted,
      restarted: this.#analytics.restarted + this.#billing.restarted,
      behindAtSwitch,
      drained: (await this.#drainedWithin(lock, COUNTED_WITHIN_MS)).exitCode === 0,
    };
  }
}

function saying(phase: GenerationPhase): Profile {
  return { generations: { "consumers.billing.v1": phase, "events.OrderPaid.v1": phase } };
}

function waysOf(shop: Shop, lock: Lock, profile: Profile): Ways {
  const { topic, exchange, routingKey } = addresses(shop, { lock, profile }).events.OrderPaid;
  if (topic === null || exchange === null) throw new Error("the shop has both brokers");
  return { topic, exchange, routingKey };
}
