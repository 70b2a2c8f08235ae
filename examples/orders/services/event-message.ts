import { upcast } from "eventloom";
import { orders } from "../domain";
import { at, type EventName, eventOfType, type OrderEvent } from "./addresses";

/** An event as it was written: on its way from the store, or out of a broker. */
export interface WrittenEvent {
  readonly id: string;
  readonly type: EventName;
  readonly aggregateId: string;
  /** 1, 2, 3 and so on within the aggregate. */
  readonly aggregateVersion: number;
  /** The version of the event that `payload` is of. */
  readonly schemaVersion: number;
  readonly occurredAt: string;
  readonly payload: unknown;
}

/** The event's headers in both brokers; the body is the payload alone. */
const HEADER = {
  id: "event-id",
  type: "event-type",
  aggregateId: "aggregate-id",
  aggregateVersion: "aggregate-version",
  schemaVersion: "schema-version",
  occurredAt: "occurred-at",
} as const satisfies Record<Exclude<keyof WrittenEvent, "payload">, string>;

/** The event with its latest payload, whatever version it was written as. */
export function current(event: WrittenEvent): OrderEvent {
  const payload = upcast(orders, event.type, event.schemaVersion, event.payload);
  // type and payload belong together: both come from the same stored event
  return { type: event.type, payload } as OrderEvent;
}

/** The type is what the event is stored as: readers with an older declaration know it by that name. */
export function headersOf(event: WrittenEvent): Record<string, string> {
  const name = Object.entries(HEADER) as [keyof typeof HEADER, string][];
  const said = { ...event, type: at.events[event.type].type };
  return Object.fromEntries(name.map(([field, header]) => [header, String(said[field])]));
}

/**
 * @throws Error for a message that is no event of the domain
 */
export function eventOf(header: (name: string) => string | undefined, payload: unknown): WrittenEvent {
  const required = (name: string): string => {
    const value = header(name);
    if (value === undefined) throw new Error(`no event: the header ${name} is missing`);
    return value;
  };
  const stored = required(HEADER.type);
  const type = eventOfType(stored);
  if (type === undefined) throw new Error(`the domain ${orders.name} has no event ${stored}`);
  return {
    id: required(HEADER.id),
    type,
    aggregateId: required(HEADER.aggregateId),
    aggregateVersion: Number(required(HEADER.aggregateVersion)),
    schemaVersion: Number(required(HEADER.schemaVersion)),
    occurredAt: required(HEADER.occurredAt),
    payload,
  };
}
