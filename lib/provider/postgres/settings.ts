import { readFileSync } from "node:fs";
import type { Issue } from "../issue";
import { UNKNOWN, type Attributes, type Value } from "../value";

export type SslMode = "disable" | "require" | "verify-full";

/** Where and how to connect. */
export interface ConnectionSettings {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly username: string;
  readonly password: string | null;
  readonly sslMode: SslMode;
  readonly sslRootCert: string | null;
  /** Milliseconds to wait for a lock per try. */
  readonly lockTimeout: number;
}

/** `settings` is null when there are errors, or when something is not known yet (`unknown`). */
export interface ReadSettings {
  readonly settings: ConnectionSettings | null;
  readonly unknown: boolean;
  readonly issues: readonly Issue[];
}

const sslModes: readonly string[] = ["disable", "require", "verify-full"];

/** The provider's settings, with what was left out from the PG* variables of the environment. */
export function readSettings(config: Attributes, environment: NodeJS.ProcessEnv): ReadSettings {
  if (Object.values(config).includes(UNKNOWN)) return { settings: null, unknown: true, issues: [] };
  const issues: Issue[] = [];
  const text = (attribute: string, variable: string): string | null =>
    textOf(config[attribute]) ?? environment[variable] ?? null;
  const needed = (attribute: string, variable: string): string => {
    const value = text(attribute, variable);
    if (value === null || value === "") issues.push(missing(attribute, variable));
    return value ?? "";
  };
  const host = text("host", "PGHOST") ?? "localhost";
  const sslMode = text("sslmode", "PGSSLMODE") ?? "verify-full";
  if (!sslModes.includes(sslMode)) {
    issues.push(wrong("sslmode", sslMode, sslModes.join(", "), "set sslmode, or PGSSLMODE"));
  }
  const settings: ConnectionSettings = {
    host,
    port: number(config["port"] ?? environment["PGPORT"] ?? 5432, "port", 1, 65535, issues),
    database: needed("database", "PGDATABASE"),
    username: needed("username", "PGUSER"),
    password: text("password", "PGPASSWORD"),
    sslMode: sslMode as SslMode,
    sslRootCert: textOf(config["sslRootCert"]) ?? rootCertificate(environment["PGSSLROOTCERT"], issues),
    lockTimeout: 1000 * number(config["lockTimeout"] ?? 3, "lockTimeout", 0.01, 3600, issues),
  };
  return { settings: issues.length === 0 ? settings : null, unknown: false, issues };
}

function textOf(value: Value | undefined): string | null {
  return typeof value === "string" ? value : null;
}

function number(value: Value, attribute: string, least: number, most: number, issues: Issue[]): number {
  const parsed = typeof value === "string" ? Number(value) : value;
  if (typeof parsed === "number" && parsed >= least && parsed <= most) return parsed;
  issues.push(wrong(attribute, String(value), `${least} to ${most}`, "write a number in that range"));
  return least;
}

function rootCertificate(path: string | undefined, issues: Issue[]): string | null {
  if (path === undefined || path === "") return null;
  try {
    return readFileSync(path, "utf8");
  } catch {
    issues.push(wrong("sslRootCert", `PGSSLROOTCERT=${path}`, "a file that can be read", "name another file"));
    return null;
  }
}

function missing(attribute: string, variable: string): Issue {
  return {
    severity: "error",
    code: "PG450",
    summary: `the provider's ${attribute} is missing`,
    detail: `set ${attribute} in the provider's configuration, or ${variable} in the environment`,
    attribute,
  };
}

function wrong(attribute: string, received: string, allowed: string, fix: string): Issue {
  return {
    severity: "error",
    code: "PG450",
    summary: `the provider's ${attribute} is not one that can be used`,
    detail: `received: ${received}; allowed: ${allowed}; ${fix}`,
    attribute,
  };
}
