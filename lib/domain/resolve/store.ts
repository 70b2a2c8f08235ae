import { before } from "../../postgres/rolling";
import type { RollingModel } from "../../postgres/model";
import { maxAhead } from "../../postgres/validate-rolling";
import type { DomainDefinition, StorePartitioningDefinition } from "../definition";
import { printable } from "../printable";
import type { DurationRange, Reader } from "./reader";

const DAY = 86_400_000;
const INBOX: DurationRange = { min: DAY, max: 3650 * DAY, words: "1 day to 10 years" };
const LEAVES = { strategy: "hash", modulus: 8 } as const satisfies StorePartitioningDefinition;

/** The event store: how its rows are spread, and how long what is of passing use is kept. */
export function readStore(reader: Reader): DomainDefinition["store"] {
  const fallback = { format: 1, partitioning: LEAVES, inboxRetainMs: 30 * DAY, roles: true } as const;
  if (reader.value === "none") return "none";
  if (!reader.isObjectOf(["format", "partitioning", "inbox", "roles"])) return fallback;
  if (reader.at("format").value !== 1)
    reader.at("format").add("ED106", { received: reader.at("format").value, allowed: ["1"] });
  const inbox = reader.at("inbox");
  const inboxRetainMs = inbox.isObjectOf(["retain"])
    ? inbox.at("retain").duration(INBOX, fallback.inboxRetainMs)
    : fallback.inboxRetainMs;
  const roles = reader.at("roles").boolean(true);
  return { format: 1, partitioning: readPartitioning(reader.at("partitioning")), inboxRetainMs, roles };
}

function readPartitioning(reader: Reader): StorePartitioningDefinition {
  if (reader.absent) return LEAVES;
  if (!reader.isObjectOf([...new Set(Object.values(PROPERTIES).flat())])) return LEAVES;
  const strategy = reader.at("strategy").oneOf(["hash", "none", "list", "range"], "hash");
  reader.isObjectOf(PROPERTIES[strategy]);
  switch (strategy) {
    case "none":
      return { strategy };
    case "list":
      return readTenants(reader);
    case "range":
      return { strategy, rolling: readRolling(reader) };
    case "hash":
      return { strategy, modulus: readModulus(reader.at("modulus")) };
  }
}

const PROPERTIES = {
  hash: ["strategy", "modulus"],
  none: ["strategy"],
  list: ["strategy", "tenants", "detached"],
  range: ["strategy", "interval", "ahead", "retain"],
};

function readModulus(reader: Reader): number {
  const modulus = reader.number({ min: 1, max: 256 }, 8);
  // moduli of leaves made later must divide each other (CREATE TABLE ... FOR VALUES WITH): powers of 2 keep the way open
  if (!Number.isInteger(Math.log2(modulus))) {
    reader.add("ED107", { received: modulus, allowed: "a power of 2 from 1 to 256" });
  }
  return modulus;
}

const MOST_TENANTS = 500;

function readTenants(reader: Reader): StorePartitioningDefinition {
  const listed = reader.at("tenants").list({ atLeastOne: true });
  const tenants = listed.flatMap((each) => readTenant(each) ?? []);
  if (tenants.length > MOST_TENANTS) {
    reader.at("tenants").add("ED107", { received: tenants.length, allowed: `1 to ${MOST_TENANTS} tenants` });
  }
  const detached: Record<string, string> = {};
  const reasons = reader.at("detached");
  if (!reasons.absent && reasons.isObjectOf(tenants)) {
    for (const tenant of tenants) {
      const reason = reasons.at(tenant).text();
      if (reason === null) continue;
      if (reason.trim() === "") reasons.at(tenant).add("ED151");
      detached[tenant] = reason;
    }
  }
  return { strategy: "list", tenants, detached };
}

const LONGEST_TENANT = 200;

function readTenant(reader: Reader): string | null {
  const tenant = reader.text();
  if (tenant === null) return null;
  if (tenant === "" || tenant.length > LONGEST_TENANT || printable(tenant) !== tenant) {
    const allowed = `text of 1 to ${LONGEST_TENANT} characters, without control characters`;
    reader.add("ED105", { received: tenant, allowed });
    return null;
  }
  return tenant;
}

function readRolling(reader: Reader): RollingModel {
  const interval = reader.at("interval").oneOf(["day", "week", "month"], "month");
  const ahead = reader.at("ahead").number({ min: 1, max: maxAhead }, 3);
  const retain = reader.at("retain").text();
  if (retain !== null && !isLength(retain)) {
    reader.at("retain").add("ED108", {
      received: retain,
      allowed: "a whole number above 0 and hours, days, weeks, months or years",
    });
  }
  return { interval, ahead, retain };
}

function isLength(text: string): boolean {
  const earlier = before(0n, text);
  return earlier !== null && earlier < 0n;
}
