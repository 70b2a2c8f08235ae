import { declaredName } from "../../topology/generation";
import type { Resource } from "../../topology/types";

/** What is needed to know in which box a resource is. */
export interface Folding {
  readonly resources: ReadonlyMap<string, Resource>;
}

/** The box of a flow's end: `consumer/billing` is `consumer:billing`, `relay` is `relay:`. */
export function nodeOfEnd(end: string): string {
  return end.includes("/") ? end.replace("/", ":") : `${end}:`;
}

/** The box that a resource is in. */
export function nodeIdOf(resource: Resource, folding: Folding): string {
  switch (resource.kind) {
    case "kafka-topic":
      return resource.role === "event" ? `topic:${afterSlash(resource.key)}` : `consumer:${afterSlash(resource.part)}`;
    case "rabbitmq-exchange":
    case "rabbitmq-queue":
      return brokerNode(resource.key);
    case "rabbitmq-binding":
      return brokerNode(resource.destinationKey);
    case "rabbitmq-policy":
      return policyNode(resource.key, folding);
    case "postgres-table":
      if (resource.key.startsWith("projection/")) return `projection:${declaredName(afterSlash(resource.key))}`;
      return resource.key === "table/outbox" ? "outbox:" : "store:";
    case "postgres-schema":
    case "postgres-sequence":
    case "postgres-function":
    case "postgres-role":
    case "postgres-grants":
    case "postgres-publication":
      return "store:";
  }
}

/** A policy's key is that of its exchange, or of its queue without the kind: `policy/exchange/events`, `policy/consumer/billing`. */
function policyNode(key: string, { resources }: Folding): string {
  const owner = afterSlash(key);
  return brokerNode(resources.has(owner) || owner.startsWith("exchange/") ? owner : `queue/${owner}`);
}

/** What serves every queue's failed messages: the shared levels, the way back from them, the way to the parking queues. */
const LADDER = /^(exchange|queue)\/(retry\/.*|return|dead)$/;

function brokerNode(key: string): string {
  if (LADDER.test(key)) return "ladder:";
  if (key.endsWith("/unrouted")) return "unrouted:";
  if (key.startsWith("exchange/")) return `exchange:${afterSlash(key)}`;
  return `queue:${afterSlash(key).replace(/\/parking$/, "")}`;
}

function afterSlash(text: string): string {
  return text.slice(text.indexOf("/") + 1);
}
