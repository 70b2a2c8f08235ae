import type { RabbitmqBinding, RabbitmqExchange, RabbitmqPolicy, RabbitmqQueue } from "../../topology/types";
import { same } from "../same";
import { type Around, differences, fixedForEver, type Judged, judgeAll, nextGeneration, type Rules, words } from "./rule"; // prettier-ignore

const POLICIES = "RabbitMQ documentation, policies; measured on 3.10 and 4.0";
const FROZEN = "RabbitMQ documentation, queues: arguments are set when a queue is declared and cannot change";
const KEEP = "leave it as it was, or retire it and declare another one beside it";

const named = "leave the name as it was";

const exchangeRules: Rules<RabbitmqExchange> = {
  name: (from, to) => [fixedForEver("RM303", "name", from.name, to.name, named)],
  protect: (from, to) => [fixedForEver("RM303", "protect", from.protect, to.protect, KEEP)],
  type: (from, to) => [fixedForEver("RM302", "type", from.type, to.type, KEEP)],
};

const queueRules: Rules<RabbitmqQueue> = {
  name: (from, to) => [fixedForEver("RM303", "name", from.name, to.name, named)],
  role: (from, to) => [fixedForEver("RM303", "role", from.role, to.role, KEEP)],
  protect: (from, to) => [fixedForEver("RM303", "protect", from.protect, to.protect, KEEP)],
  arguments: (from, to) =>
    differences(from.arguments, to.arguments).map((each) => ({
      ...fixedForEver("RM301", `arguments.${each.name}`, each.from, each.to, nextGeneration(to.key) ?? KEEP),
      happens: "the engine would delete the queue with its messages and make it anew",
      source: FROZEN,
    })),
};

type Setting = (from: string | null, to: string | null) => Omit<Judged, "attribute" | "from" | "to">;

const guard: Setting = (from, to) => {
  const first = from === null;
  return {
    code: first ? "RM309" : "RM304",
    class: first ? "safe" : "risky",
    facts: { losesData: !first },
    title: `changes from ${words(from)} to ${words(to)}`,
    happens: first ? "dead letters are guarded from now on" : "dead letters that wait to be confirmed are lost, and later ones may be dropped", // prettier-ignore
    source: POLICIES,
    wayOut: "see in the server that no dead letter waits (messages_dlx is 0) and that all three stay together: dead-letter-exchange, dead-letter-strategy at-least-once, overflow reject-publish", // prettier-ignore
  };
};

/** By RabbitMQ's own names. */
const settings: Readonly<Record<string, Setting>> = {
  "dead-letter-exchange": guard,
  "dead-letter-routing-key": guard,
  "dead-letter-strategy": guard,
  overflow: guard,
  "message-ttl": (from, to) => ({
    code: "RM305",
    class: to !== null && (from === null || Number(to) < Number(from)) ? "risky" : "safe",
    facts: { losesData: to !== null && (from === null || Number(to) < Number(from)) },
    title: `messages wait ${words(to)} ms instead of ${words(from)} ms`,
    happens: "it holds for messages that come from now on; those that wait keep the time that they came with, and shorter ones wait behind them", // prettier-ignore
    source: POLICIES,
    wayOut: "where messages are parked, see that somebody looks at them in time",
  }),
  "delivery-limit": (from, to) => ({
    code: "RM306",
    class: to === null || Number(to) < Number(from ?? Number.POSITIVE_INFINITY) ? "risky" : "safe",
    title: `a message is given up after ${words(to)} returns instead of ${words(from)}`,
    happens: "a crash counts for every prefetched message: with a low limit innocent ones are parked",
    source: POLICIES,
    wayOut: "keep it at 20 or above, and prefetch few",
  }),
  "alternate-exchange": (from, to) => ({
    code: "RM307",
    class: from === null ? "safe" : "risky",
    facts: { losesData: from !== null },
    title: `what nobody is bound for goes to ${words(to)} instead of ${words(from)}`,
    happens: to === null ? "unroutable messages are dropped; 32 of them stop a shared retry level" : "unroutable messages go there from now on", // prettier-ignore
    source: POLICIES,
    wayOut: "keep an alternate exchange on every exchange",
  }),
};

const other: Setting = (from, to) => ({
  code: "RM309",
  class: "risky",
  title: `changes from ${words(from)} to ${words(to)}`,
  happens: "the server takes it at once, for messages that wait too",
  source: POLICIES,
  wayOut: "read in RabbitMQ's documentation what it does to messages that are already there",
});

function target(attribute: string, from: unknown, to: unknown): Judged {
  return {
    code: "RM308",
    attribute,
    from,
    to,
    class: "risky",
    facts: { losesData: true },
    title: `${attribute} changes from ${words(from)} to ${words(to)}`,
    happens: "what the policy guarded may be without it for a moment or for good",
    source: POLICIES,
    wayOut: "see that exactly one policy of the highest priority still matches",
  };
}

const policyRules: Rules<RabbitmqPolicy> = {
  name: (from, to) => [fixedForEver("RM303", "name", from.name, to.name, named)],
  protect: (from, to) => [fixedForEver("RM303", "protect", from.protect, to.protect, KEEP)],
  pattern: (from, to) => [target("pattern", from.pattern, to.pattern)],
  priority: (from, to) => [target("priority", from.priority, to.priority)],
  applyTo: (from, to) => [target("applyTo", from.applyTo, to.applyTo)],
  definition: (from, to) =>
    differences(from.definition, to.definition).map((each) => ({
      attribute: `definition.${each.name}`,
      from: each.from,
      to: each.to,
      ...(settings[each.name] ?? other)(each.from, each.to),
    })),
};

function rebound(attribute: "source" | "sourceKey" | "destination" | "destinationKey" | "routingKey" | "protect") {
  return (from: RabbitmqBinding, to: RabbitmqBinding, around: Around): readonly Judged[] => [
    {
      code: "RM310",
      attribute,
      from: from[attribute],
      to: to[attribute],
      class: "risky",
      facts: { losesData: true, needsOrder: true },
      title: `${attribute} changes from ${words(from[attribute])} to ${words(to[attribute])}`,
      happens: `the binding is taken away and made anew: what is published in between goes to the unrouted queue; concerns ${around.consumersOf(from.destinationKey).join(", ") || "nobody"}`, // prettier-ignore
      source: POLICIES,
      wayOut: "look into the unrouted queue afterwards and publish again what it holds",
    },
  ];
}

const bindingRules: Rules<RabbitmqBinding> = {
  protect: rebound("protect"),
  source: rebound("source"),
  sourceKey: (from, to, around) => (same(from.source, to.source) ? [] : rebound("sourceKey")(from, to, around)),
  destination: rebound("destination"),
  destinationKey: (from, to, around) => (same(from.destination, to.destination) ? [] : rebound("destinationKey")(from, to, around)), // prettier-ignore
  routingKey: rebound("routingKey"),
};

export function judgeExchange(from: RabbitmqExchange, to: RabbitmqExchange, around: Around): readonly Judged[] {
  return judgeAll(exchangeRules, from, to, around);
}

export function judgeQueue(from: RabbitmqQueue, to: RabbitmqQueue, around: Around): readonly Judged[] {
  return judgeAll(queueRules, from, to, around);
}

export function judgePolicy(from: RabbitmqPolicy, to: RabbitmqPolicy, around: Around): readonly Judged[] {
  return judgeAll(policyRules, from, to, around);
}

export function judgeBinding(from: RabbitmqBinding, to: RabbitmqBinding, around: Around): readonly Judged[] {
  return judgeAll(bindingRules, from, to, around);
}
