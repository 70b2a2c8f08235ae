import type { AcceptanceModel } from "../../postgres/acceptance-model";
import { leanTable } from "../../postgres/defaults";
import type { TableModel } from "../../postgres/model";
import type {
  PostgresFunction,
  PostgresGrants,
  PostgresPublication,
  PostgresRole,
  PostgresSchema,
  PostgresSequence,
  PostgresTableResource,
} from "../../topology/types";
import type { Attribute, Attributes } from "../defined-resource";
import type { Row } from "./row";

/** Our own table provider: the models one to one, in snake_case; nulls are left out, which means the same. */
const common = { provider: "eventloom", replacedWith: (): readonly string[] => [] } as const;

export const postgresSchema: Row<PostgresSchema> = {
  ...common,
  type: "eventloom_postgres_schema",
  attributes: ({ definition: { name, comment } }, { declaredBy }) => written({ name, comment, declaredBy }),
};

export const postgresSequence: Row<PostgresSequence> = {
  ...common,
  type: "eventloom_postgres_sequence",
  attributes: ({ definition: { schema, name, cache, comment } }, { declaredBy }) =>
    written({ schema, name, cache, comment, declaredBy }),
};

export const postgresFunction: Row<PostgresFunction> = {
  ...common,
  type: "eventloom_postgres_function",
  attributes: ({ definition }, { declaredBy }) => written({ ...definition, declaredBy }),
};

export const postgresTable: Row<PostgresTableResource> = {
  ...common,
  type: "eventloom_postgres_table",
  attributes: ({ definition, removal, accept }, { declaredBy }) => ({
    ...tableAttributes(definition),
    removal,
    ...accepted(accept),
    declared_by: declaredBy,
  }),
};

export const postgresRole: Row<PostgresRole> = {
  ...common,
  type: "eventloom_postgres_role",
  attributes: ({ definition: { name, comment } }, { declaredBy }) => written({ name, comment, declaredBy }),
};

export const postgresGrants: Row<PostgresGrants> = {
  ...common,
  type: "eventloom_postgres_grants",
  attributes: ({ definition }) => written(definition),
};

export const postgresPublication: Row<PostgresPublication> = {
  ...common,
  type: "eventloom_postgres_publication",
  attributes: ({ definition, accept }, { declaredBy }) => ({
    ...written({ ...definition, declaredBy }),
    ...accepted(accept),
  }),
};

/** Left out where there is nothing: the plan of most tables need not speak of it. */
function accepted(accept: readonly AcceptanceModel[] = []): Attributes {
  return accept.length === 0 ? {} : written({ accept });
}

function tableAttributes(model: TableModel): Attributes {
  return written(leanTable(model));
}

/** Maps whose names are not ours. */
const NAMED: readonly string[] = ["storage", "settings"];

/** Attributes in snake_case, without nulls, at any depth. */
function written(model: object): Attributes {
  return Object.fromEntries(
    Object.entries(model).map(([name, value]) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      NAMED.includes(name) ? literals(value as Readonly<Record<string, string>>) : writtenValue(value),
    ]),
  );
}

/** With text that Terraform takes as it is. */
function writtenValue(value: unknown): Attribute {
  if (value === null) return undefined;
  if (typeof value === "string") return literal(value);
  if (Array.isArray(value)) return value.map(writtenValue);
  return typeof value === "object" ? written(value) : (value as number | boolean);
}

function literals(map: Readonly<Record<string, string>>): Attribute {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, literal(value)]));
}

/**
 * SQL may hold what Terraform would read as a template (`${`, `%{`): doubled, it stands for itself. Tokens of the engines begin
 * like a template, and are left to them.
 */
function literal(text: string): string {
  return text.replace(/\$\{(?!TfToken\[)/g, "$$${").replace(/%\{/g, "%%{");
}
