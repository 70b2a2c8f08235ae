/** A name as SQL text; always in quotes, so that no word can be taken for a keyword. */
export function quoteIdent(name: string): string {
  if (name.includes("\0")) throw new RangeError("a name can't hold a zero byte");
  return `"${name.replace(/"/g, '""')}"`;
}

/** A text as an SQL literal, right with `standard_conforming_strings` on or off. */
export function quoteLiteral(text: string): string {
  if (text.includes("\0")) throw new RangeError("a text can't hold a zero byte");
  const doubled = text.replace(/'/g, "''");
  return text.includes("\\") ? `E'${doubled.replace(/\\/g, "\\\\")}'` : `'${doubled}'`;
}

/** A text between dollar quotes, with a tag that the text doesn't hold: function bodies stay readable. */
export function quoteDollar(text: string): string {
  if (text.includes("\0")) throw new RangeError("a text can't hold a zero byte");
  let tag = "$$";
  // A text ending in "$" would close "$$" one character early.
  for (let n = 1; text.includes(tag) || (tag === "$$" && text.endsWith("$")); n++) tag = `$body${n === 1 ? "" : n}$`;
  return `${tag}${text}${tag}`;
}

/** `"schema"."name"`. */
export function quoteName(schema: string, name: string): string {
  return `${quoteIdent(schema)}.${quoteIdent(name)}`;
}
