import type { OrdersVariant } from "./orders-variant";

/** A whole number from `from` to `to`, both included. */
export type Pick = (from: number, to: number) => number;

/** One kind of change that somebody makes to a declaration. */
export interface ChangeKind {
  readonly name: string;
  /** The declaration afterwards; null where it cannot be made to this one. */
  readonly change: (before: OrdersVariant, pick: Pick) => OrdersVariant | null;
}
