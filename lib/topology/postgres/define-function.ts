import type { ArgumentModel, FunctionModel } from "../../postgres/model";

/** A function of the schema; what is not said is Postgres' own default. */
export function define(
  schema: string,
  name: string,
  model: Partial<FunctionModel> & Pick<FunctionModel, "body">,
): FunctionModel {
  return {
    schema,
    name,
    arguments: [],
    returns: null,
    language: "plpgsql",
    volatility: "volatile",
    parallel: "unsafe",
    strict: false,
    securityDefiner: false,
    settings: {},
    comment: null,
    ...model,
  };
}

export function given(name: string, type: string): ArgumentModel {
  return { name, type, mode: "in", default: null };
}

export function out(name: string, type: string): ArgumentModel {
  return { name, type, mode: "out", default: null };
}

/** A body with the rights of its owner must not find other people's objects. */
export const SAFE_PATH = { search_path: "pg_catalog, pg_temp" };
