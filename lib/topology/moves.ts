import {
  type DomainDefinition,
  type NamedDefinition,
  RENAMED_SECTIONS,
  type RenamedKind,
  type SagaDefinition,
} from "../domain/definition";
import { generatedBy, inGeneration } from "./generation";
import type { Moved, Part, Renamed, Resource } from "./types";

const SECTIONS = Object.entries(RENAMED_SECTIONS) as [keyof typeof RENAMED_SECTIONS, RenamedKind][];

/** Everything that was called otherwise before. */
export function renamedThings(domain: DomainDefinition): readonly Renamed[] {
  return SECTIONS.flatMap(([section, kind]) =>
    Object.values<NamedDefinition>(domain[section])
      .filter(({ renamedFrom }) => renamedFrom.length > 0)
      .map(({ name, renamedFrom }) => ({ kind, name, from: renamedFrom })),
  );
}

interface Place {
  readonly key: string;
  readonly part: Part;
}

/**
 * Where the resources of renamed things were before: what the declaration gave with each of the former names. A key may hold the name
 * of a message and that of a receiver, and nobody knows any more which of them was renamed first, or was deployed in between: every
 * combination is a place, and the places of one resource are a chain, since an engine takes one successor for each.
 *
 * @param resourcesFor - what a definition is compiled to
 */
export function movesOf(
  domain: DomainDefinition,
  resources: readonly Resource[],
  resourcesFor: (domain: DomainDefinition) => readonly Resource[],
): readonly Moved[] {
  const places = resources.map((): Place[] => []);
  for (const before of formerly(domain)) {
    // names alone differ, so that everything stands where it stands now
    resourcesFor(before).forEach(({ key, part }, index) => places[index]?.push({ key, part }));
  }
  return resources.flatMap(({ kind, key, part }, index) => {
    const chain = lastOfEach([...(places[index] ?? []), { key, part }]);
    const moves = chain.slice(0, -1).map((from, at): Moved => ({ kind, from, to: chain[at + 1]?.key ?? key }));
    return [...olderThan(key).flatMap((generation) => moves.map((each) => ofGeneration(each, generation))), ...moves];
  });
}

/** An older generation that is still beside was renamed with its successor. */
function olderThan(key: string): readonly number[] {
  return Array.from({ length: (generatedBy(key)?.generation ?? 1) - 1 }, (_, index) => index + 1);
}

function ofGeneration({ kind, from: { key, part }, to }: Moved, generation: number): Moved {
  return { kind, from: { key: inGeneration(key, generation), part }, to: inGeneration(to, generation) };
}

/** A name that has come back counts where it stands last. */
function lastOfEach(places: readonly Place[]): readonly Place[] {
  const found = new Map<string, Place>();
  for (const each of places) {
    const id = `${each.part} ${each.key}`;
    found.delete(id);
    found.set(id, each);
  }
  return [...found.values()];
}

const MESSAGES = ["events", "commands"] as const;
const RECEIVERS = ["consumers", "projections", "sagas"] as const;

/** The domain with former names, from the oldest on, in every combination of messages and receivers. */
function formerly(domain: DomainDefinition): readonly DomainDefinition[] {
  const [messages, receivers] = [longest(domain, MESSAGES), longest(domain, RECEIVERS)];
  const found: DomainDefinition[] = [];
  for (let message = messages; message >= 0; message--) {
    for (let receiver = receivers; receiver >= 0; receiver--) {
      if (message + receiver > 0) found.push(withFormerNames(domain, message, receiver));
    }
  }
  return found;
}

type Section = (typeof MESSAGES)[number] | (typeof RECEIVERS)[number];

function longest(domain: DomainDefinition, sections: readonly Section[]): number {
  const all = sections.flatMap((section) => Object.values<NamedDefinition>(domain[section]));
  return all.reduce((most, { renamedFrom }) => Math.max(most, renamedFrom.length), 0);
}

/** What a thing was called so many renames ago, or at first. */
function formerNames<T extends NamedDefinition>({ name, renamedFrom, ...rest }: T, ago: number): T {
  const at = Math.max(0, renamedFrom.length - ago);
  return { ...rest, name: [...renamedFrom, name][at], renamedFrom: renamedFrom.slice(0, at) } as unknown as T;
}

function withFormerNames(domain: DomainDefinition, messagesAgo: number, receiversAgo: number): DomainDefinition {
  const message = (section: (typeof MESSAGES)[number], name: string): string => {
    const declared: NamedDefinition | undefined = domain[section][name];
    return declared === undefined ? name : formerNames(declared, messagesAgo).name;
  };
  const event = (name: string): string => message("events", name);
  const command = (name: string): string => message("commands", name);
  const step = (each: SagaDefinition["steps"][number]): typeof each => ({
    ...each,
    command: command(each.command),
    compensate: each.compensate === null ? null : command(each.compensate),
  });
  const { aggregates, commands, consumers, events, projections, sagas } = domain;
  return {
    ...domain,
    aggregates: mapped(aggregates, (each) => ({ ...each, events: each.events.map(event) })),
    events: mapped(events, (each) => formerNames(each, messagesAgo)),
    commands: mapped(commands, (each) => formerNames(each, messagesAgo)),
    consumers: mapped(consumers, (each) => ({ ...formerNames(each, receiversAgo), on: each.on.map(event) })),
    projections: mapped(projections, (each) => ({ ...formerNames(each, receiversAgo), from: each.from.map(event) })),
    sagas: mapped(sagas, (each) => ({
      ...formerNames(each, receiversAgo),
      startedBy: event(each.startedBy),
      steps: each.steps.map(step),
    })),
  };
}

/** Each by the name that it has then, in the order of now. */
function mapped<T extends NamedDefinition>(
  record: Readonly<Record<string, T>>,
  change: (each: T) => T,
): Readonly<Record<string, T>> {
  return Object.fromEntries(
    Object.values(record)
      .map(change)
      .map((each) => [each.name, each]),
  );
}
