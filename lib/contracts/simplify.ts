import type { Json } from "./json-schema";

export type Schema = { readonly [key: string]: Json };

export function isSchema(value: unknown): value is Schema {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

/** A list without order: sorted by text, each entry once. */
export function inTextOrder(list: readonly Json[]): readonly Json[] {
  const texts = [...new Set(list.map((each) => JSON.stringify(each)))].sort();
  return texts.map((text) => JSON.parse(text) as Json);
}

/** Members that say nothing when they have this value. */
const NOTHING_SAID: Readonly<Record<string, (value: Json) => boolean>> = {
  required: isEmpty,
  properties: isEmpty,
  patternProperties: isEmpty,
  dependentRequired: isEmpty,
  additionalProperties: isEmpty,
  items: isEmpty,
  prefixItems: isEmpty,
  allOf: isEmpty,
  uniqueItems: (value) => value === false,
  minLength: (value) => value === 0,
  minItems: (value) => value === 0,
  minProperties: (value) => value === 0,
};

function isEmpty(value: Json): boolean {
  return value !== null && typeof value === "object" && Object.keys(value).length === 0;
}

/** One schema, whose parts are in normal form already: of several ways of writing the same thing, one. Keys sorted. */
export function simplify(schema: Schema): Schema {
  // what was evaluated is not what is valid, where somebody asks for the rest
  const asksForRest = "unevaluatedProperties" in schema || "unevaluatedItems" in schema;
  const said = Object.entries(schema).filter(
    ([key, value]) => asksForRest || !(Object.hasOwn(NOTHING_SAID, key) && NOTHING_SAID[key]?.(value)),
  );
  const found = withoutBounds(withType(Object.fromEntries(said)));
  const unwrapped = unwrap(flatten(found));
  const merged = mergeNull(unwrapped);
  return Object.fromEntries(Object.entries(merged).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

const TYPES: Readonly<Record<string, (value: Json) => boolean>> = {
  null: (value) => value === null,
  boolean: (value) => typeof value === "boolean",
  string: (value) => typeof value === "string",
  number: (value) => typeof value === "number",
  integer: (value) => Number.isInteger(value),
  array: (value) => Array.isArray(value),
  object: isSchema,
};

/** One value is a constant, `null` a type; a type beside values that all have it says nothing. */
function withType(schema: Schema): Schema {
  const { enum: values, type, ...rest } = schema;
  const list = Array.isArray(values) ? (values as readonly Json[]) : undefined;
  const found: Record<string, Json> = { ...rest };
  if (list?.length === 1 && !("const" in rest)) found["const"] = list[0] as Json;
  else if (values !== undefined) found["enum"] = values;
  const fixed = "const" in found ? [found["const"] as Json] : list;
  const types = typesOf(type);
  const redundant =
    fixed !== undefined && types !== undefined && fixed.every((value) => types.some((each) => hasType(value, each)));
  if (type !== undefined && !redundant) found["type"] = types?.length === 1 ? (types[0] as string) : (types ?? type);
  if (found["const"] === null && !("type" in found)) {
    delete found["const"];
    found["type"] = "null";
  }
  return found;
}

/** Whole numbers are numbers already. */
function typesOf(type: Json | undefined): readonly string[] | undefined {
  const list = typeof type === "string" ? [type] : type;
  if (!Array.isArray(list) || !list.every((each) => typeof each === "string")) return undefined;
  return (list as readonly string[]).filter((each) => each !== "integer" || !list.includes("number"));
}

function hasType(value: Json, type: string): boolean {
  return Object.hasOwn(TYPES, type) && TYPES[type]?.(value) === true;
}

/** Of whole numbers, bounds at what a double holds exactly are those of every JSON parser; zod 4 writes them, people do not. */
function withoutBounds(schema: Schema): Schema {
  if (!typesOf(schema["type"])?.includes("integer")) return schema;
  return Object.fromEntries(
    Object.entries(schema).filter(
      ([key, value]) =>
        !(key === "minimum" && value === Number.MIN_SAFE_INTEGER) &&
        !(key === "maximum" && value === Number.MAX_SAFE_INTEGER),
    ),
  );
}

/** An alternative that only has alternatives is those. */
function flatten(schema: Schema): Schema {
  const found: Record<string, Json> = { ...schema };
  for (const key of ["anyOf", "allOf"]) {
    const list = found[key];
    if (!Array.isArray(list)) continue;
    const parts = (list as readonly Json[]).flatMap((each): readonly Json[] => {
      const inner = isSchema(each) && Object.keys(each).length === 1 ? each[key] : undefined;
      return Array.isArray(inner) ? (inner as readonly Json[]) : [each];
    });
    found[key] = inTextOrder(parts);
  }
  return found;
}

/** `{ allOf: [x] }` is x, and so are the others with one alternative. */
function unwrap(schema: Schema): Schema {
  if (Object.keys(schema).length !== 1) return schema;
  for (const key of ["allOf", "anyOf", "oneOf"]) {
    const list = schema[key];
    const only: unknown = Array.isArray(list) && list.length === 1 ? list[0] : undefined;
    if (isSchema(only)) return only;
  }
  return schema;
}

/** Members that also speak of `null`: with one of them, `null` beside a schema cannot be moved into it. */
const SPEAKS_OF_NULL = ["const", "enum", "not", "anyOf", "oneOf", "allOf", "if", "$ref", "$dynamicRef"];

/** `anyOf: [x, { type: "null" }]` is x with null among its types or values, where it says which those are. */
function mergeNull(schema: Schema): Schema {
  for (const key of ["anyOf", "oneOf"]) {
    const list = schema[key];
    if (!Array.isArray(list) || list.length !== 2 || Object.keys(schema).length !== 1) continue;
    const pair = list as readonly Json[];
    const other = pair.find((each) => !isNull(each));
    if (!pair.some(isNull) || !isSchema(other)) continue;
    const values = valuesOf(other);
    if (values !== undefined) return { enum: inTextOrder([...values, null]) };
    const type = other["type"];
    if (typeof type !== "string" || SPEAKS_OF_NULL.some((each) => each in other)) continue;
    return { ...other, type: inTextOrder([type, "null"]) };
  }
  return schema;
}

function isNull(schema: Json): boolean {
  return isSchema(schema) && Object.keys(schema).length === 1 && schema["type"] === "null";
}

/** The values of a schema that says nothing else. */
function valuesOf(schema: Schema): readonly Json[] | undefined {
  if (Object.keys(schema).length !== 1) return undefined;
  if ("const" in schema) return [schema["const"] as Json];
  const { enum: values } = schema;
  return Array.isArray(values) && !values.includes(null) ? (values as readonly Json[]) : undefined;
}
