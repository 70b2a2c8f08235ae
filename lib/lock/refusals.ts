import type { Issue } from "../domain/issues";
import type { Topology } from "../topology/types";
import { departureIssues } from "./departures";
import { generationIssues } from "./generations";
import { lockIssue } from "./issues";
import { publishedIssues } from "./published";
import type { Lock } from "./types";

/** Why a topology may not follow what a lock holds: all reasons at once. */
export function refusals(topology: Topology, previous: Lock): readonly Issue[] {
  if (previous.domain !== topology.domain) {
    const wrong = { received: previous.domain, allowed: topology.domain };
    return [lockIssue("LK614", "domain", wrong)];
  }
  return [
    ...publishedIssues(topology, previous),
    ...departureIssues(topology, previous),
    ...generationIssues(topology, previous),
  ];
}
