import type { Contract, Resource, Topology } from "../topology/types";

/**
 * The approved target of one domain, committed beside its declaration as `<domain>.lock.json`: what every environment is meant to
 * become, every version of an event that was ever published, and what was retired.
 */
export interface Lock {
  /** The version of the file's layout. Older ones are read for ever. */
  readonly format: 1;
  readonly domain: string;
  /** As compiled; resources, flows and contracts in the order of their keys. */
  readonly topology: Topology;
  /** Every version that was ever published, those of retired events too. */
  readonly published: readonly Contract[];
  /** Resources that have left the topology and stay on the servers: their names are reserved. */
  readonly retired: readonly RetiredResource[];
}

/** A resource that has left the topology. */
export interface RetiredResource {
  /** Why it has left, in a sentence. */
  readonly reason: string;
  /** As it was last approved. */
  readonly resource: Resource;
}
