import type { ProviderElement } from "./engine";

/** The servers that a construct's resources are created on. Any provider that a stack has will do, also one that is not ours. */
export interface Providers {
  /**
   * The Kafka cluster.
   * @default - the stack's provider `kafka` without an alias
   */
  readonly kafka?: ProviderElement;
  /**
   * The RabbitMQ server.
   * @default - the stack's provider `rabbitmq` without an alias
   */
  readonly rabbitmq?: ProviderElement;
  /**
   * The Postgres database.
   * @default - the stack's provider `eventloom` without an alias
   */
  readonly eventloom?: ProviderElement;
}

/** Where a domain's resources are created. */
export interface ConnectionProps {
  /**
   * RabbitMQ's virtual host; it has to exist. May be a token.
   * @default "/"
   */
  readonly vhost?: string;
  /**
   * The servers.
   * @default - the stack's providers without an alias
   */
  readonly providers?: Providers;
}

export const DEFAULT_VHOST = "/";
