import { compile, defineDomain, event, jsonSchema } from "eventloom";
import { nextLock } from "../../../lib/lock/next-lock";
import { renderLock } from "../../../lib/lock/render-lock";

const payload = jsonSchema<{ id: string }>({ properties: { id: { type: "string" } }, required: ["id"] });

/** The text of a small domain's lock. */
export function lockOf(name: string, partitions = 12, consumers: readonly string[] = []): string {
  const events = { CartOpened: event({ versions: { 1: payload } }) };
  const on = Object.fromEntries(consumers.map((each) => [each, { on: ["CartOpened"], via: "rabbitmq" }]));
  const domain = defineDomain(name, {
    aggregates: { Cart: { id: "id", events } },
    consumers: on,
    kafka: { partitions },
  } as never);
  const next = nextLock(compile(domain), null);
  if (!next.ok) throw new Error(JSON.stringify(next.issues));
  return renderLock(next.lock);
}
