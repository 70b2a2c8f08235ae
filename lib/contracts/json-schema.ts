/** A JSON document. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export type JsonSchemaResult =
  | { readonly ok: true; readonly document: { readonly [key: string]: Json } }
  | { readonly ok: false; readonly reason: string };

/** Keys sorted at every level, `undefined` left out, so that equal documents are equal texts. */
export function canonical(value: unknown): Json {
  if (Array.isArray(value)) return value.map(canonical);
  if (value !== null && typeof value === "object") {
    const entries = Object.entries(value).filter(([, each]) => each !== undefined);
    entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return Object.fromEntries(entries.map(([key, each]) => [key, canonical(each)]));
  }
  // JSON has no negative zero: a lock would not be read as it was written
  return (value === 0 ? 0 : value) as Json;
}

/**
 * The JSON Schema of what a schema gives out (its output side is the published contract): from `jsonSchema()`'s document, or by
 * Standard JSON Schema (`~standard.jsonSchema.output`, which zod 4 carries), which throws on what JSON cannot express.
 */
export function jsonSchemaOf(schema: unknown): JsonSchemaResult {
  if (schema === null || (typeof schema !== "object" && typeof schema !== "function")) {
    return { ok: false, reason: "not a schema" };
  }
  const carried = schema as {
    document?: unknown;
    "~standard"?: { jsonSchema?: { output?: (options: { target: string }) => unknown } };
  };
  const convert = carried["~standard"]?.jsonSchema?.output;
  try {
    const document = typeof convert === "function" ? convert({ target: "draft-2020-12" }) : carried.document;
    if (document === null || typeof document !== "object" || Array.isArray(document)) {
      return { ok: false, reason: "it carries no JSON Schema document" };
    }
    return { ok: true, document: canonical(document) as { readonly [key: string]: Json } };
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? (error.message.split("\n")[0] as string) : String(error) };
  }
}

/** The properties that every valid payload has: those both described and required at the root. */
export function requiredProperties(document: { readonly [key: string]: Json }): readonly string[] {
  const { properties, required } = document;
  if (!Array.isArray(required) || properties === null || typeof properties !== "object") return [];
  return required.filter((name): name is string => typeof name === "string" && name in (properties ?? {}));
}
