import { DeclarationError, show } from "../domain/issues";
import { slice } from "../topology/slice";
import type { Moved, Part, Resource, Topology } from "../topology/types";
import { retiredResources } from "./departures";
import { movesTo, renamesOf } from "./renames";
import { refusals } from "./refusals";
import type { Lock } from "./types";

/** What one environment deploys: everything that an engine has to be told, decided in data. */
export interface Deployment {
  /** Created or kept up to date, each after what it needs. */
  readonly resources: readonly Resource[];
  /** Leave the engine's state and stay on the server, as they were last approved: under each key that a state may have them by. */
  readonly forgotten: readonly Resource[];
  /** Identities that have moved: an engine moves its state from the old key to the new one, nothing is made anew. */
  readonly moved: readonly Moved[];
}

/** What may differ from one environment to the next: sizes and phases, never identity. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- its members come with what they are for
export interface Profile {}

/**
 * What an environment deploys of a topology, held against what was approved. What has left the topology is forgotten, whether or
 * not it was locked since; only a binding that brings new messages is in neither list, so that an engine takes it away.
 *
 * @param topology - as compiled
 * @param lock - the approved target; null where there is none, then nothing that leaves can be known
 * @throws DeclarationError where the lock forbids the topology (LK61x): all reasons at once
 */
export function deploymentOf(topology: Topology, lock: Lock | null, _profile: Profile = {}): Deployment {
  const { resources, moved } = topology;
  if (lock === null) return { resources, forgotten: [], moved };
  const issues = refusals(topology, lock);
  if (issues.length > 0) throw new DeclarationError(`domain ${show(topology.domain)}, held against its lock,`, issues);
  const forgotten = retiredResources(topology, lock).map(({ resource }) => resource);
  return { resources, forgotten: [...forgotten, ...underFormerKeys(forgotten, lock.topology.moved)], moved };
}

/** What an environment that is behind still has under the names from before a rename. */
function underFormerKeys(forgotten: readonly Resource[], moved: readonly Moved[]): readonly Resource[] {
  const byKey = new Map(forgotten.map((each) => [each.key, each]));
  const { keyOf } = renamesOf({ renamed: [], moved });
  return movesTo(new Set(byKey.keys()), moved).map(({ from }) => ({
    ...(byKey.get(keyOf(from.key)) as Resource),
    ...from,
  }));
}

/**
 * What a part deploys that stands alone. It keeps the rest of the domain out of its state: what it does not need any more, such
 * as a retry level, others may still use.
 *
 * @param topology - with the resources of the deployment
 */
export function partOf(deployment: Deployment, topology: Topology, part: Part): Deployment {
  const resources = slice(topology, [part]);
  const held = new Set(resources.map(({ key }) => key));
  const others = deployment.resources.filter(({ key }) => !held.has(key));
  const moved: Moved[] = [];
  for (const each of [...deployment.moved].reverse()) {
    if (!held.has(each.to)) continue;
    held.add(each.from.key);
    moved.unshift(each);
  }
  return { resources, forgotten: [...deployment.forgotten, ...others], moved };
}

/** The parts that a part's resources were in when its things had former names, the newest first. */
export function formerParts({ resources, moved }: Deployment, part: Part): readonly Part[] {
  const held = new Set(resources.filter((each) => each.part === part).map(({ key }) => key));
  const found = new Set<Part>();
  for (const { from, to } of [...moved].reverse()) {
    if (!held.has(to)) continue;
    held.add(from.key);
    if (from.part !== part) found.add(from.part);
  }
  return [...found];
}
