import { refined, refinedWarning } from "../domain/refined";
import { engines, stackWithProviders } from "./engines";

/** What the engine's command prints of a stack beside its plan, apart from the lock that is not given. */
function warningsIn(stack: ReturnType<typeof stackWithProviders>): readonly string[] {
  return stack.node
    .findAll()
    .flatMap(({ node }) => node.metadata)
    .filter(({ type }) => type === "@cdktf/warn" || type === "@cdktn/warn")
    .map(({ data }) => String(data))
    .filter((line) => !line.startsWith("no lock is given"));
}

describe.each(engines)("what somebody should know of a domain, with $name", (under) => {
  test("is said when the stack is written", () => {
    const stack = stackWithProviders(under);
    new under.constructs.EventDrivenDomain(stack, "till", { domain: refined });
    expect(warningsIn(stack)).toEqual([expect.stringMatching(refinedWarning)]);
  });

  test("is said once, however many constructs take a part of the domain", () => {
    const stack = stackWithProviders(under);
    new under.constructs.DeadLetterQueue(stack, "printer", { domain: refined, of: "printer" });
    expect(warningsIn(stack)).toHaveLength(1);
    const other = stackWithProviders(under);
    new under.constructs.EventDrivenDomain(other, "till", { domain: refined });
    expect(warningsIn(other)).toHaveLength(1);
  });
});
