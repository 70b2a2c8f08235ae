import { forEachAttribute, type AttributeSchemas, type AttributeType } from "../schema";
import { isList, isMap, UNKNOWN, type Attributes, type Value, type ValueMap } from "../value";

/** Properties as a resource's attributes, and what does not belong there. */
export interface ReadAttributes {
  readonly attributes: Attributes;
  /** Paths of properties that no attribute has: `columns[0].nulable`. */
  readonly unexpected: readonly string[];
}

/**
 * Completes a Pulumi program's properties to attributes: what was left out, at any depth, is null. Values are not checked.
 *
 * @param schemas - the attributes that there are
 */
export function toAttributes(schemas: AttributeSchemas, properties: ValueMap): ReadAttributes {
  const unexpected: string[] = [];
  return { attributes: complete(schemas, properties, "", unexpected), unexpected };
}

/** The other way: attributes without their nulls at any depth, as they stand in a state and in a program. */
export function toProperties(attributes: Attributes): ValueMap {
  return prune(attributes) as ValueMap;
}

/**
 * A provider's settings: as {@link toAttributes}, and texts turned into the numbers they are meant as, since the configuration
 * of a stack (`pulumi config set eventloom:port 5433`) holds texts only.
 */
export function toSettings(schemas: AttributeSchemas, properties: ValueMap): ReadAttributes {
  const numbers = Object.entries(properties).map(([name, value]): [string, Value] => [
    name,
    schemas[name]?.type.kind === "number" && typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value,
  ]);
  return toAttributes(schemas, Object.fromEntries(numbers));
}

/** Names of the attributes that a program may set. */
export function inputNames(schemas: AttributeSchemas): readonly string[] {
  return Object.keys(schemas).filter((name) => schemas[name]?.presence !== "computed");
}

function complete(schemas: AttributeSchemas, given: ValueMap, at: string, unexpected: string[]): Attributes {
  const path = (name: string): string => (at === "" ? name : `${at}.${name}`);
  unexpected.push(...Object.keys(given).filter((name) => !(name in schemas)).map(path)); // prettier-ignore
  return forEachAttribute(schemas, (name, schema) =>
    completeValue(schema.type, given[name] ?? null, path(name), unexpected),
  );
}

function completeValue(type: AttributeType, value: Value, at: string, unexpected: string[]): Value {
  if (value === UNKNOWN || value === null) return value;
  if (type.kind === "object" && isMap(value)) return complete(type.attributes, value, at, unexpected);
  if (type.kind === "objects" && isList(value)) {
    return value.map((item, index) =>
      isMap(item) ? complete(type.attributes, item, `${at}[${index}]`, unexpected) : item,
    );
  }
  return value;
}

function prune(value: Value): Value {
  if (isList(value)) return value.map(prune);
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== null)
      .map(([name, item]) => [name, prune(item)]),
  );
}
