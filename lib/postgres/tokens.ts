/**
 * SQL expressions cut into tokens, as far as comparing two spellings needs it. Not a parser: precedence and meaning are the
 * server's business.
 */
export interface Token {
  readonly kind: "word" | "quoted" | "string" | "number" | "symbol";
  /** Words in lower case, numbers and symbols as written; for `quoted` and `string` the content without its quotes. */
  readonly text: string;
}

const patterns: readonly [Token["kind"] | "space" | "dollar" | "escape", RegExp][] = [
  ["space", /^(?:\s+|--[^\n]*|\/\*[\s\S]*?\*\/)/],
  ["escape", /^[eE]'(?:[^'\\]|''|\\[\s\S])*'/],
  ["string", /^'(?:[^']|'')*'/],
  ["dollar", /^\$([A-Za-z_]\w*)?\$[\s\S]*?\$\1\$/],
  ["quoted", /^"(?:[^"]|"")*"/],
  ["number", /^(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/],
  ["word", /^[\p{L}_][\p{L}\p{N}_$]*/u],
  // An operator ends where a comment begins; a comment that nobody closes is a symbol by itself.
  ["symbol", /^(?:::|:=|\/\*|(?:(?!--|\/\*)[-+*/<>=~!@#%^&|`?])+|[\s\S])/],
];

export function tokenize(sql: string): Token[] {
  const tokens: Token[] = [];
  let rest = sql;
  while (rest !== "") {
    const { kind, matched } = next(rest);
    rest = rest.slice(matched.length);
    const token = toToken(kind, matched);
    if (token !== null) tokens.push(token);
  }
  return tokens;
}

function next(rest: string): { kind: (typeof patterns)[number][0]; matched: string } {
  for (const [kind, pattern] of patterns) {
    const matched = pattern.exec(rest)?.[0];
    if (matched !== undefined && matched !== "") return { kind, matched };
  }
  return { kind: "symbol", matched: rest.charAt(0) };
}

function toToken(kind: (typeof patterns)[number][0], matched: string): Token | null {
  switch (kind) {
    case "space":
      return null;
    case "string":
      return { kind: "string", text: matched.slice(1, -1).replace(/''/g, "'") };
    case "escape":
      return { kind: "string", text: unescape(matched.slice(2, -1)) };
    case "dollar": {
      const tag = matched.slice(0, matched.indexOf("$", 1) + 1);
      return { kind: "string", text: matched.slice(tag.length, -tag.length) };
    }
    case "quoted":
      return { kind: "quoted", text: matched.slice(1, -1).replace(/""/g, '"') };
    case "word":
      return { kind: "word", text: matched.toLowerCase() };
    case "symbol":
      return { kind: "symbol", text: matched === "!=" ? "<>" : matched };
    case "number":
      return { kind: "number", text: matched };
  }
}

const escapes: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f" };

function unescape(text: string): string {
  return text.replace(/''|\\([\s\S])/g, (whole, escaped: string | undefined) =>
    escaped === undefined ? "'" : (escapes[escaped] ?? (whole === "\\'" ? "'" : escaped)),
  );
}
