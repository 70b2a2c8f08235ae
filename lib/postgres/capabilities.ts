import type { TableChange } from "./diff";
import { partsMadeBy } from "./expressions";
import type { ColumnModel, IndexKeyModel, TableModel } from "./model";
import { tokenize } from "./tokens";
import { harmless, refuse, type Verdict } from "./verdict";

/** What a server can do: its version, and what it was built with. */
export interface ServerFacts {
  /** The major version, such as 15. */
  readonly version: number;
  /** The compressions that it was built with. */
  readonly compressions: readonly string[];
  /** Whether the role that deploys may make roles. */
  readonly createsRoles: boolean;
}

/**
 * What a table can name that not every server from 15 on has, with the first version that has it. Source: the release notes of
 * Postgres 16, 17 and 18.
 */
export const SINCE = {
  function: {
    array_sample: 16,
    array_shuffle: 16,
    date_add: 16,
    date_subtract: 16,
    erf: 16,
    erfc: 16,
    random_normal: 16,
    json_exists: 17,
    json_query: 17,
    json_scalar: 17,
    json_value: 17,
    to_bin: 17,
    to_oct: 17,
    unicode_assigned: 17,
    uuid_extract_timestamp: 17,
    uuid_extract_version: 17,
    array_reverse: 18,
    array_sort: 18,
    casefold: 18,
    crc32: 18,
    crc32c: 18,
    gamma: 18,
    lgamma: 18,
    uuidv4: 18,
    uuidv7: 18,
  },
  collation: { unicode: 16, pg_c_utf8: 17, pg_unicode_fast: 18 },
} as const satisfies Readonly<Record<string, Readonly<Record<string, number>>>>;

/** What the changes ask for, where not every server has it. */
interface Wish {
  readonly attribute: string;
  readonly change: string;
  readonly isGranted: (server: ServerFacts) => boolean;
  readonly wayOut: (server: ServerFacts) => string;
}

/** Whether the changes ask for something that not every server has. */
export function needsServer(changes: readonly TableChange[]): boolean {
  return wishes(changes).length > 0;
}

/** What the changes ask for and the server lacks. */
export function lacking(changes: readonly TableChange[], server: ServerFacts): Verdict[] {
  return wishes(changes)
    .filter((wish) => !wish.isGranted(server))
    .map((wish) => refuse("PG415", wish.attribute, wish.change, harmless, wish.wayOut(server)));
}

function wishes(changes: readonly TableChange[]): readonly Wish[] {
  return changes
    .map(partsMadeBy)
    .flatMap(({ columns, checks, indexes, exclusions }) => [
      ...columns.flatMap(compressionWish),
      ...columns.flatMap((each) => collationWish("columns", `column "${each.name}"`, each)),
      ...columns.flatMap((each) => [...callWishes("columns", each.default), ...callWishes("columns", each.generated)]),
      ...checks.flatMap(({ expression }) => callWishes("checks", expression)),
      ...indexes.flatMap(({ name, where, keys }) => keyWishes("indexes", `index "${name}"`, where, keys)),
      ...exclusions.flatMap(({ name, where, elements }) => keyWishes("exclusions", `"${name}"`, where, elements)),
    ]);
}

type Attribute = keyof TableModel;

function keyWishes(
  attribute: Attribute,
  what: string,
  where: string | null,
  keys: readonly IndexKeyModel[],
): readonly Wish[] {
  const ofKeys = keys.flatMap((key) => [
    ...callWishes(attribute, key.expression),
    ...collationWish(attribute, what, key),
  ]);
  return [...callWishes(attribute, where), ...ofKeys];
}

function callWishes(attribute: Attribute, sql: string | null): readonly Wish[] {
  return sql === null ? [] : calledIn(sql).flatMap((name) => sinceWish(attribute, `call ${name}()`, "function", name));
}

function collationWish(
  attribute: Attribute,
  what: string,
  { collation }: Pick<ColumnModel, "collation">,
): readonly Wish[] {
  return collation === null ? [] : sinceWish(attribute, `collate ${what} by ${collation}`, "collation", collation);
}

function compressionWish({ name, compression }: ColumnModel): readonly Wish[] {
  if (compression === null) return [];
  return [
    {
      attribute: "columns",
      change: `compress column "${name}" by ${compression}`,
      isGranted: ({ compressions }) => compressions.includes(compression),
      wayOut: ({ compressions }) =>
        `the server was built without it and has ${compressions.join(", ")}; leave compression out, which is the server's own`,
    },
  ];
}

function sinceWish(attribute: Attribute, change: string, kind: keyof typeof SINCE, name: string): readonly Wish[] {
  const known: Readonly<Record<string, number>> = SINCE[kind];
  if (!Object.hasOwn(known, name)) return [];
  const since = known[name]!;
  return [
    {
      attribute,
      change,
      isGranted: ({ version }) => version >= since,
      wayOut: ({ version }) =>
        `Postgres has this ${kind} from ${since} on, and the server is ${version}; upgrade it, or write another one, with its schema where it is your own`,
    },
  ];
}

/** The functions of `pg_catalog` that an expression calls: others are written with their schema. */
function calledIn(sql: string): readonly string[] {
  const tokens = tokenize(sql);
  const called = tokens.filter(({ kind }, at) => {
    const qualified = tokens[at - 1]?.text === "." && tokens[at - 2]?.text !== "pg_catalog";
    return (kind === "word" || kind === "quoted") && tokens[at + 1]?.text === "(" && !qualified;
  });
  return [...new Set(called.map(({ text }) => text))];
}
