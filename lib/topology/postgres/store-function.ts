import type { ArgumentModel, FunctionModel } from "../../postgres/model";
import { define, given, SAFE_PATH } from "./define-function";
import type { StoreRole } from "./store-roles";

/** A function around the event store. */
export interface StoreFunction {
  readonly definition: FunctionModel;
  /** Who calls it. */
  readonly roles: readonly StoreRole[];
  /** The tables that it names: there before it is. */
  readonly tables: readonly string[];
}

/** With its owner's rights: a role needs EXECUTE on what it uses, and nothing on any table. */
export function defineForRoles(
  schema: string,
  name: string,
  model: Omit<Parameters<typeof define>[2], "securityDefiner" | "settings">,
): FunctionModel {
  return define(schema, name, { ...model, securityDefiner: true, settings: SAFE_PATH });
}

/** @param byDefault what it is where the caller says nothing, as Postgres writes it back */
export function optional(name: string, type: string, byDefault: string): ArgumentModel {
  return { ...given(name, type), default: byDefault };
}
