import { fillStored } from "./attributes";
import type { Issue } from "./issue";
import { resourceSchemas, type AttributeSchemas, type Kind } from "./schema";
import type { Attributes } from "./value";

/**
 * How what an older release stored becomes what this one reads, for both engines: in the state are attributes, and a version that
 * says how they are meant. An attribute that came later asks for no new version: where it is missing it has its default.
 */
export interface Upgrade {
  /** The attributes of the kinds that the version before stored otherwise than the next one. */
  readonly schemas: Readonly<Partial<Record<Kind, AttributeSchemas>>>;
  /** What the next version stores in place of that. Pure. */
  readonly next: (kind: Kind, attributes: Attributes) => Attributes;
}

/** The first leads from version 1 to 2, and so on; none is ever changed or taken away. Nothing but version 1 was released so far. */
export const upgrades: readonly Upgrade[] = [];

/** The version of every resource type's state. */
export function currentVersion(chain = upgrades): number {
  return 1 + chain.length;
}

/** The attributes that a state of a version has. */
export function schemasOf(kind: Kind, version: number, chain = upgrades): AttributeSchemas {
  const changed = since(version, chain).find(({ schemas }) => schemas[kind] !== undefined);
  return changed?.schemas[kind] ?? resourceSchemas[kind];
}

/** What this version would have stored; attributes that the older one did not know yet have their defaults. */
export function upgraded(kind: Kind, version: number, stored: Attributes, chain = upgrades): Attributes {
  const next = since(version, chain).reduce((attributes, upgrade) => upgrade.next(kind, attributes), stored);
  return fillStored(resourceSchemas[kind], next);
}

/** Why a state can't be read: a newer release has written it, and what it means by it is not known here. */
export function newerState(kind: Kind, version: number, chain = upgrades): Issue | null {
  const current = currentVersion(chain);
  if (version <= current) return null;
  return {
    severity: "error",
    code: "PG479",
    summary: `the state of a ${kind} was written by a newer version of eventloom`,
    detail: `received: a state of version ${version}; allowed: up to ${current}; install the version of eventloom that wrote it, or a later one, and run the same command again: nothing was read or changed`,
    attribute: null,
  };
}

/** A state that says nothing of its version is of the first. */
function since(version: number, chain: readonly Upgrade[]): readonly Upgrade[] {
  return chain.slice(Math.max(version, 1) - 1);
}
