import { canonicalSignature } from "../postgres/grants";
import type { SameExpression } from "../postgres/canonical";
import { impliedName } from "../postgres/expressions";
import { normaliseSetting, normaliseType } from "../postgres/normalise";
import type { Issue } from "./issue";
import { respellPartitioning, samePartitioning } from "./partition-attributes";
import { attributeList, forEachAttribute, type AttributeSchema, type AttributeSchemas } from "./schema";
import { isList, isMap, sameValue, UNKNOWN, type Attributes, type Value, type ValueMap } from "./value";

/** The attributes as declared, every one of the schema present and defaults filled in; computed ones are null. */
export function fillDefaults(schemas: AttributeSchemas, config: ValueMap): Attributes {
  return forEachAttribute(schemas, (name, schema) => fillDefault(schema, config[name] ?? null));
}

/** Attributes that an older version stored, with what it did not know yet filled in: the plan of an unchanged resource is empty. */
export function fillStored(schemas: AttributeSchemas, stored: Attributes): Attributes {
  return forEachAttribute(schemas, (name, schema) => {
    const value = stored[name] ?? null;
    return schema.presence === "computed" ? value : fillDefault(schema, value);
  });
}

function fillDefault(schema: AttributeSchema, value: Value): Value {
  if (schema.presence === "computed") return null;
  if (value === null) return schema.presence === "defaulted" ? schema.default : null;
  const { type } = schema;
  if (type.kind === "object" && isMap(value)) return fillDefaults(type.attributes, value);
  if (type.kind === "objects" && isList(value)) {
    return value.map((item) => (isMap(item) ? fillDefaults(type.attributes, item) : item));
  }
  return value;
}

/** Attributes that are missing, of the wrong kind, or not one of the allowed texts: all at once. */
export function checkShape(schemas: AttributeSchemas, config: ValueMap): Issue[] {
  return attributeList(schemas).flatMap(([name, schema]) => checkValue(schema, config[name] ?? null, name, name));
}

function checkValue(schema: AttributeSchema, value: Value, path: string, attribute: string): Issue[] {
  if (value === UNKNOWN || schema.presence === "computed") return [];
  if (value === null) {
    if (schema.presence !== "required") return [];
    return [shapeIssue(path, attribute, "is missing", "nothing", wantedText(schema), "write it")];
  }
  const { type } = schema;
  const wrong = (): Issue[] => [
    shapeIssue(path, attribute, "is of the wrong kind", show(value), wantedText(schema), "correct it"),
  ];
  switch (type.kind) {
    case "string":
      if (typeof value !== "string") return wrong();
      if (type.allowed === null || type.allowed.includes(value)) return [];
      return [
        shapeIssue(path, attribute, "is not allowed", show(value), type.allowed.join(", "), "choose one of them"),
      ];
    case "number":
    case "boolean":
      return typeof value === type.kind ? [] : wrong();
    case "strings":
      return isList(value) && value.every((item) => typeof item === "string" || item === UNKNOWN) ? [] : wrong();
    case "map":
      return isMap(value) && Object.values(value).every((item) => typeof item === "string" || item === UNKNOWN)
        ? []
        : wrong();
    case "object":
      return isMap(value) ? checkFields(type.attributes, value, path, attribute) : wrong();
    case "objects":
      if (!isList(value)) return wrong();
      return value.flatMap((item, i) => {
        if (item === UNKNOWN) return [];
        return isMap(item) ? checkFields(type.attributes, item, `${path}[${i}]`, attribute) : wrong();
      });
  }
}

function checkFields(schemas: AttributeSchemas, value: ValueMap, path: string, attribute: string): Issue[] {
  return attributeList(schemas).flatMap(([name, schema]) =>
    checkValue(schema, value[name] ?? null, `${path}.${name}`, attribute),
  );
}

function shapeIssue(path: string, attribute: string, what: string, got: string, allowed: string, fix: string): Issue {
  return {
    severity: "error",
    code: "PG470",
    summary: `${path} ${what}`,
    detail: `received: ${got}; allowed: ${allowed}; ${fix}`,
    attribute,
  };
}

function wantedText(schema: AttributeSchema): string {
  const { type } = schema;
  if (type.kind === "string") return type.allowed === null ? "a text" : type.allowed.join(", ");
  const texts = {
    number: "a number",
    boolean: "true or false",
    strings: "a list of texts",
    map: "texts by name",
    object: "an object",
    objects: "a list of objects",
  };
  return texts[type.kind];
}

function show(value: Value): string {
  return JSON.stringify(value, (_key, inner: unknown) => (inner === UNKNOWN ? "(not known yet)" : inner));
}

/**
 * The planned attributes: what is declared, but each attribute that means the same as before keeps its prior spelling, so that
 * the engine sees no change.
 */
export function keepSpelling(
  schemas: AttributeSchemas,
  declared: Attributes,
  prior: Attributes | null,
  same: SameExpression,
): Attributes {
  if (prior === null) return declared;
  return forEachAttribute(schemas, (name, schema) => {
    const value: Value = declared[name] ?? null;
    const before: Value = prior[name] ?? null;
    if (name === "partitioning") return samePartitioning(declared, prior) ? before : value;
    return meansSame(schema, name, value, before, same) ? before : value;
  });
}

