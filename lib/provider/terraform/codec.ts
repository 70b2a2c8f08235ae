import { Decoder, Encoder, ExtData, ExtensionCodec } from "@msgpack/msgpack";
import { attributeList, forEachAttribute, type AttributeSchema, type AttributeSchemas } from "../schema";
import { isList, isMap, UNKNOWN, type Attributes, type Value } from "../value";

/** What a `DynamicValue` message holds. */
export interface DynamicValue {
  readonly msgpack?: Uint8Array | null;
  readonly json?: Uint8Array | null;
}

/** Terraform marks what isn't known yet by extension 0, and by 12 where it knows something about it. */
const extensions = new ExtensionCodec();
for (const type of [0, 12]) {
  extensions.register({ type, encode: () => null, decode: () => UNKNOWN });
}
const unknown = new ExtData(0, new Uint8Array([0]));

/** One of each for all messages: each comes with buffers, and a plan has thousands of messages. */
const decoder = new Decoder({ extensionCodec: extensions });
const encoder = new Encoder({ extensionCodec: extensions });

/** The attributes in a message, names in camelCase; null where the engine sent a null object. */
export function decodeDynamic(schemas: AttributeSchemas, value: DynamicValue | null | undefined): Attributes | null {
  if (value?.msgpack && value.msgpack.length > 0) {
    return decodeObject(schemas, decoder.decode(value.msgpack) as Value);
  }
  return value?.json && value.json.length > 0 ? decodeJson(schemas, value.json) : null;
}

/** The attributes in a stored state, which is JSON. */
export function decodeJson(schemas: AttributeSchemas, json: Uint8Array): Attributes | null {
  return decodeObject(schemas, JSON.parse(Buffer.from(json).toString("utf8")) as Value);
}

export function encodeDynamic(schemas: AttributeSchemas, attributes: Attributes | null): DynamicValue {
  const plain = attributes === null ? null : encodeObject(schemas, attributes);
  return { msgpack: encoder.encode(plain) };
}

/** `primaryKey` to `primary_key`. */
export function snakeCase(name: string): string {
  const known = snakeCased.get(name);
  if (known !== undefined) return known;
  const found = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  snakeCased.set(name, found);
  return found;
}

/** Only names of our schemas are asked for, each with every object of every message. */
const snakeCased = new Map<string, string>();

function decodeObject(schemas: AttributeSchemas, value: Value): Attributes | null {
  if (!isMap(value)) return null;
  return forEachAttribute(schemas, (name, schema) => decodeValue(schema, value[snakeCase(name)] ?? null));
}

function decodeValue(schema: AttributeSchema, value: Value): Value {
  if (value === UNKNOWN || value === null) return value;
  const { type } = schema;
  switch (type.kind) {
    case "number":
      // Numbers that a double can't hold come as text.
      return typeof value === "string" ? Number(value) : value;
    case "object":
      return decodeObject(type.attributes, value);
    case "objects":
      return isList(value)
        ? value.map((item): Value => (item === UNKNOWN ? UNKNOWN : decodeObject(type.attributes, item)))
        : value;
    default:
      return value;
  }
}

function encodeObject(schemas: AttributeSchemas, value: Attributes): Record<string, unknown> {
  const written: Record<string, unknown> = {};
  for (const [name, schema] of attributeList(schemas))
    written[snakeCase(name)] = encodeValue(schema, value[name] ?? null);
  return written;
}

function encodeValue(schema: AttributeSchema, value: Value): unknown {
  if (value === UNKNOWN) return unknown;
  const { type } = schema;
  if (type.kind === "object" && isMap(value)) return encodeObject(type.attributes, value);
  if (type.kind === "objects" && isList(value)) {
    return value.map((item) => (isMap(item) ? encodeObject(type.attributes, item) : unknown));
  }
  return encodePlain(value);
}

function encodePlain(value: Value): unknown {
  if (value === UNKNOWN) return unknown;
  if (isList(value)) return value.map(encodePlain);
  if (isMap(value)) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, encodePlain(item)]));
  return value;
}
