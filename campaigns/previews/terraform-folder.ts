import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, LocalBackend, TerraformStack } from "cdktf";
import { EventDrivenDomain, EventloomProvider, KafkaProvider, RabbitmqProvider } from "eventloom/cdktf";
import { renderLock } from "../../lib/lock/render-lock";
import type { Lock } from "../../lib/lock/types";
import { KAFKA_RACE, KAFKA_RACE_TRIES } from "../../tools/kafka-race";
import type { Connections } from "../../tools/servers/state";
import { ordersIn, type OrdersVariant } from "./orders-variant";

/** What a command of Terraform came to. */
export interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  /** Both streams without colours and frames, on one line. */
  readonly said: string;
}

/** A stack of the order system in a folder of its own, synthesised in this process and deployed by the real Terraform. */
export class TerraformFolder {
  readonly #directory = mkdtempSync(join(tmpdir(), "eventloom-previews-"));
  readonly #stack = join(this.#directory, "cdktf.out", "stacks", "orders");
  readonly #lock = join(this.#directory, "orders.lock.json");
  readonly #terraform: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #target: Connections;

  constructor(terraform: string, env: NodeJS.ProcessEnv, target: Connections) {
    this.#terraform = terraform;
    this.#env = env;
    this.#target = target;
  }

  /** Writes the stack of a variant and its lock; its state stays. */
  async write(variant: OrdersVariant, lock: Lock): Promise<void> {
    writeFileSync(this.#lock, renderLock(lock));
    const app = new App({ outdir: join(this.#directory, "cdktf.out") });
    const stack = new TerraformStack(app, "orders");
    new LocalBackend(stack, { path: join(this.#directory, "terraform.tfstate") });
    this.#fill(stack, variant);
    app.synth();
    if (existsSync(join(this.#stack, ".terraform"))) return;
    const { exitCode, said } = await this.run("init", "-input=false");
    if (exitCode !== 0) throw new Error(said);
  }

  #fill(stack: TerraformStack, variant: OrdersVariant): void {
    const { kafka, rabbitmq, postgres } = this.#target;
    const { endpoint, username, password, vhost } = rabbitmq;
    new KafkaProvider(stack, "kafka", { bootstrapServers: kafka.bootstrapServers.split(","), tlsEnabled: false });
    new RabbitmqProvider(stack, "rabbitmq", { endpoint, username, password });
    new EventloomProvider(stack, "eventloom", { ...postgres, sslmode: "disable" });
    new EventDrivenDomain(stack, "orders", {
      domain: ordersIn(variant),
      lock: this.#lock,
      replicationFactor: 1,
      vhost,
    });
  }

  /** The plan's outcome, and the plan itself as JSON. */
  async plan(): Promise<Outcome & { readonly json: string }> {
    const planned = await this.#withoutRace(() => this.run("plan", "-input=false", "-out=plan.bin"));
    const { stdout } = await this.run("show", "-json", "plan.bin");
    return { ...planned, json: stdout };
  }

  /** Applies the last plan, or what is left of it. */
  async apply(): Promise<Outcome> {
    const { exitCode, said, stdout } = await this.run("apply", "-input=false", "plan.bin");
    if (exitCode === 0 || !KAFKA_RACE.test(said)) return { exitCode, said, stdout };
    return this.#withoutRace(() => this.run("apply", "-input=false", "-auto-approve"));
  }

  /** Again where the Kafka provider has lost a race with itself. */
  async #withoutRace(work: () => Promise<Outcome>): Promise<Outcome> {
    for (let left = KAFKA_RACE_TRIES; ; left--) {
      const outcome = await work();
      if (left <= 1 || outcome.exitCode === 0 || !KAFKA_RACE.test(outcome.said)) return outcome;
    }
  }

  run(command: string, ...options: readonly string[]): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      const settings = { cwd: this.#stack, env: this.#env, maxBuffer: 256 * 1024 * 1024 };
      execFile(this.#terraform, [command, ...options], settings, (error, stdout, stderr) => {
        const exitCode = error === null ? 0 : error.code;
        if (typeof exitCode !== "number") return reject(error as Error);
        const said = `${stdout}\n${stderr}`.replace(/\u001b\[[0-9;]*m|[│╷╵]/g, "").replace(/\s+/g, " ");
        resolve({ exitCode, stdout, said });
      });
    });
  }

  remove(): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
