import type { DomainDefinition } from "../definition";
import type { DurationRange, Reader } from "./reader";

const DAY = 86_400_000;
const INBOX: DurationRange = { min: DAY, max: 3650 * DAY, words: "1 day to 10 years" };
const LEAVES = { strategy: "hash", modulus: 8 } as const;

/** The event store: how its rows are spread, and how long what is of passing use is kept. */
export function readStore(reader: Reader): DomainDefinition["store"] {
  const fallback = { format: 1, partitioning: LEAVES, inboxRetainMs: 30 * DAY } as const;
  if (reader.value === "none") return "none";
  if (!reader.isObjectOf(["format", "partitioning", "inbox"])) return fallback;
  if (reader.at("format").value !== 1)
    reader.at("format").add("ED106", { received: reader.at("format").value, allowed: ["1"] });
  const inbox = reader.at("inbox");
  const inboxRetainMs = inbox.isObjectOf(["retain"])
    ? inbox.at("retain").duration(INBOX, fallback.inboxRetainMs)
    : fallback.inboxRetainMs;
  return { format: 1, partitioning: readPartitioning(reader.at("partitioning")), inboxRetainMs };
}

function readPartitioning(reader: Reader): typeof LEAVES | { readonly strategy: "hash"; readonly modulus: number } {
  if (!reader.isObjectOf(["strategy", "modulus"])) return LEAVES;
  reader.at("strategy").oneOf(["hash"], "hash");
  const modulus = reader.at("modulus").number({ min: 1, max: 256 }, 8);
  // moduli of leaves made later must divide each other (CREATE TABLE ... FOR VALUES WITH): powers of 2 keep the way open
  if (!Number.isInteger(Math.log2(modulus))) {
    reader.at("modulus").add("ED107", { received: modulus, allowed: "a power of 2 from 1 to 256" });
  }
  return { strategy: "hash", modulus };
}
