import { bareName } from "./bare-name";
import { quoteIdent } from "./quote";
import { tokenize } from "./tokens";

/** The parts of a name that may be led by a schema: `public.gin_trgm_ops`, `"App"."C"`; null for what is no such name. */
export function nameParts(text: string): readonly string[] | null {
  const tokens = tokenize(text);
  const parts = tokens.filter((_, at) => at % 2 === 0);
  const dots = tokens.filter((_, at) => at % 2 === 1);
  const named = parts.every(({ kind, text: part }) => (kind === "word" || kind === "quoted") && part !== "");
  const dotted = dots.every((token) => token.kind === "symbol" && token.text === ".");
  if (!named || !dotted || parts.length !== dots.length + 1 || parts.length > 2) return null;
  return parts.map((token) => token.text);
}

/** The name as SQL text, every part in quotes. */
export function quoteParts(text: string): string {
  return (nameParts(text) ?? [text]).map(quoteIdent).join(".");
}

/** The name as Postgres writes it: bare where that is safe, without `pg_catalog`. */
export function bareParts(...parts: readonly string[]): string {
  return (parts[0] === "pg_catalog" && parts.length > 1 ? parts.slice(1) : parts).map(bareName).join(".");
}
