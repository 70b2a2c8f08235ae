import { isList, UNKNOWN, type Value, type ValueMap } from "../value";

/**
 * Pulumi's property values: JSON in a protobuf `Struct`, with marked objects for secrets and a marked text for what is not
 * known before an update. The marks are those of `sdk/go/common/resource/plugin/rpc.go`.
 */

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const UNKNOWN_TEXTS: ReadonlySet<string> = new Set([
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9", // a text, and whatever has no mark of its own
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7", // a boolean
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421", // a number
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2", // a list
  "030794c1-ac77-496b-92df-f27374a8bd58", // an asset
  "e48ece36-62e2-4504-bad9-02848725956a", // an archive
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff", // an object
]);
const UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

interface WireValue {
  nullValue?: number;
  numberValue?: number;
  stringValue?: string;
  boolValue?: boolean;
  structValue?: WireStruct;
  listValue?: { values?: WireValue[] };
}

/** A decoded `google.protobuf.Struct`. */
export interface WireStruct {
  fields?: Record<string, WireValue>;
}

/** What a struct says, and which of its top-level properties are secret, wholly or in a part. */
export interface ReadProperties {
  readonly properties: ValueMap;
  readonly secrets: ReadonlySet<string>;
}

/** Reads a struct: secrets are unwrapped (and named), unknowns become `UNKNOWN`. */
export function readProperties(struct: WireStruct | undefined): ReadProperties {
  const secrets = new Set<string>();
  const properties: Record<string, Value> = {};
  for (const [name, value] of Object.entries(struct?.fields ?? {})) {
    properties[name] = readValue(value, () => secrets.add(name));
  }
  return { properties, secrets };
}

/** Writes properties as a struct; those named in `secrets` are marked so that the engine encrypts them. */
export function writeProperties(properties: ValueMap, secrets: ReadonlySet<string> = new Set()): WireStruct {
  const fields: Record<string, WireValue> = {};
  for (const [name, value] of Object.entries(properties)) {
    const written = writeValue(value);
    fields[name] = secrets.has(name)
      ? { structValue: { fields: { [SIGNATURE]: { stringValue: SECRET }, value: written } } }
      : written;
  }
  return { fields };
}

function readValue(value: WireValue, secretSeen: () => void): Value {
  if (value.stringValue !== undefined) return UNKNOWN_TEXTS.has(value.stringValue) ? UNKNOWN : value.stringValue;
  if (value.numberValue !== undefined) return value.numberValue;
  if (value.boolValue !== undefined) return value.boolValue;
  if (value.listValue !== undefined) return (value.listValue.values ?? []).map((item) => readValue(item, secretSeen));
  if (value.structValue !== undefined) return readObject(value.structValue.fields ?? {}, secretSeen);
  return null;
}

function readObject(fields: Record<string, WireValue>, secretSeen: () => void): Value {
  const signature = fields[SIGNATURE]?.stringValue;
  if (signature === SECRET) {
    secretSeen();
    return fields["value"] === undefined ? null : readValue(fields["value"], secretSeen);
  }
  if (signature === OUTPUT) {
    if (fields["secret"]?.boolValue === true) secretSeen();
    return fields["value"] === undefined ? UNKNOWN : readValue(fields["value"], secretSeen);
  }
  return Object.fromEntries(Object.entries(fields).map(([name, item]) => [name, readValue(item, secretSeen)]));
}

function writeValue(value: Value): WireValue {
  if (value === UNKNOWN) return { stringValue: UNKNOWN_TEXT };
  if (value === null) return { nullValue: 0 };
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "number") return { numberValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  if (isList(value)) return { listValue: { values: value.map(writeValue) } };
  return {
    structValue: { fields: Object.fromEntries(Object.entries(value).map(([name, item]) => [name, writeValue(item)])) },
  };
}
