import type { PlanAction, PlannedChange } from "../../lib/preview/engine-plan";

/** What an engine has done, by the worst of it. */
export type EngineOutcome =
  | "nothing"
  | "unbound"
  | "updated in place"
  | "created"
  | "created and updated"
  | "moved"
  | "forgotten"
  | "refused"
  | "replaced";

/** The engine's own names of what is in its state. */
export interface Books {
  readonly from: readonly string[];
  readonly to: readonly string[];
}

/** @param changes all that was planned and then done */
export function outcomeOf(changes: readonly PlannedChange[], books: Books): EngineOutcome {
  const all = (action: PlanAction): readonly PlannedChange[] => changes.filter((each) => each.action === action);
  const does = (action: PlanAction): boolean => all(action).length > 0;
  // what brings new messages to a queue that nobody reads any more
  const deleted = all("delete").filter(({ kind }) => kind !== "rabbitmq-binding");
  if (does("replace") || deleted.length > 0) return "replaced";
  if (does("forget")) return "forgotten";
  // Pulumi's plan does not tell what is called otherwise; its state does
  const known = new Set(books.from);
  if (books.to.filter((each) => !known.has(each)).length > all("create").length) return "moved";
  if (does("create")) return does("update") ? "created and updated" : "created";
  if (does("update")) return "updated in place";
  return does("delete") ? "unbound" : "nothing";
}
