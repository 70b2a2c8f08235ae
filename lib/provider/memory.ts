import { normaliseExpression } from "../postgres/normalise";
import type { SameExpression } from "../postgres/canonical";
import type { IndexObstacle } from "../postgres/plan";
import { fingerprint, type Inspected } from "./postgres/inspected";

/** What is remembered of an object besides its attributes; stored as JSON by the engine. */
export interface Memory {
  /** Of the object as it was inspected; `absent` when there was none. */
  readonly fingerprint: string;
  readonly leaves: readonly string[];
  readonly obstacles: readonly IndexObstacle[];
  readonly unvalidated: readonly string[];
  readonly problems: readonly string[];
  /** Who declared it when it was last applied, whatever the marker says since then. */
  readonly owner: string | null;
  /** What Postgres made of a declared expression, where that can't be told from its text. */
  readonly spellings: Readonly<Record<string, string>>;
}

export const emptyMemory: Memory = {
  fingerprint: "absent",
  leaves: [],
  obstacles: [],
  unvalidated: [],
  problems: [],
  owner: null,
  spellings: {},
};

export function remember(
  inspected: Inspected | null,
  { spellings, owner }: Pick<Memory, "spellings" | "owner">,
): Memory {
  const table = inspected?.kind === "table" ? inspected : null;
  return {
    fingerprint: fingerprint(inspected),
    leaves: table?.leaves ?? [],
    obstacles: table?.obstacles ?? [],
    unvalidated: table?.unvalidated ?? [],
    problems: inspected?.problems ?? [],
    owner,
    spellings,
  };
}

export function writeMemory(memory: Memory): string {
  return JSON.stringify({ v: 1, ...memory });
}

/** What was written by {@link writeMemory}; null when there is nothing, so that nothing can be compared. */
export function readMemory(text: string | null): Memory | null {
  if (text === null || text === "") return null;
  const { v: _version, ...memory } = JSON.parse(text) as Memory & { v: number };
  // What an older version remembered were indexes only.
  const obstacles = (memory.obstacles ?? []).map((each) => ({ ...each, constraintOf: each.constraintOf ?? null }));
  return { ...emptyMemory, ...memory, obstacles };
}

/** Compares expressions by their text, and by what Postgres is known to have made of them. */
export function sameBySpellings(spellings: Memory["spellings"]): SameExpression {
  const meaning = (text: string): string => normaliseExpression(spellings[text] ?? text);
  return (a, b) => a === b || meaning(a) === meaning(b);
}
