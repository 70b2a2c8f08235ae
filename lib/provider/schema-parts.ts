/** What the attributes of every resource type are made of. */

/** How two spellings of one text are known to mean the same. */
export type TextForm = "plain" | "type" | "expression" | "opclass" | "collation";

export type AttributeType =
  | { readonly kind: "string"; readonly form: TextForm; readonly allowed: readonly string[] | null }
  | { readonly kind: "number" }
  | { readonly kind: "boolean" }
  /** `ordered`: whether the order of the items means something; `form`: how two spellings of one are known to mean the same. */
  | { readonly kind: "strings"; readonly ordered: boolean; readonly form: "plain" | "function" }
  /** Texts by name; `form` says what the values are. */
  | { readonly kind: "map"; readonly form: "plain" | "setting" }
  | { readonly kind: "object"; readonly attributes: AttributeSchemas }
  /** `ordered`: whether the order of the items means something; items are matched by `name` where it does not. */
  | { readonly kind: "objects"; readonly attributes: AttributeSchemas; readonly ordered: boolean };

/**
 * - `required`: must be written.
 * - `optional`: null when left out.
 * - `defaulted`: `default` when left out (Terraform: optional and computed).
 * - `computed`: ours alone.
 */
export type Presence = "required" | "optional" | "defaulted" | "computed";

export interface AttributeSchema {
  readonly type: AttributeType;
  readonly presence: Presence;
  /** The value when left out; only where `presence` is `defaulted`. */
  readonly default: null | boolean | number | string | readonly never[] | Readonly<Record<string, never>>;
  readonly sensitive: boolean;
  readonly description: string;
}

export type AttributeSchemas = Readonly<Record<string, AttributeSchema>>;

const listed = new WeakMap<AttributeSchemas, readonly (readonly [string, AttributeSchema])[]>();

/** The attributes as a list, made once: a plan of many tables walks through them millions of times. */
export function attributeList(schemas: AttributeSchemas): readonly (readonly [string, AttributeSchema])[] {
  const known = listed.get(schemas);
  if (known !== undefined) return known;
  const list = Object.entries(schemas);
  listed.set(schemas, list);
  return list;
}

/** An object with every attribute. By hand: `Object.fromEntries` of a mapped list takes several times as long. */
export function forEachAttribute<T>(
  schemas: AttributeSchemas,
  valueOf: (name: string, schema: AttributeSchema) => T,
): Record<string, T> {
  const filled: Record<string, T> = {};
  for (const [name, schema] of attributeList(schemas)) filled[name] = valueOf(name, schema);
  return filled;
}

export const text: AttributeType = { kind: "string", form: "plain", allowed: null };
export const typeText: AttributeType = { kind: "string", form: "type", allowed: null };
export const expression: AttributeType = { kind: "string", form: "expression", allowed: null };
export const number: AttributeType = { kind: "number" };
export const boolean: AttributeType = { kind: "boolean" };
export const strings: AttributeType = { kind: "strings", ordered: true, form: "plain" };
export const map: AttributeType = { kind: "map", form: "plain" };
export const oneOf = (...allowed: readonly string[]): AttributeType => ({ kind: "string", form: "plain", allowed });
export const objects = (attributes: AttributeSchemas, ordered = false): AttributeType => ({
  kind: "objects",
  attributes,
  ordered,
});

const base = { default: null, sensitive: false } as const;
export const required = (type: AttributeType, description: string): AttributeSchema => ({
  ...base,
  type,
  presence: "required",
  description,
});
export const optional = (type: AttributeType, description: string): AttributeSchema => ({
  ...base,
  type,
  presence: "optional",
  description,
});
export const defaulted = (
  type: AttributeType,
  value: AttributeSchema["default"],
  description: string,
): AttributeSchema => ({
  ...base,
  type,
  presence: "defaulted",
  default: value,
  description,
});
export const computed = (type: AttributeType, description: string): AttributeSchema => ({
  ...base,
  type,
  presence: "computed",
  description,
});

export const comment = optional(text, "The comment on it.");
export const schemaName = required(text, "The schema that it is in.");
