import { randomBytes } from "node:crypto";
import { plainDeploy } from "../../campaigns/generations/plain-deploy";
import { type Mistake, walk, type WalkOutcome } from "../../campaigns/generations/walk";
import { freshVhost, sharedServers } from "./servers";

jest.setTimeout(240_000);

const PHASE_MS = 1_000;

async function walked(mistake: Mistake | null): Promise<WalkOutcome> {
  const target = { ...(await sharedServers()), rabbitmq: await freshVhost("generations") };
  const name = `walk-g${randomBytes(3).toString("hex")}`;
  const deploy = plainDeploy(target);
  const outcome = await walk({
    target,
    name,
    deploy,
    instances: 1,
    phaseMs: PHASE_MS,
    mistake,
    onProgress: () => undefined,
  });
  expect(outcome.published).toBeGreaterThan(100);
  return outcome;
}

describe("from the first generation of a queue and a topic to the second, under traffic", () => {
  test("nothing is lost, nothing is handled twice, and order is kept", async () => {
    const { analytics, billing, published, ...rest } = await walked(null);
    expect(analytics).toMatchObject({ handled: published, lost: 0, disordered: 0 });
    expect(billing).toMatchObject({ handled: published, lost: 0 });
    // both queues were bound for a while, and the relay has begun with its last batch again
    expect(billing.repeated).toBeGreaterThan(0);
    expect(analytics.repeated).toBeGreaterThan(0);
    expect(rest).toEqual({
      unrouted: 0,
      drained: true,
      restarted: expect.any(Number),
      behindAtSwitch: expect.any(Number),
    });
    // without a backlog, order would hold by itself
    expect(rest.behindAtSwitch).toBeGreaterThan(10);
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
