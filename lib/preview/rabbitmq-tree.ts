import { policyFinder, type PolicyFinder } from "../topology/effective-policy";
import type { RabbitmqBinding, RabbitmqExchange, RabbitmqPolicy, RabbitmqQueue, Topology } from "../topology/types";
import type { TreeNode } from "./tree";
import { count, counts, durationWords } from "./words";

/** Exchanges, queues with what they receive and where their failed messages end, and the shared retry ladder. */
export function rabbitmqTree(topology: Topology): TreeNode {
  const broker = readBroker(topology);
  const role = (wanted: RabbitmqQueue["role"]): readonly RabbitmqQueue[] =>
    broker.queues.filter((each) => each.role === wanted);
  const levels = role("retry-level");
  const ladder = new Set(levels.flatMap((each) => broker.bindings.filter(to(each)).map((binding) => binding.source)));
  const sections: readonly TreeNode[] = [
    {
      label: "exchanges",
      children: broker.exchanges
        .filter((each) => !ladder.has(each.name))
        .map((each) => ({ label: each.name, detail: exchangeDetail(each, broker) })),
    },
    {
      label: "queues",
      children: [
        ...role("work").map((each) => ({ label: each.name, detail: workDetail(each, broker) })),
        ...role("parking").map((each) => ({ label: each.name, detail: parkingDetail(each, broker) })),
        ...role("unrouted").map((each) => ({ label: each.name, detail: "what no queue is bound for" })),
      ],
    },
    {
      label: "retry ladder, shared",
      children: levels.map((each) => ({ label: each.name, detail: levelDetail(each, broker) })),
    },
  ];
  const amounts = counts([
    [broker.exchanges.length, "exchange"],
    [broker.queues.length, "queue"],
    [broker.policies.length, "policy"],
    [broker.bindings.length, "binding"],
  ]);
  return { label: `RabbitMQ: ${amounts}`, children: sections.filter((each) => each.children?.length) };
}

interface Broker {
  readonly policyOf: PolicyFinder;
  readonly exchanges: readonly RabbitmqExchange[];
  readonly queues: readonly RabbitmqQueue[];
  readonly policies: readonly RabbitmqPolicy[];
  readonly bindings: readonly RabbitmqBinding[];
  /** The exchanges that bring retried messages back: the levels' dead letter exchanges. */
  readonly returns: ReadonlySet<string | undefined>;
}

function readBroker(topology: Topology): Broker {
  const { resources } = topology;
  const policyOf = policyFinder(topology);
  const queues = resources.filter((each) => each.kind === "rabbitmq-queue");
  const levels = queues.filter((each) => each.role === "retry-level");
  return {
    policyOf,
    exchanges: resources.filter((each) => each.kind === "rabbitmq-exchange"),
    queues,
    policies: resources.filter((each) => each.kind === "rabbitmq-policy"),
    bindings: resources.filter((each) => each.kind === "rabbitmq-binding"),
    returns: new Set(levels.map((each) => policyOf(each)?.definition["dead-letter-exchange"])),
  };
}

function to(queue: RabbitmqQueue): (binding: RabbitmqBinding) => boolean {
  return (binding) => binding.destinationKey === queue.key;
}

function setting(broker: Broker, target: RabbitmqExchange | RabbitmqQueue, name: string): string | undefined {
  return broker.policyOf(target)?.definition[name];
}

function exchangeDetail(exchange: RabbitmqExchange, broker: Broker): string {
  const bindings = broker.bindings.filter((each) => each.sourceKey === exchange.key);
  const alternate = setting(broker, exchange, "alternate-exchange");
  return [
    exchange.type,
    count(bindings.length, "binding"),
    ...(alternate === undefined ? [] : [`unrouted to ${alternate}`]),
  ].join(", ");
}

function workDetail(queue: RabbitmqQueue, broker: Broker): string {
  const received = broker.bindings.filter(to(queue)).filter((each) => !broker.returns.has(each.source));
  const exchange = setting(broker, queue, "dead-letter-exchange");
  const key = setting(broker, queue, "dead-letter-routing-key");
  const parked = broker.bindings.find((each) => each.source === exchange && each.routingKey === key);
  return [
    `receives ${received.map((each) => each.routingKey).join(", ")}`,
    ...(parked === undefined ? [] : [`failed ones to ${parked.destination}`]),
    ...argumentWords(queue),
  ].join("; ");
}

/** What is fixed for a queue when it is declared, beside its type. */
function argumentWords({ arguments: given }: RabbitmqQueue): readonly string[] {
  const size = given["x-quorum-initial-group-size"];
  return [
    ...(given["x-single-active-consumer"] === true ? ["single active consumer"] : []),
    ...(size === undefined ? [] : [`${String(size)} replicas at first`]),
  ];
}

function parkingDetail(queue: RabbitmqQueue, broker: Broker): string {
  const ttl = setting(broker, queue, "message-ttl");
  return ttl === undefined ? "" : `kept ${durationWords(Number(ttl))}`;
}

function levelDetail(queue: RabbitmqQueue, broker: Broker): string {
  const ttl = durationWords(Number(setting(broker, queue, "message-ttl")));
  return `waits ${ttl}, then back by ${setting(broker, queue, "dead-letter-exchange")}`;
}
