import {
  kinds,
  providerSchema,
  resourceSchemas,
  terraformTypes,
  type AttributeSchema,
  type AttributeSchemas,
} from "../schema";
import { currentVersion } from "../upgrade";
import { snakeCase } from "./codec";

/** The schemas as protocol 6 wants them: nested attributes rather than blocks. */
export function wireSchemas(): Record<string, unknown> {
  return {
    provider: wireSchema(providerSchema, 0),
    resourceSchemas: Object.fromEntries(
      kinds.map((kind) => [terraformTypes[kind], wireSchema(resourceSchemas[kind], currentVersion())]),
    ),
    serverCapabilities,
  };
}

/** `planDestroy`: destroys are planned by us too, so that a refusal is seen before anything is destroyed. */
export const serverCapabilities = { planDestroy: true, getProviderSchemaOptional: true };

function wireSchema(schemas: AttributeSchemas, version: number): Record<string, unknown> {
  return { version, block: { version, attributes: wireAttributes(schemas) } };
}

function wireAttributes(schemas: AttributeSchemas): unknown[] {
  return Object.entries(schemas).map(([name, schema]) => ({
    name: snakeCase(name),
    description: schema.description,
    required: schema.presence === "required",
    optional: schema.presence === "optional" || schema.presence === "defaulted",
    computed: schema.presence === "computed" || schema.presence === "defaulted",
    sensitive: schema.sensitive,
    ...wireType(schema.type),
  }));
}

function wireType(type: AttributeSchema["type"]): { type: Buffer } | { nestedType: unknown } {
  switch (type.kind) {
    case "string":
      return { type: json("string") };
    case "number":
      return { type: json("number") };
    case "boolean":
      return { type: json("bool") };
    case "strings":
      return { type: json(["list", "string"]) };
    case "map":
      return { type: json(["map", "string"]) };
    case "object":
      return { nestedType: { attributes: wireAttributes(type.attributes), nesting: 1 } };
    case "objects":
      return { nestedType: { attributes: wireAttributes(type.attributes), nesting: 2 } };
  }
}

function json(type: unknown): Buffer {
  return Buffer.from(JSON.stringify(type));
}
