/** A place in a schema, and what is there. */
export interface SchemaPlace {
  /** `lines[].price`; empty for the schema itself. */
  readonly at: string;
  readonly what: string;
  /**
   * What to write instead.
   * @default - what the issue says in general
   */
  readonly fix?: string;
}

/** What of a schema other people never get to see. */
export interface HiddenParts {
  /** Types that no JSON carries. */
  readonly unfit: readonly SchemaPlace[];
  /** Checks that do not reach the JSON Schema: the type does, but more values than the check lets through. */
  readonly lost: readonly SchemaPlace[];
}

/**
 * A schema of zod 4, as its public `_zod.def` shows it: told by what it carries, so that no schema library is imported.
 * https://zod.dev/library-authors
 */
interface ZodSchema {
  readonly _zod: { readonly def: Definition };
}

interface Definition {
  readonly type: string;
  readonly [member: string]: unknown;
}

/** Recursive schemas unfold without end, and shared ones may unfold to very many. */
const MOST_PLACES = 10_000;

/** Looks through a schema of zod 4 for what its JSON Schema cannot say; knows nothing of other libraries' schemas. */
export function hiddenParts(schema: unknown): HiddenParts {
  const search = new Search();
  try {
    search.visit(schema, "", []);
  } catch {
    // a getter of a lazy schema that throws: its own conversion throws too
  }
  return search;
}

class Search implements HiddenParts {
  readonly unfit: SchemaPlace[] = [];
  readonly lost: SchemaPlace[] = [];
  #left = MOST_PLACES;

  visit(schema: unknown, at: string, around: readonly unknown[]): void {
    if (!isZod(schema) || around.includes(schema) || this.#left-- <= 0) return;
    const { def } = schema._zod;
    const place = at.replace(/^\./, "");
    const found = unfitTypes[def.type];
    if (found !== undefined) this.unfit.push({ at: place, ...found });
    for (const what of lostChecks(def)) this.lost.push({ at: place, what });
    if (found !== undefined) return;
    const known = this.unfit.length;
    for (const [step, part] of parts[def.type]?.(def) ?? []) this.visit(part, at + step, [...around, schema]);
    if (def["reverseTransform"] !== undefined && this.unfit.length > known) this.#codec(place, known);
  }

  /** Its decoded side is what the code works with; its encoded side is what JSON carries. */
  #codec(at: string, from: number): void {
    const inside = this.unfit.splice(from).map(({ what }) => what);
    const fix = "publish the side that the codec takes, and decode in the code that reads it";
    this.unfit.push({ at, what: `a codec that gives ${inside.join(", ")}`, fix });
  }
}

function isZod(value: unknown): value is ZodSchema {
  const def = (value as Partial<ZodSchema> | null | undefined)?._zod?.def;
  return def !== null && typeof def === "object" && typeof def.type === "string";
}

const NOT_THERE = { what: "a value that JSON leaves out", fix: "make the property .optional(), or the value z.null()" };

/** Types that zod refuses to convert, and those that it converts into a promise that JSON cannot keep. */
const unfitTypes: Readonly<Record<string, Omit<SchemaPlace, "at">>> = {
  bigint: {
    what: "a bigint",
    fix: "z.int() for what fits into 53 bits, z.string().regex(/^-?\\d+$/) for what does not",
  },
  custom: {
    what: "a custom type",
    fix: "describe its shape with z.object(), z.string() and so on, or with jsonSchema()",
  },
  date: { what: "a Date", fix: "z.iso.datetime() or z.iso.date(): a date as text" },
  file: { what: "a File", fix: "z.url() for where it lies, or z.base64() for what it holds" },
  function: { what: "a function", fix: "publish data alone" },
  map: { what: "a Map", fix: "z.record(), or z.array() of z.tuple()" },
  nan: { what: "NaN", fix: "z.number().nullable()" },
  promise: { what: "a Promise", fix: "the schema of what it gives" },
  set: { what: "a Set", fix: "z.array()" },
  symbol: { what: "a symbol", fix: "z.literal() or z.enum() of texts" },
  transform: { what: "a transform", fix: "publish what it takes, and transform in the code that reads it" },
  undefined: NOT_THERE,
  void: NOT_THERE,
};

type Part = readonly [step: string, schema: unknown];

const inner = (def: Definition): readonly Part[] => [["", def["innerType"]]];

/** What each type is made of, on the side that it gives out. */
const parts: Readonly<Record<string, (def: Definition) => readonly Part[]>> = {
  array: (def) => [["[]", def["element"]]],
  catch: inner,
  default: inner,
  intersection: (def) => [
    ["", def["left"]],
    ["", def["right"]],
  ],
  lazy: (def) => [["", (def["getter"] as () => unknown)()]],
  nonoptional: inner,
  nullable: inner,
  object: (def) => [
    ...Object.entries(def["shape"] as object).map(([name, part]): Part => [`.${name}`, part]),
    [".*", def["catchall"]],
  ],
  optional: inner,
  pipe: (def) => [["", def["out"]]],
  prefault: inner,
  readonly: inner,
  record: (def) => [
    [".*", def["keyType"]],
    [".*", def["valueType"]],
  ],
  tuple: (def) => [
    ...(def["items"] as readonly unknown[]).map((part, index): Part => [`[${index}]`, part]),
    ["[]", def["rest"]],
  ],
  union: (def) => (def["options"] as readonly unknown[]).map((part): Part => ["", part]),
};

/** A schema of a format, say z.email(), is a check too: its own. */
function lostChecks(def: Definition): readonly string[] {
  const checks = ((def["checks"] ?? []) as readonly { readonly _zod?: { readonly def?: Definition } }[]).map(
    (each) => each._zod?.def,
  );
  return [...(def.type === "custom" ? [] : [def]), ...checks].flatMap((check) => lostCheck(check) ?? []);
}

/** What anchors and steps of a search do is said by the pattern itself; these flags change what it matches. */
const TELLING_FLAGS = /[imsv]/g;

function lostCheck(check: Definition | undefined): string | undefined {
  switch (check?.["check"]) {
    case "custom":
      return ".refine()";
    case "property":
      return `z.property(${JSON.stringify(check["property"])})`;
    case "string_format":
      return lostFormat(check);
    default:
      return undefined;
  }
}

function lostFormat(check: Definition): string | undefined {
  const { pattern, format, fn, hostname, protocol } = check;
  if (pattern instanceof RegExp) {
    const flags = pattern.flags.match(TELLING_FLAGS);
    return flags === null ? undefined : `flag ${flags.join("")} of ${String(pattern)}`;
  }
  if (hostname !== undefined || protocol !== undefined) return `hostname and protocol of z.${String(format)}()`;
  return typeof fn === "function" ? `z.stringFormat(${JSON.stringify(format)})` : undefined;
}
