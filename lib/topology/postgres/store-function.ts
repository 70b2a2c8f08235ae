import type { FunctionModel } from "../../postgres/model";
import type { StoreRole } from "./store-roles";

/**
 * A function around the event store. All of them run with their owner's rights, so that a role needs EXECUTE on what it uses and
 * nothing on any table.
 */
export interface StoreFunction {
  readonly definition: FunctionModel;
  /** Who calls it. */
  readonly roles: readonly StoreRole[];
  /** The tables that it names: there before it is. */
  readonly tables: readonly string[];
}
