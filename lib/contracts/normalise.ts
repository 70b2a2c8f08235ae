import { canonical, type Json } from "./json-schema";

type Schema = { readonly [key: string]: Json };

/** Says nothing about what is valid (JSON Schema 2020-12, section 9: meta-data annotations), or where the document lies. */
const SILENT = new Set(["$schema", "$id", "$comment", "title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly"]); // prettier-ignore
/** Members that hold a schema for each name. */
const BY_NAME = new Set(["properties", "patternProperties", "$defs", "definitions", "dependentSchemas"]);
/** Members that only hold what references lead to. */
const DEFINITIONS = new Set(["$defs", "definitions"]);
/** Members whose value is data, not a schema. */
const DATA = new Set(["const", "enum", "required", "type", "dependentRequired"]);
/** Lists whose order says nothing. */
const UNORDERED = new Set(["enum", "required", "type", "anyOf", "oneOf", "allOf"]);
/** Deeper documents are left as they are: nobody writes one, and a hostile one must not end the process. */
const DEEPEST = 200;

/**
 * A JSON Schema in a form in which two schemas are equal when they only differ in how they are written: annotations left out,
 * local references put in place (unless they lead back to themselves), lists without order sorted, one-element lists and the bounds
 * of safe integers left out, `null` beside other types always said by `type`.
 *
 * @param document - a JSON Schema, draft 2020-12
 */
export function normaliseSchema(document: Json): Json {
  return normalise(canonical(document), isSchema(document) ? document : {}, [], 0);
}

/** Whether two schemas mean the same, however they are written. */
export function sameSchema(a: Json, b: Json): boolean {
  return JSON.stringify(normaliseSchema(a)) === JSON.stringify(normaliseSchema(b));
}

function isSchema(value: unknown): value is Schema {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

function normalise(value: Json, root: Schema, followed: readonly string[], depth: number): Json {
  if (!isSchema(value) || depth > DEEPEST) return value;
  const reference = value["$ref"];
  if (typeof reference === "string" && !followed.includes(reference)) {
    const target = resolve(reference, root);
    const rest = Object.keys(value).filter((key) => key !== "$ref" && !SILENT.has(key));
    if (target !== undefined && rest.length === 0) return normalise(target, root, [...followed, reference], depth + 1);
  }
  const members = Object.entries(value)
    .filter(([key]) => !SILENT.has(key) && !DEFINITIONS.has(key))
    .map(([key, held]) => [key, member(key, held, root, followed, depth)] as const);
  // what leads back to itself stays a reference, and needs what it refers to
  const recursive = Object.keys(value).some((key) => DEFINITIONS.has(key)) && refersTo(members);
  const kept = recursive ? Object.entries(value).filter(([key]) => DEFINITIONS.has(key)) : [];
  const definitions = kept.map(([key, held]) => [key, member(key, held, root, followed, depth)] as const);
  return simplify(Object.fromEntries([...members, ...definitions]));
}

function refersTo(members: readonly (readonly [string, Json])[]): boolean {
  return JSON.stringify(members).includes('"$ref"');
}

function member(key: string, held: Json, root: Schema, followed: readonly string[], depth: number): Json {
  if (BY_NAME.has(key) && isSchema(held)) {
    const named = Object.entries(held).map(
      ([name, each]) => [name, normalise(each, root, followed, depth + 1)] as const,
    );
    return sorted(Object.fromEntries(named));
  }
  if (DATA.has(key)) return Array.isArray(held) && UNORDERED.has(key) ? inOrder(held) : canonical(held);
  if (Array.isArray(held)) {
    const all = (held as readonly Json[]).map((each) => normalise(each, root, followed, depth + 1));
    return UNORDERED.has(key) ? inOrder(all) : all;
  }
  return normalise(held, root, followed, depth + 1);
}

/** What two ways of writing have in common; the shorter one is kept. */
function simplify(schema: Schema): Schema {
  const found: Record<string, Json> = { ...schema };
  const only = (key: string): Json | undefined => {
    const list = found[key];
    return Array.isArray(list) && list.length === 1 ? (list[0] as Json) : undefined;
  };
  const single = only("enum");
  if (single !== undefined && !("const" in found)) {
    found["const"] = single;
    delete found["enum"];
  }
  if ("const" in found || "enum" in found) delete found["type"];
  const type = only("type");
  if (type !== undefined) found["type"] = type;
  if (Array.isArray(found["required"]) && found["required"].length === 0) delete found["required"];
  if (found["additionalProperties"] === true) delete found["additionalProperties"];
  if (found["minimum"] === Number.MIN_SAFE_INTEGER) delete found["minimum"];
  if (found["maximum"] === Number.MAX_SAFE_INTEGER) delete found["maximum"];
  return sorted(mergeNull(unwrap(found)));
}

/** `{ allOf: [x] }` is x. */
function unwrap(schema: Record<string, Json>): Record<string, Json> {
  const list = schema["allOf"];
  const only: unknown = Array.isArray(list) && list.length === 1 ? list[0] : undefined;
  return isSchema(only) && Object.keys(schema).length === 1 ? { ...only } : schema;
}

/** `anyOf: [x, { type: "null" }]` is x with "null" among its types, where x says its type. */
function mergeNull(schema: Record<string, Json>): Record<string, Json> {
  for (const key of ["anyOf", "oneOf"]) {
    const list = schema[key];
    if (!Array.isArray(list) || list.length !== 2 || Object.keys(schema).length !== 1) continue;
    const nothing = (list as readonly Json[]).find((each) => isSchema(each) && each["type"] === "null");
    const other = (list as readonly Json[]).find((each) => each !== nothing);
    if (!isSchema(nothing) || !isSchema(other) || typeof other["type"] !== "string") continue;
    return { ...other, type: inOrder([other["type"], "null"]) };
  }
  return schema;
}

function resolve(reference: string, root: Schema): Json | undefined {
  if (!reference.startsWith("#/")) return undefined;
  let at: Json | undefined = root;
  for (const step of reference.slice(2).split("/")) {
    const name = step.replace(/~1/g, "/").replace(/~0/g, "~");
    at = isSchema(at) && Object.hasOwn(at, name) ? at[name] : undefined;
  }
  return at;
}

function inOrder(list: readonly unknown[]): readonly Json[] {
  return [...(list as readonly Json[])].sort((a, b) => {
    const [x, y] = [JSON.stringify(a), JSON.stringify(b)];
    return x < y ? -1 : x > y ? 1 : 0;
  });
}

function sorted(schema: Record<string, Json> | Schema): Schema {
  return Object.fromEntries(Object.entries(schema).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}
