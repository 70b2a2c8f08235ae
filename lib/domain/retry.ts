import type { Duration } from "./duration";

/** How long to wait before each re-delivery. */
export interface Backoff {
  readonly kind: "exponential" | "fixed";
  /** The wait before the first re-delivery: 1 millisecond to 49 days. */
  readonly base: Duration;
  /**
   * What each wait is multiplied by to give the next: 1 to 10.
   * @default 2
   */
  readonly factor?: number;
  /**
   * No wait is longer than this: at most 49 days (RabbitMQ's TTL is below 2^32 ms through its Terraform provider).
   * @default "10 minutes"
   */
  readonly max?: Duration;
}

/** What {@link exponential} takes. */
export interface ExponentialOptions {
  /** The wait before the first re-delivery. */
  readonly base: Duration;
  /**
   * What each wait is multiplied by to give the next: 1 to 10.
   * @default 2
   */
  readonly factor?: number;
  /** No wait is longer than this. */
  readonly max: Duration;
}

/** Waits that grow: `exponential({ base: "1 second", factor: 2, max: "10 minutes" })` gives 1 s, 2 s, 4 s and so on. */
export function exponential(options: ExponentialOptions): Backoff {
  return { kind: "exponential", ...options };
}

/** The same wait each time. */
export function fixed(base: Duration): Backoff {
  return { kind: "fixed", base };
}

/** How often and when a failed message comes again, and where it goes in the end. */
export interface Retry {
  /**
   * Re-deliveries after the first delivery: 0 to 50. After the last one the message is parked.
   * @default 3
   */
  readonly maxRetries?: number;
  /**
   * How long to wait before each re-delivery.
   * @default exponential({ base: "1 second", factor: 2, max: "10 minutes" })
   */
  readonly backoff?: Backoff;
  /**
   * How long a message that has failed for good is kept, in its parking queue or dead letter topic. Then it is gone.
   * @default { retention: "14 days" }
   */
  readonly park?: { readonly retention: Duration };
}
