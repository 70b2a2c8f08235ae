import { jsonSchemaOf, requiredProperties } from "../../contracts/json-schema";
import { hiddenParts } from "../../contracts/zod-schema";
import type { AggregateDefinition, CommandDefinition, EventDefinition, EventVersionDefinition } from "../definition";
import { GENERATION } from "./queues";
import { type DurationRange, isRecord, type Reader } from "./reader";
import { readRenamedFrom } from "./renamed";

const DAY = 86_400_000;
export const TOPIC_RETENTION: DurationRange = { min: 60_000, max: 3650 * DAY, words: "1 minute to 10 years" };
export const PARTITIONS = { min: 1, max: 10_000 };

export interface TopicDefaults {
  readonly partitions: number;
  readonly retentionMs: number;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
export type Events = Mutable<Record<string, EventDefinition>>;

export function readAggregates(
  reader: Reader,
  topics: TopicDefaults,
  events: Events,
): Record<string, AggregateDefinition> {
  if (reader.absent)
    reader.add("ED104", { fix: "declare what the domain's events happen to: aggregates: { Order: { id, events } }" });
  const aggregates: Record<string, AggregateDefinition> = {};
  for (const [name, each] of reader.named()) {
    if (!each.isObjectOf(["id", "snapshotEvery", "events", "renamedFrom"], false)) continue;
    aggregates[name] = readAggregate(name, each, topics, events);
  }
  if (isRecord(reader.value) && Object.keys(reader.value).length === 0) reader.add("ED114");
  return aggregates;
}

function readAggregate(name: string, reader: Reader, topics: TopicDefaults, events: Events): AggregateDefinition {
  const declared = reader.at("events").named();
  if (declared.length === 0) reader.at("events").add(reader.at("events").absent ? "ED104" : "ED114");
  const own: EventDefinition[] = [];
  for (const [eventName, each] of declared) {
    const other = events[eventName];
    if (other) each.add("ED116", { received: eventName, detail: `also in ${other.aggregate}` });
    else own.push((events[eventName] = readEvent(eventName, name, each, topics)));
  }
  const id = reader.at("id").text() ?? "";
  if (reader.at("id").absent)
    reader.at("id").add("ED104", { fix: "name the payload property that identifies the aggregate" });
  else checkIdIsInEveryEvent(reader.at("id"), own);
  return {
    name,
    renamedFrom: readRenamedFrom(reader),
    id,
    snapshotEvery: reader.at("snapshotEvery").absent
      ? null
      : reader.at("snapshotEvery").number({ min: 2, max: 100_000 }, 100),
    events: own.map((each) => each.name),
  };
}

function checkIdIsInEveryEvent(id: Reader, events: readonly EventDefinition[]): void {
  const properties = events
    .filter((each) => each.versions.length > 0)
    .map((each) => ({
      name: each.name,
      has: requiredProperties(each.versions[each.versions.length - 1]?.schema ?? {}),
    }));
  const common =
    properties.length === 0 ? [] : properties.map((each) => each.has).reduce((a, b) => a.filter((p) => b.includes(p)));
  const without = properties.filter((each) => !each.has.includes(id.value as string)).map((each) => each.name);
  if (without.length > 0)
    id.add("ED113", { received: id.value, detail: `not in ${without.join(", ")}`, allowed: common });
}

function readEvent(name: string, aggregate: string, reader: Reader, topics: TopicDefaults): EventDefinition {
  const known = [
    "kind",
    "versions",
    "upcast",
    "description",
    "partitions",
    "retention",
    "indexed",
    "renamedFrom",
    "generation",
  ];
  const versions = reader.isObjectOf(known, false) ? readVersions(reader) : [];
  return {
    name,
    renamedFrom: readRenamedFrom(reader),
    aggregate,
    versions,
    description: reader.at("description").text(),
    partitions: reader.at("partitions").number(PARTITIONS, topics.partitions),
    retentionMs: reader.at("retention").duration(TOPIC_RETENTION, topics.retentionMs),
    indexed: reader.at("indexed").boolean(false),
    generation: reader.at("generation").number(GENERATION, 1),
  };
}

function readVersions(reader: Reader): readonly EventVersionDefinition[] {
  const versions = reader.at("versions");
  if (!isRecord(versions.value)) {
    versions.add(
      versions.absent ? "ED104" : "ED105",
      versions.absent ? {} : { received: versions.value, allowed: "an object: { 1: schema }" },
    );
    return [];
  }
  const numbers = Object.keys(versions.value);
  if (numbers.length === 0) versions.add("ED114");
  const expected = numbers.map((_, index) => String(index + 1));
  const stray = numbers.filter((each) => !expected.includes(each));
  for (const each of stray) versions.at(each).add("ED118", { received: each, allowed: expected });
  if (stray.length > 0) return [];
  const latest = numbers.length;
  checkUpcasts(reader.at("upcast"), latest);
  // of older versions nothing can be changed any more
  warnOfLostChecks(versions.at(String(latest)));
  return expected.map((each) => {
    const version = Number(each);
    const upcast = reader.at("upcast").at(each).value;
    return {
      version,
      schema: readSchema(versions.at(each)),
      upcast: version < latest && typeof upcast === "function" ? (upcast as (payload: unknown) => unknown) : null,
    };
  });
}

function checkUpcasts(upcast: Reader, latest: number): void {
  if (!upcast.absent && !isRecord(upcast.value))
    upcast.add("ED105", { received: upcast.value, allowed: "an object of functions by version" });
  for (let version = 1; version < latest; version++) {
    const each = upcast.at(String(version));
    if (each.absent) each.add("ED119", { allowed: `a function from version ${version} to ${version + 1}` });
    else if (typeof each.value !== "function") each.add("ED105", { received: each.value, allowed: "a function" });
  }
  const given = isRecord(upcast.value) ? Object.keys(upcast.value) : [];
  for (const each of given) {
    if (!(Number(each) >= 1 && Number(each) < latest)) upcast.at(each).add("ED120", { received: each });
  }
}

export function readSchema(reader: Reader): CommandDefinition["schema"] {
  if (reader.absent) {
    reader.add("ED104");
    return {};
  }
  const result = jsonSchemaOf(reader.value);
  if (result.ok) return result.document;
  for (const { reason, fix } of result.reasons) {
    reader.add("ED121", fix === undefined ? { detail: reason } : { detail: reason, fix });
  }
  return {};
}

/** As many places as fit in a line. */
const MOST_PLACES = 5;

function warnOfLostChecks(reader: Reader): void {
  const { lost } = hiddenParts(reader.value);
  if (lost.length === 0) return;
  const places = lost.slice(0, MOST_PLACES).map(({ at, what }) => `${what} ${at === "" ? "of the whole" : `of ${at}`}`);
  const more = lost.length > MOST_PLACES ? [`${lost.length - MOST_PLACES} more`] : [];
  reader.warn("DW101", { detail: [...places, ...more].join(", ") });
}

export function readCommands(reader: Reader): Record<string, CommandDefinition> {
  const commands: Record<string, CommandDefinition> = {};
  for (const [name, each] of reader.named()) {
    if (!each.isObjectOf(["kind", "handledBy", "schema", "replies", "renamedFrom", "~sig"], false)) continue;
    const handledBy = each.at("handledBy");
    if (handledBy.absent) handledBy.add("ED104", { fix: "name the service that handles the command" });
    else if (typeof handledBy.value !== "string")
      handledBy.add("ED105", { received: handledBy.value, allowed: "a service's name" });
    else handledBy.checkName(handledBy.value);
    warnOfLostChecks(each.at("schema"));
    commands[name] = {
      name,
      renamedFrom: readRenamedFrom(each),
      handledBy: typeof handledBy.value === "string" ? handledBy.value : "",
      schema: readSchema(each.at("schema")),
      replies: each
        .at("replies")
        .list({ atLeastOne: false })
        .flatMap((reply) => readReply(reply)),
    };
  }
  return commands;
}

function readReply(reader: Reader): readonly string[] {
  if (typeof reader.value !== "string") {
    reader.add("ED105", { received: reader.value, allowed: "a reply's name" });
    return [];
  }
  reader.checkName(reader.value);
  return [reader.value];
}
