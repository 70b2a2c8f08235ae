import type { ColumnGrantModel, GrantsModel, SequenceGrantModel, TableGrantModel } from "../../postgres/access-model";
import { canonicalSignature, PASSED_ON } from "../../postgres/grants";
import { formatPart } from "../../postgres/import-id";
import { splitMarker } from "../../postgres/marker";
import * as queries from "./access-queries";
import type { Session } from "./connection";
import type { InspectedGrants, InspectedRole } from "./inspected";

/** Reads the cluster's roles in one query. `names` null for all of them. */
export async function inspectRoles(session: Session, names: readonly string[] | null): Promise<InspectedRole[]> {
  const rows = await session.query<queries.RoleRow & Record<string, unknown>>(queries.rolesQuery, [names]);
  return rows.map(({ name, comment: stored, rights }) => {
    const { comment, declaredBy } = splitMarker(stored);
    const problems =
      rights.length === 0
        ? []
        : [`it has ${rights.join(", ")}, and a group has none of these: declare another name, and grant that to it`];
    return { kind: "role", model: { name, comment }, declaredBy, problems };
  });
}

/** Reads in two queries what roles may do in a schema: nothing is something too, as long as role and schema are there. */
export async function inspectGrants(
  session: Session,
  schema: string,
  roles: readonly string[] | null,
): Promise<InspectedGrants[]> {
  const values = [schema, roles];
  const grantees = await session.query<{ role: string }>(queries.granteesQuery, values);
  const rows = await session.query<queries.PrivilegeRow & Record<string, unknown>>(queries.privilegesQuery, values);
  const byRole = new Map<string, queries.PrivilegeRow[]>(grantees.map(({ role }) => [role, []]));
  for (const row of rows) byRole.get(row.role)?.push(row);
  return [...byRole].map(([role, held]) => ({
    kind: "grants",
    model: toGrants(schema, role, held),
    declaredBy: null,
    problems: [],
  }));
}

function toGrants(schema: string, role: string, rows: readonly queries.PrivilegeRow[]): GrantsModel {
  const of = (object: queries.PrivilegeRow["object"]): readonly queries.PrivilegeRow[] =>
    rows.filter((row) => row.object === object);
  const [tables, columns] = [of("table"), of("column")];
  return {
    schema,
    role,
    privileges: words(of("schema")) as GrantsModel["privileges"],
    tables: namesOf([...tables, ...columns]).map((name): TableGrantModel => {
      const inTable = columns.filter((row) => row.name === name);
      return {
        name,
        privileges: words(tables.filter((row) => row.name === name)) as TableGrantModel["privileges"],
        columns: [...new Set(inTable.map((row) => row.column ?? ""))].map((column): ColumnGrantModel => ({
          name: column,
          privileges: words(inTable.filter((row) => row.column === column)) as ColumnGrantModel["privileges"],
        })),
      };
    }),
    sequences: namesOf(of("sequence")).map((name): SequenceGrantModel => ({
      name,
      privileges: words(of("sequence").filter((row) => row.name === name)) as SequenceGrantModel["privileges"],
    })),
    functions: of("function").map(
      (row) =>
        canonicalSignature(`${formatPart(row.name)}(${(row.types ?? []).join(",")})`) +
        (row.passed_on ? PASSED_ON : ""),
    ),
  };
}

function words(rows: readonly queries.PrivilegeRow[]): readonly string[] {
  return rows.map(({ privilege, passed_on }) => privilege + (passed_on ? PASSED_ON : ""));
}

function namesOf(rows: readonly queries.PrivilegeRow[]): readonly string[] {
  return [...new Set(rows.map(({ name }) => name))];
}

/** Who would lose what a role is granted, if it was dropped. */
export async function membersOf(session: Session, role: string): Promise<readonly string[]> {
  const rows = await session.query<{ name: string }>(queries.membersQuery, [role]);
  return rows.map(({ name }) => name);
}
