import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, TerraformStack } from "cdktf";
import { compile } from "eventloom";
import { EventDrivenDomain, KafkaProvider, RabbitmqProvider } from "eventloom/cdktf";
import { createByHand } from "./by-hand";
import { largeDomain } from "./large-domain";

export type Arm = "ours" | "by-hand" | "compile";

/** One measurement in a process of its own, so that nothing of another one is warm or in the way: `arm.ts <arm> <thousands>`. */
export interface Measured {
  readonly resources: number;
  /** Processor time of all threads: what else the machine does is not in it, collecting garbage is. */
  readonly ms: number;
}

function timed(work: () => number): Measured {
  const begin = process.cpuUsage();
  const resources = work();
  const { user, system } = process.cpuUsage(begin);
  return { resources, ms: (user + system) / 1000 };
}

function synth(outdir: string, fill: (stack: TerraformStack) => number): number {
  const app = new App({ outdir });
  const stack = new TerraformStack(app, "large");
  new KafkaProvider(stack, "kafka", { bootstrapServers: ["localhost:9092"] });
  new RabbitmqProvider(stack, "rabbitmq", { endpoint: "http://localhost", username: "guest", password: "guest" });
  const resources = fill(stack);
  app.synth();
  return resources;
}

function measure(arm: Arm, thousands: number, outdir: string): Measured {
  if (arm === "ours") {
    // with the declaration itself, which is read and checked on each synth
    const fill = (stack: TerraformStack): number =>
      new EventDrivenDomain(stack, "large", { domain: largeDomain(thousands) }).topology.resources.length;
    return timed(() => synth(outdir, fill));
  }
  const domain = largeDomain(thousands);
  if (arm === "compile") return timed(() => compile(domain).resources.length);
  // whoever writes by hand knows what to write: finding it out is not timed
  const { resources } = compile(domain);
  return timed(() =>
    synth(outdir, (stack) => {
      createByHand(stack, resources);
      return resources.length;
    }),
  );
}

const [arm, thousands] = process.argv.slice(2) as [Arm, string];
const outdir = mkdtempSync(join(tmpdir(), "eventloom-bench-"));
try {
  process.stdout.write(JSON.stringify(measure(arm, Number(thousands), outdir)));
} finally {
  rmSync(outdir, { recursive: true, force: true });
}
