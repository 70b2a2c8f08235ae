import type { Attributes } from "../defined-resource";
import type { Resource } from "../../topology/types";

/** Terraform's local names of the providers that a topology's resources come from. */
export type ProviderName = "kafka" | "rabbitmq" | "eventloom";

/** What a row may read besides the resource itself. */
export interface Surroundings {
  /** Who declares the tables: the domain's name. */
  readonly declaredBy: string;
  /** RabbitMQ's virtual host; may be a token. */
  readonly vhost: string;
  /** An expression for the name of a resource that is made before. */
  readonly nameOf: (key: string) => string;
}

/** How one kind of resource is written for Terraform. */
export interface Row<R extends Resource> {
  readonly type: string;
  readonly provider: ProviderName;
  /** In the provider's own words, as its schema has them. */
  readonly attributes: (resource: R, around: Surroundings) => Attributes;
  /** Keys of the resources whose replacement replaces this one too. */
  readonly replacedWith: (resource: R) => readonly string[];
}
