import { quoteLiteral } from "../../postgres/quote";

/** Each kind of lock hashes with a number of its own: see {@link lockOf} for that of an aggregate. */
const MESSAGES = 7332;
const RELAY = 7333;
const PROCESSOR = 7334;

/** Held by who writes messages about one thing, to the end of its transaction: then they commit in the order of their positions. */
export function messagesLock(aggregateType: string, aggregateId: string): string {
  return `hashtextextended(${aggregateId}, hashtextextended(${aggregateType}, ${MESSAGES}))`;
}

/** Held by the relay that works. Of this store: a database may have several. */
export function relayLock(schema: string): string {
  return `hashtextextended(${quoteLiteral(schema)}, ${RELAY})`;
}

/** Held while a processor's shards and generations come and go. */
export function processorLock(processor: string): string {
  return `hashtextextended(${processor}, ${PROCESSOR})`;
}
