import type { RabbitmqExchange, RabbitmqPolicy, RabbitmqQueue, Topology } from "./types";

/** The one policy that a server applies to a queue or exchange: the matching one of the highest priority. */
export function effectivePolicy(
  topology: Topology,
  target: RabbitmqExchange | RabbitmqQueue,
): RabbitmqPolicy | undefined {
  const applyTo = target.kind === "rabbitmq-queue" ? "queues" : "exchanges";
  return topology.resources
    .filter((each) => each.kind === "rabbitmq-policy")
    .filter((each) => each.applyTo === applyTo && new RegExp(each.pattern).test(target.name))
    .reduce<RabbitmqPolicy | undefined>(
      (best, each) => (best && best.priority >= each.priority ? best : each),
      undefined,
    );
}
