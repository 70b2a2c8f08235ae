import { asideOf, planRetire, type Retiring } from "../postgres/plan-retire";
import { formatId } from "../postgres/import-id";
import type { Statement } from "../postgres/plan";
import { judgeRemoval, type Verdict } from "../postgres/safety";
import type { Declared } from "./objects";
import { emptyMemory, readMemory, writeMemory } from "./memory";
import type { Session } from "./postgres/connection";
import type { InspectedTable } from "./postgres/inspected";

type Table = Declared & { readonly kind: "table" };

/** A removal's private data that says that a plan has shown it: an engine's replacement deletes what no plan has looked at. */
export function shownInPlan(memory: string | null): string {
  return writeMemory({ ...(readMemory(memory) ?? emptyMemory), retires: true });
}

export function wasShownInPlan(memory: string | null): boolean {
  return readMemory(memory)?.retires === true;
}

/** What a plan shows: whom it is taken from is looked up when it is done. */
export function shownRetire(declared: Table, day: string): readonly Statement[] {
  const { schema, name, comment } = declared.model;
  const known = { partitions: [], grantees: [], asideIsThere: false, declaredBy: "", on: day };
  return planRetire({ schema, name, comment, ...known });
}

/** The statements, or why not. */
export async function retireStatements(
  session: Session,
  live: InspectedTable,
  on: string,
): Promise<readonly Statement[] | Verdict> {
  const { schema, name, comment } = live.model;
  const partitions = [...live.branches.map((each) => each.name), ...live.leaves];
  const [there] = await session.query<{ schema: boolean; table: boolean; [column: string]: unknown }>(
    `SELECT to_regnamespace(quote_ident($1)) IS NOT NULL AS schema,
            EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = to_regnamespace(quote_ident($1)) AND c.relname = ANY ($2)) AS table`,
    [asideOf(schema), [name, ...partitions]],
  );
  if (there?.table === true) return judgeRemoval("retire", { rows: "unknown", aside: formatId(asideOf(schema), name) });
  const retiring: Retiring = {
    ...{ schema, name, comment, partitions, on },
    grantees: await granteesOf(session, schema, [name, ...partitions]),
    asideIsThere: there?.schema === true,
    declaredBy: live.declaredBy ?? "",
  };
  return planRetire(retiring);
}

/** Whoever was granted something on one of the tables or its columns, but their owners; everybody is an empty name. */
async function granteesOf(session: Session, schema: string, tables: readonly string[]): Promise<readonly string[]> {
  const rows = await session.query<{ grantee: string; [column: string]: unknown }>(
    `WITH tables AS (
       SELECT c.oid, c.relacl, c.relowner FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = $1 AND c.relname = ANY ($2))
     SELECT DISTINCT coalesce(r.rolname, '') AS grantee
       FROM (SELECT relowner, relacl AS acl FROM tables
             UNION ALL SELECT t.relowner, a.attacl FROM tables t JOIN pg_attribute a ON a.attrelid = t.oid) held
      CROSS JOIN LATERAL aclexplode(held.acl) given
       LEFT JOIN pg_roles r ON r.oid = given.grantee
      WHERE given.grantee <> held.relowner
      ORDER BY 1`,
    [schema, tables],
  );
  return rows.map(({ grantee }) => grantee);
}
