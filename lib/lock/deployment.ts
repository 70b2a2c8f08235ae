import { isReadModel, withOlderReadModels } from "../topology/postgres/older-read-models";
import { slice } from "../topology/slice";
import type { Moved, Part, Resource, Topology } from "../topology/types";
import { accepting } from "./accepting";
import { approvedBeside } from "./approved-beside";
import { inColumnPhases } from "./column-phases";
import { inPhase } from "./generations";
import { byText } from "./layout";
import type { Profile } from "./profile";
import { movesOfBoth, movesTo, renamesOf } from "./renames";
import type { Lock } from "./types";

export type { Profile } from "./profile";

/** What one environment deploys: everything that an engine has to be told, decided in data. */
export interface Deployment {
  /** Created or kept up to date, each after what it needs: what is declared, and older generations that still run. */
  readonly resources: readonly Resource[];
  /** Leave the engine's state and stay on the server, as they were last approved: under each key that a state may have them by. */
  readonly forgotten: readonly Resource[];
  /** Identities that have moved: an engine moves its state from the old key to the new one, nothing is made anew. */
  readonly moved: readonly Moved[];
}

/**
 * What an environment deploys of a topology, held against what was approved. What has left the topology is forgotten, whether or
 * not it was locked since; only a binding that brings new messages is in neither list, so that an engine takes it away. An older
 * generation is there as long as the environment's profile says.
 *
 * @param topology - as compiled
 * @param lock - the approved target; null where there is none, then nothing that leaves can be known
 * @throws DeclarationError where the lock forbids the topology or the profile (LK61x, LK63x): all reasons at once
 */
export function deploymentOf(topology: Topology, lock: Lock | null, profile: Profile = {}): Deployment {
  const { old, retired } = approvedBeside(topology, lock, profile);
  const phases = old.map(inPhase);
  const ofOld = new Set(old.flatMap((each) => each.resources.map(({ key }) => key)));
  const left = retired.map(({ resource }) => resource).filter(({ key }) => !ofOld.has(key));
  const forgotten = [...left, ...phases.flatMap((each) => each.forgotten)].sort(byText(({ key }) => key));
  const kept = phases.flatMap((each) => each.kept);
  const resources = grantedLast(beside(topology.resources, kept), kept);
  const former = underFormerKeys(forgotten, movesOfBoth(topology.moved, lock?.topology.moved ?? []));
  return {
    resources: inColumnPhases(accepting(resources, topology.acceptances), profile),
    forgotten: [...forgotten, ...former],
    moved: movesTo(keysOf(resources), topology.moved),
  };
}

function keysOf(resources: readonly Resource[]): ReadonlySet<string> {
  return new Set(resources.map(({ key }) => key));
}

/** Older resources after those that are declared, each after what it needs; what nobody makes any more, it does without. */
function beside(declared: readonly Resource[], kept: readonly Resource[]): readonly Resource[] {
  if (kept.length === 0) return declared;
  const there = new Set(declared.map(({ key }) => key));
  const fed = kept.filter((each) => each.kind !== "rabbitmq-binding" || there.has(each.sourceKey));
  const left = new Map(fed.map((each) => [each.key, each]));
  const known = new Set([...there, ...left.keys()]);
  const added: Resource[] = [];
  const add = (each: Resource): void => {
    if (there.has(each.key)) return;
    there.add(each.key);
    const dependsOn = each.dependsOn.filter((key) => known.has(key));
    for (const key of dependsOn) if (left.has(key)) add(left.get(key) as Resource);
    added.push({ ...each, dependsOn });
  };
  for (const each of fed) add(each);
  return [...declared, ...added];
}

/** Who works on the read models works on the older ones too; grants come after all that is granted. */
function grantedLast(resources: readonly Resource[], kept: readonly Resource[]): readonly Resource[] {
  const older = kept.filter(isReadModel);
  if (older.length === 0) return resources;
  const others = resources.filter(({ kind }) => kind !== "postgres-grants");
  const grants = resources.filter((each) => each.kind === "postgres-grants");
  return [...others, ...grants.map((each) => withOlderReadModels(each, older))];
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
