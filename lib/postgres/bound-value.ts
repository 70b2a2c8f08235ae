import { dateText, DAY, readTime, timeText } from "./calendar";
import { normaliseType } from "./normalise";
import { quoteLiteral } from "./quote";
import { tokenize } from "./tokens";

/**
 * The values of partition bounds. They are compared by what they mean to the column's type, never by their text: `'2026-1-1'` and
 * what Postgres makes of it are one bound, and a difference in spelling must never look like other rows in a leaf.
 */

/** What is written for one column of a bound. */
export type Written =
  | { readonly kind: "null" | "minvalue" | "maxvalue" }
  | { readonly kind: "value"; readonly text: string; readonly word: boolean };

/** A value as Postgres writes it, and where it stands among others of its type. */
export interface BoundValue {
  readonly sql: string;
  /** Null where only the server knows the order: texts under a collation, types that are not Postgres' own. */
  readonly order: Order | null;
}

/** Numbers by their digits and how many of them are behind the point; everything else by bytes. Infinities stand outside. */
interface Order {
  readonly outside: -1 | 0 | 1;
  readonly digits: bigint;
  readonly scale: number;
  readonly bytes: string | null;
}

/** A column as far as a bound needs it. */
export interface BoundColumn {
  readonly name: string;
  readonly type: string;
  readonly collation: string | null;
}

/** Why a text is no value of a type. */
export class WrongValue {
  constructor(readonly allowed: string) {}
}

/** The one literal that a text is: a number, a text in quotes, TRUE, FALSE, NULL, MINVALUE or MAXVALUE. Null for anything else. */
export function readLiteral(sql: string): Written | null {
  const tokens = tokenize(sql);
  const [first, second] = tokens;
  const negative = first?.kind === "symbol" && first.text === "-" && second?.kind === "number";
  if (first === undefined || tokens.length !== (negative ? 2 : 1)) return null;
  if (negative) return { kind: "value", text: `-${second.text}`, word: false };
  if (first.kind === "string" && !first.text.includes("\0")) return { kind: "value", text: first.text, word: false };
  if (first.kind === "number") return { kind: "value", text: first.text, word: false };
  if (first.kind !== "word") return null;
  if (first.text === "null" || first.text === "minvalue" || first.text === "maxvalue") return { kind: first.text };
  return first.text === "true" || first.text === "false" ? { kind: "value", text: first.text, word: true } : null;
}

type Read = (text: string, column: BoundColumn, modifiers: readonly number[]) => BoundValue | WrongValue;

const SIZES: Readonly<Record<string, bigint>> = { smallint: 2n ** 15n, integer: 2n ** 31n, bigint: 2n ** 63n };

const READERS: Readonly<Record<string, Read>> = {
  smallint: readInteger,
  integer: readInteger,
  bigint: readInteger,
  numeric: readNumeric,
  boolean: readBoolean,
  uuid: readUuid,
  text: readText,
  "character varying": readText,
  character: (text, column, modifiers) => readText(text.replace(/ +$/, ""), column, modifiers),
  date: readDate,
  "timestamp without time zone": readTimestamp,
  "timestamp with time zone": readTimestamp,
};

/** The type without its modifiers, and those: `numeric(10,2)` is `numeric`, 10 and 2. */
export function bareType(type: string): { readonly name: string; readonly modifiers: readonly number[] } {
  const whole = normaliseType(type);
  const found = /^(.*?)\((\d+(?:,\d+)?)\)(.*)$/.exec(whole);
  if (found === null) return { name: whole, modifiers: [] };
  return { name: `${found[1]}${found[3]}`, modifiers: found[2]!.split(",").map(Number) };
}

/** Whether bounds of the type can be compared here: some of Postgres' own types, and any enum or domain by its text. */
export function hasBounds(type: string): boolean {
  const { name } = bareType(type);
  return Object.hasOwn(READERS, name) || (name.includes(".") && !name.endsWith("[]"));
}

/** What a text means to a column. */
export function readValue(text: string, column: BoundColumn): BoundValue | WrongValue {
  const { name, modifiers } = bareType(column.type);
  const read = Object.hasOwn(READERS, name) ? READERS[name]! : readOther;
  return read(text, column, modifiers);
}

/** Less than 0, 0 or more as `a` stands before, at or after `b`; null where that is not known. */
export function compareValues(a: BoundValue, b: BoundValue): number | null {
  if (a.sql === b.sql) return 0;
  if (a.order === null || b.order === null) return null;
  const [one, other] = [a.order, b.order];
  if (one.outside !== other.outside) return one.outside - other.outside;
  if (one.bytes !== null && other.bytes !== null)
    return Buffer.compare(Buffer.from(one.bytes), Buffer.from(other.bytes));
  const scale = Math.max(one.scale, other.scale);
  const [left, right] = [one, other].map((each) => each.digits * 10n ** BigInt(scale - each.scale)) as [bigint, bigint];
  return left < right ? -1 : left > right ? 1 : 0;
}

const finite = { outside: 0, digits: 0n, scale: 0, bytes: null } as const;

