import { isRenaming } from "../../lock/column-phases";
import { leavingOf } from "../../lock/leaving";
import type { Owned } from "./identity";
import type { EnginePlan, PlanAction, PlanEngine, PlanError, PlannedChange } from "./types";

/** What a reader says about a resource; the rest follows from who owns it. */
export type PlanEntry = Omit<PlannedChange, "kind" | "key" | "domain" | "path" | "leaving" | "inPhases">;

/** Puts a plan together, entry by entry. */
export class PlanCollector {
  readonly #engine: PlanEngine;
  readonly #changes: PlannedChange[] = [];
  readonly #known = new Map<string, string[]>();
  readonly #errors: PlanError[] = [];
  #untouched = 0;
  #changed = 0;

  constructor(engine: PlanEngine) {
    this.#engine = engine;
  }

  add({ domain, resource, retired }: Owned, entry: PlanEntry): void {
    const keys = this.#known.get(domain);
    if (keys === undefined) this.#known.set(domain, [resource.key]);
    else keys.push(resource.key);
    if (entry.action === "none" && !entry.drift) return;
    const { kind, key, path } = resource;
    const leaving = retired ? leavingOf(resource) : null;
    this.#changes.push({ ...entry, kind, key, domain, path, leaving, ...(isRenaming(resource) ? { inPhases: true } : {}) }); // prettier-ignore
  }

  /** Counts what belongs to nobody; nothing of it is kept. */
  addForeign(action: PlanAction): void {
    if (action === "none" || action === "read") this.#untouched++;
    else this.#changed++;
  }

  fail(key: string | null, codes: readonly string[]): void {
    this.#errors.push({ key, codes });
  }

  plan(): EnginePlan {
    return {
      engine: this.#engine,
      changes: this.#changes,
      known: Object.fromEntries(this.#known),
      foreign: { untouched: this.#untouched, changed: this.#changed },
      errors: this.#errors,
    };
  }
}
