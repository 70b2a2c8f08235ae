import { type OldGeneration, oldGenerations } from "../../lock/generations";
import type { Lock } from "../../lock/types";
import { consumerGroupName } from "../../topology/names";
import type { KafkaTopic, RabbitmqQueue, Resource } from "../../topology/types";
import { oldReadTable, type OldReadTable } from "./read-tables";

/** What has to be looked at on the servers to know whether an old generation is drained. */
export interface LookedAt {
  /** As a profile names it: `consumers.billing.v1`. */
  readonly name: string;
  readonly successor: number;
  /** The work queue; null for anything else. */
  readonly queue: string | null;
  /** The event's topic and its retry topics; nobody works off a dead letter topic. */
  readonly topics: readonly OldTopic[];
  /** Null for a queue or a topic. */
  readonly readTable: OldReadTable | null;
}

/** A topic and the groups that have to have read it to its end. */
export interface OldTopic {
  readonly topic: string;
  readonly groups: readonly string[];
}

/** A shared retry level: what waits in it may come back to any queue. */
export interface Level {
  readonly queue: string;
  readonly delayMs: number;
}

/** Everything that a lock says of old generations. */
export interface Drainage {
  readonly domain: string;
  readonly olds: readonly LookedAt[];
  readonly levels: readonly Level[];
  /** Exchanges by which nothing new comes: from it, retried messages do. */
  readonly returnExchange: string | null;
}

export function drainageOf(lock: Lock): Drainage {
  const { domain, resources, renamed } = lock.topology;
  const group = (consumer: string): string => {
    const was = renamed.find(({ kind, name }) => kind === "consumer" && name === consumer);
    return consumerGroupName(domain, was?.from[0] ?? consumer);
  };
  const olds = oldGenerations(lock.topology, lock.retired).map((old): LookedAt =>
    looked(old, group, oldReadTable(old, lock.topology)),
  );
  const all = [...resources, ...lock.retired.map(({ resource }) => resource)];
  const returns = resources.find(({ key }) => key === "exchange/return");
  return {
    domain,
    olds,
    levels: all.flatMap((each) => levelOf(each, all)),
    returnExchange: returns?.kind === "rabbitmq-exchange" ? returns.name : null,
  };
}

function looked(
  { name, successor, resources: held }: OldGeneration,
  group: (consumer: string) => string,
  readTable: OldReadTable | null,
): LookedAt {
  return {
    name,
    successor,
    readTable,
    queue:
      held.find((each): each is RabbitmqQueue => each.kind === "rabbitmq-queue" && each.role === "work")?.name ?? null,
    topics: held.flatMap((each) => (each.kind === "kafka-topic" && each.role !== "dead-letter" ? [topicOf(group, each, held)] : [])), // prettier-ignore
  };
}

/** A ladder's topic has its consumer in its key; an event's topic is read by all that have a ladder. */
function topicOf(group: (consumer: string) => string, { key, name }: KafkaTopic, held: readonly Resource[]): OldTopic {
  const own = key.split("/")[2];
  const consumers = own === undefined ? held.flatMap((each) => /^topic\/[^/]+\/([^/]+)\/dead-letter$/.exec(each.key)?.[1] ?? []) : [own]; // prettier-ignore
  return { topic: name, groups: consumers.map(group) };
}

function levelOf(each: Resource, all: readonly Resource[]): readonly Level[] {
  if (each.kind !== "rabbitmq-queue" || each.role !== "retry-level") return [];
  const policy = all.find(({ key }) => key === each.key.replace(/^queue\//, "policy/"));
  const ttl = policy?.kind === "rabbitmq-policy" ? Number(policy.definition["message-ttl"]) : 0;
  return [{ queue: each.name, delayMs: ttl }];
}
