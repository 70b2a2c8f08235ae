import type { Broker, RetryDefinition } from "../definition";
import type { DurationRange, Reader } from "./reader";

const DAY = 86_400_000;
/** RabbitMQ's Terraform and Pulumi providers send a TTL as an unsigned 32-bit number of milliseconds: 49.7 days. */
export const RABBITMQ_LONGEST_TTL_MS = 49 * DAY;

const WAIT: DurationRange = { min: 1, max: RABBITMQ_LONGEST_TTL_MS, words: "1 millisecond to 49 days" };
const PARK: DurationRange = { min: 60_000, max: 3650 * DAY, words: "1 minute to 10 years" };

/** A retry declaration whose parts may come from different places. */
export interface RetryParts {
  readonly maxRetries: number;
  readonly backoff: { readonly baseMs: number; readonly factor: number; readonly maxMs: number };
  readonly parkRetentionMs: number;
  /** Where the parking retention is declared, for what is reported about it later. */
  readonly parkPath: Reader;
}

export function defaultRetry(domain: Reader): RetryParts {
  return {
    maxRetries: 3,
    backoff: { baseMs: 1_000, factor: 2, maxMs: 600_000 },
    parkRetentionMs: 14 * DAY,
    parkPath: domain.at("retry").at("park").at("retention"),
  };
}

/** What is said here, and for the rest what is inherited. */
export function readRetry(reader: Reader, inherited: RetryParts): RetryParts {
  if (!reader.isObjectOf(["maxRetries", "backoff", "park"])) return inherited;
  const park = reader.at("park");
  const saysPark = park.isObjectOf(["retention"]) && !park.at("retention").absent;
  return {
    maxRetries: reader.at("maxRetries").number({ min: 0, max: 50 }, inherited.maxRetries),
    backoff: readBackoff(reader.at("backoff"), inherited.backoff),
    parkRetentionMs: park.at("retention").duration(PARK, inherited.parkRetentionMs),
    parkPath: saysPark ? park.at("retention") : inherited.parkPath,
  };
}

function readBackoff(reader: Reader, inherited: RetryParts["backoff"]): RetryParts["backoff"] {
  if (!reader.isObjectOf(["kind", "base", "factor", "max"])) return inherited;
  if (reader.at("base").absent) reader.at("base").add("ED104");
  const baseMs = reader.at("base").duration(WAIT, inherited.baseMs);
  if (reader.at("kind").oneOf(["exponential", "fixed"], "exponential") === "fixed") {
    return { baseMs, factor: 1, maxMs: baseMs };
  }
  const maxMs = reader.at("max").duration(WAIT, Math.max(600_000, baseMs));
  if (maxMs < baseMs) reader.at("max").add("ED109", { received: reader.at("max").value, allowed: "at least `base`" });
  return { baseMs, factor: reader.at("factor").number({ min: 1, max: 10, whole: false }, 2), maxMs };
}

export function resolveRetry(parts: RetryParts): RetryDefinition {
  const { baseMs, factor, maxMs } = parts.backoff;
  const delaysMs = Array.from({ length: parts.maxRetries }, (_, n) =>
    Math.min(maxMs, Math.round(baseMs * factor ** n)),
  );
  return { delaysMs, parkRetentionMs: parts.parkRetentionMs };
}

/** A parking queue keeps its messages by a TTL, which is limited; a dead letter topic is not. */
export function checkParking(parts: RetryParts, via: Broker): void {
  if (via === "rabbitmq" && parts.parkRetentionMs > RABBITMQ_LONGEST_TTL_MS) {
    parts.parkPath.add("ED109", {
      received: parts.parkPath.value,
      allowed: "at most 49 days where messages are parked in RabbitMQ",
      fix: "park for a shorter time, or let a consumer via Kafka park longer",
    });
  }
}
