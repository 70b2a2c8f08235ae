import type { Broker, DomainDefinition } from "../definition";
import type { Issue } from "../issues";
import { checkCollisions } from "./collisions";
import { type Surroundings, needBroker, readConsumers, readProjections, readSagas } from "./consumers";
import { type Events, PARTITIONS, readAggregates, readCommands, TOPIC_RETENTION, type TopicDefaults } from "./events";
import { readHandlers } from "./queues";
import { Issues, Reader } from "./reader";
import { checkRenamed } from "./renamed";
import { checkRetired, readAcceptances, readRetired } from "./retired";
import { defaultRetry, readRetry, resolveRetry } from "./retry";
import { readStore } from "./store";

export interface Resolution {
  readonly definition: DomainDefinition;
  readonly issues: readonly Issue[];
  readonly warnings: readonly Issue[];
}

const SECTIONS = [
  "store",
  "brokers",
  "kafka",
  "aggregates",
  "commands",
  "handlers",
  "consumers",
  "projections",
  "sagas",
  "retry",
  "retired",
  "accept",
];
const DOMAIN_NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const LONGEST_DOMAIN_NAME = 50;

/** Reads a whole declaration: every default filled in, every mistake gathered. The definition counts only without issues. */
export function resolveDomain(name: unknown, input: unknown): Resolution {
  const issues = new Issues();
  checkDomainName(new Reader(issues, "name", name));
  const reader = new Reader(issues, "", input);
  if (!reader.isObjectOf(SECTIONS, false))
    return { definition: empty(String(name)), issues: issues.found, warnings: [] };

  const store = readStore(reader.at("store"));
  const brokers = readBrokers(reader.at("brokers"));
  const topics = readTopics(reader.at("kafka"));
  const retry = readRetry(reader.at("retry"), defaultRetry(reader));
  const events: Events = {};
  const aggregates = readAggregates(reader.at("aggregates"), topics, events);
  const commands = readCommands(reader.at("commands"));
  const around: Surroundings = { events, commands, brokers, hasStore: store !== "none", retry };
  for (const command of Object.keys(commands)) needBroker(reader.at("commands").at(command), "rabbitmq", around);
  const definition: DomainDefinition = {
    name: String(name),
    store,
    brokers,
    aggregates,
    events,
    commands,
    handlers: readHandlers(reader.at("handlers"), commands),
    consumers: readConsumers(reader.at("consumers"), around),
    projections: readProjections(reader.at("projections"), around),
    sagas: readSagas(reader.at("sagas"), around),
    retry: resolveRetry(retry),
    retired: readRetired(reader.at("retired")),
    acceptances: readAcceptances(reader.at("accept")),
  };
  checkAsWhole(reader, definition);
  return { definition, issues: issues.found, warnings: issues.warnings };
}

/** What only all sections together show. */
function checkAsWhole(reader: Reader, definition: DomainDefinition): void {
  checkRetired(reader.at("retired"), definition);
  checkRenamed(reader, definition);
  checkCollisions(reader, definition);
  checkRetryWindows(reader, definition);
}

/** What holds for topics that say nothing themselves. */
function readTopics(reader: Reader): TopicDefaults {
  reader.isObjectOf(["partitions", "retention"]);
  return {
    partitions: reader.at("partitions").number(PARTITIONS, 12),
    retentionMs: reader.at("retention").duration(TOPIC_RETENTION, 7 * 86_400_000),
  };
}

function checkDomainName(reader: Reader): void {
  if (typeof reader.value !== "string") reader.add("ED105", { received: reader.value, allowed: "the domain's name" });
  else if (reader.value.length > LONGEST_DOMAIN_NAME) {
    reader.add("ED102", { received: reader.value, allowed: `at most ${LONGEST_DOMAIN_NAME} characters` });
  } else if (!DOMAIN_NAME.test(reader.value)) {
    reader.add("ED101", {
      received: reader.value,
      allowed: "small letters, digits and single dashes, a letter first",
      fix: "write it in kebab-case; it starts the name of every topic and queue",
    });
  }
}

function readBrokers(reader: Reader): readonly Broker[] {
  const all: readonly Broker[] = ["kafka", "rabbitmq"];
  if (reader.absent) return all;
  return reader.references("ED106", all) as readonly Broker[];
}

function empty(name: string): DomainDefinition {
  return {
    name,
    store: "none",
    brokers: [],
    aggregates: {},
    events: {},
    commands: {},
    handlers: {},
    consumers: {},
    projections: {},
    sagas: {},
    retry: { delaysMs: [], parkRetentionMs: 0 },
    retired: [],
    acceptances: [],
  };
}

/** A message must still be there when its last retry is due. */
function checkRetryWindows(reader: Reader, { consumers, events }: DomainDefinition): void {
  const needed = new Map<string, number>();
  for (const { needsMs, on } of Object.values(consumers)) {
    for (const event of on) needed.set(event, Math.max(needed.get(event) ?? 0, needsMs ?? 0));
  }
  for (const consumer of Object.values(consumers).filter((each) => each.via === "kafka")) {
    const window = consumer.retry.delaysMs.reduce((sum, each) => sum + each, 0);
    for (const event of consumer.on) {
      const kept = Math.max(events[event]?.retentionMs ?? 0, needed.get(event) ?? 0);
      if (kept < window) {
        reader
          .at("consumers")
          .at(consumer.name)
          .at("retry")
          .add("ED122", {
            detail: `all retries take ${window} ms, ${event}'s topic keeps a message for ${kept} ms`,
          });
      }
    }
  }
}
