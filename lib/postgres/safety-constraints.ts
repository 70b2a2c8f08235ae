import type { TableChange } from "./diff";
import { allow, brief, refuse, rewriting, rowsText, type Situation, type Verdict } from "./verdict";

type Of<K extends TableChange["kind"]> = Extract<TableChange, { kind: K }>;

const WORDS = { uniques: "unique constraint", foreignKeys: "foreign key", exclusions: "exclusion constraint" } as const;

export function judgeDroppedConstraint({ attribute, constraint }: Of<"drop-constraint">): Verdict {
  return refuse(
    "PG416",
    attribute,
    `drop ${WORDS[attribute]} "${constraint.name}"`,
    brief,
    "rows that break it could come in; keep it in the declaration, or drop it by hand and then leave it out",
  );
}

export function judgeChangedConstraint({ attribute, to }: Of<"change-constraint">): Verdict {
  return refuse(
    "PG416",
    attribute,
    `change ${WORDS[attribute]} "${to.name}"`,
    brief,
    "it can't be changed, and dropping it lets rows in that break it; keep it as it is and add a second one under another name",
  );
}

/** Its index can't be built while others write. */
export function judgeNewExclusion({ exclusion }: Of<"add-exclusion">, situation: Situation): Verdict {
  const change = `add exclusion constraint "${exclusion.name}"`;
  if (situation.rows === "none") return allow("exclusions", change, brief);
  return refuse(
    "PG417",
    "exclusions",
    change,
    rewriting,
    `${rowsText(situation)}, and readers and writers would wait until its index is built; add it by hand when they can, and then declare it`,
  );
}
