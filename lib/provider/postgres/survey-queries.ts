/**
 * What a schema holds besides what the table model says: a fixed number of catalog queries, whatever the schema holds. Each takes
 * the schema's name.
 */

/** Something about a table. */
export interface TraitRow {
  readonly table: string;
  /** Whether a table that has it can't be declared; or else, it stays as it is beside the declaration. */
  readonly bars: boolean;
  readonly text: string;
}

const tables = `
  t AS (SELECT c.* FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname = $1 AND c.relkind IN ('r', 'p') AND NOT c.relispartition)`;

/** The tables, and their leaves at any depth under the table's name. */
const members = `
  RECURSIVE ${tables},
  m AS (SELECT t.oid, t.relname AS table, ''::text COLLATE "C" AS at FROM t
        UNION ALL
        SELECT l.oid, m.table, format('leaf %I: ', l.relname) COLLATE "C" FROM m JOIN pg_inherits h ON h.inhparent = m.oid
          JOIN pg_class l ON l.oid = h.inhrelid AND l.relispartition)`;

/** Each gives table, bars, text. */
const TRAITS: readonly string[] = [
  `SELECT m.table, true, m.at || 'it has row level security' FROM m JOIN pg_class c USING (oid)
    WHERE c.relrowsecurity OR c.relforcerowsecurity`,
  `SELECT m.table, true, m.at || format('policy %I', p.polname) FROM m JOIN pg_policy p ON p.polrelid = m.oid`,
  `SELECT m.table, true, m.at || format('rule %I rewrites what it is asked', r.rulename)
     FROM m JOIN pg_rewrite r ON r.ev_class = m.oid`,
  `SELECT t.relname, true, format('table %s inherits from it', h.inhrelid::regclass)
     FROM t JOIN pg_inherits h ON h.inhparent = t.oid JOIN pg_class c ON c.oid = h.inhrelid WHERE NOT c.relispartition`,
  `SELECT t.relname, true, format('it is a table of type %s', t.reloftype::regtype) FROM t WHERE t.reloftype <> 0`,
  `SELECT m.table, true, m.at || 'it is unlogged' FROM m JOIN pg_class c USING (oid) WHERE c.relpersistence = 'u'`,
  `SELECT m.table, true, m.at || format('it is kept by access method %I', a.amname)
     FROM m JOIN pg_class c USING (oid) JOIN pg_am a ON a.oid = c.relam WHERE c.relkind = 'r' AND a.amname <> 'heap'`,
  `SELECT m.table, true, m.at || 'it is a foreign table' FROM m JOIN pg_class c USING (oid) WHERE c.relkind = 'f'`,
  `SELECT t.relname, true, format('it belongs to extension %I', e.extname)
     FROM t JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = t.oid AND d.deptype = 'e'
     JOIN pg_extension e ON e.oid = d.refobjid`,
  `SELECT m.table, false, m.at || 'its replica identity'
     FROM m JOIN pg_class c USING (oid) WHERE c.relkind IN ('r', 'p') AND c.relreplident <> 'd'`,
  `SELECT m.table, false, m.at || format('tablespace %I', s.spcname)
     FROM m JOIN pg_class c USING (oid) JOIN pg_tablespace s ON s.oid = c.reltablespace`,
  `SELECT m.table, false, m.at || 'what roles may do with it' FROM m JOIN pg_class c USING (oid) WHERE c.relacl IS NOT NULL`,
  `SELECT m.table, false, m.at || 'storage options of its TOAST table'
     FROM m JOIN pg_class c USING (oid) JOIN pg_class o ON o.oid = c.reltoastrelid WHERE o.reloptions IS NOT NULL`,
  `SELECT t.relname, false, format('column %I: what roles may do with it', a.attname)
     FROM t JOIN pg_attribute a ON a.attrelid = t.oid WHERE a.attacl IS NOT NULL AND NOT a.attisdropped`,
  `SELECT t.relname, false, format('column %I: how it is stored', a.attname)
     FROM t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
     JOIN pg_type y ON y.oid = a.atttypid WHERE a.attstorage <> y.typstorage`,
  `SELECT t.relname, false, format('column %I: how statistics are gathered', a.attname)
     FROM t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE coalesce(a.attstattarget, -1) >= 0 OR a.attoptions IS NOT NULL`,
  `SELECT t.relname, false, format('column %I: how its identity counts', a.attname)
     FROM t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attidentity <> ''
     JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.refobjid = t.oid AND d.refobjsubid = a.attnum
      AND d.deptype = 'i' JOIN pg_sequence s ON s.seqrelid = d.objid
    WHERE (s.seqstart, s.seqincrement, s.seqmin, s.seqcache, s.seqcycle) <> (1, 1, 1, 1, false)
       OR s.seqmax <> CASE a.atttypid WHEN 'int2'::regtype THEN 32767 WHEN 'int4'::regtype THEN 2147483647
                                      ELSE 9223372036854775807 END`,
  `SELECT t.relname, false, format('statistics %I', s.stxname) FROM t JOIN pg_statistic_ext s ON s.stxrelid = t.oid`,
  `SELECT t.relname, false, format('publication %I', p.pubname)
     FROM t JOIN pg_publication_rel r ON r.prrelid = t.oid JOIN pg_publication p ON p.oid = r.prpubid`,
  `SELECT t.relname, false, format('comment of %s', pg_describe_object(d.classoid, d.objoid, 0))
     FROM t JOIN pg_constraint k ON k.conrelid = t.oid
     JOIN pg_description d ON d.classoid = 'pg_constraint'::regclass AND d.objoid = k.oid`,
  `SELECT t.relname, false, format('comment of %s', pg_describe_object(d.classoid, d.objoid, 0))
     FROM t JOIN pg_trigger g ON g.tgrelid = t.oid
     JOIN pg_description d ON d.classoid = 'pg_trigger'::regclass AND d.objoid = g.oid`,
  `SELECT t.relname, false, format('comment of %s', pg_describe_object(d.classoid, d.objoid, 0))
     FROM t JOIN pg_index i ON i.indrelid = t.oid
     JOIN pg_description d ON d.classoid = 'pg_class'::regclass AND d.objoid = i.indexrelid AND d.objsubid = 0`,
  `SELECT t.relname, false, format('index %I: CLUSTER follows it', x.relname)
     FROM t JOIN pg_index i ON i.indrelid = t.oid AND i.indisclustered JOIN pg_class x ON x.oid = i.indexrelid`,
  `SELECT t.relname, false, format('index %I: tablespace %I', x.relname, s.spcname)
     FROM t JOIN pg_index i ON i.indrelid = t.oid JOIN pg_class x ON x.oid = i.indexrelid
     JOIN pg_tablespace s ON s.oid = x.reltablespace`,
];

