import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, LocalBackend, TerraformStack } from "cdktf";
import { EventDrivenDomain, EventloomProvider, KafkaProvider, RabbitmqProvider } from "eventloom/cdktf";
import { renderLock } from "../../lib/lock/render-lock";
import { readTerraformPlan } from "../../lib/preview/engine-plan";
import { KAFKA_RACE, KAFKA_RACE_TRIES } from "../../tools/kafka-race";
import type { Connections } from "../../tools/servers/state";
import { type Deployed, type Engine, oneLine, type Outcome } from "./engine";
import { ordersIn } from "./orders-variant";

/** A stack of the order system, synthesised in this process and deployed by the real Terraform. */
export class TerraformFolder implements Engine {
  readonly read = readTerraformPlan;
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

  async write(deployed: Deployed): Promise<void> {
    writeFileSync(this.#lock, renderLock(deployed.lock));
    const app = new App({ outdir: join(this.#directory, "cdktf.out") });
    const stack = new TerraformStack(app, "orders");
    new LocalBackend(stack, { path: join(this.#directory, "terraform.tfstate") });
    this.#fill(stack, deployed);
    app.synth();
    if (existsSync(join(this.#stack, ".terraform"))) return;
    const { exitCode, said } = await this.#run("init", "-input=false");
    if (exitCode !== 0) throw new Error(said);
  }

  #fill(stack: TerraformStack, { variant, profile }: Deployed): void {
    const { kafka, rabbitmq, postgres } = this.#target;
    const { endpoint, username, password, vhost } = rabbitmq;
    new KafkaProvider(stack, "kafka", { bootstrapServers: kafka.bootstrapServers.split(","), tlsEnabled: false });
    new RabbitmqProvider(stack, "rabbitmq", { endpoint, username, password });
    new EventloomProvider(stack, "eventloom", { ...postgres, sslmode: "disable" });
    new EventDrivenDomain(stack, "orders", {
      domain: ordersIn(variant),
      lock: this.#lock,
      profile,
      replicationFactor: 1,
      vhost,
    });
  }

  async plan(): Promise<Outcome & { readonly json: string }> {
    const planned = await this.#withoutRace(() => this.#run("plan", "-input=false", "-out=plan.bin"));
    const { stdout } = await this.#run("show", "-json", "plan.bin");
    return { ...planned, json: stdout };
  }

  async apply(): Promise<Outcome> {
    const { exitCode, said, stdout } = await this.#run("apply", "-input=false", "plan.bin");
    if (exitCode === 0 || !KAFKA_RACE.test(said)) return { exitCode, said, stdout };
    return this.#withoutRace(() => this.#run("apply", "-input=false", "-auto-approve"));
  }

  async held(): Promise<readonly string[]> {
    const { stdout } = await this.#run("state", "list");
    return stdout
      .split("\n")
      .filter((line) => line !== "")
      .map((address) => address.slice(address.indexOf(".") + 1));
  }

  /** Terraform forgets at once. */
  hasReleased(): Promise<boolean> {
    return Promise.resolve(false);
  }

  /** Again where the Kafka provider has lost a race with itself. */
  async #withoutRace(work: () => Promise<Outcome>): Promise<Outcome> {
    for (let left = KAFKA_RACE_TRIES; ; left--) {
      const outcome = await work();
      if (left <= 1 || outcome.exitCode === 0 || !KAFKA_RACE.test(outcome.said)) return outcome;
    }
  }

  #run(command: string, ...options: readonly string[]): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      const settings = { cwd: this.#stack, env: this.#env, maxBuffer: 256 * 1024 * 1024 };
      execFile(this.#terraform, [command, ...options], settings, (error, stdout, stderr) => {
        const exitCode = error === null ? 0 : error.code;
        if (typeof exitCode !== "number") return reject(error as Error);
        resolve({ exitCode, stdout, said: oneLine(`${stdout}\n${stderr}`) });
      });
    });
  }

  remove(): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
