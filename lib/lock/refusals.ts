import type { Issue } from "../domain/issues";
import type { Topology } from "../topology/types";
import { renamedColumnIssues } from "./column-phases";
import { departureIssues, retiredResources } from "./departures";
import { generationIssues } from "./generations";
import { lockIssue } from "./issues";
import { publishedIssues } from "./published";
import { checkRenames, takenNames } from "./rename-issues";
import { lockInNamesOf } from "./renames";
import type { Lock } from "./types";

/** Why a topology may not follow what a lock holds: all reasons at once. */
export function refusals(topology: Topology, previous: Lock): readonly Issue[] {
  if (previous.domain !== topology.domain) {
    const wrong = { received: previous.domain, allowed: topology.domain };
    return [lockIssue("LK614", "domain", wrong)];
  }
  const renamed = lockInNamesOf(topology, previous);
  const check = checkRenames(topology, previous.topology);
  return [
    ...check.issues,
    ...publishedIssues(topology, renamed),
    ...departureIssues(topology, renamed, check.there),
    ...takenNames(topology, retiredResources(topology, renamed), check),
    ...generationIssues(topology, renamed),
    ...renamedColumnIssues(topology.resources, renamed.topology.resources),
  ];
}
