/** How large and how often. */
export interface Size {
  readonly tables: number;
  readonly rounds: number;
}

/** A plan without change, in parts of what the engine takes for as much of nothing. */
export const PLAN_GOAL = 1.3;

/** What a process of the provider may take. */
export const MEMORY_MB = 150;
