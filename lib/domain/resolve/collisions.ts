import type { DomainDefinition, NamedDefinition, RENAMED_SECTIONS } from "../definition";
import { kebab, originalName, projectionTableName, slugOf, snake } from "../names";
import { STORE_TABLES } from "../store-tables";
import type { Reader } from "./reader";
import { placeOf } from "./renamed";

/** The queue of what nobody takes is `{domain}.unrouted`, where a consumer of this name would put its own. */
const RESERVED_CONSUMERS = ["unrouted"];

/** Things that would have the same topic, queue or table, and those that would have one of the domain's own. */
export function checkCollisions(reader: Reader, definition: DomainDefinition): void {
  const { commands } = definition;
  const handlers = Object.fromEntries(Object.values(commands).map((each) => [each.handledBy, each.name]));
  const slug = (event: NamedDefinition): string => slugOf(definition, event.name);
  const tableOf = (each: NamedDefinition): string =>
    projectionTableName(originalName(each), definition.projections[each.name]?.generation ?? 1);
  const groups: readonly (readonly [keyof typeof RENAMED_SECTIONS, (each: NamedDefinition) => string])[] = [
    ["events", slug],
    ["aggregates", (each) => kebab(originalName(each))],
    ["commands", (each) => kebab(originalName(each))],
    ["consumers", (each) => kebab(originalName(each))],
    ["projections", tableOf],
    ["sagas", (each) => kebab(originalName(each))],
  ];
  for (const [section, physical] of groups)
    reportCollisions(Object.values(definition[section]), physical, (each) =>
      placeOf(reader, definition, section, each),
    );
  const handlerAt = (each: string): Reader =>
    reader
      .at("commands")
      .at(handlers[each] ?? "")
      .at("handledBy");
  const handlerNames = Object.keys(handlers).map((each) => ({ name: each, renamedFrom: [] }));
  reportCollisions(handlerNames, (each) => kebab(each.name), handlerAt);
  checkReserved(reader, definition);
}

/** Names of the domain's own that a thing would take. */
function checkReserved(reader: Reader, { consumers, name, projections }: DomainDefinition): void {
  for (const each of Object.values(projections)) {
    if (STORE_TABLES.includes(snake(originalName(each))))
      reader
        .at("projections")
        .at(each.name)
        .add("ED141", { received: originalName(each) });
  }
  for (const each of Object.values(consumers)) {
    const queue = kebab(originalName(each));
    if (RESERVED_CONSUMERS.includes(queue)) {
      const detail = `${name}.${queue} is a queue of the domain's own`;
      reader
        .at("consumers")
        .at(each.name)
        .add("ED117", { received: originalName(each), detail });
    }
  }
}

function reportCollisions(
  things: readonly NamedDefinition[],
  physical: (thing: NamedDefinition) => string,
  at: (name: string) => Reader,
): void {
  const taken = new Map<string, NamedDefinition>();
  for (const thing of things) {
    const first = taken.get(physical(thing));
    if (first === undefined) taken.set(physical(thing), thing);
    else if (!toldByNames(first, thing)) {
      const renamed = [first, thing].filter((each) => each.renamedFrom.length > 0);
      const why = renamed.map((each) => `, ${each.name} since it was called ${originalName(each)} first`).join("");
      at(thing.name).add("ED117", {
        received: thing.name,
        detail: `"${physical(thing)}", as ${first.name} does${why}`,
      });
    }
  }
}

/** Whether what two things were called says already that one of them is named wrongly. */
function toldByNames(one: NamedDefinition, other: NamedDefinition): boolean {
  const names = [other.name, ...other.renamedFrom];
  return one.renamedFrom.some((each) => names.includes(each)) || other.renamedFrom.includes(one.name);
}