export const traitsQuery = `
  WITH ${members}
  SELECT q.table, q.bars, q.text FROM (${TRAITS.join("\n  UNION ALL\n  ")}) AS q("table", bars, text)
   ORDER BY 1, 2 DESC, 3`;

/** What a table is made of, to see that the model has it all. */
export interface PartRow {
  readonly table: string;
  readonly kind: "constraint" | "index" | "trigger";
  readonly name: string;
}

export const partsQuery = `
  WITH ${tables}
  SELECT t.relname AS table, 'constraint' AS kind, k.conname AS name
    FROM t JOIN pg_constraint k ON k.conrelid = t.oid WHERE k.contype NOT IN ('n', 't') AND k.conparentid = 0
  UNION ALL
  SELECT t.relname, 'index', x.relname FROM t JOIN pg_index i ON i.indrelid = t.oid JOIN pg_class x ON x.oid = i.indexrelid
  UNION ALL
  SELECT t.relname, 'trigger', g.tgname FROM t JOIN pg_trigger g ON g.tgrelid = t.oid WHERE NOT g.tgisinternal
   ORDER BY 1, 2, 3`;

/** Something in the schema that is no table of its own. */
export interface OtherRow {
  /** Such as `view`. */
  readonly kind: string;
  readonly name: string;
  /** Whether it is a table too, of a kind that can't be declared. */
  readonly isTable: boolean;
}

