import type * as kafka from "@pulumi/kafka";
import type * as pulumi from "@pulumi/pulumi";
import type * as rabbitmq from "@pulumi/rabbitmq";
import type { EventloomProvider } from "./eventloom-provider";

/** The servers that a component's resources are created on. */
export interface Providers {
  /**
   * The Kafka cluster.
   * @default - the component's `opts.providers`, else the stack's configuration (`kafka:bootstrapServers` and so on)
   */
  readonly kafka?: kafka.Provider;
  /**
   * The RabbitMQ server.
   * @default - the component's `opts.providers`, else the stack's configuration (`rabbitmq:endpoint` and so on)
   */
  readonly rabbitmq?: rabbitmq.Provider;
  /**
   * The Postgres database.
   * @default - the component's `opts.providers`, else the stack's configuration (`eventloom:host` and so on) or the PG* variables
   */
  readonly eventloom?: EventloomProvider;
}

/** What every component takes besides its part of the domain. */
export interface ConnectionArgs {
  /**
   * RabbitMQ's virtual host.
   * @default "/"
   */
  readonly vhost?: pulumi.Input<string>;
  /**
   * The servers.
   * @default - the component's `opts.providers`, else the stack's configuration
   */
  readonly providers?: Providers;
}

export const DEFAULT_VHOST = "/";

/** A component's options with its providers in them, which its resources inherit; those of `args` win. */
export function withProviders(
  providers: Providers | undefined,
  opts: pulumi.ComponentResourceOptions,
): pulumi.ComponentResourceOptions {
  const own = Object.values(providers ?? {}).filter((each): each is pulumi.ProviderResource => each !== undefined);
  if (own.length === 0) return opts;
  const given = Array.isArray(opts.providers) ? opts.providers : Object.values(opts.providers ?? {});
  return { ...opts, providers: [...given, ...own] };
}
