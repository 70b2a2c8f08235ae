import { type DomainDefinition, RENAMED_SECTIONS, type NamedDefinition, type RenamedKind } from "../definition";
import type { Reader } from "./reader";

/** More than anybody renames by hand. */
const MOST = 20;

/** The former names of a thing, as a list. */
export function readRenamedFrom(reader: Reader): readonly string[] {
  const from = reader.at("renamedFrom");
  if (from.absent) return [];
  const each = typeof from.value === "string" ? [from] : from.list({ atLeastOne: true });
  if (each.length > MOST) from.add("ED107", { received: each.length, allowed: `1 to ${MOST} names` });
  return each.flatMap((name) => {
    if (typeof name.value === "string") return [name.checkName(name.value).value as string];
    name.add("ED105", { received: name.value, allowed: "a name that it had before, or a list of them" });
    return [];
  });
}

type Named = NamedDefinition;
const SECTIONS = Object.entries(RENAMED_SECTIONS) as [keyof typeof RENAMED_SECTIONS, RenamedKind][];

/** A name belongs to one thing alone: to that which is called so, or to that which was. */
export function checkRenamed(reader: Reader, definition: DomainDefinition): void {
  for (const [section, kind] of SECTIONS) {
    const things: Readonly<Record<string, Named>> = definition[section];
    const retired = new Set(definition.retired.filter((each) => each.kind === kind).map(({ name }) => name));
    const taken = new Map<string, string>();
    for (const thing of Object.values(things)) {
      const at = placeOf(reader, definition, section, thing.name).at("renamedFrom");
      thing.renamedFrom.forEach((name, index) => {
        const here = typeof at.value === "string" ? at : at.at(index);
        const other = taken.get(name);
        // back to its first name: what is between the two is what it is renamed from
        const back = index === 0 && thing.renamedFrom.length > 1;
        if (name === thing.name && !back) here.add("ED153", { received: name });
        else if (name !== thing.name && Object.hasOwn(things, name)) here.add("ED152", { received: name });
        else if (retired.has(name)) here.add("ED155", { received: name });
        else if (other !== undefined && other !== thing.name)
          here.add("ED154", { received: name, detail: `${other} is too` });
        taken.set(name, other ?? thing.name);
      });
    }
  }
}

/** Where a thing is declared. */
export function placeOf(
  reader: Reader,
  { events }: DomainDefinition,
  section: keyof typeof RENAMED_SECTIONS,
  name: string,
): Reader {
  if (section !== "events") return reader.at(section).at(name);
  return reader
    .at("aggregates")
    .at(events[name]?.aggregate ?? "")
    .at("events")
    .at(name);
}
