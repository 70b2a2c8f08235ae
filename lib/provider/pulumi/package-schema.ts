import {
  providerSchema,
  pulumiTokens,
  resourceSchemas,
  kinds,
  type AttributeSchema,
  type AttributeSchemas,
  type AttributeType,
  type Kind,
} from "../schema";
import { inputNames } from "./attributes";

/**
 * The provider's package schema (https://www.pulumi.com/docs/iac/extending-pulumi/schema/), for `pulumi import`, programs in
 * YAML, and generated SDKs of other languages.
 *
 * @param version - the package's version
 */
export function packageSchema(version: string): object {
  const types: Record<string, object> = {};
  const resources = Object.fromEntries(kinds.map((kind) => [pulumiTokens[kind], resourceSchema(kind, types)]));
  const settings = properties(providerSchema, "Provider", types);
  return {
    name: "eventloom",
    version,
    displayName: "eventloom",
    description: "Postgres tables, functions, sequences and schemas that only ever move forward",
    license: "Apache-2.0",
    meta: { moduleFormat: "(.*)" },
    config: { variables: settings },
    provider: { inputProperties: settings },
    types,
    resources,
  };
}

function resourceSchema(kind: Kind, types: Record<string, object>): object {
  const schemas = resourceSchemas[kind];
  const label = pulumiTokens[kind].split(":")[2] ?? kind;
  const inputs = inputNames(schemas);
  const all = properties(schemas, label, types);
  return {
    inputProperties: pick(all, inputs),
    requiredInputs: required(schemas),
    properties: pick(
      all,
      Object.keys(schemas).filter((name) => name !== "id"),
    ), // every resource has an id of its own
    required: ["ddl", ...required(schemas)],
  };
}

function properties(schemas: AttributeSchemas, label: string, types: Record<string, object>): Record<string, object> {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [
      name,
      {
        ...typeSpec(schema.type, `${label}${name[0]?.toUpperCase()}${name.slice(1)}`, types),
        description: schema.description,
        ...(schema.sensitive ? { secret: true } : {}),
        ...(typeof schema.default === "object" ? {} : { default: schema.default }),
      },
    ]),
  );
}

function typeSpec(type: AttributeType, label: string, types: Record<string, object>): object {
  switch (type.kind) {
    case "string":
      return { type: "string" };
    case "number":
      return { type: "integer" };
    case "boolean":
      return { type: "boolean" };
    case "strings":
      return { type: "array", items: { type: "string" } };
    case "map":
      return { type: "object", additionalProperties: { type: "string" } };
    case "object":
      return reference(type.attributes, label, types);
    case "objects":
      return { type: "array", items: reference(type.attributes, label, types) };
  }
}

function reference(schemas: AttributeSchemas, label: string, types: Record<string, object>): object {
  const token = `eventloom:postgres:${label}`;
  types[token] = { type: "object", properties: properties(schemas, label, types), required: required(schemas) };
  return { $ref: `#/types/${token}` };
}

function required(schemas: AttributeSchemas): readonly string[] {
  return Object.keys(schemas).filter((name) => (schemas[name] as AttributeSchema).presence === "required");
}

function pick(all: Record<string, object>, names: readonly string[]): Record<string, object> {
  return Object.fromEntries(names.map((name) => [name, all[name] as object]));
}
