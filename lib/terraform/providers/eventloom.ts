import { versionWithoutSource } from "../errors";
import { bundledVersion } from "./bundle";
import type { ProviderDefinition } from "./definition";

/** In every state from the first release on: a reserved top-level domain, so that nobody else can ever publish under it. */
export const BUNDLED_SOURCE = "eventloom.internal/eventloom/eventloom";

/**
 * The connection to one Postgres database, for the table provider that this package brings: synth copies it next to the stack,
 * where `init` finds it. It is run by the `node` of the machine that deploys. What is left out comes from the PG* variables of the
 * environment.
 */
export interface EventloomProviderProps {
  /**
   * The server's name or address, or the directory of its socket.
   * @default - the environment variable `PGHOST`
   */
  readonly host?: string;
  /**
   * The server's TCP port.
   * @default - the environment variable `PGPORT`, else 5432
   */
  readonly port?: number;
  /**
   * The database that the tables are in.
   * @default - the environment variable `PGDATABASE`
   */
  readonly database?: string;
  /**
   * The role to connect as: it owns what is made.
   * @default - the environment variable `PGUSER`
   */
  readonly username?: string;
  /**
   * The role's password. It is not kept in the state.
   * @default - the environment variable `PGPASSWORD`
   */
  readonly password?: string;
  /**
   * How the connection is protected: `disable`, `require` (any certificate) or `verify-full`.
   * @default - the environment variable `PGSSLMODE`, else "verify-full"
   */
  readonly sslmode?: string;
  /**
   * The certificate authority's certificate, as PEM text.
   * @default - the file that the environment variable `PGSSLROOTCERT` names, else the system's authorities
   */
  readonly sslRootCert?: string;
  /**
   * Seconds that a try waits for a lock at most, before it lets others go first. The first one waits for 0.1, each next one twice as long.
   * @default 3
   */
  readonly lockTimeout?: number;
  /**
   * A second provider of the kind in one stack needs a name.
   * @default - none: it is the stack's own, which constructs use unasked
   */
  readonly alias?: string;
  /**
   * The address in a registry of your own where you host the provider: `[host/]namespace/type`.
   * @default "eventloom.internal/eventloom/eventloom"
   */
  readonly source?: string;
  /**
   * The version in your own registry, as a constraint; only together with `source`.
   * @default - the version that this package brings
   */
  readonly version?: string;
}

/** @throws DeclarationError (TF509) for a version without a source */
export function eventloomProvider(path: string, props: EventloomProviderProps): ProviderDefinition {
  const { alias, source = BUNDLED_SOURCE, version, ...settings } = props;
  if (version !== undefined && props.source === undefined) throw versionWithoutSource(path, version);
  return { name: "eventloom", source, version: () => version ?? bundledVersion(), alias, settings };
}
