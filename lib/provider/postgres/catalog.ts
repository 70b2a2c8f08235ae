/**
 * The catalog queries: a fixed number for a whole schema, whatever it holds. Each takes the schema's name and either the names of
 * the objects or null for all of them.
 */

/** A partition, at any depth. */
export interface PartitionRow {
  readonly name: string;
  readonly schema: string;
  /** The name of what it is attached to. */
  readonly parent: string;
  /** 1 for one that is attached to the table itself. */
  readonly depth: number;
  readonly bound: string;
  readonly options: readonly string[] | null;
  /** How its own rows are spread: as of a table. */
  readonly strategy: string | null;
  readonly columns: readonly (string | null)[] | null;
  /** Whether its detaching broke off. */
  readonly leaving: boolean;
  /** Estimated by the server; -1 where it has never looked. */
  readonly rows: number;
  readonly bytes: number;
}

export interface TableRow {
  readonly name: string;
  readonly partitioned: boolean;
  readonly options: readonly string[] | null;
  readonly comment: string | null;
  /** `h`, `r`, `l`, or null for a plain table. */
  readonly strategy: string | null;
  readonly partition_columns: readonly (string | null)[] | null;
  readonly partitions: readonly PartitionRow[];
  readonly inherits: boolean;
  /** As of a partition. */
  readonly rows: number;
  readonly bytes: number;
}

/** The columns that a partitioned table is partitioned by; null in the place of an expression. */
const keyColumns = (of: string, partitioned: string): string => `
         (SELECT json_agg(a.attname ORDER BY k.place)
            FROM unnest(${partitioned}.partattrs::int2[]) WITH ORDINALITY AS k(number, place)
            LEFT JOIN pg_attribute a ON a.attrelid = ${of}.oid AND a.attnum = k.number AND k.number > 0)`;

/** What the catalog knows: asking for the real size would open, and so lock, each table. */
const bytesOf = (table: string): string => `${table}.relpages::float8 * current_setting('block_size')::float8`;

/** Tables that are not partitions themselves, with theirs, which are read as deep as we go and one more. */
export const tablesQuery = `
  SELECT c.relname AS name, c.relkind = 'p' AS partitioned, to_json(c.reloptions) AS options,
         obj_description(c.oid, 'pg_class') AS comment, p.partstrat AS strategy,
         ${keyColumns("c", "p")} AS partition_columns,
         CASE WHEN c.relkind = 'p' THEN coalesce((
           WITH RECURSIVE below AS (
             SELECT i.inhrelid AS oid, i.inhparent AS above, i.inhdetachpending AS leaving, 1 AS depth
               FROM pg_inherits i WHERE i.inhparent = c.oid
             UNION ALL
             SELECT i.inhrelid, i.inhparent, i.inhdetachpending, b.depth + 1
               FROM pg_inherits i JOIN below b ON b.oid = i.inhparent WHERE b.depth < 3)
           SELECT json_agg(json_build_object('name', l.relname, 'schema', ln.nspname, 'parent', pl.relname, 'depth', b.depth,
                                             'bound', pg_get_expr(l.relpartbound, l.oid), 'options', l.reloptions,
                                             'strategy', lp.partstrat, 'leaving', b.leaving,
                                             'rows', l.reltuples, 'bytes', ${bytesOf("l")},
                                             'columns', ${keyColumns("l", "lp")})
                           ORDER BY b.depth, l.relname)
             FROM below b JOIN pg_class l ON l.oid = b.oid AND (l.relispartition OR b.leaving)
             JOIN pg_namespace ln ON ln.oid = l.relnamespace JOIN pg_class pl ON pl.oid = b.above
             LEFT JOIN pg_partitioned_table lp ON lp.partrelid = l.oid), '[]') ELSE '[]' END AS partitions,
         c.reltuples AS rows, ${bytesOf("c")} AS bytes,
         EXISTS (SELECT FROM pg_inherits i WHERE i.inhrelid = c.oid) AS inherits
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_partitioned_table p ON p.partrelid = c.oid
   WHERE n.nspname = $1 AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND ($2::text[] IS NULL OR c.relname = ANY ($2))`;

export interface ColumnRow {
  readonly table: string;
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
  readonly default: string | null;
  /** `s` for a stored expression, which is in `default`; empty for none. */
  readonly generated: string;
  /** `a`, `d`, or empty for none. */
  readonly identity: string;
  /** `p`, `l`, or empty for the server's own. */
  readonly compression: string;
  readonly collation: string | null;
  /** Null for `pg_catalog`. */
  readonly collation_schema: string | null;
  readonly comment: string | null;
}

