import * as pulumi from "@pulumi/pulumi";
import { DeadLetterQueue, EventDrivenDomain } from "eventloom/pulumi";
import { recordPulumi } from "../../lib/testing/pulumi";
import { refined, refinedWarning } from "../domain/refined";

const warn = jest.spyOn(pulumi.log, "warn").mockResolvedValue(undefined);
afterEach(() => warn.mockClear());

describe("what somebody should know of a domain (Pulumi)", () => {
  test("is said of a whole domain once, beside its component", async () => {
    const { result } = await recordPulumi(() => new EventDrivenDomain("till", { domain: refined }));
    expect(warn.mock.calls).toEqual([[expect.stringMatching(refinedWarning), result]]);
  });

  test("is said of a part that stands alone", async () => {
    await recordPulumi(() => new DeadLetterQueue("printer", { domain: refined, of: "printer" }));
    expect(warn).toHaveBeenCalledTimes(1);
  });
});
