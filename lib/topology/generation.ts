import type { DomainDefinition, ProjectionDefinition } from "../domain/definition";

/** A name as it stands in a key. No declared name has a dash, so a generation is never taken for a part of one. */
export function named(name: string, generation: number): string {
  return generation === 1 ? name : `${name}-v${generation}`;
}

/** What a physical name ends in; generation 1 came before there was a second. */
export function physicalSuffix(generation: number): readonly string[] {
  return generation === 1 ? [] : [`v${generation}`];
}

/** The declared name of what {@link named} gives: a new generation counts for the thing that it is one of. */
export function declaredName(step: string): string {
  return step.replace(/-v[1-9][0-9]*$/, "");
}

/** The part of a key that names an event: `topic/OrderPaid-v2/analytics/retry-1`. */
export function eventInKeys(domain: DomainDefinition, event: string): string {
  return named(event, domain.events[event]?.generation ?? 1);
}

/** The identity of a projection's read table: `projection/OrderSummary-v2`. */
export function projectionId({ name, generation }: Pick<ProjectionDefinition, "name" | "generation">): string {
  return `projection/${named(name, generation)}`;
}

/** The identity of a queue that messages are worked off from: `consumer/billing-v2`. */
export function workQueueId(domain: DomainDefinition, kind: "consumer" | "handler" | "saga", name: string): string {
  const owner = { consumer: domain.consumers, handler: domain.handlers, saga: domain.sagas }[kind][name];
  return `${kind}/${named(name, owner?.queue.generation ?? 1)}`;
}

/** What a key says of whose it is, and of which generation. */
export interface Generated {
  /** As a profile names it: `consumers.billing`, `events.OrderPaid`, `projections.OrderSummary`. */
  readonly of: string;
  readonly generation: number;
  /** The key that generation 1 has. */
  readonly first: string;
}

const QUEUE =
  /^((?:queue|policy|binding)\/(consumer|handler|saga)\/)([A-Za-z][A-Za-z0-9]*)(?:-v([1-9][0-9]{0,2}))?((?:\/.*)?)$/;
/** A topic, or a read table. */
const STORED = /^((topic|projection)\/)([A-Za-z][A-Za-z0-9]*)(?:-v([1-9][0-9]{0,2}))?((?:\/.*)?)$/;

/** Reads a key of something that can have generations; null for anything else. */
export function generatedBy(key: string): Generated | null {
  const stored = STORED.exec(key);
  if (stored !== null) {
    const [, before = "", kind, name = "", generation, after = ""] = stored;
    const of = `${kind === "topic" ? "events" : "projections"}.${name}`;
    return { of, generation: Number(generation ?? 1), first: `${before}${name}${after}` };
  }
  const queue = QUEUE.exec(key);
  if (queue === null) return null;
  const [, before = "", kind = "", name = "", generation, after = ""] = queue;
  return { of: `${kind}s.${name}`, generation: Number(generation ?? 1), first: `${before}${name}${after}` };
}

/** The key that the same thing has in another generation; the key itself where there are none. */
export function inGeneration(key: string, generation: number): string {
  const [, before = "", , name = "", , after = ""] = STORED.exec(key) ?? [];
  if (name !== "") return `${before}${named(name, generation)}${after}`;
  const [, start = "", , owner = "", , end = ""] = QUEUE.exec(key) ?? [];
  return owner === "" ? key : `${start}${named(owner, generation)}${end}`;
}

/** Whether a key is that of a queue that messages are worked off from, in any generation: no parking queue, no retry level. */
export function isWorkQueue(key: string): boolean {
  return /^queue\/(consumer|handler|saga)\/[^/]+$/.test(key);
}

/** Whether a key is that of a projection's read table, in any generation. */
export function isReadTable(key: string): boolean {
  return /^projection\/[^/]+$/.test(key);
}

/** Whether a key is that of an event's own topic, in any generation: no retry topic, no dead letter topic. */
export function isEventTopic(key: string): boolean {
  return /^topic\/[^/]+$/.test(key);
}
