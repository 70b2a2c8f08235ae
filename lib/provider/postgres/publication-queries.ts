export interface PublicationRow {
  readonly name: string;
  readonly comment: string | null;
  readonly operations: readonly string[];
  readonly via_root: boolean;
  readonly all_tables: boolean;
  readonly schemas: readonly string[];
  readonly tables: readonly {
    readonly schema: string;
    readonly name: string;
    readonly columns: readonly string[] | null;
    readonly where: string | null;
  }[];
}

/** The database's publications in one query. */
export const publicationsQuery = `
  SELECT p.pubname AS name, obj_description(p.oid, 'pg_publication') AS comment, p.pubviaroot AS via_root,
         p.puballtables AS all_tables,
         to_json(array_remove(ARRAY[CASE WHEN p.pubinsert THEN 'insert' END, CASE WHEN p.pubupdate THEN 'update' END,
                                    CASE WHEN p.pubdelete THEN 'delete' END, CASE WHEN p.pubtruncate THEN 'truncate' END], NULL)) AS operations,
         coalesce((SELECT json_agg(n.nspname ORDER BY n.nspname)
                     FROM pg_publication_namespace s JOIN pg_namespace n ON n.oid = s.pnnspid WHERE s.pnpubid = p.oid), '[]') AS schemas,
         coalesce((SELECT json_agg(json_build_object('schema', n.nspname, 'name', c.relname,
                            'where', pg_get_expr(r.prqual, r.prrelid),
                            'columns', (SELECT json_agg(a.attname ORDER BY k.place)
                                          FROM unnest(r.prattrs::int2[]) WITH ORDINALITY AS k(number, place)
                                          JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.number))
                          ORDER BY n.nspname, c.relname)
                     FROM pg_publication_rel r JOIN pg_class c ON c.oid = r.prrelid JOIN pg_namespace n ON n.oid = c.relnamespace
                    WHERE r.prpubid = p.oid), '[]') AS tables
    FROM pg_publication p
   WHERE $1::text[] IS NULL OR p.pubname = ANY ($1)`;

/** Whether anybody replicates from the database by a logical slot, now or after a pause. */
export const readersQuery = `
  SELECT EXISTS (SELECT FROM pg_replication_slots WHERE slot_type = 'logical' AND database = current_database()) AS found`;
