import { formatId } from "./import-id";

/** The locks that a planned statement takes on a table, in Postgres' words, the strongest first. */
export type TableLock = "ACCESS EXCLUSIVE" | "SHARE ROW EXCLUSIVE" | "SHARE" | "SHARE UPDATE EXCLUSIVE" | "ROW EXCLUSIVE"; // prettier-ignore

export interface TableName {
  readonly schema: string;
  readonly name: string;
}

/** A table that a statement locks besides its own: with SHARE ROW EXCLUSIVE where nothing is said. */
export interface LockedTable extends TableName {
  readonly lock?: TableLock;
}

/** How large a table was when the server last looked: at a VACUUM, an ANALYZE, or the build of an index. */
export interface TableSize {
  /** Without its indexes, and without values that are stored out of line. */
  readonly bytes: number;
  readonly rows: number;
}

/** One statement of a plan, as data. */
export interface Statement {
  readonly sql: string;
  /** Whether it runs inside the plan's transaction; the others commit by themselves, after it, in order. */
  readonly transactional: boolean;
  /** The lock that it takes on the table, in Postgres' words; null for none that matters. */
  readonly lock: TableLock | null;
  /** The table that it works on, which may be a leaf; null where it is about no table, or about one that it makes. */
  readonly table: TableName | null;
  /** Tables that others write and that it locks as well: so that rows can't leave under a foreign key, or go to two partitions. */
  readonly alsoLocks: readonly LockedTable[];
  /** Whether it reads all rows of the table. */
  readonly scans: boolean;
  /** Whether it writes all rows of the table anew: planned for an empty one only. */
  readonly rewrites: boolean;
  /** How large its table is, all partitions together; null where that is not known. */
  readonly size: TableSize | null;
  /** What it is for. */
  readonly comment: string;
  /** The index that it leaves invalid when it fails half-way; null where it leaves nothing. */
  readonly builds: { readonly schema: string; readonly index: string } | null;
  /** Statements that stand alone and follow each other with one name here are one transaction of their own; null for none. */
  readonly group: string | null;
  /**
   * Asks whether it has still something to do, of a statement that is run page by page of its table, each batch committed by itself:
   * `$1` is where a batch begins, and `$2` where the next one does. Null for one that is run as it stands.
   */
  readonly rest: string | null;
  /** What is run when it fails for good: takes back what an earlier statement did for its sake. */
  readonly undo: string | null;
}

/** What a statement is besides its text; what is left out is the harmless value. */
export type StatementFacts = Partial<Omit<Statement, "sql" | "transactional">> & Pick<Statement, "comment">;

/** A statement of the plan's transaction. */
export function inside(sql: string, facts: StatementFacts): Statement {
  return statement(sql, facts, true);
}

/** A statement that commits by itself. */
export function alone(sql: string, facts: StatementFacts): Statement {
  return statement(sql, facts, false);
}

function statement(sql: string, { table = null, ...facts }: StatementFacts, transactional: boolean): Statement {
  return { ...plain, ...facts, table: table && { schema: table.schema, name: table.name }, sql, transactional };
}

const plain = {
  lock: null,
  alsoLocks: [],
  scans: false,
  rewrites: false,
  size: null,
  builds: null,
  group: null,
  undo: null,
  rest: null,
} as const;

/** Reads and writes that wait while the lock is held. */
const WAITS: Readonly<Record<TableLock, string>> = {
  "ACCESS EXCLUSIVE": "readers and writers wait",
  "SHARE ROW EXCLUSIVE": "writers wait",
  SHARE: "writers wait",
  "SHARE UPDATE EXCLUSIVE": "nobody waits",
  "ROW EXCLUSIVE": "who writes a row waits for its batch",
};

/**
 * What a statement does to those who use its table, in a few words: `ACCESS EXCLUSIVE on orders.outbox (readers and writers wait), reads
 * no rows`; null where it takes no lock that matters.
 */
export function lockText(statement: Statement): string | null {
  const { lock, table, alsoLocks, scans, rewrites, rest, size } = statement;
  if (lock === null || table === null) return null;
  const writes = rest === null ? "" : ", writes those without a value in batches";
  const rows = rewrites ? "rewrites all rows" : scans ? `reads all rows${writes}` : "reads no rows";
  const of = size === null ? "" : ` of ${sizeText(size)}`;
  const also = alsoLocks.map((each) => ` and ${lockOf(each)} on ${printable(each)}`).join("");
  const waits = alsoLocks.length === 0 ? WAITS[lock] : WAITS[strongestLock(statement) ?? lock];
  return `${lock} on ${printable(table)}${also} (${waits}), ${rows}${of}`;
}

/** With the size of the table that each works on, where it is known and not nothing. */
export function withSizes(
  statements: readonly Statement[],
  sizes: Readonly<Record<string, TableSize>>,
): readonly Statement[] {
  return statements.map((each) => {
    const name = each.table?.name ?? "";
    const size = Object.hasOwn(sizes, name) ? sizes[name]! : null;
    return size === null || size.rows === 0 ? each : { ...each, size };
  });
}

/** `about 1,200,000 rows, 310 MB`: two digits, since the server itself only guesses. */
function sizeText({ bytes, rows }: TableSize): string {
  const unit = bytes < 1024 ** 2 ? 1 : bytes < 1024 ** 3 ? 2 : bytes < 1024 ** 4 ? 3 : 4;
  const amount = roundedTo2(bytes / 1024 ** unit);
  const count = String(roundedTo2(rows)).replace(/\B(?=(\d{3})+$)/g, ",");
  return `about ${count} rows, ${amount} ${["", "kB", "MB", "GB", "TB"][unit]}`;
}

function roundedTo2(value: number): number {
  return Number(value.toPrecision(2));
}

/** The strongest of all locks that a statement takes; null for none that matters. */
export function strongestLock({ lock, alsoLocks }: Statement): TableLock | null {
  const held = [...(lock === null ? [] : [lock]), ...alsoLocks.map(lockOf)];
  return STRONGEST_FIRST.find((each) => held.includes(each)) ?? null;
}

const STRONGEST_FIRST: readonly TableLock[] = [
  "ACCESS EXCLUSIVE",
  "SHARE ROW EXCLUSIVE",
  "SHARE",
  "SHARE UPDATE EXCLUSIVE",
  "ROW EXCLUSIVE",
];

function lockOf({ lock = "SHARE ROW EXCLUSIVE" }: LockedTable): TableLock {
  return lock;
}

/** The statement as it is shown: after a line of comment where somebody waits for it, or where it takes time. */
export function shownSql(statement: Statement): string {
  const harmless = strongestLock(statement) === "SHARE UPDATE EXCLUSIVE" && !statement.scans;
  const text = harmless ? null : lockText(statement);
  return text === null ? statement.sql : `-- ${text}\n${statement.sql}`;
}

/** A name that can't end the line that it stands on. */
function printable({ schema, name }: TableName): string {
  return formatId(schema, name).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, "?");
}
