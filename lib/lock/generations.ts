import type { Issue } from "../domain/issues";
import { generatedBy } from "../topology/generation";
import type { Resource, Topology } from "../topology/types";
import { lockIssue } from "./issues";
import { leavingOf } from "./leaving";
import { GENERATION_PHASES, type GenerationPhase, type Profile } from "./profile";
import type { Lock, RetiredResource } from "./types";

/**
 * The one place that knows how a queue, a topic or a read table gives way to its next generation. The lock has the target, and what came before
 * under what it has retired; the phase comes from the environment's profile.
 */

/** An older generation of something that is declared. */
export interface OldGeneration {
  /** As a profile names it: `consumers.billing.v1`. */
  readonly name: string;
  /** What it is one of: `consumers.billing`, `events.OrderPaid`, `projections.OrderSummary`. */
  readonly of: string;
  readonly generation: number;
  /** The generation that is declared. */
  readonly successor: number;
  readonly phase: GenerationPhase;
  /** As they were last approved, bindings for new messages included. */
  readonly resources: readonly Resource[];
}

/** Finds the generation that takes over from a resource; null where none does. */
export type SuccessorFinder = (key: string) => number | null;

/** @param declared the resources of the topology that is meant */
export function successorFinder(declared: readonly Resource[]): SuccessorFinder {
  const newest = new Map<string, number>();
  for (const { key } of declared) {
    const found = generatedBy(key);
    if (found !== null) newest.set(found.first, Math.max(found.generation, newest.get(found.first) ?? 0));
  }
  return (key) => {
    const old = generatedBy(key);
    const successor = old === null ? 0 : (newest.get(old.first) ?? 0);
    return old !== null && successor > old.generation ? successor : null;
  };
}

/**
 * Every older generation of what is declared, each in its phase; the older ones of the same thing first.
 *
 * @param retired what is still on the servers though nothing declares it
 */
export function oldGenerations(
  topology: Topology,
  retired: readonly RetiredResource[],
  profile: Profile = {},
): readonly OldGeneration[] {
  const successorOf = successorFinder(topology.resources);
  const found = new Map<string, OldGeneration & { readonly resources: Resource[] }>();
  for (const { resource } of retired) {
    const [old, successor] = [generatedBy(resource.key), successorOf(resource.key)];
    if (old === null || successor === null) continue;
    const { of, generation } = old;
    const name = oldName(of, generation);
    const known = found.get(name);
    if (known !== undefined) known.resources.push(resource);
    else found.set(name, { name, of, generation, successor, phase: phaseOf(profile, name), resources: [resource] });
  }
  return [...found.values()].sort((a, b) => (a.of === b.of ? a.generation - b.generation : a.of < b.of ? -1 : 1));
}

export function oldName(of: string, generation: number): string {
  return `${of}.v${generation}`;
}

/** What nobody has said is the first phase, in which nothing is taken away. */
function phaseOf({ generations = {} }: Profile, name: string): GenerationPhase {
  return (Object.hasOwn(generations, name) ? generations[name] : undefined) ?? "beside";
}

/** What an engine is told of an old generation; what is in neither list, it destroys. */
export interface InPhase {
  readonly kept: readonly Resource[];
  readonly forgotten: readonly Resource[];
}

export function inPhase({ phase, resources }: OldGeneration): InPhase {
  if (phase === "beside") return { kept: resources, forgotten: [] };
  const rest = resources.filter((each) => leavingOf(each) === "stays");
  return phase === "drain" ? { kept: rest, forgotten: [] } : { kept: [], forgotten: rest };
}

/** What a profile says that no lock knows, or that is no phase. */
export function profileIssues(retired: readonly RetiredResource[], { generations = {} }: Profile): readonly Issue[] {
  const known = [
    ...new Set(
      retired.flatMap(({ resource }) => {
        const old = generatedBy(resource.key);
        return old === null ? [] : [oldName(old.of, old.generation)];
      }),
    ),
  ].sort();
  return Object.entries(generations).flatMap(([name, phase]) => {
    const path = `profile.generations.${name}`;
    const allowed = known.length === 0 ? "none: no generation has a successor" : known.join(", ");
    return [
      ...(known.includes(name) ? [] : [lockIssue("LK630", path, { received: name, allowed })]),
      ...(GENERATION_PHASES.includes(phase)
        ? []
        : [lockIssue("LK631", path, { received: phase, allowed: GENERATION_PHASES.join(", ") })]),
    ];
  });
}

/** A generation only ever goes up: what came later still holds messages or rows. */
export function generationIssues(topology: Topology, previous: Lock): readonly Issue[] {
  const before = generationsOf(previous.topology.resources);
  return [...generationsOf(topology.resources)].flatMap(([of, generation]) => {
    const was = before.get(of) ?? generation;
    if (generation >= was) return [];
    const fix = `declare generation: ${was + 1} with what is to hold from now on`;
    return [lockIssue("LK632", `${of}.generation`, { received: generation, allowed: `${was} or more`, fix })];
  });
}

/** The generation of everything that can have several. */
function generationsOf(resources: readonly Resource[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const { key } of resources) {
    const each = generatedBy(key);
    if (each !== null) found.set(each.of, each.generation);
  }
  return found;
}

/** What cannot be deployed without a lock: nobody knows what is there beside it. */
export function missingLockIssues(topology: Topology): readonly Issue[] {
  return [...generationsOf(topology.resources)]
    .filter(([, generation]) => generation > 1)
    .map(([of, generation]) => lockIssue("LK633", `${of}.generation`, { received: generation }));
}
