import { normaliseExpression } from "../postgres/normalise";
import type { SameExpression } from "../postgres/canonical";
import type { LeafModel } from "../postgres/model";
import type { Branch } from "../postgres/partitions";
import type { IndexObstacle } from "../postgres/plan";
import { currentVersion } from "./upgrade";
import { fingerprints, type Inspected, type InspectedTable } from "./postgres/inspected";

/** What is remembered of an object besides its attributes; stored as JSON by the engine. */
export interface Memory {
  /** Of the object as it was inspected; `absent` when there was none. */
  readonly fingerprint: string;
  /** As {@link fingerprint}, but for the leaves that a rolling rule makes and detaches. */
  readonly rollingFingerprint: string;
  readonly leaves: readonly string[];
  readonly branches: readonly Branch[];
  /** Of a range, what is attached to the table itself: what a rolling rule needs to know. */
  readonly ranges: readonly LeafModel[];
  readonly leaving: InspectedTable["leaving"];
  readonly passingChecks: InspectedTable["passingChecks"];
  readonly sizes: InspectedTable["sizes"];
  readonly obstacles: readonly IndexObstacle[];
  readonly unvalidated: readonly string[];
  readonly problems: readonly string[];
  /** Who declared it when it was last applied, whatever the marker says since then. */
  readonly owner: string | null;
  /** What Postgres made of a declared expression, where that can't be told from its text. */
  readonly spellings: Readonly<Record<string, string>>;
  /** When it was read, in milliseconds since 1970: the time that a rolling rule goes by. Null where that was not kept. */
  readonly now: number | null;
  /** Whether it goes with a removal that a plan has shown. */
  readonly retires: boolean;
}

export const emptyMemory: Memory = {
  fingerprint: "absent",
  rollingFingerprint: "absent",
  leaves: [],
  branches: [],
  ranges: [],
  leaving: [],
  passingChecks: [],
  sizes: {},
  obstacles: [],
  unvalidated: [],
  problems: [],
  owner: null,
  spellings: {},
  now: null,
  retires: false,
};

export function remember(
  inspected: Inspected | null,
  { spellings, owner }: Pick<Memory, "spellings" | "owner">,
): Memory {
  const table = inspected?.kind === "table" ? inspected : null;
  return {
    ...fingerprints(inspected),
    leaves: table?.leaves ?? [],
    branches: table?.branches ?? [],
    ranges: rangesOf(table),
    leaving: table?.leaving ?? [],
    passingChecks: table?.passingChecks ?? [],
    sizes: table?.sizes ?? {},
    obstacles: table?.obstacles ?? [],
    unvalidated: table?.unvalidated ?? [],
    problems: inspected?.problems ?? [],
    owner,
    spellings,
    now: null,
    retires: false,
  };
}

function rangesOf(table: InspectedTable | null): readonly LeafModel[] {
  const partitioning = table?.model.partitioning ?? null;
  if (partitioning?.strategy !== "range") return [];
  return partitioning.partitions.map(({ partitioning: _, ...leaf }) => leaf);
}

/** With the version of the state that it belongs to: Pulumi has no other place for that. */
export function writeMemory(memory: Memory): string {
  return JSON.stringify({ v: currentVersion(), ...memory });
}

/** The version of the state that belongs to what was written by {@link writeMemory}; 1 where it does not say. */
export function versionIn(text: string | null): number {
  if (text === null || text === "") return 1;
  const { v } = JSON.parse(text) as { v?: unknown };
  return typeof v === "number" ? v : 1;
}

/** What was written by {@link writeMemory}; null when there is nothing, so that nothing can be compared. */
export function readMemory(text: string | null): Memory | null {
  if (text === null || text === "") return null;
  const { v: _version, ...memory } = JSON.parse(text) as Memory & { v: number };
  // What an older version remembered were indexes only.
  const obstacles = (memory.obstacles ?? []).map((each) => ({
    ...each,
    constraintOf: each.constraintOf ?? null,
    valid: each.valid ?? true,
  }));
  return { ...emptyMemory, ...memory, obstacles };
}

/** Without what is another with every look, and so no difference: when that was, and how large the table was. */
export function lastingMemory(text: string | null): string | null {
  const memory = readMemory(text);
  return memory === null ? text : writeMemory({ ...memory, now: null, sizes: {} });
}

/** Compares expressions by their text, and by what Postgres is known to have made of them. */
export function sameBySpellings(spellings: Memory["spellings"]): SameExpression {
  const meaning = (text: string): string => normaliseExpression(spellings[text] ?? text);
  return (a, b) => a === b || meaning(a) === meaning(b);
}
