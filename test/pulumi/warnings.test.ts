import * as pulumi from "@pulumi/pulumi";
import { DeadLetterQueue, EventDrivenDomain } from "eventloom/pulumi";
import { recordPulumi } from "../../lib/testing/pulumi";
import { refined, refinedLocks, refinedWarning, staleWarning } from "../domain/refined";

const { lock, staleLock } = refinedLocks();

const warn = jest.spyOn(pulumi.log, "warn").mockResolvedValue(undefined);
const engine = jest.spyOn(pulumi.runtime, "getEngine").mockReturnValue({} as never);
afterEach(() => warn.mockClear());

describe("what somebody should know of a domain (Pulumi)", () => {
  test("is said of a whole domain once, beside its component", async () => {
    const { result } = await recordPulumi(() => new EventDrivenDomain("till", { domain: refined, lock }));
    expect(warn.mock.calls).toEqual([[expect.stringMatching(refinedWarning), result]]);
  });

  test("is said of a part that stands alone", async () => {
    await recordPulumi(() => new DeadLetterQueue("printer", { domain: refined, lock, of: "printer" }));
    expect(warn).toHaveBeenCalledTimes(1);
  });

  test("is not said to unit tests, which have no engine", async () => {
    engine.mockReturnValueOnce(undefined);
    await recordPulumi(() => new DeadLetterQueue("printer", { domain: refined, lock, of: "printer" }));
    expect(warn).not.toHaveBeenCalled();
  });

  test("is that its lock is stale, too", async () => {
    const { result } = await recordPulumi(() => new EventDrivenDomain("till", { domain: refined, lock: staleLock }));
    expect(warn.mock.calls).toEqual([
      [expect.stringMatching(staleWarning), result],
      [expect.stringMatching(refinedWarning), result],
    ]);
  });
});
