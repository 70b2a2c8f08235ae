import type { Json } from "./json-schema";
import { normaliseSchema } from "./normalise";

/** One place where two schemas differ. */
export interface SchemaDifference {
  readonly kind: "added-optional" | "added-required" | "removed" | "changed" | "became-required" | "became-optional";
  /** The place in a payload, as a JSON Pointer: `/customer/name`; `*` stands for any entry of a list. */
  readonly pointer: string;
  /** The schemas of the place, or null where it is not. */
  readonly from: Json;
  readonly to: Json;
}

type Schema = { readonly [key: string]: Json };

/**
 * Where two schemas of objects differ, property by property, at any depth. What is not said by properties, required ones and
 * entries of lists is compared as a whole: it differs or it does not. How far one version can stand for the other is for a
 * compatibility check to say.
 */
export function compareSchemas(from: Json, to: Json): readonly SchemaDifference[] {
  return compare(normaliseSchema(from), normaliseSchema(to), "");
}

function compare(from: Json, to: Json, pointer: string): readonly SchemaDifference[] {
  if (JSON.stringify(from) === JSON.stringify(to)) return [];
  if (!isSchema(from) || !isSchema(to)) return [{ kind: "changed", pointer: pointer || "/", from, to }];
  const { properties: a, required: _a, items: itemsA, ...restA } = from;
  const { properties: b, required: _b, items: itemsB, ...restB } = to;
  const below = [
    ...compareProperties(isSchema(a) ? a : {}, isSchema(b) ? b : {}, from, to, pointer),
    ...(isSchema(itemsA) && isSchema(itemsB) ? compare(itemsA, itemsB, `${pointer}/*`) : wholly(itemsA, itemsB, `${pointer}/*`)), // prettier-ignore
  ];
  const itself = JSON.stringify(restA) === JSON.stringify(restB) ? [] : [{ kind: "changed", pointer: pointer || "/", from: restA, to: restB } as const]; // prettier-ignore
  return [...itself, ...below];
}

function wholly(from: Json | undefined, to: Json | undefined, pointer: string): readonly SchemaDifference[] {
  if (JSON.stringify(from) === JSON.stringify(to)) return [];
  return [{ kind: "changed", pointer, from: from ?? null, to: to ?? null }];
}

function compareProperties(
  a: Schema,
  b: Schema,
  from: Schema,
  to: Schema,
  pointer: string,
): readonly SchemaDifference[] {
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
  return names.flatMap((name): readonly SchemaDifference[] => {
    const at = `${pointer}/${name.replace(/~/g, "~0").replace(/\//g, "~1")}`;
    const [before, after] = [own(a, name), own(b, name)];
    const [was, is] = [requires(from, name), requires(to, name)];
    if (before === undefined && after !== undefined) {
      return [{ kind: is ? "added-required" : "added-optional", pointer: at, from: null, to: after }];
    }
    if (before !== undefined && after === undefined) return [{ kind: "removed", pointer: at, from: before, to: null }];
    if (before === undefined || after === undefined) return [];
    const need = was === is ? [] : [{ kind: is ? "became-required" : "became-optional", pointer: at, from: before, to: after } as const]; // prettier-ignore
    return [...need, ...compare(before, after, at)];
  });
}

function requires(schema: Schema, name: string): boolean {
  const { required } = schema;
  return Array.isArray(required) && required.includes(name);
}

function own(schema: Schema, name: string): Json | undefined {
  return Object.hasOwn(schema, name) ? schema[name] : undefined;
}

function isSchema(value: unknown): value is Schema {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
