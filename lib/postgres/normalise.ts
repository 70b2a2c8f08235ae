import { quoteIdent, quoteLiteral } from "./quote";
import { remembered } from "./remembered";
import { tokenize, type Token } from "./tokens";

const aliases: Readonly<Record<string, string>> = {
  int: "integer",
  int4: "integer",
  int2: "smallint",
  int8: "bigint",
  bool: "boolean",
  float4: "real",
  float8: "double precision",
  float: "double precision",
  decimal: "numeric",
  dec: "numeric",
  varchar: "character varying",
  "char varying": "character varying",
  char: "character",
  varbit: "bit varying",
  timestamp: "timestamp without time zone",
  timestamptz: "timestamp with time zone",
  time: "time without time zone",
  timetz: "time with time zone",
};

/**
 * A type as `format_type` writes it: aliases resolved (`timestamptz(3)` becomes `timestamp(3) with time zone`), arrays as `[]`,
 * names of `pg_catalog` bare. Source: `format_type_extended` and the grammar's `SimpleTypename`.
 */
export const normaliseType = remembered((type): string => {
  const tokens = tokenize(type);
  const setof = tokens[0]?.kind === "word" && tokens[0].text === "setof";
  const { text, end } = readType(setof ? tokens.slice(1) : tokens, 0);
  const rest = (setof ? tokens.slice(1) : tokens).slice(end).map(written).join("");
  return `${setof ? "SETOF " : ""}${text}${rest}`;
});

const continuations = new Set(["precision", "varying", "with", "without", "time", "zone"]);

/** Reads a type that begins at `start`; gives its canonical text and where it ends. */
function readType(tokens: readonly Token[], start: number): { text: string; end: number } {
  let at = start;
  const names: string[] = [];
  const words: string[] = [];
  let modifier = "";
  const first = tokens[at];
  if (first === undefined) return { text: "", end: at };
  names.push(written(first));
  at++;
  while (isSymbol(tokens[at], ".") && tokens[at + 1] !== undefined) {
    names.push(written(tokens[at + 1]!));
    at += 2;
  }
  for (;;) {
    const token = tokens[at];
    if (token?.kind === "word" && continuations.has(token.text)) words.push(token.text);
    else if (isSymbol(token, "(") && modifier === "") {
      const close = tokens.findIndex((t, i) => i > at && isSymbol(t, ")"));
      if (close < 0) break;
      modifier = `(${tokens
        .slice(at + 1, close)
        .map(written)
        .join("")})`;
      at = close;
    } else break;
    at++;
  }
  let arrays = 0;
  while (isSymbol(tokens[at], "[")) {
    const close = tokens.findIndex((t, i) => i > at && isSymbol(t, "]"));
    if (close < 0) break;
    arrays++;
    at = close + 1;
  }
  return { text: typeText(names, words, modifier) + (arrays > 0 ? "[]" : ""), end: at };
}

function typeText(names: readonly string[], words: readonly string[], modifier: string): string {
  const bare = names[0] === "pg_catalog" ? names.slice(1) : names;
  if (bare.length > 1) return bare.join(".") + modifier;
  const joined = [bare[0] ?? "", ...words].join(" ");
  const name = Object.hasOwn(aliases, joined) ? aliases[joined]! : joined;
  // A length of 1 is what the grammar gives to a bare "character" or "bit".
  if (name === "character" && modifier === "") return "character(1)";
  if (name === "bit" && modifier === "") return "bit(1)";
  if (/^time/.test(name)) return name.replace(/^(\w+)/, `$1${modifier}`);
  // numeric(10) is numeric(10,0).
  return name + (name === "numeric" ? modifier.replace(/^\((\d+)\)$/, "($1,0)") : modifier);
}

/**
 * An expression in a form in which most of what Postgres rewrites (`pg_get_expr`) equals what was written: white space, letter
 * case of words, outer parentheses, casts of literals. What it can't know (precedence, `IN` lists) only the server can tell.
 */
export const normaliseExpression = remembered((sql): string => {
  return stripParentheses(dropLiteralCasts(tokenize(sql)))
    .map(written)
    .join(" ");
});

function dropLiteralCasts(tokens: readonly Token[]): Token[] {
  const kept: Token[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at]!;
    if (!isSymbol(token, "::")) {
      kept.push(token);
      continue;
    }
    const { text, end } = readType(tokens, at + 1);
    const number = closedNumber(kept);
    if (number !== null) kept.splice(-number.length, number.length, ...number.bare);
    else if (kept.at(-1)?.kind !== "string" && kept.at(-1)?.text !== "null") {
      kept.push(token, { kind: "symbol", text });
    }
    at = end - 1;
  }
  return kept.map((token, at) => plainNumber(token, kept[at - 1]));
}

/** `(0)::smallint`, `'-1'::integer` and `-1` are one number to us; `(-1)` as well. */
function closedNumber(kept: readonly Token[]): { length: number; bare: Token[] } | null {
  const last = kept.at(-1);
  if (last?.kind === "number") return { length: 1, bare: [last] };
  if (!isSymbol(last, ")")) return null;
  const [open, sign, digits] = [kept.at(-4), kept.at(-3), kept.at(-2)];
  if (digits?.kind !== "number") return null;
  if (isSymbol(sign, "(")) return { length: 3, bare: [digits] };
  if (isSymbol(open, "(") && isSymbol(sign, "-")) {
    return { length: 4, bare: [{ kind: "symbol", text: "-" }, digits] };
  }
  return null;
}

