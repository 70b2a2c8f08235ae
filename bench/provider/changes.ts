import type { ValueMap } from "../../lib/provider/value";

/** The schema of the tables that are changed. */
export const WAITS = "waits";

export type Changed = "entries" | "entries_hash" | "entries_list" | "entries_range";

/** A change of a table, as the provider is told of it and as it is done by hand. */
export interface Change {
  readonly what: string;
  readonly table: Changed;
  /** The declaration afterwards. */
  readonly declared: ValueMap;
  /** What does the same in the shortest way; a transaction of its own each. */
  readonly byHand: readonly string[];
  /** For how long somebody else's transaction has read the table, and goes on, in ms. @default - nobody does */
  readonly behindReaderMs?: number;
  /** The provider's setting, in seconds. @default - its default */
  readonly lockTimeout?: number;
}

const column = (name: string, type: string, more: object = {}): object => ({ name, type, ...more });
const index = (name: string, columns: readonly string[]): object => ({
  name,
  keys: columns.map((each) => ({ column: each })),
});

const COLUMNS = [
  column("id", "uuid", { default: "gen_random_uuid()" }),
  column("account", "bigint"),
  column("amount", "numeric", { default: "1" }),
  column("at", "timestamptz", { default: "now()" }),
  column("tenant", "text", { default: "'zeta'" }),
  column("note", "text", { nullable: true }),
];

interface Table {
  readonly key: readonly string[];
  readonly partitioning?: object;
}

const ALREADY = { name: "acme", values: ["'acme'"] };
const PAST = { name: "entries_range_past", from: ["MINVALUE"], to: ["'2026-01-01 00:00:00+00'"] };
const NOW = { name: "entries_range_now", from: ["'2026-01-01 00:00:00+00'"], to: ["MAXVALUE"] };
const list = (...more: readonly object[]): object => ({
  strategy: "list",
  columns: ["tenant"],
  partitions: [{ ...ALREADY, name: "entries_list_acme" }, ...more, { name: "entries_list_rest", default: true }],
});
const range = (past: object): object => ({ strategy: "range", columns: ["at"], partitions: [past, NOW] });

const TABLES: Readonly<Record<Changed, Table>> = {
  entries: { key: ["id"] },
  entries_hash: { key: ["id"], partitioning: { strategy: "hash", columns: ["id"], modulus: 4 } },
  entries_list: { key: ["tenant", "id"], partitioning: list() },
  entries_range: { key: ["at", "id"], partitioning: range(PAST) },
};

/** What is declared, with `more` beside or instead. */
function declared(name: Changed, more: object = {}): ValueMap {
  const { key, partitioning } = TABLES[name];
  return {
    schema: WAITS,
    name,
    declaredBy: WAITS,
    columns: COLUMNS,
    primaryKey: { name: `${name}_pkey`, columns: key },
    indexes: [index(`${name}_note`, ["note"])],
    ...(partitioning === undefined ? {} : { partitioning }),
    ...more,
  } as unknown as ValueMap;
}

/** What is there before each change. The declarations come one after the other. */
export const BEFORE: readonly (readonly [kind: "schema" | "table", config: ValueMap])[] = [
  ["schema", { name: WAITS, declaredBy: WAITS }],
  [
    "table",
    {
      schema: WAITS,
      name: "accounts",
      declaredBy: WAITS,
      columns: [column("id", "bigint")],
      primaryKey: { name: "accounts_pkey", columns: ["id"] },
    } as unknown as ValueMap,
  ],
  ...(Object.keys(TABLES) as Changed[]).map((name) => ["table", declared(name)] as const),
];

const ACCOUNTS = 1_000;

/** What fills them. */
export function filling(rows: number): readonly string[] {
  const entries = (name: Changed): string => `INSERT INTO ${WAITS}.${name} (account, at, tenant, note)
    SELECT 1 + n % ${ACCOUNTS}, now() - n * interval '1 second', 'zeta', repeat('note ', 10) || n FROM generate_series(1, ${rows}) n`;
  return [
    `INSERT INTO ${WAITS}.accounts SELECT n FROM generate_series(1, ${ACCOUNTS}) n`,
    ...(Object.keys(TABLES) as Changed[]).map(entries),
    "VACUUM ANALYZE",
  ];
}

/** What a writer does over and over: whatever the change is, it may. */
export function appending(table: Changed): string {
  return `INSERT INTO ${WAITS}.${table} (account, note) VALUES (1 + floor(random() * ${ACCOUNTS})::bigint, gen_random_uuid()::text)`;
}