const ofTables = `
    JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE n.nspname = $1 AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND ($2::text[] IS NULL OR c.relname = ANY ($2))`;

/** The tables, and their partitions. */
const owned = `
    SELECT c.oid, c.relname AS table, NULL::name AS leaf FROM pg_class c ${ofTables}
    UNION ALL
    SELECT l.oid, c.relname, l.relname FROM pg_class c JOIN pg_inherits h ON h.inhparent = c.oid
      JOIN pg_class l ON l.oid = h.inhrelid AND l.relispartition ${ofTables}
    UNION ALL
    SELECT l.oid, c.relname, l.relname FROM pg_class c JOIN pg_inherits h ON h.inhparent = c.oid
      JOIN pg_inherits d ON d.inhparent = h.inhrelid
      JOIN pg_class l ON l.oid = d.inhrelid AND l.relispartition ${ofTables}`;

export const columnsQuery = `
  SELECT c.relname AS table, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, NOT a.attnotnull AS nullable,
         pg_get_expr(d.adbin, d.adrelid) AS default, a.attgenerated AS generated, a.attidentity AS identity,
         a.attcompression AS compression,
         CASE WHEN a.attcollation <> t.typcollation THEN o.collname END AS collation,
         (SELECT s.nspname FROM pg_namespace s WHERE s.oid = o.collnamespace AND s.nspname <> 'pg_catalog') AS collation_schema,
         col_description(c.oid, a.attnum) AS comment
    FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    LEFT JOIN pg_collation o ON o.oid = a.attcollation ${ofTables}
   ORDER BY a.attnum`;

export interface ConstraintRow {
  readonly table: string;
  /** The leaf that it is on, or null when it is on the table itself. */
  readonly leaf: string | null;
  readonly name: string;
  /** `p` primary, `u` unique, `x` exclusion, `c` check, `f` foreign, and from 18 on `n` for a NOT NULL that is not validated. */
  readonly type: string;
  readonly columns: readonly string[];
  readonly expression: string | null;
  readonly validated: boolean;
  readonly deferrable: boolean;
  readonly deferred: boolean;
  /** Whether it is kept to; from 18 on it need not be. */
  readonly enforced: boolean;
  /** Whether it holds for periods (`WITHOUT OVERLAPS`, `PERIOD`), which 18 has brought. */
  readonly temporal: boolean;
  /** Of an exclusion, in order. */
  readonly operators: readonly { readonly schema: string; readonly name: string }[] | null;
  /** Of a foreign key. */
  readonly references: {
    readonly schema: string;
    readonly table: string;
    readonly columns: readonly string[];
    readonly match: string;
    readonly on_update: string;
    readonly on_delete: string;
    /** Whether a delete sets only some of its columns. */
    readonly partial: boolean;
  } | null;
}

/** Constraints of tables, and those of partitions that are not part of the table's. */
export const constraintsQuery = `
  WITH owned AS (${owned})
  SELECT o.table, o.leaf, k.conname AS name, k.contype AS type, k.convalidated AS validated,
         k.condeferrable AS deferrable, k.condeferred AS deferred,
         k.convalidated OR coalesce(to_jsonb(k) ->> 'conenforced', 'true') = 'true' AS enforced,
         k.contype IN ('p', 'u') AND k.conexclop IS NOT NULL
           OR k.contype = 'f' AND '&&' = (SELECT p.oprname FROM pg_operator p
                                           WHERE p.oid = k.conpfeqop[cardinality(k.conpfeqop)]) AS temporal,
         (SELECT json_agg(json_build_object('schema', n.nspname, 'name', p.oprname) ORDER BY u.place)
            FROM unnest(k.conexclop) WITH ORDINALITY AS u(oid, place)
            JOIN pg_operator p ON p.oid = u.oid JOIN pg_namespace n ON n.oid = p.oprnamespace) AS operators,
         (SELECT json_build_object('schema', n.nspname, 'table', r.relname, 'match', k.confmatchtype,
                   'on_update', k.confupdtype, 'on_delete', k.confdeltype, 'partial', k.confdelsetcols IS NOT NULL,
                   'columns', (SELECT json_agg(a.attname ORDER BY u.place)
                                 FROM unnest(k.confkey) WITH ORDINALITY AS u(number, place)
                                 JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.number))
            FROM pg_class r JOIN pg_namespace n ON n.oid = r.relnamespace
           WHERE r.oid = k.confrelid) AS references,
         coalesce((SELECT json_agg(a.attname ORDER BY u.place)
                     FROM unnest(k.conkey) WITH ORDINALITY AS u(number, place)
                     JOIN pg_attribute a ON a.attrelid = o.oid AND a.attnum = u.number), '[]') AS columns,
         pg_get_expr(k.conbin, k.conrelid) AS expression
    FROM owned o
    JOIN pg_constraint k ON k.conrelid = o.oid AND (k.contype IN ('p', 'u', 'x', 'c', 'f') OR k.contype = 'n' AND NOT k.convalidated)
   WHERE k.conparentid = 0 AND (o.leaf IS NULL OR k.contype IN ('u', 'f', 'c') AND k.coninhcount = 0)
   ORDER BY k.conname, o.leaf`;

