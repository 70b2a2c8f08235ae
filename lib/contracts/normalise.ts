import { canonical, type Json } from "./json-schema";
import { inTextOrder, isSchema, type Schema, simplify } from "./simplify";

/** Says nothing about what is valid (JSON Schema 2020-12, section 9: meta-data annotations), or where the document lies. */
const SILENT = new Set(["$schema", "$id", "$comment", "title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly"]); // prettier-ignore
/** Members that only hold what references lead to. */
const DEFINITIONS = new Set(["$defs", "definitions"]);
/** Members that hold a schema for each name. */
const BY_NAME = new Set(["properties", "patternProperties", "dependentSchemas", ...DEFINITIONS]);
/** Members that hold a schema, or a list of them. Every other member holds data. */
const SCHEMAS = new Set(["additionalProperties", "propertyNames", "unevaluatedProperties", "items", "contains", "unevaluatedItems", "not", "if", "then", "else", "contentSchema"]); // prettier-ignore
const SCHEMA_LISTS = new Set(["anyOf", "oneOf", "allOf", "prefixItems"]);
/** Lists whose order says nothing. */
const UNORDERED = new Set(["enum", "required", "type", "anyOf", "oneOf", "allOf"]);
/** A document with more in it, or with references that lead to more, is left as it is written: a hostile one must not end the process. */
const DEEPEST = 100;
const LARGEST = 5_000;

/** What is known while one document is gone through. */
interface Walk {
  readonly root: Schema;
  /** Whether what only references lead to is still needed. */
  readonly keepDefinitions: boolean;
  left: number;
  /** Whether a reference was met that leads elsewhere than by a pointer into this document. */
  open: boolean;
  /** Whether the document cannot be put into the form. */
  failed: boolean;
}

/**
 * A JSON Schema in a form in which two schemas are equal when they only differ in how they are written: annotations left out
 * (`default` too, section 9.2), local references put in place, those that lead back to themselves named by how far they lead
 * back, lists without order sorted, and of several ways of saying the same thing one alone. It is no schema any more: to be
 * compared, not to validate with. What no schema can be, or what is too deep or too large, is given back with keys sorted.
 *
 * @param document - a JSON Schema, draft 2020-12
 */
export function normaliseSchema(document: Json): Json {
  if (isTooDeep(document)) return document;
  const sortedDocument = canonical(document);
  const first = walk(sortedDocument, false);
  if (first.failed) return sortedDocument;
  if (!first.open) return first.value;
  const second = walk(sortedDocument, true);
  return second.failed ? sortedDocument : second.value;
}

/** Whether two schemas mean the same, however they are written. Never throws; what cannot be compared is not the same. */
export function sameSchema(a: Json, b: Json): boolean {
  try {
    return JSON.stringify(normaliseSchema(a)) === JSON.stringify(normaliseSchema(b));
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function walk(document: Json, keepDefinitions: boolean): { readonly value: Json; open: boolean; failed: boolean } {
  const root = isSchema(document) ? document : {};
  const state: Walk = { root, keepDefinitions, left: LARGEST, open: false, failed: false };
  const value = normalise(document, state, ["#"], 0);
  return { value, open: state.open, failed: state.failed };
}

/** Without recursion: what is too deep would end this very function. */
function isTooDeep(document: unknown): boolean {
  let level: readonly unknown[] = [document];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > DEEPEST) return true;
    level = level.flatMap((each) => (each !== null && typeof each === "object" ? Object.values(each) : []));
  }
  return false;
}

function normalise(value: Json, state: Walk, followed: readonly string[], depth: number): Json {
  state.left -= 1;
  if (state.left < 0 || depth > DEEPEST) state.failed = true;
  if (state.failed) return value;
  if (value === true) return {};
  if (!isSchema(value)) return value;
  // an identifier further down changes what the references below it mean
  if (depth > 0 && "$id" in value) state.failed = true;
  if ("$dynamicRef" in value) state.open = true;
  const { $ref: reference, ...rest } = value;
  if (typeof reference === "string") return referred(reference, rest, state, followed, depth);
  const members = Object.entries(value)
    .filter(([key]) => !SILENT.has(key) && (state.keepDefinitions || !DEFINITIONS.has(key)))
    .map(([key, held]) => [key, member(key, held, state, followed, depth + 1)] as const);
  return simplify(Object.fromEntries(members));
}

/** What a reference leads to, in its place; beside other members both hold. */
function referred(reference: string, rest: Schema, state: Walk, followed: readonly string[], depth: number): Json {
  const back = followed.lastIndexOf(reference);
  const target = back >= 0 ? undefined : resolve(reference, state.root);
  if (back < 0 && target === undefined) state.open = true;
  const there =
    target === undefined
      ? { $ref: back < 0 ? reference : `back ${followed.length - back}` }
      : normalise(target, state, [...followed, reference], depth + 1);
  const others = normalise(rest, state, followed, depth + 1);
  if (!isSchema(others) || Object.keys(others).length === 0) return there;
  const all = Array.isArray(others["allOf"]) ? (others["allOf"] as readonly Json[]) : [];
  return simplify({ ...others, allOf: inTextOrder([...all, there]) });
}

function member(key: string, held: Json, state: Walk, followed: readonly string[], depth: number): Json {
  if (BY_NAME.has(key) && isSchema(held)) {
    const named = Object.entries(held).map(([name, each]) => [name, normalise(each, state, followed, depth)] as const);
    return Object.fromEntries(named);
  }
  if (SCHEMAS.has(key)) return normalise(held, state, followed, depth);
  if (!Array.isArray(held)) return held;
  const list = held as readonly Json[];
  const all = SCHEMA_LISTS.has(key) ? list.map((each) => normalise(each, state, followed, depth)) : list;
  return UNORDERED.has(key) ? inTextOrder(all) : all;
}

/** Where a JSON Pointer leads; undefined where it leads nowhere, or is none. */
function resolve(reference: string, root: Schema): Json | undefined {
  if (!reference.startsWith("#/")) return undefined;
  let at: Json | undefined = root;
  for (const step of reference.slice(2).split("/")) {
    const name = step.replace(/~1/g, "/").replace(/~0/g, "~");
    at = isSchema(at) && Object.hasOwn(at, name) ? at[name] : undefined;
  }
  return at;
}
