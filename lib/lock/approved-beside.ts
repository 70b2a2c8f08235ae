import { DeclarationError, show } from "../domain/issues";
import type { Topology } from "../topology/types";
import { retiredResources } from "./departures";
import { columnProfileIssues } from "./column-phases";
import { missingLockIssues, type OldGeneration, oldGenerations, profileIssues } from "./generations";
import type { Profile } from "./profile";
import { refusals } from "./refusals";
import type { Lock, RetiredResource } from "./types";

/** What is on the servers of an environment besides what is declared. */
export interface Beside {
  readonly retired: readonly RetiredResource[];
  /** Those of them that have a successor, in their phases. */
  readonly old: readonly OldGeneration[];
}

/**
 * @throws DeclarationError where the lock forbids the topology or the profile (LK61x, LK63x): all reasons at once
 */
export function approvedBeside(topology: Topology, lock: Lock | null, profile: Profile): Beside {
  const refused = lock === null ? missingLockIssues(topology) : refusals(topology, lock);
  const retired = lock === null ? [] : retiredResources(topology, lock);
  const issues = [...refused, ...profileIssues(retired, profile), ...columnProfileIssues(topology.resources, profile)]; // prettier-ignore
  if (issues.length > 0) throw new DeclarationError(`domain ${show(topology.domain)}, held against its lock,`, issues);
  return { retired, old: oldGenerations(topology, retired, profile) };
}