export interface IndexRow {
  readonly table: string;
  /** The leaf that it is on, or null when it is on the table itself. */
  readonly leaf: string | null;
  readonly name: string;
  readonly partitioned: boolean;
  readonly valid: boolean;
  readonly unique: boolean;
  readonly method: string;
  readonly keys: readonly IndexKeyRow[];
  readonly include: readonly string[];
  readonly where: string | null;
  readonly nulls_not_distinct: boolean;
  readonly options: readonly string[] | null;
  /** Whether it is behind a unique (`u`) or exclusion (`x`) constraint. */
  readonly constraint: string | null;
  /** The whole statement; only where a key is an expression. */
  readonly definition: string | null;
  /** Whether it has something that the model doesn't: options of an operator class. */
  readonly special: boolean;
}

export interface IndexKeyRow {
  /** Null for an expression. */
  readonly column: string | null;
  /** As Postgres writes it: in parentheses unless it is a column or the call of a function. */
  readonly text: string;
  /** Bits of `indoption`: 1 is DESC, 2 is NULLS FIRST. */
  readonly option: number;
  /** Null for the type's own. */
  readonly opclass: { readonly schema: string; readonly name: string } | null;
  /** Of a column, where it is not the column's own. */
  readonly collation: { readonly schema: string; readonly name: string } | null;
}

/** Indexes of tables, and those of leaves that are not part of the table's; the ones behind primary keys are left out. */
export const indexesQuery = `
  WITH owned AS (${owned})
  SELECT o.table, o.leaf, x.relname AS name, x.relkind = 'I' AS partitioned, i.indisvalid AS valid,
         i.indisunique AS unique, m.amname AS method, pg_get_expr(i.indpred, i.indrelid) AS where,
         i.indnullsnotdistinct AS nulls_not_distinct, to_json(x.reloptions) AS options, q.contype AS constraint,
         CASE WHEN i.indexprs IS NOT NULL THEN pg_get_indexdef(x.oid) END AS definition,
         EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = x.oid AND a.attoptions IS NOT NULL) AS special,
         (SELECT json_agg(json_build_object('column', a.attname, 'option', i.indoption[k.place - 1],
                   'text', pg_get_indexdef(x.oid, k.place::int, false),
                   'opclass', CASE WHEN NOT p.opcdefault THEN json_build_object('schema', pn.nspname, 'name', p.opcname) END,
                   'collation', CASE WHEN i.indcollation[k.place - 1] <> a.attcollation
                                     THEN json_build_object('schema', ln.nspname, 'name', l.collname) END)
                 ORDER BY k.place)
            FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k(number, place)
            LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number AND k.number > 0
            LEFT JOIN pg_opclass p ON p.oid = i.indclass[k.place - 1]
            LEFT JOIN pg_namespace pn ON pn.oid = p.opcnamespace
            LEFT JOIN pg_collation l ON l.oid = i.indcollation[k.place - 1]
            LEFT JOIN pg_namespace ln ON ln.oid = l.collnamespace
           WHERE k.place <= i.indnkeyatts) AS keys,
         coalesce((SELECT json_agg(a.attname ORDER BY k.place)
            FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k(number, place)
            JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
           WHERE k.place > i.indnkeyatts), '[]') AS include
    FROM owned o
    JOIN pg_index i ON i.indrelid = o.oid
    JOIN pg_class x ON x.oid = i.indexrelid
    JOIN pg_am m ON m.oid = x.relam
    LEFT JOIN pg_constraint q ON q.conindid = x.oid AND q.conrelid = o.oid AND q.contype IN ('p', 'u', 'x')
   WHERE q.contype IS DISTINCT FROM 'p' AND (o.leaf IS NULL OR NOT x.relispartition)
   ORDER BY x.relname, o.leaf`;

