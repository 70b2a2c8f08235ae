import type { Contract, Resource, Topology } from "../topology/types";

/**
 * The approved target of one domain, committed beside its declaration as `<domain>.lock.json`: what every environment is meant to
 * become, every version of an event or command that was ever published, and what was retired.
 */
export interface Lock {
  /** The version of the file's layout. Older ones are read for ever. */
  readonly format: 1;
  readonly domain: string;
  /** As compiled, every generation `done`: phases differ between environments and are not in the lock. */
  readonly topology: Topology;
  /** Every version that was ever published, those of retired events too. */
  readonly published: readonly Contract[];
  /** Resources that have left the topology: forgotten by the engine, kept on the server, their names reserved. */
  readonly retired: readonly RetiredResource[];
}

/** A resource that has left the topology. */
export interface RetiredResource {
  /** Why: of `retired:` in the declaration, or a sentence of ours (`replaced by generation 2`, `no retry waits so long any more`). */
  readonly reason: string;
  /** As it was last approved. */
  readonly resource: Resource;
}

/** What happens to a resource that leaves: the engine forgets it, or takes it away since it holds nothing. */
export type Leaving = "forget" | "destroy";
