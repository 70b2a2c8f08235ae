/**
 * What a schema must carry for its types: Standard Schema's `types`, as zod 4, valibot and arktype do, or {@link jsonSchema}.
 * None of these libraries is imported.
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export interface Schema<In = any, Out = In> {
  readonly "~standard": { readonly types?: { readonly input: In; readonly output: Out } | undefined };
}

type Types<S> = S extends { readonly "~standard": { readonly types?: infer T } } ? NonNullable<T> : never;
/** What may be given to a schema. */
export type InputOf<S> = Types<S> extends { readonly input: infer I } ? I : never;
/** What a schema gives: the published payload. */
export type OutputOf<S> = Types<S> extends { readonly output: infer O } ? O : never;

/** A payload described by a JSON Schema document; `T` is trusted. */
export interface JsonSchema<T> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: "eventloom";
    readonly types?: { readonly input: T; readonly output: T } | undefined;
  };
  readonly document: object;
}

/**
 * A schema from a JSON Schema document (draft 2020-12), for those who use no schema library.
 *
 * @param document - the JSON Schema; its root describes an object
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export function jsonSchema<T = Record<string, any>>(document: object): JsonSchema<T> {
  return { "~standard": { version: 1, vendor: "eventloom" }, document };
}
