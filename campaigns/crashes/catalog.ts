import { createHash } from "node:crypto";
import type { Client } from "pg";

/** All that a database holds, as texts that are the same for two databases alike; asked of the catalog itself, not of the provider. */
export interface Snapshot {
  /** One line for each thing. */
  readonly catalog: readonly string[];
  /** Rows and their hash, by leaf. */
  readonly rows: readonly string[];
  /** What Postgres itself calls unfinished. */
  readonly unfinished: readonly string[];
}

const OWN = `n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'public')`;

/** Who may do what, in an order of its own: the server keeps it in that of the grants. */
const sorted = (acl: string): string =>
  `(SELECT string_agg(acl::text, ' ' ORDER BY acl::text) FROM unnest(${acl}) acl)`;

const QUERIES: readonly string[] = [
  `SELECT 'role', rolname, rolcanlogin, rolsuper, rolinherit, rolcreaterole, rolcreatedb, shobj_description(oid, 'pg_authid')
     FROM pg_roles WHERE NOT rolcanlogin AND rolname !~ '^pg_'`,
  `SELECT 'schema', n.nspname, ${sorted("n.nspacl")}, obj_description(n.oid, 'pg_namespace') FROM pg_namespace n WHERE ${OWN}`,
  `SELECT 'relation', n.nspname, c.relname, c.relkind, c.reloptions::text, c.relispartition, pg_get_expr(c.relpartbound, c.oid), pg_get_partkeydef(c.oid),
          i.inhparent::regclass::text, i.inhdetachpending, obj_description(c.oid, 'pg_class'), ${sorted("c.relacl")}
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_inherits i ON i.inhrelid = c.oid WHERE ${OWN}`,
  `SELECT 'column', c.oid::regclass::text, row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum), a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
          a.attidentity, a.attgenerated, a.attcompression, a.attcollation::regcollation::text, a.attislocal, pg_get_expr(d.adbin, d.adrelid), col_description(c.oid, a.attnum), ${sorted("a.attacl")}
     FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
     LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE ${OWN} AND a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p')`,
  `SELECT 'constraint', k.conrelid::regclass::text, k.conname, k.contype, pg_get_constraintdef(k.oid), k.convalidated, k.conislocal, k.coninhcount, k.conparentid <> 0
     FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace WHERE ${OWN}`,
  `SELECT 'index', x.indrelid::regclass::text, pg_get_indexdef(x.indexrelid), x.indisvalid, x.indisready, x.indislive, x.indisprimary
     FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${OWN}`,
  `SELECT 'trigger', t.tgrelid::regclass::text, CASE WHEN t.tgisinternal THEN 'internal' ELSE t.tgname END, t.tgenabled, t.tgtype, t.tgfoid::regproc::text, t.tgparentid <> 0
     FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${OWN}`,
  `SELECT 'function', pg_get_functiondef(p.oid), ${sorted("p.proacl")}, obj_description(p.oid, 'pg_proc')
     FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE ${OWN} AND p.prokind = 'f'`,
  `SELECT 'sequence', s.seqrelid::regclass::text, s.seqstart, s.seqincrement, s.seqmax, s.seqcache
     FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${OWN}`,
];

const UNFINISHED: readonly string[] = [
  `SELECT 'index ' || indexrelid::regclass || ' is invalid' AS text FROM pg_index WHERE NOT (indisvalid AND indisready AND indislive)`,
  `SELECT 'partition ' || inhrelid::regclass || ' is half detached' AS text FROM pg_inherits WHERE inhdetachpending`,
  `SELECT 'check ' || conname || ' is left over' AS text FROM pg_constraint WHERE conname LIKE 'eventloom\\_attaching\\_%'`,
  `SELECT 'somebody holds an advisory lock' AS text FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
];

export async function snapshotOf(client: Client): Promise<Snapshot> {
  await client.query("SET search_path = pg_catalog");
  const lines: string[] = [];
  for (const text of QUERIES) {
    const { rows } = await client.query<unknown[]>({ text, rowMode: "array" });
    lines.push(...rows.map((row) => row.map((value) => (value === null ? "-" : String(value))).join(" | ")));
  }
  return { catalog: lines.sort(), rows: await rowsOf(client), unfinished: await unfinishedIn(client) };
}

/** What a run must not leave: an index that is not used, a partition between, a check that refuses rows, a lock. */
export async function unfinishedIn(client: Client): Promise<readonly string[]> {
  const found: string[] = [];
  for (const text of UNFINISHED) {
    found.push(...(await client.query<{ text: string }>(text)).rows.map((row) => row.text));
  }
  return found;
}

async function rowsOf(client: Client): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${OWN} AND c.relkind = 'r' ORDER BY 1`,
  );
  const found: string[] = [];
  for (const { name } of rows) {
    const { rows: texts } = await client.query<{ text: string }>(`SELECT t::text AS text FROM ${name} t ORDER BY 1`);
    const hash = createHash("sha256")
      .update(texts.map(({ text }) => text).join("\n"))
      .digest("hex");
    found.push(`${name}: ${texts.length} rows, ${hash.slice(0, 16)}`);
  }
  return found;
}
