import type { RenamedKind } from "../domain/definition";
import type { Issue } from "../domain/issues";
import { nearest } from "../domain/issues";
import type { Renamed, Resource, Topology } from "../topology/types";
import { lockIssue } from "./issues";
import { namedThings } from "./named-things";
import { allNames } from "./renames";
import type { RetiredResource } from "./types";

/** What the renames of a declaration say of a lock that they do not fit. */
export interface RenameCheck {
  readonly issues: readonly Issue[];
  /** Things of the lock, as `consumer/billing`, that are there under a wrong history: neither gone nor new, whatever else says so. */
  readonly there: ReadonlySet<string>;
  /** Things of the declaration that those are. */
  readonly wrong: readonly Renamed[];
}

/**
 * Why the renames of a declaration do not fit what is on the servers: physical names come from the first name that a thing had, and
 * engines find what they made by every name that it has had.
 */
export function checkRenames(topology: Topology, previous: Topology): RenameCheck {
  const retired = new Set(topology.retired.map(({ kind, name }) => `${kind}/${name}`));
  const before = thingsOf(previous);
  const holders = holdersOf(thingsOf(topology));
  const wrong = before
    .filter(({ kind, name }) => !retired.has(`${kind}/${name}`))
    .flatMap((each) => wrongHistory(each, holders));
  const issues = [
    ...wrong.map(({ issue }) => issue),
    ...unknownNames(topology, before),
    ...aggregateIssues(topology, previous, holders),
  ];
  return {
    issues,
    there: new Set(wrong.map(({ thing }) => `${thing.kind}/${thing.name}`)),
    wrong: wrong.map(({ now }) => now),
  };
}

/** Everything with a name, also what never had another one. */
export function thingsOf(topology: Topology): readonly Renamed[] {
  const renamed = new Map(topology.renamed.map((each) => [`${each.kind}/${each.name}`, each]));
  const others = [...namedThings(topology), ...aggregatesOf(topology)]
    .filter(([kind, name]) => kind !== "handler" && !renamed.has(`${kind}/${name}`))
    .map(([kind, name]): Renamed => ({ kind: kind as RenamedKind, name, from: [] }));
  return [...topology.renamed, ...others];
}

/** Where the former names of a thing stand in the declaration. */
export function renamedPath({ kind, name }: Pick<Renamed, "kind" | "name">): string {
  return `${kind}s.${name}.renamedFrom`;
}

/** By kind and name: what is called so now, or else was. */
type Holders = ReadonlyMap<string, Renamed>;

function holdersOf(things: readonly Renamed[]): Holders {
  const former = things.flatMap((each) => each.from.map((name) => [`${each.kind}/${name}`, each] as const));
  return new Map([...former, ...things.map((each) => [`${each.kind}/${each.name}`, each] as const)]);
}

interface WrongHistory {
  readonly thing: Renamed;
  readonly now: Renamed;
  readonly issue: Issue;
}

function wrongHistory(thing: Renamed, holders: Holders): readonly WrongHistory[] {
  const now = [...allNames(thing)].reverse().flatMap((name) => holders.get(`${thing.kind}/${name}`) ?? [])[0];
  // what is gone is told elsewhere
  if (now === undefined) return [];
  const [known, said] = [allNames(thing), allNames(now)];
  if (known[0] === said[0] && known.every((each) => said.includes(each))) return [];
  const right = now.name === thing.name ? thing.from : known;
  const issue = lockIssue("LK620", renamedPath(now), {
    ...(now.from.length === 0 ? {} : { received: now.from.join(", ") }),
    detail: `what the ${now.kind} has on the servers is called after ${JSON.stringify(known[0])}`,
    fix: right.length === 0 ? "leave renamedFrom out" : `write renamedFrom: ${written(right)}`,
  });
  return [{ thing, now, issue }];
}

function written(names: readonly string[]): string {
  return names.length === 1 ? JSON.stringify(names[0]) : `[${names.map((each) => JSON.stringify(each)).join(", ")}]`;
}

/** What was renamed is in the lock under one of its names, or there is nothing that it could have been. */
function unknownNames(topology: Topology, before: readonly Renamed[]): readonly Issue[] {
  return topology.renamed.flatMap((each) => {
    const names = before.filter(({ kind }) => kind === each.kind).flatMap(allNames);
    if (allNames(each).some((name) => names.includes(name))) return [];
    const near = nearest(each.from.at(-1), names);
    return [
      lockIssue("LK621", renamedPath(each), {
        received: each.from.join(", "),
        ...(near === undefined ? {} : { fix: `did you mean renamedFrom: ${JSON.stringify(near)}?` }),
      }),
    ];
  });
}

type EventsAggregate = ReadonlyMap<string, string>;

/** By event; where there is no Kafka, nothing on a server tells. */
function aggregatesByEvent({ resources }: Topology): EventsAggregate {
  const steps = resources.map(({ path }) => /^aggregates\.([^.]+)\.events\.([^.]+)$/.exec(path));
  return new Map(steps.flatMap((found) => (found === null ? [] : [[found[2] ?? "", found[1] ?? ""] as const])));
}

function aggregatesOf(topology: Topology): readonly (readonly ["aggregate", string])[] {
  return [...new Set(aggregatesByEvent(topology).values())].map((name) => ["aggregate", name]);
}

/** Rows are found by the type of their aggregate: under another one, an aggregate's history cannot go on. */
function aggregateIssues(topology: Topology, previous: Topology, holders: Holders): readonly Issue[] {
  const [before, now] = [aggregatesByEvent(previous), aggregatesByEvent(topology)];
  const first = (side: Topology, name: string): string =>
    side.renamed.find((each) => each.kind === "aggregate" && each.name === name)?.from[0] ?? name;
  const found = new Map<string, Issue>();
  for (const [event, aggregate] of before) {
    const after = now.get(holders.get(`event/${event}`)?.name ?? "");
    if (after === undefined || first(topology, after) === first(previous, aggregate)) continue;
    const wrong = {
      detail: `${event} is stored under ${JSON.stringify(first(previous, aggregate))}`,
      fix: `rename the aggregate by renamedFrom: ${JSON.stringify(aggregate)}, or leave the event where it was`,
    };
    found.set(`${aggregate} ${after}`, lockIssue("LK623", `aggregates.${after}`, wrong));
  }
  return [...found.values()];
}

/** The physical name of what holds messages or rows; null for what does not. */
function storedName(resource: Resource): string | null {
  if (resource.kind === "kafka-topic") return `topic ${resource.name}`;
  if (resource.kind === "rabbitmq-queue") return `queue ${resource.name}`;
  return resource.kind === "postgres-table" ? `table ${resource.definition.schema}.${resource.definition.name}` : null;
}

/** What stays on the servers keeps its name: nothing else can be called so. */
export function takenNames(
  topology: Topology,
  staying: readonly RetiredResource[],
  { wrong }: RenameCheck,
): readonly Issue[] {
  const taken = new Map(staying.map(({ resource }) => [storedName(resource), resource]));
  const told = wrong.map(({ kind, name }) => new RegExp(`(^|[.])${kind}s[.]${name}([.]|$)`));
  const found = new Map<string, Issue>();
  for (const each of topology.resources.filter(({ path }) => !told.some((thing) => thing.test(path)))) {
    const name = storedName(each);
    const other = name === null ? undefined : taken.get(name);
    if (other === undefined || found.has(each.path)) continue;
    found.set(
      each.path,
      lockIssue("LK622", each.path, { detail: `the ${name} was that of ${other.path}, and is retired` }),
    );
  }
  return [...found.values()];
}
