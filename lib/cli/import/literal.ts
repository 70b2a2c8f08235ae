/** Plain data as it is written in a program. */
export type Plain = string | number | boolean | null | readonly Plain[] | { readonly [name: string]: Plain };

/** Of a line, as Prettier has it by default. */
export const WIDTH = 80;
/** Prettier puts no text on a line of its own after a key that is shorter. */
const SHORT_KEY = 5;

/**
 * Plain data as TypeScript, as Prettier writes it by default.
 *
 * @param indent spaces before the line that it ends on
 * @param column where it begins
 * @param spread names of objects that have a line for each entry, however short they are; `""` is the outermost
 */
export function literal(value: Plain, indent: number, column: number, spread: ReadonlySet<string>): string {
  return new Printer(spread).print(value, indent, column, "");
}

class Printer {
  constructor(private readonly spread: ReadonlySet<string>) {}

  print(value: Plain, indent: number, column: number, name: string): string {
    const flat = flatText(value);
    const isObject = typeof value === "object" && value !== null && !isList(value);
    const broken = (isObject && this.spread.has(name)) || breaksAnyway(value);
    // a comma follows
    if (typeof value !== "object" || value === null || flat.length === 2) return flat;
    if (!broken && column + flat.length + 1 <= WIDTH) return flat;
    const inner = indent + 2;
    const lines = isList(value)
      ? value.map((each) => this.print(each, inner, inner, ""))
      : Object.entries(value).map(([key, each]) => this.property(key, each, inner));
    const [open, close] = isList(value) ? ["[", "]"] : ["{", "}"];
    return [open, ...lines.map((line) => `${" ".repeat(inner)}${line},`), `${" ".repeat(indent)}${close}`].join("\n");
  }

  private property(key: string, value: Plain, indent: number): string {
    const begin = `${keyText(key)}: `;
    const text = this.print(value, indent, indent + begin.length, key);
    const fits = indent + begin.length + text.length + 1 <= WIDTH;
    if (typeof value !== "string" || fits || keyText(key).length < SHORT_KEY) return begin + text;
    return `${begin.trimEnd()}\n${" ".repeat(indent + 2)}${text}`;
  }
}

function isList(value: Plain): value is readonly Plain[] {
  return Array.isArray(value);
}

/** Prettier's rule: several objects, or several lists, of more than one entry each. */
function breaksAnyway(value: Plain): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (!isList(value)) return Object.values(value).some(breaksAnyway);
  const long = (each: Plain): boolean => typeof each === "object" && each !== null && Object.keys(each).length > 1;
  const alike = value.every(isList) || value.every((each) => !isList(each));
  return (value.length > 1 && alike && value.every(long)) || value.some(breaksAnyway);
}

function flatText(value: Plain): string {
  if (typeof value === "string") return stringText(value);
  if (typeof value !== "object" || value === null) return String(value);
  if (isList(value)) return `[${value.map(flatText).join(", ")}]`;
  const entries = Object.entries(value).map(([key, each]) => `${keyText(key)}: ${flatText(each)}`);
  return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
}

function keyText(key: string): string {
  // in quotes it would be the object's prototype
  if (key === "__proto__") return '["__proto__"]';
  return /^[$_\p{ID_Start}][$\p{ID_Continue}]*$/u.test(key) ? key : stringText(key);
}

/** In double quotes, unless it holds more of them than of single ones. */
export function stringText(text: string): string {
  const double = JSON.stringify(text);
  const count = (quote: string): number => text.split(quote).length - 1;
  if (count('"') <= count("'")) return double;
  return `'${double.slice(1, -1).replace(/\\"/g, '"').replace(/'/g, "\\'")}'`;
}
