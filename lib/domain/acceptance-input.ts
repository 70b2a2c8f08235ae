/** A risk that you take. */
export interface AcceptanceInput {
  /** The change as the diff names it, with its values: `"topic/OrderPaid partitions 12 -> 24"`. */
  readonly change: string;
  /** Why it may be done, in a sentence. */
  readonly reason: string;
}