const notOfExtension = (catalog: string): string =>
  `NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = '${catalog}'::regclass AND d.objid = o.oid AND d.deptype = 'e')`;

/** Identity columns bring their sequences, tables their row types: those are not objects of their own. */
export const othersQuery = `
  WITH n AS (SELECT oid FROM pg_namespace WHERE nspname = $1)
  SELECT CASE o.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence'
                        WHEN 'c' THEN 'type' WHEN 'f' THEN 'foreign table' ELSE 'partition of another schema''s table' END AS kind,
         o.relname::text AS name, o.relkind IN ('r', 'p', 'f') AS "isTable"
    FROM pg_class o JOIN n ON n.oid = o.relnamespace
   WHERE (o.relkind IN ('v', 'm', 'S', 'c') OR o.relkind = 'f' AND NOT o.relispartition
          OR o.relispartition AND o.relkind IN ('r', 'p') AND NOT EXISTS (
               SELECT FROM pg_partition_ancestors(o.oid) a JOIN pg_class r ON r.oid = a.relid
                WHERE NOT r.relispartition AND r.relnamespace = o.relnamespace))
     AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = o.oid AND d.deptype IN ('e', 'i')
                                               AND (d.deptype = 'e' OR o.relkind = 'S'))
  UNION ALL
  SELECT CASE o.prokind WHEN 'a' THEN 'aggregate' WHEN 'p' THEN 'procedure' ELSE 'function' END,
         format('%I(%s)', o.proname, pg_get_function_identity_arguments(o.oid)), false
    FROM pg_proc o JOIN n ON n.oid = o.pronamespace WHERE ${notOfExtension("pg_proc")}
  UNION ALL
  SELECT CASE o.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' WHEN 'r' THEN 'range type' ELSE 'type' END, o.typname::text, false
    FROM pg_type o JOIN n ON n.oid = o.typnamespace
   WHERE (o.typtype IN ('e', 'd', 'r') OR o.typtype = 'b' AND o.typelem = 0 AND o.typrelid = 0) AND ${notOfExtension("pg_type")}
  UNION ALL
  SELECT 'collation', o.collname::text, false FROM pg_collation o JOIN n ON n.oid = o.collnamespace WHERE ${notOfExtension("pg_collation")}
  UNION ALL
  SELECT 'operator', o.oid::regoperator::text, false FROM pg_operator o JOIN n ON n.oid = o.oprnamespace WHERE ${notOfExtension("pg_operator")}
  UNION ALL
  SELECT 'operator class', o.opcname::text, false FROM pg_opclass o JOIN n ON n.oid = o.opcnamespace WHERE ${notOfExtension("pg_opclass")}
  UNION ALL
  SELECT 'text search configuration', o.cfgname::text, false FROM pg_ts_config o JOIN n ON n.oid = o.cfgnamespace WHERE ${notOfExtension("pg_ts_config")}
  UNION ALL
  SELECT DISTINCT 'grants on the schema to', coalesce(r.rolname, 'public')::text, false
    FROM pg_namespace o JOIN n ON n.oid = o.oid CROSS JOIN LATERAL aclexplode(o.nspacl) a LEFT JOIN pg_roles r ON r.oid = a.grantee
   WHERE a.grantee <> o.nspowner
  UNION ALL
  SELECT 'publication', p.pubname::text, false
    FROM pg_publication_namespace o JOIN n ON n.oid = o.pnnspid JOIN pg_publication p ON p.oid = o.pnpubid
  UNION ALL
  SELECT 'extension', o.extname::text, false FROM pg_extension o JOIN n ON n.oid = o.extnamespace
   ORDER BY 1, 2`;