const ENTRIES = `${WAITS}.entries`;
const extra = column("extra", "text", { nullable: true });
const added = { declared: declared("entries", { columns: [...COLUMNS, extra] }), byHand: [`ALTER TABLE ${ENTRIES} ADD COLUMN extra text`] }; // prettier-ignore
const READER_MS = 5_000;
const indexesOf = (name: Changed, more: readonly object[]): object => ({
  indexes: [index(`${name}_note`, ["note"]), ...more],
});
const NOTED = [...COLUMNS.slice(0, -1), column("note", "text")];
const uniqueOf = (name: Changed): object => ({ uniques: [{ name: `${name}_once`, columns: ["id", "account"] }] });
const toAccounts = {
  name: "entries_account_fkey",
  columns: ["account"],
  referencesSchema: WAITS,
  referencesTable: "accounts",
  referencesColumns: ["id"],
};

/** Each kind of change. */
export const CHANGES: readonly Change[] = [
  { what: "add a column", table: "entries", ...added },
  {
    what: "add a NOT NULL column with a default",
    table: "entries",
    declared: declared("entries", { columns: [...COLUMNS, column("currency", "text", { default: "'EUR'" })] }),
    byHand: [`ALTER TABLE ${ENTRIES} ADD COLUMN currency text NOT NULL DEFAULT 'EUR'`],
  },
  {
    what: "make a column NOT NULL",
    table: "entries",
    declared: declared("entries", { columns: NOTED }),
    byHand: [`ALTER TABLE ${ENTRIES} ALTER COLUMN note SET NOT NULL`],
  },
  {
    what: "add a check",
    table: "entries",
    declared: declared("entries", { checks: [{ name: "noted", expression: "note <> ''" }] }),
    byHand: [`ALTER TABLE ${ENTRIES} ADD CONSTRAINT noted CHECK (note <> '')`],
  },
  {
    what: "add a foreign key",
    table: "entries",
    declared: declared("entries", { foreignKeys: [toAccounts] }),
    byHand: [`ALTER TABLE ${ENTRIES} ADD CONSTRAINT entries_account_fkey FOREIGN KEY (account) REFERENCES ${WAITS}.accounts (id)`], // prettier-ignore
  },
  {
    what: "add a unique constraint",
    table: "entries",
    declared: declared("entries", uniqueOf("entries")),
    byHand: [`ALTER TABLE ${ENTRIES} ADD CONSTRAINT entries_once UNIQUE (id, account)`],
  },
  {
    what: "add an index",
    table: "entries",
    declared: declared("entries", indexesOf("entries", [index("entries_at", ["at"])])),
    byHand: [`CREATE INDEX entries_at ON ${ENTRIES} (at)`],
  },
  {
    what: "drop an index",
    table: "entries",
    declared: declared("entries", { indexes: [] }),
    byHand: [`DROP INDEX ${WAITS}.entries_note`],
  },
  {
    what: "add an index to 4 hash leaves",
    table: "entries_hash",
    declared: declared("entries_hash", indexesOf("entries_hash", [index("entries_hash_at", ["at"])])),
    byHand: [`CREATE INDEX entries_hash_at ON ${WAITS}.entries_hash (at)`],
  },
  {
    what: "add a unique constraint to 4 hash leaves",
    table: "entries_hash",
    declared: declared("entries_hash", uniqueOf("entries_hash")),
    byHand: [`ALTER TABLE ${WAITS}.entries_hash ADD CONSTRAINT entries_hash_once UNIQUE (id, account)`],
  },
  {
    what: "attach a partition beside a full default one",
    table: "entries_list",
    declared: declared("entries_list", { partitioning: list({ name: "entries_list_corp", values: ["'corp'"] }) }),
    byHand: [`CREATE TABLE ${WAITS}.entries_list_corp PARTITION OF ${WAITS}.entries_list FOR VALUES IN ('corp')`],
  },
  {
    what: "detach a partition",
    table: "entries_range",
    declared: declared("entries_range", { partitioning: range({ ...PAST, detached: "archived" }) }),
    byHand: [`ALTER TABLE ${WAITS}.entries_range DETACH PARTITION ${WAITS}.entries_range_past`],
  },
  {
    what: `add a column behind a reader of ${READER_MS / 1000} s`,
    table: "entries",
    ...added,
    behindReaderMs: READER_MS,
  },
  {
    what: `the same, with lockTimeout 0.1`,
    table: "entries",
    ...added,
    behindReaderMs: READER_MS,
    lockTimeout: 0.1,
  },
];
