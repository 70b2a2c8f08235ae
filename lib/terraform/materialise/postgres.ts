import { leanTable } from "../../postgres/defaults";
import type { TableModel } from "../../postgres/model";
import type { PostgresFunction, PostgresSchema, PostgresSequence, PostgresTableResource } from "../../topology/types";
import type { Attribute, Attributes } from "../defined-resource";
import type { Row } from "./row";

/** Our own table provider: the models one to one, in snake_case; nulls are left out, which means the same. */
const common = { provider: "eventloom", replacedWith: (): readonly string[] => [] } as const;

export const postgresSchema: Row<PostgresSchema> = {
  ...common,
  type: "eventloom_postgres_schema",
  attributes: ({ definition: { name, comment } }, { declaredBy }) =>
    written({ name, comment, declared_by: declaredBy }),
};

export const postgresSequence: Row<PostgresSequence> = {
  ...common,
  type: "eventloom_postgres_sequence",
  attributes: ({ definition: { schema, name, cache, comment } }, { declaredBy }) =>
    written({ schema, name, cache, comment, declared_by: declaredBy }),
};

export const postgresFunction: Row<PostgresFunction> = {
  ...common,
  type: "eventloom_postgres_function",
  attributes: ({ definition }, { declaredBy }) => {
    const { securityDefiner, ...rest } = definition;
    return written({ ...rest, security_definer: securityDefiner, declared_by: declaredBy });
  },
};

export const postgresTable: Row<PostgresTableResource> = {
  ...common,
  type: "eventloom_postgres_table",
  attributes: ({ definition, removal }, { declaredBy }) => ({
    ...tableAttributes(definition),
    removal,
    declared_by: declaredBy,
  }),
};

function tableAttributes(model: TableModel): Attributes {
  const { primaryKey, triggers, ...rest } = leanTable(model);
  return written({
    ...rest,
    primary_key: primaryKey,
    triggers: triggers.map(({ functionSchema, functionName, ...trigger }) => ({
      ...trigger,
      function_schema: functionSchema,
      function_name: functionName,
    })),
  });
}

function written(model: Readonly<Record<string, unknown>>): Attributes {
  return Object.fromEntries(Object.entries(model).map(([name, value]) => [name, writtenValue(value)]));
}

/** Without nulls, at any depth, and with text that Terraform takes as it is. */
function writtenValue(value: unknown): Attribute {
  if (value === null) return undefined;
  if (typeof value === "string") return literal(value);
  if (Array.isArray(value)) return value.map(writtenValue);
  return typeof value === "object" ? written(value as Record<string, unknown>) : (value as number | boolean);
}

/**
 * SQL may hold what Terraform would read as a template (`${`, `%{`): doubled, it stands for itself. Tokens of the engines begin
 * like a template, and are left to them.
 */
function literal(text: string): string {
  return text.replace(/\$\{(?!TfToken\[)/g, "$$${").replace(/%\{/g, "%%{");
}
