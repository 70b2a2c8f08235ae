import { randomBytes } from "node:crypto";
import { plainDeploy } from "../../campaigns/generations/plain-deploy";
import { type Mistake, walk, type WalkOutcome } from "../../campaigns/generations/walk";
import { manage } from "../../tools/servers/rabbitmq";
import { ensureToolchain, type Toolchain } from "../../tools/toolchain";
import { engines } from "../terraform/engines";
import type { Target } from "./contents";
import { BINARY } from "./deployed";
import { deployedBy, deployedByPulumi, type EngineDeploy } from "./generations-deploy";
import { freshVhost, sharedServers } from "./servers";

jest.setTimeout(240_000);

const PHASE_MS = 1_000;

interface Walked extends WalkOutcome {
  /** Arguments of billing's old queue and of its new one, as RabbitMQ has them in the end. */
  readonly queues: readonly unknown[];
}

type By = (target: Target) => Promise<EngineDeploy> | EngineDeploy;

const plainly: By = (target) => ({ deploy: plainDeploy(target), pending: () => Promise.resolve(""), remove: () => undefined }); // prettier-ignore

async function walked(mistake: Mistake | null, by: By = plainly): Promise<Walked> {
  const target = { ...(await sharedServers()), rabbitmq: await freshVhost("generations") };
  const name = `walk-g${randomBytes(3).toString("hex")}`;
  const engine = await by(target);
  try {
    const { deploy } = engine;
    const onProgress = (): void => undefined;
    const outcome = await walk({ target, name, deploy, instances: 1, phaseMs: PHASE_MS, mistake, onProgress });
    expect(outcome.published).toBeGreaterThan(100);
    expect(await engine.pending()).toBe("");
    return { ...outcome, queues: [await argumentsOf(target, `${name}.billing`), await argumentsOf(target, `${name}.billing.v2`)] }; // prettier-ignore
  } finally {
    engine.remove();
  }
}

async function argumentsOf({ rabbitmq }: Target, queue: string): Promise<unknown> {
  const found = await manage(rabbitmq, "GET", `/queues/${rabbitmq.vhost}/${queue}`);
  return (found as { arguments: unknown }).arguments;
}

const ENGINES: readonly (readonly [string, By])[] = [
  ["no engine, but the deployment as data", plainly],
  ...engines.map(
    (under) => [BINARY[under.name], async (target: Target) => deployedBy(under, await tools(), target)] as const,
  ),
  ["pulumi", async (target) => deployedByPulumi(await tools(), target)],
];

function tools(): Promise<Toolchain> {
  return ensureToolchain({ only: ["terraform", "tofu", "providers", "pulumi"] });
}

describe("from the first generation of a queue and a topic to the second, under traffic", () => {
  test.each(ENGINES)("nothing is lost, nothing is handled twice, and order is kept: by %s", async (_, by) => {
    const { analytics, billing, published, queues, ...rest } = await walked(null, by);
    expect(analytics).toMatchObject({ handled: published, lost: 0, disordered: 0 });
    expect(billing).toMatchObject({ handled: published, lost: 0 });
    // both queues were bound for a while, and the relay has begun with its last batch again
    expect(billing.repeated).toBeGreaterThan(0);
    expect(analytics.repeated).toBeGreaterThan(0);
    expect(rest).toEqual({ unrouted: 0, drained: true, restarted: expect.any(Number), behindAtSwitch: expect.any(Number) }); // prettier-ignore
    // without a backlog, order would hold by itself
    expect(rest.behindAtSwitch).toBeGreaterThan(10);
    // the old one is still there, and the new one has what could not be had in place
    expect(queues[0]).not.toHaveProperty(["x-single-active-consumer"]);
    expect(queues[1]).toMatchObject({ "x-queue-type": "quorum", "x-single-active-consumer": true });
  });

  test("a walk that unbinds the old queue before the new one is bound is found out: messages go astray", async () => {
    const { billing, unrouted } = await walked("unbinds the old queue before the new one is bound");
    expect(unrouted).toBeGreaterThan(0);
    expect(billing.lost).toBe(unrouted);
  });

  test("a walk whose consumers read the new topic at once is found out: order is broken", async () => {
    const { analytics, behindAtSwitch } = await walked("reads the new topic at once");
    expect(behindAtSwitch).toBeGreaterThan(10);
    expect(analytics.disordered).toBeGreaterThan(0);
  });

  test("a walk that is done before the old topic is read is found out: messages are left behind", async () => {
    const { analytics, drained } = await walked("is done before the old topic is read");
    expect(analytics.lost).toBeGreaterThan(0);
    expect(drained).toBe(false);
  });
});
