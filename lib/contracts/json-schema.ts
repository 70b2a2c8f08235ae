import { hiddenParts, type SchemaPlace } from "./zod-schema";

/** A JSON document. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export type JsonSchemaResult =
  | { readonly ok: true; readonly document: { readonly [key: string]: Json } }
  | { readonly ok: false; readonly reasons: readonly NoJsonSchema[] };

/** Why there is no JSON Schema. */
export interface NoJsonSchema {
  /** In one line. */
  readonly reason: string;
  /**
   * What to write instead.
   * @default - what the issue says in general
   */
  readonly fix?: string;
}

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
 * Standard JSON Schema (`~standard.jsonSchema.output`, which zod 4 carries), which throws on what JSON cannot express. The options
 * are fixed: another target or another side would be another published contract.
 */
export function jsonSchemaOf(schema: unknown): JsonSchemaResult {
  if (schema === null || (typeof schema !== "object" && typeof schema !== "function")) {
    return unfit("not a schema");
  }
  const hidden = hiddenParts(schema).unfit;
  if (hidden.length > 0) return { ok: false, reasons: hidden.map(reasonOf) };
  const carried = schema as {
    document?: unknown;
    "~standard"?: { jsonSchema?: { output?: (options: { target: string }) => unknown } };
  };
  const convert = carried["~standard"]?.jsonSchema?.output;
  try {
    const document = typeof convert === "function" ? convert({ target: "draft-2020-12" }) : carried.document;
    if (document === null || typeof document !== "object" || Array.isArray(document)) {
      return unfit("it carries no JSON Schema document");
    }
    const stray = notJson(document, "");
    if (stray !== undefined) return unfit(`no JSON in its document: ${stray}`);
    return { ok: true, document: canonical(document) as { readonly [key: string]: Json } };
  } catch (error) {
    return unfit(error instanceof Error ? (error.message.split("\n")[0] as string) : String(error));
  }
}

function unfit(reason: string): JsonSchemaResult {
  return { ok: false, reasons: [{ reason }] };
}

function reasonOf({ at, what, fix }: SchemaPlace): NoJsonSchema {
  const reason = `${place(at)}${what}, which JSON cannot carry`;
  return fix === undefined ? { reason } : { reason, fix };
}

/** `total is `; nothing for the schema itself. */
function place(at: string): string {
  return at === "" ? "" : `${at} is `;
}

/** The first value that would be lost or changed when it is written, with its JSON Pointer. */
function notJson(value: unknown, pointer: string): string | undefined {
  if (value === null || value === undefined || typeof value === "string" || typeof value === "boolean")
    return undefined;
  if (typeof value === "number") return Number.isFinite(value) ? undefined : `${value} at ${pointer}`;
  if (typeof value !== "object") return `a ${typeof value} at ${pointer}`;
  for (const [key, each] of Object.entries(value)) {
    const found = notJson(each, `${pointer}/${key.replace(/~/g, "~0").replace(/\//g, "~1")}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The properties that every valid payload has: those both described and required at the root. */
export function requiredProperties(document: { readonly [key: string]: Json }): readonly string[] {
  const { properties, required } = document;
  if (!Array.isArray(required) || properties === null || typeof properties !== "object") return [];
  return required.filter((name): name is string => typeof name === "string" && name in (properties ?? {}));
}
