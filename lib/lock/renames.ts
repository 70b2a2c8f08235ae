import type { DeclaredKind, RenamedKind } from "../domain/definition";
import type { Contract, Flow, Moved, Part, Renamed, Resource, SagaModel, Topology } from "../topology/types";
import type { Lock } from "./types";

/** What things were called before and are called now, by the declaration of one side. */
export interface Renames {
  /** Whether nothing was called otherwise: then nothing has to be looked at. */
  readonly isEmpty: boolean;
  readonly nameOf: (kind: RenamedKind | DeclaredKind, name: string) => string;
  readonly keyOf: (key: string) => string;
}

/** The renames that a topology knows: any former name or key leads to the one of now. */
export function renamesOf({ renamed, moved }: Pick<Topology, "renamed" | "moved">): Renames {
  const names = new Map<string, string>(
    renamed.flatMap(({ kind, name, from }) => from.map((each) => [`${kind}/${each}`, name] as const)),
  );
  const next = new Map(moved.map(({ from, to }) => [from.key, to]));
  const keyOf = (key: string): string => {
    let found = key;
    for (let to = next.get(found); to !== undefined && to !== found; to = next.get(found)) found = to;
    return found;
  };
  return { isEmpty: names.size + next.size === 0, nameOf: (kind, name) => names.get(`${kind}/${name}`) ?? name, keyOf };
}

/** The moves that lead to some keys in the end. */
export function movesTo(keys: ReadonlySet<string>, moved: readonly Moved[]): readonly Moved[] {
  if (keys.size === 0 || moved.length === 0) return [];
  const { keyOf } = renamesOf({ renamed: [], moved });
  return moved.filter(({ from }) => keys.has(keyOf(from.key)));
}

/** What a topology tells, and what an earlier one has told of what has left: of an older generation's former names both may tell. */
export function movesOfBoth(now: readonly Moved[], earlier: readonly Moved[]): readonly Moved[] {
  const told = new Set(now.map(({ from }) => from.key));
  return [...now, ...earlier.filter(({ from }) => !told.has(from.key))];
}

/** All names that a thing has had, the oldest first, its own last. */
export function allNames({ name, from }: Pick<Renamed, "name" | "from">): readonly string[] {
  return [...from, name];
}

/**
 * A topology as it would be if its things had been called before as they are now: what then differs from the topology of now is no
 * rename.
 */
export function inNamesOf(renames: Renames, before: Topology): Topology {
  if (renames.isEmpty) return before;
  return {
    ...before,
    resources: before.resources.map((each) => resourceInNamesOf(renames, each)),
    flows: before.flows.map((each) => flow(renames, each)),
    contracts: before.contracts.map((each) => contractInNamesOf(renames, each)),
    sagas: before.sagas.map((each) => saga(renames, each)),
  };
}

/**
 * A lock as if its things had always been called as they are in a topology. What the topology does not have any more, such as an
 * older generation, is a part of what it was a part of, under its name of now.
 */
export function lockInNamesOf(topology: Topology, lock: Lock): Lock {
  const renames = renamesOf(topology);
  if (renames.isEmpty) return lock;
  const partOf = partsNow(topology, renames);
  const before = inNamesOf(renames, lock.topology);
  return {
    ...lock,
    topology: { ...before, resources: before.resources.map((each) => ({ ...each, part: partOf(each.part) })) },
    published: lock.published.map((each) => contractInNamesOf(renames, each)),
    retired: lock.retired.map(({ resource, ...rest }) => {
      const renamed = resourceInNamesOf(renames, resource);
      return { ...rest, resource: { ...renamed, part: partOf(renamed.part) } };
    }),
  };
}

/** A part is named after a thing: what is left of the part with a former name is in the one with the name of now. */
function partsNow({ resources, moved }: Topology, { keyOf }: Renames): (part: Part) => Part {
  const now = new Map(resources.map(({ key, part }) => [key, part]));
  const found = new Map<Part, Part>();
  for (const { from } of moved) {
    const part = now.get(keyOf(from.key));
    if (part !== undefined) found.set(from.part, part);
  }
  return (part) => found.get(part) ?? part;
}

/** Only keys: where it is declared, and which construct makes it, is told by the side that has it. */
export function resourceInNamesOf({ keyOf }: Renames, resource: Resource): Resource {
  const moved = { ...resource, key: keyOf(resource.key), dependsOn: resource.dependsOn.map(keyOf) };
  if (moved.kind !== "rabbitmq-binding") return moved;
  return { ...moved, sourceKey: keyOf(moved.sourceKey), destinationKey: keyOf(moved.destinationKey) };
}

export function contractInNamesOf({ nameOf }: Renames, before: Contract): Contract {
  return { ...before, name: nameOf(before.kind, before.name) };
}

function flow({ nameOf, keyOf }: Renames, { from, to, message, through, ...rest }: Flow): Flow {
  const end = (at: string): string => {
    const [kind, name] = at.split("/") as [DeclaredKind, string?];
    return name === undefined ? at : `${kind}/${nameOf(kind, name)}`;
  };
  const { kind } = rest;
  return {
    ...rest,
    message: kind === "reply" ? message : nameOf(kind, message),
    from: end(from),
    to: end(to),
    through: through.map(keyOf),
  };
}

function saga({ nameOf }: Renames, { name, startedBy, steps }: SagaModel): SagaModel {
  return {
    name: nameOf("saga", name),
    startedBy: nameOf("event", startedBy),
    steps: steps.map((step) => ({
      ...step,
      command: nameOf("command", step.command),
      compensate: step.compensate === null ? null : nameOf("command", step.compensate),
    })),
  };
}