export interface TriggerRow {
  readonly table: string;
  /** The leaf that it is on, or null when it is on the table itself. */
  readonly leaf: string | null;
  readonly name: string;
  readonly type: number;
  readonly enabled: string;
  readonly function_schema: string;
  readonly function_name: string;
  /** Whether it has something that the model doesn't: a condition, columns, arguments, transition tables. */
  readonly special: boolean;
}

/** Triggers of tables and of their leaves, clones included. */
export const triggersQuery = `
  WITH owned AS (${owned})
  SELECT o.table, o.leaf, t.tgname AS name, t.tgtype::int AS type, t.tgenabled AS enabled,
         fn.nspname AS function_schema, f.proname AS function_name,
         t.tgqual IS NOT NULL OR t.tgnargs > 0 OR t.tgattr::text <> '' OR t.tgconstraint <> 0
           OR t.tgoldtable IS NOT NULL OR t.tgnewtable IS NOT NULL AS special
    FROM owned o
    JOIN pg_trigger t ON t.tgrelid = o.oid
    JOIN pg_proc f ON f.oid = t.tgfoid
    JOIN pg_namespace fn ON fn.oid = f.pronamespace
   WHERE NOT t.tgisinternal OR t.tgparentid <> 0
   ORDER BY t.tgname, o.leaf`;

export interface FunctionRow {
  readonly name: string;
  readonly kind: string;
  readonly language: string;
  readonly names: readonly string[] | null;
  readonly modes: readonly string[] | null;
  readonly types: readonly string[];
  readonly defaults: readonly (string | null)[];
  readonly returns: string;
  readonly returns_set: boolean;
  readonly volatility: string;
  readonly parallel: string;
  readonly strict: boolean;
  readonly security_definer: boolean;
  readonly settings: readonly string[] | null;
  readonly body: string;
  readonly sql_body: boolean;
  readonly comment: string | null;
}

export const functionsQuery = `
  SELECT p.proname AS name, p.prokind AS kind, l.lanname AS language, to_json(p.proargnames) AS names,
         to_json(p.proargmodes::text[]) AS modes,
         coalesce((SELECT json_agg(format_type(t.oid, NULL) ORDER BY t.place)
            FROM unnest(coalesce(p.proallargtypes, p.proargtypes::oid[])) WITH ORDINALITY AS t(oid, place)), '[]') AS types,
         coalesce((SELECT json_agg(pg_get_function_arg_default(p.oid, t.place::int) ORDER BY t.place)
            FROM unnest(coalesce(p.proallargtypes, p.proargtypes::oid[])) WITH ORDINALITY AS t(oid, place)), '[]') AS defaults,
         format_type(p.prorettype, NULL) AS returns, p.proretset AS returns_set, p.provolatile AS volatility,
         p.proparallel AS parallel, p.proisstrict AS strict, p.prosecdef AS security_definer,
         to_json(p.proconfig) AS settings, p.prosrc AS body, p.prosqlbody IS NOT NULL AS sql_body,
         obj_description(p.oid, 'pg_proc') AS comment
    FROM pg_proc p
    JOIN pg_namespace n ON n.oid = p.pronamespace
    JOIN pg_language l ON l.oid = p.prolang
   WHERE n.nspname = $1 AND ($2::text[] IS NULL OR p.proname = ANY ($2))`;

export interface SequenceRow {
  readonly name: string;
  readonly type: string;
  readonly cache: string;
  readonly plain: boolean;
  readonly comment: string | null;
}

export const sequencesQuery = `
  SELECT c.relname AS name, format_type(s.seqtypid, NULL) AS type, s.seqcache AS cache,
         s.seqincrement = 1 AND s.seqmin = 1 AND s.seqmax = 9223372036854775807 AND NOT s.seqcycle AS plain,
         obj_description(c.oid, 'pg_class') AS comment
    FROM pg_sequence s
    JOIN pg_class c ON c.oid = s.seqrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE n.nspname = $1 AND ($2::text[] IS NULL OR c.relname = ANY ($2))`;

export interface SchemaRow {
  readonly name: string;
  readonly comment: string | null;
}

export const schemaQuery = `
  SELECT n.nspname AS name, obj_description(n.oid, 'pg_namespace') AS comment
    FROM pg_namespace n
   WHERE n.nspname = $1`;