/** A value that stands among others by one number: an integer, microseconds, the bits of a UUID. */
function numbered(sql: string, digits: bigint, scale = 0): BoundValue {
  return { sql, order: { ...finite, digits, scale } };
}

function readInteger(text: string, column: BoundColumn): BoundValue | WrongValue {
  const size = SIZES[bareType(column.type).name]!;
  const wrong = new WrongValue(`a whole number from ${-size} to ${size - 1n}`);
  if (!/^\s*[+-]?\d+\s*$/.test(text)) return wrong;
  const value = BigInt(text.trim().replace(/^\+/, ""));
  return value < -size || value >= size ? wrong : numbered(String(value), value);
}

function readNumeric(text: string, _column: BoundColumn, modifiers: readonly number[]): BoundValue | WrongValue {
  const found = /^\s*([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d{1,4}))?\s*$/.exec(text);
  const [precision, most = 0] = modifiers;
  const allowed =
    precision === undefined ? "a number" : `a number of ${precision - most} digits, and ${most} after the point`;
  if (found === null || `${found[2]}${found[3]}` === "") return new WrongValue(allowed);
  const exponent = Number(found[4] ?? 0) - found[3]!.length;
  const plain = BigInt(`${found[2]}${found[3]}`) * (exponent > 0 ? 10n ** BigInt(exponent) : 1n);
  const { digits, scale } = shortest(plain, exponent < 0 ? -exponent : 0);
  if (precision !== undefined && (scale > most || digits * 10n ** BigInt(most - scale) >= 10n ** BigInt(precision))) {
    return new WrongValue(allowed);
  }
  const shown = String(digits).padStart(scale + 1, "0");
  const point = scale === 0 ? shown : `${shown.slice(0, -scale)}.${shown.slice(-scale)}`;
  const minus = found[1] === "-" && digits !== 0n;
  return numbered(minus ? `-${point}` : point, minus ? -digits : digits, scale);
}

function shortest(digits: bigint, scale: number): { readonly digits: bigint; readonly scale: number } {
  return scale > 0 && digits % 10n === 0n ? shortest(digits / 10n, scale - 1) : { digits, scale };
}

function readBoolean(text: string): BoundValue | WrongValue {
  const word = text.trim().toLowerCase();
  if (["true", "t", "yes", "y", "on", "1"].includes(word)) return numbered("true", 1n);
  if (["false", "f", "no", "n", "off", "0"].includes(word)) return numbered("false", 0n);
  return new WrongValue("true or false");
}

function readUuid(text: string): BoundValue | WrongValue {
  const hex = text
    .trim()
    .toLowerCase()
    .replace(/^\{(.*)\}$/, "$1")
    .replace(/-/g, "");
  if (!/^[0-9a-f]{32}$/.test(hex)) return new WrongValue("a UUID");
  return numbered(quoteLiteral(uuidText(hex)), BigInt(`0x${hex}`));
}

/** A UUID with its hyphens, from 32 hexadecimal digits. */
export function uuidText(hex: string): string {
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

function readText(text: string, column: BoundColumn, [most]: readonly number[]): BoundValue | WrongValue {
  if (most !== undefined && [...text].length > most) return new WrongValue(`a text of at most ${most} characters`);
  // Only the collation that compares bytes is the same everywhere.
  const bytes = column.collation === "C" || column.collation === "POSIX" ? text : null;
  return { sql: quoteLiteral(text), order: bytes === null ? null : { ...finite, bytes } };
}

function readInfinity(text: string): BoundValue | null {
  const found = /^\s*([+-]?)infinity\s*$/i.exec(text);
  if (found === null) return null;
  const minus = found[1] === "-";
  return { sql: minus ? "'-infinity'" : "'infinity'", order: { ...finite, outside: minus ? -1 : 1 } };
}

function readDate(text: string): BoundValue | WrongValue {
  const time = readTime(text);
  if (time === null || time.zoned || time.micros % DAY !== 0n) {
    return readInfinity(text) ?? new WrongValue("a day such as 2026-01-31, from the year 1 to 9999");
  }
  return numbered(quoteLiteral(dateText(time.micros)), time.micros);
}

function readTimestamp(text: string, column: BoundColumn, [digits = 6]: readonly number[]): BoundValue | WrongValue {
  const zoned = bareType(column.type).name === "timestamp with time zone";
  const time = readTime(text);
  if (time === null || (time.zoned && !zoned) || time.digits > digits) {
    const form = zoned ? "2026-01-31 08:00:00+00" : "2026-01-31 08:00:00, without a zone";
    const fraction = digits < 6 ? `, with at most ${digits} digits after the second` : "";
    return readInfinity(text) ?? new WrongValue(`a time such as ${form}${fraction}`);
  }
  return numbered(quoteLiteral(`${timeText(time.micros)}${zoned ? "+00" : ""}`), time.micros);
}

/** An enum's or a domain's value: what it means is the server's business. */
function readOther(text: string): BoundValue {
  return { sql: quoteLiteral(text), order: null };
}
