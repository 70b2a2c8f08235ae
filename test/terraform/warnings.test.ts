import { refined, refinedLocks, refinedWarning, staleWarning } from "../domain/refined";

import { engines, stackWithProviders } from "./engines";

const { lock, staleLock } = refinedLocks();

/** What the engine's command prints of a stack beside its plan. */
function warningsIn(stack: ReturnType<typeof stackWithProviders>): readonly string[] {
  return stack.node
    .findAll()
    .flatMap(({ node }) => node.metadata)
    .filter(({ type }) => type === "@cdktf/warn" || type === "@cdktn/warn")
    .map(({ data }) => String(data));
}

describe.each(engines)("what somebody should know of a domain, with $name", (under) => {
  test("is said when the stack is written", () => {
    const stack = stackWithProviders(under);
    new under.constructs.EventDrivenDomain(stack, "till", { domain: refined, lock });
    expect(warningsIn(stack)).toEqual([expect.stringMatching(refinedWarning)]);
  });

  test("is said once, however many constructs take a part of the domain", () => {
    const stack = stackWithProviders(under);
    new under.constructs.DeadLetterQueue(stack, "printer", { domain: refined, lock, of: "printer" });
    expect(warningsIn(stack)).toHaveLength(1);
    const other = stackWithProviders(under);
    new under.constructs.EventDrivenDomain(other, "till", { domain: refined, lock });
    expect(warningsIn(other)).toHaveLength(1);
  });

  test("is that its lock is stale, too, whatever the environment's own sizes", () => {
    const stack = stackWithProviders(under);
    new under.constructs.EventDrivenDomain(stack, "till", { domain: refined, lock: staleLock, replicationFactor: 1 });
    expect(warningsIn(stack)).toEqual([expect.stringMatching(staleWarning), expect.stringMatching(refinedWarning)]);
    const other = stackWithProviders(under);
    new under.constructs.EventDrivenDomain(other, "till", { domain: refined, lock, replicationFactor: 1 });
    expect(warningsIn(other)).toEqual([expect.stringMatching(refinedWarning)]);
  });

  test("is that there is no lock", () => {
    const stack = stackWithProviders(under);
    new under.constructs.EventDrivenDomain(stack, "till", { domain: refined });
    expect(warningsIn(stack)[0]).toMatch(/^no lock is given for the domain "till": .*eventloom lock/);
  });

  test("is beside each resource's address: the engine's command shows the path of the declaration there", () => {
    const stack = stackWithProviders(under);
    new under.constructs.EventDrivenDomain(stack, "till", { domain: refined, lock });
    const { resource } = stack.toTerraform() as { resource: Record<string, Record<string, { "//": unknown }>> }; // prettier-ignore
    const [queue] = Object.entries(resource["rabbitmq_queue"] ?? {}).filter(([id]) => id.includes("queue-consumer-printer_")); // prettier-ignore
    expect(queue?.[1]["//"]).toEqual({
      metadata: { path: "orders/till/queue-consumer-printer: consumers.printer", uniqueId: queue?.[0] },
    });
  });
});
