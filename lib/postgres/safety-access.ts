import type { ServerFacts } from "./capabilities";
import type { GrantsChange, RoleChange } from "./diff-access";
import type { Privilege } from "./grants";
import { formatId, formatPart } from "./import-id";
import { allow, harmless, refuse, type Verdict } from "./verdict";

export function judgeRoleChange(change: RoleChange): Verdict {
  switch (change.kind) {
    case "create-role":
      return allow(null, `create role ${formatPart(change.role.name)}`, harmless);
    case "comment-role":
      return allow("comment", "change the comment", harmless);
    case "drop-role":
      return allow(null, `drop role ${formatPart(change.role.name)} when nobody needs it`, harmless);
    case "rename-role":
      return refuse(
        "PG410",
        "name",
        `rename ${formatPart(change.from.name)} to ${formatPart(change.to.name)}`,
        { ...harmless, replaces: true },
        `its members would lose what it is granted; keep the name, or declare ${formatPart(change.to.name)} as a role of its own and move the members over`,
      );
  }
}

export function judgeGrantsChange(change: GrantsChange): Verdict {
  switch (change.kind) {
    case "grant":
      return allow(attributeOf(change.privileges), `grant ${amount(change.privileges)}`, harmless);
    case "revoke":
      return allow(attributeOf(change.privileges), `revoke ${amount(change.privileges)}`, harmless);
    case "revoke-functions-from-public":
      return allow("functions", "revoke from everybody to call the schema's functions", harmless);
    case "move-grants": {
      const { from, to } = change;
      const name = ({ schema, role }: typeof to): string => formatId(schema, role);
      return refuse(
        "PG410",
        from.schema === to.schema ? "role" : "schema",
        `turn the grants of ${name(from)} into those of ${name(to)}`,
        { ...harmless, replaces: true },
        "keep schema and role, and declare the others as a resource of their own",
      );
    }
  }
}

/** What the changes need and the role that deploys, or the server, lacks. */
export function lackingAccess(changes: readonly (RoleChange | GrantsChange)[], server: ServerFacts): Verdict[] {
  return changes.flatMap((change): Verdict[] => {
    if (change.kind === "create-role" && !server.createsRoles) {
      const name = formatPart(change.role.name);
      return [
        refuse(
          "PG441",
          "name",
          `create role ${name}`,
          harmless,
          `the role that deploys has no CREATEROLE; have an administrator give it that (ALTER ROLE … CREATEROLE), or make the role (the lines of eventloom export sql with ROLE), which is then taken over; a store does without roles by roles: false`,
        ),
      ];
    }
    const maintains = change.kind === "grant" && change.privileges.some(({ privilege }) => privilege === "maintain");
    if (!maintains || server.version >= 17) return [];
    const wayOut = `Postgres has this privilege from 17 on, and the server is ${server.version}; upgrade it, or leave it out`;
    return [refuse("PG415", "tables", "grant maintain", harmless, wayOut)];
  });
}

/** Whether {@link lackingAccess} depends on the server. */
export function needsServerAccess(changes: readonly (RoleChange | GrantsChange)[]): boolean {
  return changes.some(({ kind }) => kind === "create-role" || kind === "grant");
}

const ATTRIBUTES: Readonly<Record<Privilege["object"], string>> = {
  schema: "privileges",
  table: "tables",
  column: "tables",
  sequence: "sequences",
  function: "functions",
};

function attributeOf(privileges: readonly Privilege[]): string | null {
  const all = new Set(privileges.map(({ object }) => ATTRIBUTES[object]));
  return all.size === 1 ? [...all][0]! : null;
}

/** `select on table event_store`, or how many where they are many. */
function amount(privileges: readonly Privilege[]): string {
  const shown = privileges.map(
    ({ object, name, column, privilege }) =>
      `${privilege} on ${object} ${object === "function" ? name : formatPart(name)}${column === null ? "" : `.${formatPart(column)}`}`,
  );
  return shown.length <= 3
    ? shown.join(", ")
    : `${shown.slice(0, 2).join(", ")} and ${shown.length - 2} more privileges`;
}