/** What is on the server, spelt and ordered as in the prior state wherever that means the same. */
export function respell(
  schemas: AttributeSchemas,
  live: Attributes,
  prior: Attributes,
  same: SameExpression,
): Attributes {
  return forEachAttribute(schemas, (name, schema) => {
    if (name === "partitioning") return respellPartitioning(live, prior);
    const now: Value = live[name] ?? null;
    const before: Value = prior[name] ?? null;
    // a column's: no server knows it
    if (name === "fill") return before;
    return respellValue(schema, name, name === "foreignKeys" ? asFarAsAsked(now, before) : now, before, same);
  });
}

/** A foreign key that was validated by hand is what was asked for, where it was asked for without. */
function asFarAsAsked(live: Value, prior: Value): Value {
  if (!isList(live) || !isList(prior)) return live;
  const open = prior.filter((each) => isMap(each) && each["validated"] === false).map(nameOf);
  return live.map((each) => (isMap(each) && open.includes(nameOf(each)) ? { ...each, validated: false } : each));
}

function respellValue(schema: AttributeSchema, name: string, live: Value, prior: Value, same: SameExpression): Value {
  if (meansSame(schema, name, live, prior, same)) return prior;
  const { type } = schema;
  if (type.kind === "object" && isMap(live) && isMap(prior)) return respell(type.attributes, live, prior, same);
  if (type.kind !== "objects" || !isList(live) || !isList(prior) || type.ordered) return live;
  const order = new Map(prior.map((item, i) => [nameOf(item), i]));
  return [...live]
    .sort((a, b) => (order.get(nameOf(a)) ?? order.size) - (order.get(nameOf(b)) ?? order.size))
    .map((item) => {
      const before = prior[order.get(nameOf(item)) ?? -1];
      return isMap(item) && isMap(before) ? respell(type.attributes, item, before, same) : item;
    });
}

function meansSame(schema: AttributeSchema, name: string, a: Value, b: Value, same: SameExpression): boolean {
  if (sameValue(a, b)) return true;
  // To Postgres an empty comment is none.
  if (name === "comment") return (a === "" || a === null) && (b === "" || b === null);
  const { type } = schema;
  switch (type.kind) {
    case "string":
      if (type.form === "opclass" || type.form === "collation") return sameImplied(type.form, a, b, same);
      if (typeof a !== "string" || typeof b !== "string") return false;
      if (type.form === "type") return normaliseType(a) === normaliseType(b);
      return type.form === "expression" && same(a, b);
    case "strings":
      return !type.ordered && isList(a) && isList(b) && sameValue(sorted(a, type.form), sorted(b, type.form));
    case "map":
      return type.form === "setting" && isMap(a) && isMap(b) && sameValue(settings(a), settings(b));
    case "object":
      return isMap(a) && isMap(b) && fieldsMeanSame(type.attributes, a, b, same);
    case "objects":
      if (!isList(a) || !isList(b) || a.length !== b.length) return false;
      return a.every((item, i) => {
        const other = type.ordered ? b[i] : b.find((candidate) => nameOf(candidate) === nameOf(item));
        return isMap(item) && isMap(other) && fieldsMeanSame(type.attributes, item, other, same);
      });
    case "number":
    case "boolean":
      return false;
  }
}

function sameImplied(kind: "opclass" | "collation", a: Value, b: Value, same: SameExpression): boolean {
  if ((a !== null && typeof a !== "string") || (b !== null && typeof b !== "string")) return false;
  return same(impliedName(kind, a), impliedName(kind, b));
}

function fieldsMeanSame(schemas: AttributeSchemas, a: ValueMap, b: ValueMap, same: SameExpression): boolean {
  const [one, other] = [withoutUsualNulls(a), withoutUsualNulls(b)];
  return attributeList(schemas).every(([name, schema]) =>
    meansSame(schema, name, one[name] ?? null, other[name] ?? null, same),
  );
}

/** Of an index key: where nulls stand anyway need not be said. */
function withoutUsualNulls(fields: ValueMap): ValueMap {
  const usual = fields["descending"] === true ? "first" : "last";
  return fields["nulls"] === usual ? { ...fields, nulls: null } : fields;
}

function nameOf(value: Value | undefined): Value {
  return isMap(value) ? (value["name"] ?? null) : null;
}

function sorted(values: readonly Value[], form: "plain" | "function"): Value[] {
  const spelt = values.map((each) =>
    form === "function" && typeof each === "string" ? canonicalSignature(each) : each,
  );
  return spelt.sort((a, b) => (String(a) < String(b) ? -1 : 1));
}

function settings(values: ValueMap): ValueMap {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === "string" ? normaliseSetting(name, value) : value,
    ]),
  );
}

/** Attributes that usually come from another resource, and say nothing about whether the rest is right. */
const references = new Set([
  "schema",
  "functionSchema",
  "functionName",
  "referencesSchema",
  "referencesTable",
  "role",
  "declaredBy",
  "comment",
  "body",
]);

/** The declaration with a stand-in for references that aren't known yet, so that the rest of it can be checked already. */
export function assumeReferences(config: ValueMap): Attributes {
  const assume = (value: Value, name: string): Value => {
    if (value === UNKNOWN) return references.has(name) ? "assumed" : value;
    if (isList(value)) return value.map((item) => assume(item, ""));
    return isMap(value) ? assumeReferences(value) : value;
  };
  return Object.fromEntries(Object.entries(config).map(([name, value]) => [name, assume(value, name)]));
}
