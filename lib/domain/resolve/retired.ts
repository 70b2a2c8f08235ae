import {
  type AcceptanceDefinition,
  type DeclaredKind,
  type DomainDefinition,
  RETIRED_SECTIONS,
  type RetiredDefinition,
} from "../definition";
import type { Reader } from "./reader";

const SECTIONS = Object.entries(RETIRED_SECTIONS) as [keyof typeof RETIRED_SECTIONS, DeclaredKind][];

export function readRetired(reader: Reader): readonly RetiredDefinition[] {
  if (!reader.isObjectOf(Object.keys(RETIRED_SECTIONS))) return [];
  return SECTIONS.flatMap(([section, kind]) =>
    reader
      .at(section)
      .named()
      .map(([name, each]) => ({ kind, name, reason: each.isObjectOf(["reason"], false) ? readReason(each) : "" })),
  );
}

export function readAcceptances(reader: Reader): readonly AcceptanceDefinition[] {
  const changes = new Set<string>();
  return reader.list({ atLeastOne: false }).flatMap((each) => {
    if (!each.isObjectOf(["change", "reason"], false)) return [];
    const change = each.at("change");
    if (change.absent) change.add("ED104", { fix: "name the change as the diff prints it" });
    const text = change.text() ?? "";
    if (!change.absent && text.trim() === "") change.add("ED114");
    if (changes.has(text)) change.add("ED115", { received: text });
    changes.add(text);
    return [{ change: text, reason: readReason(each) }];
  });
}

function readReason(reader: Reader): string {
  const reason = reader.at("reason");
  const text = reason.text() ?? "";
  if (reason.absent || (typeof reason.value === "string" && text.trim() === "")) reason.add("ED151");
  return text;
}

/** A name is either in use or reserved. */
export function checkRetired(reader: Reader, definition: DomainDefinition): void {
  const { events, commands, consumers, projections, sagas } = definition;
  const handlers = new Set(Object.values(commands).map((each) => each.handledBy));
  const declared: Readonly<Record<DeclaredKind, (name: string) => boolean>> = {
    event: (name) => Object.hasOwn(events, name),
    command: (name) => Object.hasOwn(commands, name),
    consumer: (name) => Object.hasOwn(consumers, name),
    projection: (name) => Object.hasOwn(projections, name),
    saga: (name) => Object.hasOwn(sagas, name),
    handler: (name) => handlers.has(name),
  };
  for (const [section, kind] of SECTIONS) {
    for (const each of definition.retired.filter((retired) => retired.kind === kind && declared[kind](retired.name))) {
      reader.at(section).at(each.name).add("ED150", { received: each.name });
    }
  }
}
