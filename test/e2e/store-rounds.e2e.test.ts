import { randomInt } from "node:crypto";
import { hash, list, none, range, type StorePartitioning } from "eventloom";
import type { ClientConfig } from "pg";
import { BREAKAGES, isSound, round } from "../../campaigns/store/round";
import { TENANTS } from "../store/writers";
import { freshDatabase } from "./servers";

jest.setTimeout(120_000);

/** `npm run campaign -- store` goes on for a million. */
const EVENTS = 4_000;
const EVENTS_BROKEN = 1_500;

async function empty(): Promise<ClientConfig> {
  const { username: user, ...rest } = await freshDatabase("rounds");
  return { ...rest, user };
}

const drawn = { seed: randomInt(1, 1_000_000), aggregates: 12, partitioning: hash(8), writersEach: 2 } as const;

describe("under writers of every careless kind at once", () => {
  test("a store loses nothing, gives nothing twice and keeps each aggregate's order, also when connections end", async () => {
    const outcome = await round({ config: await empty(), ...drawn, events: EVENTS, killEveryMs: 150, breakage: null });
    console.info(`seed ${drawn.seed}: ${JSON.stringify(outcome)}`);
    expect(outcome).toMatchObject({ missing: 0, twice: 0, outOfOrder: 0, unread: 0, lost: 0, gaps: 0, doubled: 0 });
    expect(outcome.committed).toBeGreaterThanOrEqual(EVENTS);
    expect(outcome.killed).toBeGreaterThan(0);
    expect(isSound(outcome)).toBe(true);
  });

  test.each<[string, StorePartitioning]>([
    ["without leaves", none()],
    ["by tenants", list(TENANTS.slice(0, 2))],
    ["in leaves of time, which are made meanwhile", range({ interval: "day", ahead: 2 })],
  ])("a store that is spread %s loses nothing either", async (_how, partitioning) => {
    const options = { ...drawn, partitioning, events: EVENTS, killEveryMs: 150, breakage: null };
    const outcome = await round({ config: await empty(), ...options });
    console.info(`seed ${drawn.seed}: ${JSON.stringify(outcome)}`);
    expect(outcome).toMatchObject({ missing: 0, twice: 0, outOfOrder: 0, unread: 0, lost: 0, gaps: 0, doubled: 0 });
    expect(isSound(outcome)).toBe(true);
  });

  test.each(BREAKAGES)("what is broken is found out: %s", async (breakage) => {
    const outcome = await round({
      config: await empty(),
      ...drawn,
      events: EVENTS_BROKEN,
      killEveryMs: null,
      breakage,
    });
    console.info(`seed ${drawn.seed}: ${JSON.stringify(outcome)}`);
    expect(isSound(outcome)).toBe(false);
  });
});
