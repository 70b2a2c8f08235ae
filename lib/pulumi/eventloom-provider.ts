import * as pulumi from "@pulumi/pulumi";

/** What {@link EventloomProvider} takes: a Postgres database. */
export interface EventloomProviderArgs {
  /**
   * The server's name or address.
   * @default - the environment variable `PGHOST`
   */
  readonly host?: pulumi.Input<string>;
  /**
   * The server's TCP port.
   * @default - the environment variable `PGPORT`, else 5432
   */
  readonly port?: pulumi.Input<number>;
  /**
   * The database that the tables are in.
   * @default - the environment variable `PGDATABASE`
   */
  readonly database?: pulumi.Input<string>;
  /**
   * The role to connect as: it owns what is made.
   * @default - the environment variable `PGUSER`
   */
  readonly username?: pulumi.Input<string>;
  /**
   * The role's password; encrypted in the state.
   * @default - the environment variable `PGPASSWORD`
   */
  readonly password?: pulumi.Input<string>;
  /**
   * How the connection is protected.
   * @default - the environment variable `PGSSLMODE`, else `"verify-full"`
   */
  readonly sslmode?: pulumi.Input<"disable" | "require" | "verify-full">;
  /**
   * The certificate authority's certificate, as PEM text.
   * @default - the file that the environment variable `PGSSLROOTCERT` names, else the system's authorities
   */
  readonly sslRootCert?: pulumi.Input<string>;
  /**
   * Seconds that a try waits for a lock at most, before it lets others go first. The first one waits for 0.1, each next one twice as long.
   * @default 3
   */
  readonly lockTimeout?: pulumi.Input<number>;
}

/**
 * The connection to one Postgres database: for {@link EventDrivenDomain} and the other components as `providers.eventloom`. The
 * project's `Pulumi.yaml` says where its plugin is: `plugins: { providers: [{ name: eventloom, path: node_modules/eventloom/dist/provider }] }`.
 */
export class EventloomProvider extends pulumi.ProviderResource {
  constructor(name: string, args: EventloomProviderArgs = {}, opts: pulumi.ResourceOptions = {}) {
    const password = args.password === undefined ? undefined : pulumi.secret(args.password);
    super(
      "eventloom",
      name,
      { ...args, password },
      pulumi.mergeOptions(opts, { additionalSecretOutputs: ["password"] }),
    );
  }
}
