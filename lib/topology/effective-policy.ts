import type { RabbitmqExchange, RabbitmqPolicy, RabbitmqQueue, Topology } from "./types";

/** Finds the one policy that a server applies to a queue or exchange: the matching one of the highest priority. */
export type PolicyFinder = (target: RabbitmqExchange | RabbitmqQueue) => RabbitmqPolicy | undefined;

/** A finder for one topology; its patterns are compiled once. */
export function policyFinder(topology: Topology): PolicyFinder {
  const policies = topology.resources
    .filter((each) => each.kind === "rabbitmq-policy")
    .sort((a, b) => b.priority - a.priority)
    .map((policy) => ({ policy, pattern: new RegExp(policy.pattern) }));
  return (target) => {
    const applyTo = target.kind === "rabbitmq-queue" ? "queues" : "exchanges";
    return policies.find(({ policy, pattern }) => policy.applyTo === applyTo && pattern.test(target.name))?.policy;
  };
}
