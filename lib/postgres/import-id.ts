import { inputArguments } from "./canonical";
import type { FunctionModel } from "./model";
import { normaliseType } from "./normalise";

const bareName = /^[a-z_][a-z0-9_$]*$/;

/** A part of an import id: bare when it is a plain lower-case name, else in double quotes with inner quotes doubled. */
export function formatPart(name: string): string {
  return bareName.test(name) ? name : `"${name.replace(/"/g, '""')}"`;
}

/** `schema.name`: `orders.event_store`, `"my.schema"."odd ""name"`. */
export function formatId(schema: string, name: string): string {
  return `${formatPart(schema)}.${formatPart(name)}`;
}

/** `schema.name(type,type)` with the types that a caller passes. */
export function formatFunctionId(fn: FunctionModel): string {
  const types = inputArguments(fn).map((argument) => normaliseType(argument.type));
  return `${formatId(fn.schema, fn.name)}(${types.join(",")})`;
}

export type ParsedId =
  | { readonly kind: "schema"; readonly name: string }
  | { readonly kind: "object"; readonly schema: string; readonly name: string }
  | { readonly kind: "function"; readonly schema: string; readonly name: string; readonly types: readonly string[] };

/** Writes a parsed id again, in its one canonical form. */
export function formatParsed(id: ParsedId): string {
  if (id.kind === "schema") return formatPart(id.name);
  const name = formatId(id.schema, id.name);
  return id.kind === "function" ? `${name}(${id.types.join(",")})` : name;
}

/** Thrown for an id that doesn't follow the syntax. */
export class ImportIdError extends Error {
  readonly code = "PG430";
  constructor(
    readonly received: string,
    readonly allowed: string,
  ) {
    super(
      `"${received}" is not an import id: write ${allowed}; a part that is not a plain lower-case name goes in double quotes, with inner quotes doubled`,
    );
  }
}

/**
 * Reads what {@link formatPart}, {@link formatId} and {@link formatFunctionId} write.
 *
 * @throws ImportIdError when the id is not of the kind asked for
 */
export function parseId(id: string, kind: ParsedId["kind"]): ParsedId {
  const { parts, rest } = readParts(id, kind);
  if (kind === "schema") {
    if (parts.length !== 1 || rest !== "") throw new ImportIdError(id, allowed.schema);
    return { kind, name: parts[0]! };
  }
  const [schema, name] = parts;
  if (parts.length !== 2 || schema === undefined || name === undefined) throw new ImportIdError(id, allowed[kind]);
  if (kind === "object") {
    if (rest !== "") throw new ImportIdError(id, allowed.object);
    return { kind, schema, name };
  }
  if (!rest.startsWith("(") || !rest.endsWith(")")) throw new ImportIdError(id, allowed.function);
  return { kind, schema, name, types: splitTypes(rest.slice(1, -1)) };
}

const allowed: Readonly<Record<ParsedId["kind"], string>> = {
  schema: "name",
  object: "schema.name",
  function: "schema.name(type,type)",
};

function readParts(id: string, kind: ParsedId["kind"]): { parts: string[]; rest: string } {
  const parts: string[] = [];
  let rest = id;
  for (;;) {
    const quoted = /^"((?:[^"]|"")+)"/.exec(rest);
    const bare = /^[a-z_][a-z0-9_$]*/.exec(rest);
    const matched = quoted ?? bare;
    if (matched === null) throw new ImportIdError(id, allowed[kind]);
    parts.push(quoted ? quoted[1]!.replace(/""/g, '"') : matched[0]);
    rest = rest.slice(matched[0].length);
    if (!rest.startsWith(".")) return { parts, rest };
    rest = rest.slice(1);
  }
}

function splitTypes(text: string): string[] {
  const types: string[] = [];
  let depth = 0;
  let quoted = false;
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') quoted = !quoted;
    else if (quoted) continue;
    else if (character === "(") depth++;
    else if (character === ")") depth--;
    else if (character === "," && depth === 0) {
      types.push(text.slice(from, at));
      from = at + 1;
    }
  }
  if (text.trim() !== "") types.push(text.slice(from));
  return types.map((type) => normaliseType(type));
}
