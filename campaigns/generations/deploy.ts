import type { Lock, Profile, Topology } from "eventloom";
import { nextLock } from "../../lib/lock/next-lock";
import type { Shop } from "./shop";

/**
 * Deploys a shop to an environment.
 *
 * @returns the lock that follows, as it is committed with the change
 */
export type Deploy = (shop: Shop, lock: Lock | null, profile: Profile) => Promise<Lock>;

export function locked(topology: Topology, previous: Lock | null): Lock {
  const next = nextLock(topology, previous);
  if (next.ok) return next.lock;
  throw new Error(next.issues.map(({ code, message }) => `${code} ${message}`).join("; "));
}