function plainNumber(token: Token, before: Token | undefined): Token {
  // A quoted number after a cast was dropped: '-1'::integer. Only whole numbers, since texts may look like others.
  const leads = before === undefined;
  return leads && token.kind === "string" && /^-\d+$/.test(token.text)
    ? { kind: "symbol", text: `- ${token.text.slice(1)}` }
    : token;
}

function stripParentheses(tokens: readonly Token[]): readonly Token[] {
  let inner = tokens;
  while (isSymbol(inner[0], "(") && closing(inner) === inner.length - 1) inner = inner.slice(1, -1);
  return inner;
}

function closing(tokens: readonly Token[]): number {
  let depth = 0;
  for (const [at, token] of tokens.entries()) {
    if (isSymbol(token, "(")) depth++;
    if (isSymbol(token, ")") && --depth === 0) return at;
  }
  return -1;
}

function isSymbol(token: Token | undefined, text: string): boolean {
  return token?.kind === "symbol" && token.text === text;
}

function written(token: Token): string {
  if (token.kind === "string") return quoteLiteral(token.text);
  if (token.kind === "quoted") return /^[a-z_][a-z0-9_$]*$/.test(token.text) ? token.text : quoteIdent(token.text);
  return token.text;
}

/** Takes the parentheses that `pg_get_expr` puts around a condition off again. */
export function stripOuterParentheses(sql: string): string {
  let inner = sql.trim();
  for (;;) {
    const tokens = tokenize(inner);
    if (!isSymbol(tokens[0], "(") || closing(tokens) !== tokens.length - 1) return inner;
    inner = inner.slice(1, -1).trim();
  }
}

/** A setting's value as `proconfig` holds it: lists joined by comma and space, elements quoted only where they need it. */
export function normaliseSetting(name: string, value: string): string {
  if (!isListSetting(name)) return value;
  return settingElements(value)
    .map((element) => (/^[a-z_][a-z0-9_$]*$/.test(element) ? element : quoteIdent(element)))
    .join(", ");
}

/** Settings that are lists of names (`GUC_LIST_QUOTE`): each element is quoted by itself. */
export function isListSetting(name: string): boolean {
  return ["search_path", "temp_tablespaces", "session_preload_libraries", "local_preload_libraries"].includes(
    name.toLowerCase(),
  );
}

export function settingElements(value: string): string[] {
  const elements: string[] = [];
  for (const token of tokenize(value)) {
    if (!isSymbol(token, ",")) elements.push(token.text);
  }
  return elements;
}

/** Words that a column's default may hold only inside parentheses (the grammar's `b_expr`). */
const conditionWords = new Set(
  "not and or in is like ilike similar between isnull notnull at collate overlaps".split(" "),
);

/**
 * The expression as a default: in parentheses where the grammar wants them, and where two words stand side by side, of which the
 * second could be a constraint of the column's (`1 UNIQUE`) and not part of the expression (`interval '1 day'`).
 */
export function defaultExpression(sql: string): string {
  let depth = 0;
  let before: Token | undefined;
  for (const token of tokenize(sql)) {
    if (depth === 0 && token.kind === "word" && conditionWords.has(token.text)) return `(${sql})`;
    if (depth === 0 && before !== undefined && endsOperand(before) && token.kind !== "symbol") return `(${sql})`;
    if (isSymbol(token, "(") || isSymbol(token, "[")) depth++;
    if (isSymbol(token, ")") || isSymbol(token, "]")) depth--;
    before = token;
  }
  return sql;
}

function endsOperand(token: Token): boolean {
  return token.kind !== "symbol" || token.text === ")" || token.text === "]";
}

/** Whether the text is one whole type, and nothing else. */
export const isType = remembered((type): boolean => {
  const tokens = tokenize(type);
  const from = tokens[0]?.kind === "word" && tokens[0].text === "setof" ? 1 : 0;
  const named = tokens[from]?.kind === "word" || tokens[from]?.kind === "quoted";
  return named && readType(tokens, from).end === tokens.length && tokens.every((token) => token.kind !== "string");
});

/** Whether the text can stand as one expression: parentheses closed in order, no second statement, nor a second part of a list. */
export const isExpression = remembered((sql): boolean => {
  let depth = 0;
  for (const token of tokenize(sql)) {
    if (token.kind === "symbol" && [";", "'", '"', "/*"].includes(token.text)) return false;
    if (isSymbol(token, ",") && depth === 0) return false;
    if (isSymbol(token, "(") || isSymbol(token, "[")) depth++;
    if ((isSymbol(token, ")") || isSymbol(token, "]")) && --depth < 0) return false;
  }
  // A comment at the end would swallow what we write after it.
  const swallows = tokenize(`${sql})`).length === tokenize(sql).length;
  return depth === 0 && !swallows && tokenize(sql).length > 0;
});

const constantWords = new Set(["true", "false", "null", "array", "now", "current_timestamp", "current_date"]);
const constantSymbols = new Set(["+", "-", "(", ")", "[", "]", ","]);

/**
 * Whether adding a column with this default leaves the rows as they are: its value is worked out once. `now()` counts, since it
 * is one value in a statement. What isn't known to be constant is not.
 */
export function isConstantExpression(sql: string): boolean {
  return dropLiteralCasts(tokenize(sql)).every(
    (token) =>
      token.kind === "string" ||
      token.kind === "number" ||
      (token.kind === "word" && constantWords.has(token.text)) ||
      (token.kind === "symbol" && (constantSymbols.has(token.text) || /^- \d+$/.test(token.text))),
  );
}
