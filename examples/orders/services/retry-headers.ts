/** Our own count of deliveries: a broker's counts are per queue and do not survive publishing anew. */
const ATTEMPT = "attempt";
const FIRST_ROUTING_KEY = "first-routing-key";
const LAST_ERROR = "last-error";
const LONGEST_ERROR = 500;

/**
 * What must not be carried over when a message is published anew: a carried x-death can make RabbitMQ 3.10 see a cycle and hold
 * the message for ever, and CC and BCC are honoured again.
 */
const DROPPED = /^(x-death|x-first-death-.*|x-last-death-.*|x-delivery-count|CC|BCC)$/;

type Headers = Readonly<Record<string, unknown>> | undefined;

/** Which delivery this is: 1 for the first. */
export function attemptOf(headers: Headers): number {
  const value = Number(headers?.[ATTEMPT] ?? 1);
  return Number.isInteger(value) && value >= 1 ? value : 1;
}

/**
 * The headers of a message that failed: which delivery comes next, and, for whoever finds it parked, how it came first and why it
 * failed.
 */
export function failedHeaders(
  headers: Headers,
  routingKey: string,
  error: unknown,
  nextAttempt: number,
): Record<string, unknown> {
  const kept = Object.entries(headers ?? {}).filter(([name]) => !DROPPED.test(name));
  const reason = error instanceof Error ? error.message : String(error);
  return {
    [FIRST_ROUTING_KEY]: routingKey,
    ...Object.fromEntries(kept),
    [ATTEMPT]: nextAttempt,
    [LAST_ERROR]: reason.slice(0, LONGEST_ERROR),
  };
}
