import type { Resource, Topology } from "../topology/types";
import { nextLock } from "./next-lock";
import { renderLock } from "./render-lock";
import type { Lock } from "./types";

/**
 * Whether a topology is not what was approved: locking it would change the lock, or is refused. How many copies of a partition
 * there are is the environment's own business, and how the file is laid out is nobody's.
 */
export function isStale(topology: Topology, lock: Lock): boolean {
  const next = nextLock(withSizesOf(lock, topology), lock);
  return !next.ok || renderLock(next.lock) !== renderLock(lock);
}

/** The topic settings that `replicationFactor` decides. */
const IN_SYNC = "min.insync.replicas";

function withSizesOf(lock: Lock, topology: Topology): Topology {
  const locked = new Map(lock.topology.resources.map((each) => [each.key, each]));
  return { ...topology, resources: topology.resources.map((each) => sizedAs(locked.get(each.key), each)) };
}

function sizedAs(locked: Resource | undefined, resource: Resource): Resource {
  if (locked?.kind !== "kafka-topic" || resource.kind !== "kafka-topic") return resource;
  const inSync = locked.config[IN_SYNC];
  const config = inSync === undefined ? resource.config : { ...resource.config, [IN_SYNC]: inSync };
  return { ...resource, replicationFactor: locked.replicationFactor, config };
}
