import { quoteName } from "../../postgres/quote";
import { shownSql } from "../../postgres/plan";
import { fillDefaults } from "../attributes";
import type { Issue } from "../issue";
import { providerSchema } from "../schema";
import { schemaQuery, type SchemaRow } from "./catalog";
import { Database, type Session } from "./connection";
import { execute, type Wait } from "./execute";
import { inspectTables } from "./inspect";
import { dueOn, type LeftToDo, rollsOnServer } from "./maintain-table";
import { SchemaLocks } from "./schema-lock";
import { describeError } from "./server-error";
import { readSettings } from "./settings";

export type { LeftToDo } from "./maintain-table";

/** What was done to one table that rolls; in a dry run what would be done. */
export interface MaintainedTable {
  readonly table: string;
  readonly made: readonly string[];
  /** Leaves that the default partition has become. */
  readonly mended: readonly string[];
  /** Leaves that are tables of their own now. Nothing drops them. */
  readonly detached: readonly string[];
  /** As they are shown in a plan, with the locks that somebody waits for. */
  readonly statements: readonly string[];
  readonly waits: readonly Wait[];
  readonly left: readonly LeftToDo[];
}

/** A function of a store that deletes what nobody needs any more. */
export interface Cleaned {
  readonly function: string;
  /** How many rows it deleted; null in a dry run. */
  readonly rows: number | null;
  readonly statement: string;
  readonly left: readonly LeftToDo[];
}

/** What was done to a schema. */
export interface Maintained {
  readonly schema: string;
  readonly tables: readonly MaintainedTable[];
  readonly cleaned: readonly Cleaned[];
}

/** Null for a schema that is not there. */
export type MaintainOutcome = { readonly maintained: Maintained | null } | { readonly issues: readonly Issue[] };

/** How a schema is maintained. */
export interface MaintainOptions {
  /** Whether to say only what would be done. */
  readonly dryRun: boolean;
  /**
   * Seconds that a try waits for a lock at most, before those who wait behind are let through, 0.01 to 3600; the first one waits for 0.1.
   * @default 3
   */
  readonly lockTimeout?: number;
  /** The clock: milliseconds since 1970. */
  readonly now: () => number;
  /** Hears what is being done. */
  readonly onStep: (what: string) => void;
}

/** The functions of a store that take a number of rows, delete at most so many, and say how many they did. */
export const CLEANING_FUNCTIONS: readonly string[] = ["clean_inbox", "clean_timeouts"];

/** So many that a batch takes well below a second, and few enough for a lock that nobody notices. */
const BATCH = 5_000;

/** Errors after which no other table can be looked at either. */
const FATAL: readonly string[] = ["PG450", "PG451", "PG452", "PG453", "PG455", "PG456", "PG460", "PG473"];

/**
 * Makes the leaves that are due in a schema of the database that the PG* variables name, detaches those that are too old, and deletes
 * what a store needs no more. Drops nothing. Each table is done under the schema's lock, as a deploy of it is.
 */
export async function maintainSchema(
  environment: NodeJS.ProcessEnv,
  schema: string,
  options: MaintainOptions,
): Promise<MaintainOutcome> {
  const given = options.lockTimeout === undefined ? {} : { lockTimeout: options.lockTimeout };
  const { settings, issues } = readSettings(fillDefaults(providerSchema, given), environment);
  if (settings === null) return { issues };
  const database = new Database(settings);
  try {
    return { maintained: await maintain({ database, locks: new SchemaLocks(database), schema, options }) };
  } catch (error) {
    return { issues: [describeError(error, settings, `maintain schema "${schema}"`)] };
  } finally {
    await database.close();
  }
}

interface Work {
  readonly database: Database;
  readonly locks: SchemaLocks;
  readonly schema: string;
  readonly options: MaintainOptions;
}

async function maintain(work: Work): Promise<Maintained | null> {
  const { database, schema } = work;
  work.options.onStep(`looking at schema ${schema}`);
  const found = await database.use(async (session) => {
    if ((await session.query<SchemaRow>(schemaQuery, [schema])).length === 0) return null;
    const tables = (await inspectTables(session, schema, null)).filter(rollsOnServer);
    return { tables: tables.map(({ model }) => model.name).sort(), functions: await cleaningIn(session, schema) };
  });
  if (found === null) return null;
  const tables: MaintainedTable[] = [];
  for (const table of found.tables) tables.push(await maintainTable(table, work));
  const cleaned: Cleaned[] = [];
  for (const each of found.functions) cleaned.push(await clean(each, work));
  return { schema, tables, cleaned };
}

async function cleaningIn(session: Session, schema: string): Promise<readonly string[]> {
  const rows = await session.query<{ name: string }>(
    `SELECT p.proname AS name FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
      WHERE n.nspname = $1 AND p.proname = ANY ($2) AND p.proargtypes = ARRAY['int4'::regtype::oid]::oidvector
      ORDER BY 1`,
    [schema, CLEANING_FUNCTIONS],
  );
  return rows.map(({ name }) => name);
}

async function maintainTable(table: string, work: Work): Promise<MaintainedTable> {
  const { database, locks, schema, options } = work;
  const nothing = { table, made: [], mended: [], detached: [], statements: [], waits: [] };
  const attempt = async (session: Session): Promise<MaintainedTable> => {
    const [found] = await inspectTables(session, schema, [table]);
    // somebody else may have changed it since it was listed
    if (found === undefined || !rollsOnServer(found)) return { ...nothing, left: [] };
    const { statements, ...due } = await dueOn(session, found, options.now());
    const waits = options.dryRun || statements.length === 0 ? [] : await execute(statements, { database, session });
    return { table, ...due, statements: statements.map(shownSql), waits };
  };
  options.onStep(`rolling the leaves of ${schema}.${table}`);
  try {
    return options.dryRun ? await database.use(attempt) : await locks.run(schema, attempt);
  } catch (error) {
    return { ...nothing, left: [leftBy(error, work, `maintain table ${schema}.${table}`)] };
  }
}

/** In batches that commit one by one: what is deleted stays deleted where a later one fails. */
async function clean(name: string, work: Work): Promise<Cleaned> {
  const { database, schema, options } = work;
  const statement = `SELECT ${quoteName(schema, name)}(${BATCH})`;
  if (options.dryRun) return { function: name, rows: null, statement, left: [] };
  let rows = 0;
  try {
    await database.use(async (session) => {
      for (let deleted = BATCH; deleted >= BATCH; rows += deleted) {
        options.onStep(`deleting by ${schema}.${name}, ${rows} rows so far`);
        const [row] = await session.query<{ deleted: string }>(`${statement} AS deleted`);
        deleted = Number(row?.deleted ?? 0);
      }
    });
    return { function: name, rows, statement, left: [] };
  } catch (error) {
    return { function: name, rows, statement, left: [leftBy(error, work, `run ${schema}.${name}`)] };
  }
}

/** @throws what it was given, where nothing else can be done either */
function leftBy(error: unknown, { database }: Work, doing: string): LeftToDo {
  const { code, summary, detail } = describeError(error, database.settings, doing);
  if (FATAL.includes(code)) throw error;
  return { code, message: summary, fix: detail };
}
