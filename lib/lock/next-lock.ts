import { deepFreeze } from "../domain/define-domain";
import type { Issue } from "../domain/issues";
import type { Contract, Topology } from "../topology/types";
import { allRetired, retiredResources } from "./departures";
import { byText, flowId } from "./layout";
import { versionId } from "./published";
import { refusals } from "./refusals";
import { lockInNamesOf, movesOfBoth, movesTo } from "./renames";
import type { Lock } from "./types";

/** What locking gives: the lock and what is published by writing it, or why it may not be written. */
export type NextLock =
  | { readonly ok: true; readonly lock: Lock; readonly published: readonly Contract[] }
  | { readonly ok: false; readonly issues: readonly Issue[] };

/**
 * The lock that follows from a topology and the lock before it. Locking publishes: every version of an event that is new in the
 * topology can never change from then on. What has left must have been retired.
 *
 * @param topology - as compiled
 * @param before - null where nothing was locked yet
 */
export function nextLock(topology: Topology, before: Lock | null): NextLock {
  const issues = before === null ? [] : refusals(topology, before);
  if (issues.length > 0) return { ok: false, issues };
  const previous = before === null ? null : lockInNamesOf(topology, before);
  const known = new Set((previous?.published ?? []).map(versionId));
  const published = topology.contracts.filter((each) => !known.has(versionId(each)));
  const current = new Set(topology.contracts.map(versionId));
  const kept = (previous?.published ?? []).filter((each) => !current.has(versionId(each)));
  const retired = previous === null ? [] : retiredResources(topology, previous);
  // an environment may be far behind: what is retired has to be found under its former names too
  const leavers = movesTo(new Set(retired.map(({ resource }) => resource.key)), before?.topology.moved ?? []);
  const moved = movesOfBoth(topology.moved, leavers);
  const lock: Lock = {
    format: 1,
    domain: topology.domain,
    topology: inOrder({ ...topology, moved, retired: allRetired(topology, previous) }),
    published: [...topology.contracts, ...kept].sort(byText(versionId)),
    retired,
  };
  return { ok: true, lock: deepFreeze(lock), published };
}

/** The order of a lock: of identities, since the order of creation can always be had from `dependsOn`. */
export function inOrder(topology: Topology): Topology {
  return {
    ...topology,
    resources: [...topology.resources].sort(byText(({ key }) => key)),
    flows: [...topology.flows].sort(byText(flowId)),
    contracts: [...topology.contracts].sort(byText(versionId)),
    sagas: [...topology.sagas].sort(byText(({ name }) => name)),
    retired: [...topology.retired].sort(byText(({ kind, name }) => `${kind}/${name}`)),
    renamed: [...topology.renamed].sort(byText(({ kind, name }) => `${kind}/${name}`)),
    moved: [...topology.moved].sort(byText(({ from }) => from.key)),
    acceptances: [...topology.acceptances].sort(byText(({ change }) => change)),
  };
}
