import { createHash } from "node:crypto";
import type { DomainDefinition, NamedDefinition } from "./definition";
import { plural } from "./plural";

/**
 * Physical names. They are final: topics, queues and tables cannot be renamed in place, so nothing here may ever give another
 * name for the same declaration.
 */

/** Kafka: `[a-zA-Z0-9._-]`, at most 249 (Topic.MAX_NAME_LENGTH); `.` and `_` collide in metric names, so `_` is not used. */
const KAFKA_LONGEST = 249;
/** AMQP 0-9-1 short strings: 255 bytes. */
const RABBITMQ_LONGEST = 255;
/** NAMEDATALEN - 1 bytes. */
const POSTGRES_LONGEST = 63;

/** `OrderItemAdded` is `order-item-added`, `XMLParsed` is `xml-parsed`, `order2Paid` is `order2-paid`. */
export function kebab(name: string): string {
  return name
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1-$2")
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .toLowerCase();
}

export function snake(name: string): string {
  return kebab(name).replace(/-/g, "_");
}

/** At most `longest` characters; what is cut is replaced by a hash of the whole, so that equal starts stay apart. */
export function shorten(name: string, longest: number): string {
  if (name.length <= longest) return name;
  const hash = createHash("sha256").update(name).digest("hex").slice(0, 8);
  return `${name.slice(0, longest - 9)}-${hash}`;
}

/**
 * The name that everything physical is named after: the first one that a thing had. Whatever it is called later, nothing on a server
 * is renamed.
 */
export function originalName({ name, renamedFrom }: NamedDefinition): string {
  return renamedFrom[0] ?? name;
}

/** {@link eventSlug} of a declared event, by the original names. */
export function slugOf({ aggregates, events, name }: DomainDefinition, event: string): string {
  const declared = events[event];
  const aggregate = aggregates[declared?.aggregate ?? ""];
  return eventSlug(name, aggregate ? originalName(aggregate) : "", declared ? originalName(declared) : event);
}

/** An event's part of a topic's name: without the aggregate's where the domain is named after that aggregate. */
export function eventSlug(domain: string, aggregate: string, event: string): string {
  const slug = kebab(event);
  const prefix = `${kebab(aggregate)}-`;
  return plural(kebab(aggregate)) === domain && slug.startsWith(prefix) ? slug.slice(prefix.length) : slug;
}

export function topicName(...parts: readonly string[]): string {
  return shorten(parts.join("."), KAFKA_LONGEST);
}

export function rabbitmqName(...parts: readonly string[]): string {
  return shorten(parts.join("."), RABBITMQ_LONGEST);
}

/** A projection's read table, by the name that the projection had first. */
export function projectionTableName(original: string, generation: number): string {
  return postgresName(generation === 1 ? snake(original) : `${snake(original)}_v${generation}`);
}

export function postgresName(name: string): string {
  return shorten(name, POSTGRES_LONGEST).replace(/-/g, "_");
}
