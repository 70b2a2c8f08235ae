import type { Change, Facts } from "../diff/types";

/** What to write into the declaration to accept exactly one finding. */
export function acceptance(id: string): string {
  return `accept: [{ change: ${JSON.stringify(id)}, reason: "…" }]`;
}

/** What cannot be brought back, in two words each. */
export function lossesOf({ losesData, breaksOrder }: Facts): readonly string[] {
  return [...(losesData ? ["loses data"] : []), ...(breaksOrder ? ["breaks order"] : [])];
}

/** Whom a change concerns; empty for nobody. */
export function concerned({ affected }: Change): string {
  return affected.map(({ kind, name }) => `${kind} ${name}`).join(", ");
}
