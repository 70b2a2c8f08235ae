import type { KafkaTopic } from "../../topology/types";
import { durationWords } from "../words";
import {
  type Around,
  differences,
  fixedForEver,
  type Judged,
  judgeAll,
  nextGeneration,
  type Rules,
  words,
} from "./rule";

const KEYS = "Kafka documentation, basic operations: adding partitions does not repartition existing data";

type Setting = (
  from: string | null,
  to: string | null,
  topic: KafkaTopic,
  around: Around,
) => Omit<Judged, "attribute" | "from" | "to">;

function takers(around: Around, { key }: KafkaTopic): string {
  const names = around.consumersOf(key);
  return names.length === 0 ? "nobody takes it from here yet" : `taken by ${names.join(", ")}`;
}

function milliseconds(value: string | null): number {
  const ms = Number(value ?? Number.NaN);
  return ms < 0 ? Number.POSITIVE_INFINITY : ms;
}

function kept(value: string | null): string {
  const ms = milliseconds(value);
  return ms === Number.POSITIVE_INFINITY ? "for ever" : Number.isFinite(ms) ? durationWords(ms) : words(value);
}

/** By Kafka's own names. */
const settings: Readonly<Record<string, Setting>> = {
  "retention.ms": (from, to, topic, around) =>
    milliseconds(to) < milliseconds(from)
      ? {
          code: "KF204",
          class: "risky",
          facts: { losesData: true },
          title: `kept ${kept(to)} instead of ${kept(from)}`,
          happens: `the broker deletes everything older than ${kept(to)} soon after; ${takers(around, topic)}`,
          source: "Kafka topic configuration, retention.ms",
          wayOut: "see that no consumer is behind by more than that, and that nobody replays older messages",
        }
      : {
          code: "KF205",
          class: "safe",
          title: `kept ${kept(to)} instead of ${kept(from)}`,
          happens: "segments are deleted later; the topic takes more disk",
        },
  "cleanup.policy": (from, to) => ({
    code: "KF206",
    class: String(to).includes("compact") ? "refused" : "risky",
    facts: { losesData: true },
    title: `cleanup policy changes from ${words(from)} to ${words(to)}`,
    happens: "a compacted topic keeps the last message of each key alone: all earlier events of an aggregate are gone",
    source: "Kafka topic configuration, cleanup.policy",
    wayOut: "keep delete for events; make a compacted topic of its own for a table of latest states",
  }),
  "min.insync.replicas": (from, to) => ({
    code: Number(to) < Number(from) ? "KF207" : "KF209",
    class: Number(to) < Number(from) ? "risky" : "safe",
    facts: { losesData: Number(to) < Number(from) },
    title: `min.insync.replicas changes from ${words(from)} to ${words(to)}`,
    happens: Number(to) < Number(from) ? "a write is confirmed by fewer replicas, and lost when they fail" : "writes stop when fewer replicas are in sync", // prettier-ignore
    source: "Kafka topic configuration, min.insync.replicas",
    wayOut: "keep it one below the replication factor",
  }),
  "unclean.leader.election.enable": (_, to) => ({
    code: to === "true" ? "KF207" : "KF209",
    class: to === "true" ? "risky" : "safe",
    facts: { losesData: to === "true", breaksOrder: to === "true" },
    title: `unclean leader election is turned ${to === "true" ? "on" : "off"}`,
    happens: to === "true" ? "a replica that lags may become leader: confirmed messages are lost" : "a partition waits for a replica in sync", // prettier-ignore
    source: "Kafka topic configuration, unclean.leader.election.enable",
    wayOut: "leave it off for events",
  }),
  "max.message.bytes": (from, to) => {
    const smaller = Number(to) < Number(from);
    return {
      code: smaller ? "KF208" : "KF209",
      class: smaller ? "risky" : "safe",
      facts: { needsOrder: smaller },
      title: `the largest message changes from ${words(from)} to ${words(to)} bytes`,
      happens: smaller ? "the broker refuses larger messages: the relay stops at the first one" : "larger messages are taken; consumers must fetch as much", // prettier-ignore
      source: "Kafka topic configuration, max.message.bytes",
      wayOut: "see that no event is larger before",
    };
  },
};

const other: Setting = (from, to) => ({
  code: "KF209",
  class: "risky",
  title: `changes from ${words(from)} to ${words(to)}`,
  happens: "the broker takes it at once for the whole topic",
  wayOut: "read in Kafka's documentation what it does to messages that are already there",
});

const FIXED = "leave it as it was, or retire the event and declare another one beside it";

const rules: Rules<KafkaTopic> = {
  name: (from, to) => [fixedForEver("KF210", "name", from.name, to.name, FIXED)],
  role: (from, to) => [fixedForEver("KF210", "role", from.role, to.role, FIXED)],
  protect: (from, to) => [fixedForEver("KF210", "protect", from.protect, to.protect, FIXED)],
  // why a value is what it is, not what it is
  causes: () => [],
  partitions: (from, to, around) => [partitions(from, to, around)],
  replicationFactor: (from, to) => {
    const fewer = to.replicationFactor < from.replicationFactor;
    return [
      {
        code: "KF203",
        attribute: "replicationFactor",
        from: from.replicationFactor,
        to: to.replicationFactor,
        class: fewer ? "risky" : "safe",
        facts: { losesData: fewer },
        title: `${to.replicationFactor} replicas instead of ${from.replicationFactor}`,
        happens: fewer ? "fewer brokers may fail before messages are lost" : "the brokers copy all partitions, which takes their network and disks for a while", // prettier-ignore
        source: "Kafka documentation, increasing replication factor",
        wayOut: "do it when there is little traffic",
      },
    ];
  },
  config: (from, to, around) =>
    differences(from.config, to.config).map((each) => ({
      attribute: `config.${each.name}`,
      from: each.from,
      to: each.to,
      ...(settings[each.name] ?? other)(each.from, each.to, to, around),
    })),
};

function partitions(from: KafkaTopic, to: KafkaTopic, around: Around): Judged {
  const base = { attribute: "partitions", from: from.partitions, to: to.partitions } as const;
  if (to.partitions < from.partitions) {
    return {
      ...base,
      code: "KF202",
      class: "refused",
      facts: { losesData: true, replaces: true },
      title: `partitions shrink from ${from.partitions} to ${to.partitions}`,
      happens:
        "Kafka cannot take partitions away: the engine would delete the topic and make it anew, without its messages",
      source: KEYS,
      wayOut: `keep the number; or ${nextGeneration(to.key)}`,
    };
  }
  return {
    ...base,
    code: "KF201",
    class: "risky",
    facts: { breaksOrder: true },
    title: `partitions grow from ${from.partitions} to ${to.partitions}`,
    happens: `keys move to other partitions at once: while older messages wait, a later one of the same aggregate may come first; ${takers(around, to)}`,
    source: KEYS,
    wayOut: `stop the relay, let every consumer read to the end, deploy, start the relay again; or ${nextGeneration(to.key)}`,
  };
}

export function judgeTopic(from: KafkaTopic, to: KafkaTopic, around: Around): readonly Judged[] {
  return judgeAll(rules, from, to, around);
}
