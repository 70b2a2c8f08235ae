/** As the catalog queries: a fixed number, which needs no right but to read the catalog. */

export interface RoleRow {
  readonly name: string;
  readonly comment: string | null;
  /** What a group has no business with: `LOGIN`, `SUPERUSER` and so on. */
  readonly rights: readonly string[];
}

export const rolesQuery = `
  SELECT r.rolname AS name, shobj_description(r.oid, 'pg_authid') AS comment,
         to_json(array_remove(ARRAY[
           CASE WHEN r.rolcanlogin THEN 'LOGIN' END, CASE WHEN r.rolsuper THEN 'SUPERUSER' END,
           CASE WHEN r.rolcreaterole THEN 'CREATEROLE' END, CASE WHEN r.rolcreatedb THEN 'CREATEDB' END,
           CASE WHEN r.rolreplication THEN 'REPLICATION' END, CASE WHEN r.rolbypassrls THEN 'BYPASSRLS' END], NULL)) AS rights
    FROM pg_roles r
   WHERE r.rolname !~ '^pg_' AND ($1::text[] IS NULL OR r.rolname = ANY ($1))`;

/** Everybody, and each role; nobody where there is no such schema. */
export const granteesQuery = `
  SELECT g.role FROM (SELECT rolname::text AS role FROM pg_roles WHERE rolname !~ '^pg_' UNION ALL SELECT 'public') g
   WHERE EXISTS (SELECT FROM pg_namespace n WHERE n.nspname = $1) AND ($2::text[] IS NULL OR g.role = ANY ($2))`;

export interface PrivilegeRow {
  readonly role: string;
  readonly object: "schema" | "table" | "column" | "sequence" | "function";
  readonly name: string;
  readonly column: string | null;
  /** Of a function, the types that a caller passes. */
  readonly types: readonly string[] | null;
  readonly privilege: string;
  readonly passed_on: boolean;
}

/** What is granted in a schema, but for what owners hold of their own; in an order that lasts. */
export const privilegesQuery = `
  WITH s AS (SELECT * FROM pg_namespace WHERE nspname = $1),
  acls AS (
    SELECT 'schema' AS object, s.nspname AS name, NULL::name AS column, NULL::jsonb AS types, s.nspowner AS owner,
           coalesce(s.nspacl, acldefault('n', s.nspowner)) AS acl FROM s
    UNION ALL
    SELECT CASE c.relkind WHEN 'S' THEN 'sequence' ELSE 'table' END, c.relname, NULL, NULL, c.relowner, c.relacl
      FROM pg_class c JOIN s ON s.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND c.relacl IS NOT NULL
    UNION ALL
    SELECT 'column', c.relname, a.attname, NULL, c.relowner, a.attacl
      FROM pg_class c JOIN s ON s.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
     WHERE a.attacl IS NOT NULL AND NOT a.attisdropped
    UNION ALL
    SELECT 'function', p.proname, NULL,
           coalesce((SELECT jsonb_agg(format_type(t.oid, NULL) ORDER BY t.place)
                       FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY AS t(oid, place)), '[]'),
           p.proowner, coalesce(p.proacl, acldefault('f', p.proowner))
      FROM pg_proc p JOIN s ON s.oid = p.pronamespace)
  SELECT coalesce(r.rolname, 'public') AS role, o.object, o.name, o.column, o.types,
         lower(a.privilege_type) AS privilege, bool_or(a.is_grantable) AS passed_on
    FROM acls o CROSS JOIN LATERAL aclexplode(o.acl) a
    LEFT JOIN pg_roles r ON r.oid = a.grantee
   WHERE a.grantee <> o.owner AND (a.grantee = 0 OR r.rolname IS NOT NULL)
     AND ($2::text[] IS NULL OR coalesce(r.rolname, 'public') = ANY ($2))
   GROUP BY 1, 2, 3, 4, 5, 6
   ORDER BY 1, 2, 3, 4, 5, 6`;

/** The members of a group, but for who made it: from 16 on Postgres makes them a member that neither inherits nor may become it. */
export const membersQuery = `
  SELECT m.rolname AS name
    FROM pg_auth_members a JOIN pg_roles g ON g.oid = a.roleid JOIN pg_roles m ON m.oid = a.member
   WHERE g.rolname = $1
     AND NOT (a.admin_option AND to_jsonb(a) ->> 'inherit_option' = 'false' AND to_jsonb(a) ->> 'set_option' = 'false')
   ORDER BY m.rolname`;
