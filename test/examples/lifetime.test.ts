import { setTimeout as delay } from "node:timers/promises";
import { Lifetime } from "../../examples/orders/services/lifetime";

describe("a service's lifetime", () => {
  it("finishes what is in hand before it closes, and closes in reverse order", async () => {
    const log: string[] = [];
    const service = await Lifetime.open(async (life) => {
      life.onStop(() => log.push("pool closed"));
      life.onStop(() => log.push("channel closed"));
      life.run(async () => {
        await delay(20);
        log.push("work done");
      });
    });
    await service.stop();
    await service.done;
    expect(log).toEqual(["work done", "channel closed", "pool closed"]);
  });

  it("closes what is open already when opening the rest fails", async () => {
    const log: string[] = [];
    const opening = Lifetime.open(async (life) => {
      life.onStop(() => log.push("closed"));
      throw new Error("no broker");
    });
    await expect(opening).rejects.toThrow("no broker");
    expect(log).toEqual(["closed"]);
  });

  it("ends as a whole when one part fails, with that part's error", async () => {
    let others = 0;
    const service = await Lifetime.open(async (life) => {
      life.poll(1, async () => {
        others++;
        return false;
      });
      life.poll(1, async () => {
        await delay(5);
        throw new Error("the connection is gone");
      });
    });
    await expect(service.done).rejects.toThrow("the connection is gone");
    const seen = others;
    await delay(20);
    expect(others).toBe(seen);
  });

  it("does not wait out a pause when it is stopped", async () => {
    const service = await Lifetime.open(async (life) => life.poll(60_000, async () => false));
    const before = Date.now();
    await service.stop();
    expect(Date.now() - before).toBeLessThan(5_000);
  });
});
