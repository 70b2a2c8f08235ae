import type { Issue } from "../issue";
import type { ProviderCode } from "../errors";
import type { ConnectionSettings } from "./settings";

/** An error that becomes one issue for the user. */
export class ProviderError extends Error {
  constructor(
    readonly code: ProviderCode,
    readonly summary: string,
    readonly detail: string,
    readonly attribute: string | null = null,
  ) {
    super(`${code} ${summary}: ${detail}`);
  }
}

/** What `pg` and node attach to an error. */
interface ServerError {
  readonly code?: string;
  readonly message?: string;
  readonly detail?: string;
  readonly hint?: string;
  readonly severity?: string;
  readonly errors?: readonly unknown[];
}

/** SQLSTATEs after which the same statement may well succeed. */
export const retryable: ReadonlySet<string> = new Set([
  "55P03", // lock_not_available
  "40P01", // deadlock_detected
  "40001", // serialization_failure
]);

/** Errors of a server that is about to take connections. */
export const connectRetryable: ReadonlySet<string> = new Set(["57P03", "53300", "ECONNRESET"]);

/**
 * Whether the same statement may well succeed the next time. Of two GRANTs on one object at the same moment the
 * later one fails with an internal error of Postgres (XX000): both write the same row of the catalog, and neither locks it.
 */
export function isRetryable(error: unknown): boolean {
  const code = errorCode(error) ?? "";
  return retryable.has(code) || (code === "XX000" && /tuple concurrently (updated|deleted)/.test(messageOf(error as ServerError))); // prettier-ignore
}

export function errorCode(error: unknown): string | null {
  const code = (error as ServerError | null)?.code;
  if (typeof code === "string") return code;
  const first = (error as ServerError | null)?.errors?.[0];
  return first === undefined ? null : errorCode(first);
}

/** One clear issue for whatever was thrown; `doing` says at what, such as `create table orders.outbox`. */
export function describeError(error: unknown, settings: ConnectionSettings | null, doing: string | null): Issue {
  const known = error instanceof ProviderError ? error : translate(error as ServerError, settings);
  const detail = doing === null ? known.detail : `while trying to ${doing}: ${known.detail}`;
  return { severity: "error", code: known.code, summary: known.summary, detail, attribute: known.attribute };
}

/** A server that has lost what a session had: whoever is in between gave us another one. */
export function sharedSession(found: string): ProviderError {
  return new ProviderError(
    "PG473",
    "a pooler in between gives each transaction another session",
    `${found}; locks and settings must hold for a whole session: connect to the server itself, or to a port of the pooler that pools by session (pool_mode = session)`,
    "port",
  );
}

/** SQLSTATEs of a prepared statement that isn't there, or is there already: each is prepared once in a session. */
const ofAnotherSession = new Set(["26000", "42P05"]);

const unreachable = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOENT",
  "EAI_AGAIN",
  "EACCES",
]);
const gone = new Set(["57P01", "57P02", "57P03", "08006", "08003", "08001", "ECONNRESET", "EPIPE", "53300"]);

function translate(error: ServerError, settings: ConnectionSettings | null): ProviderError {
  const code = errorCode(error) ?? "";
  const said = messageOf(error);
  const where = settings === null ? "the server" : `${settings.host}:${settings.port}`;
  const who = settings?.username ?? "the role";
  if (gone.has(code) || /Connection terminated unexpectedly|not queryable/.test(said)) {
    return new ProviderError(
      "PG451",
      `Postgres at ${where} closed the connection or takes none now`,
      `${said}; when it is up again, run the same command again`,
    );
  }
  if (unreachable.has(code) || /timeout expired|Connection terminated|timeout exceeded when trying/i.test(said)) {
    return new ProviderError(
      "PG451",
      `Postgres at ${where} can't be reached`,
      `${said}; check host and port, that the server runs, and that this machine may reach it`,
      "host",
    );
  }
  if (code === "28P01" || code === "28000" || /SASL|password must be a string/.test(said)) {
    return new ProviderError(
      "PG452",
      `Postgres at ${where} refuses the login of "${who}"`,
      `${said}; check username and password (PGUSER, PGPASSWORD) and the server's pg_hba.conf`,
    );
  }
  if (code === "3D000") {
    return new ProviderError(
      "PG453",
      `there is no database "${settings?.database}" at ${where}`,
      `${said}; create it first, or correct database (PGDATABASE)`,
    );
  }
  if (isTlsError(code, said)) {
    return new ProviderError(
      "PG455",
      `the connection to ${where} can't be protected as sslmode "${settings?.sslMode}" asks`,
      `${said}; give the authority's certificate in ssl_root_cert, or choose another sslmode (disable, require, verify-full)`,
    );
  }
  return translateRefusal(error, code, said, who);
}

/** What to do about what Postgres says no more of than what is wrong, by SQLSTATE. */
const fixes: Readonly<Record<string, string>> = {
  // invalid_schema_name
  "3F000": "declare the schema, and let what is in it refer to the declaration, so that it is made first; or correct the name", // prettier-ignore
  // undefined_object: a type, role, collation, operator class
  "42704": "see that the name is right and says its schema (app.colour), and that what it names is made first",
  // undefined_table, undefined_function, undefined_column
  "42P01": "see that the name is right and says its schema, and that what it names is made first",
  "42883": "see that the name and the types are right, that it says its schema, and that what it names is made first",
  "42703": "name one of the table's columns, in double quotes where it has more than small letters",
  // syntax_error
  "42601": "correct the expression or type that it points at",
  // duplicate_table
  "42P07": "another table, index or sequence of the schema has this name: choose another one",
  // invalid_parameter_value, numeric_value_out_of_range
  "22023": "correct the option or its value",
  // feature_not_supported
  "0A000": "leave it out, or use a server that can do it",
};

function translateRefusal(error: ServerError, code: string, said: string, who: string): ProviderError {
  const more = [error.detail, error.hint].filter((text) => typeof text === "string" && text !== "").join("; ");
  const full = more === "" ? said : `${said}; ${more}`;
  if (code === "42501") {
    return new ProviderError("PG454", `"${who}" lacks a right`, `${full}; grant it, or connect as the owner`);
  }
  if (retryable.has(code)) {
    return new ProviderError(
      "PG457",
      "a lock could not be had in time",
      `${full}; find the transaction that holds it (pg_stat_activity), let it end, and run the same command again`,
    );
  }
  if (code === "25006") {
    return new ProviderError(
      "PG454",
      "the server takes no writes",
      `${full}; connect to the primary; on a primary, see who set default_transaction_read_only, and why`,
    );
  }
  if (ofAnotherSession.has(code)) return sharedSession(full);
  if (code === "57014") {
    return new ProviderError("PG460", "stopped before it was done", "run the same command again to complete it");
  }
  const fix = fixes[code] === undefined ? "" : `; ${fixes[code]}`;
  return new ProviderError(
    "PG459",
    "Postgres refused a statement",
    code === "" ? full : `${full} (SQLSTATE ${code})${fix}`,
  );
}

function isTlsError(code: string, said: string): boolean {
  return (
    /does not support SSL|self.signed|certificate|altnames|wrong version number/i.test(said) ||
    /^(ERR_TLS|ERR_SSL|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|CERT_)/.test(code)
  );
}

/** One line, whatever was thrown. */
function messageOf(error: ServerError): string {
  const first = error?.errors?.[0] as ServerError | undefined;
  const message = error?.message ? error.message : (first?.message ?? String(error));
  return message.split("\n")[0] ?? message;
}
