import { readFileSync } from "node:fs";
import { join } from "node:path";
import { addresses, type CommandOf, type EventNameOf, type EventOf, lockFromText } from "eventloom";
import { orders } from "../domain";
import { profile } from "../profile";

const LOCK = join(__dirname, "..", "orders.lock.json");

/** Every topic, exchange, queue, routing key, table and schema that the services use: from what the stack is made of too. */
export const at = addresses(orders, { lock: lockFromText(readFileSync(LOCK, "utf8"), LOCK), profile });

export type Orders = typeof orders;
export type EventName = EventNameOf<Orders>;
export type CommandName = keyof Orders["~types"]["commands"];
export type ReplyOf<C extends CommandName> = Orders["~types"]["commands"][C]["replies"];
export type SagaName = keyof Orders["sagas"];
export type ConsumerName = keyof Orders["consumers"];
export type ProjectionName = keyof Orders["projections"];
export type Payload<N extends EventName> = EventOf<Orders, N>;
export type CommandPayload<C extends CommandName> = CommandOf<Orders, C>;

/** An event with its latest payload: narrow it by `type`. */
export type OrderEvent = { [N in EventName]: { readonly type: N; readonly payload: Payload<N> } }[EventName];

/** The event that is stored as this type; undefined where the declaration knows none. */
export function eventOfType(type: string): EventName | undefined {
  return Object.hasOwn(at.eventOfType, type) ? at.eventOfType[type] : undefined;
}

/** The command whose messages are of this type; undefined where the declaration knows none. */
export function commandOfType(type: string): CommandName | undefined {
  return Object.hasOwn(at.commandOfType, type) ? at.commandOfType[type] : undefined;
}

export function isCommandName(name: string): name is CommandName {
  return Object.hasOwn(at.commands, name);
}
