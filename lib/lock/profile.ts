import type { ColumnPhase } from "../topology/postgres/renamed-columns";

export { COLUMN_PHASES, type ColumnPhase } from "../topology/postgres/renamed-columns";

/** What differs from one environment to another: phases on a way, never identity. */
export interface Profile {
  /**
   * Where this environment is with each old generation that has a successor, by the old one's name: `consumers.billing.v1`,
   * `events.OrderPaid.v1`, `projections.OrderSummary.v1`, `sagas.OrderFulfillment.v1`, `handlers.inventory.v1`.
   * @default - "beside" for each: nothing is taken away before somebody says so
   */
  readonly generations?: Readonly<Record<string, GenerationPhase>>;
  /**
   * Where this environment is with each renamed column of a read table, by its new name: `projections.OrderSummary.customer_name`.
   * @default - "add" for each: nothing is taken away before somebody says so
   */
  readonly columns?: Readonly<Record<string, ColumnPhase>>;
}

/** The phases in their order; an environment goes from one to the next by a deploy. */
export const GENERATION_PHASES = ["beside", "drain", "done"] as const;

/**
 * Where an environment is on the way from an old generation to its successor.
 *
 * - `beside`: both are there. A queue: both are bound, and services consume both. A topic: the relay writes to the old one alone,
 *   consumers subscribe to both. A read table: the old one is read, the new one is built from the events.
 * - `drain`: what is new goes to the successor alone; the old one is read to its end. A read table: the new one is read; the old
 *   one is kept for who still runs, with all rights on it.
 * - `done`: the old one is forgotten by the engine, and stays on the server until somebody deletes it.
 */
export type GenerationPhase = (typeof GENERATION_PHASES)[number];
