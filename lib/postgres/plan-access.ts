import { type GrantsModel, PUBLIC, type RoleModel } from "./access-model";
import { type GrantsChange, passedOn, type RoleChange } from "./diff-access";
import { type GrantedObject, PASSED_ON, type Privilege, readSignature } from "./grants";
import { withMarker } from "./marker";
import { quoteIdent, quoteLiteral, quoteName } from "./quote";
import { commentOn } from "./sql";
import { inside, type Statement } from "./statement";

/** GRANT, REVOKE and what is about roles lock no table: nobody waits for them but who does the same. */

export function planRole(changes: readonly RoleChange[], declaredBy: string): Statement[] {
  return changes.flatMap((change) => {
    switch (change.kind) {
      case "create-role":
        return [
          inside(createRole(change.role.name), { comment: "create the group role" }),
          commentRole(change.role, declaredBy),
        ];
      case "comment-role":
        return [commentRole(change.role, declaredBy)];
      case "drop-role":
        return [inside(`DROP ROLE ${quoteIdent(change.role.name)}`, { comment: "drop the group role" })];
      case "rename-role":
        throw new Error(`${change.kind} has no plan: it is refused`);
      default:
        return assertNever(change);
    }
  });
}

function createRole(name: string): string {
  return `CREATE ROLE ${quoteIdent(name)} NOLOGIN`;
}

/**
 * A planned statement as a line for psql. A role is made where there is none of its name: the same script is run in other databases
 * of the cluster, where it is there already.
 */
export function scriptLine({ sql }: Statement): string {
  const name = /^CREATE ROLE "((?:[^"]|"")+)" NOLOGIN$/.exec(sql)?.[1]?.replace(/""/g, '"');
  if (name === undefined) return `${sql};`;
  return `SELECT ${quoteLiteral(sql)} WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = ${quoteLiteral(name)}) \\gexec`;
}

export function planGrants(changes: readonly GrantsChange[]): Statement[] {
  return changes.flatMap((change) => {
    switch (change.kind) {
      case "revoke":
        return revoke(change.grants, change.privileges);
      case "revoke-functions-from-public":
        return [
          inside(`REVOKE ALL ON ALL ROUTINES IN SCHEMA ${quoteIdent(change.grants.schema)} FROM PUBLIC`, {
            comment: "nobody may call a function unasked",
          }),
        ];
      case "grant":
        return onEach(change.privileges, change.grants.schema).map(({ what, on }) =>
          inside(`GRANT ${what} ON ${on}TO ${grantee(change.grants)}`, { comment: `grant ${what}` }),
        );
      case "move-grants":
        throw new Error(`${change.kind} has no plan: it is refused`);
      default:
        return assertNever(change);
    }
  });
}

/** Whether a statement is about what everybody may call, which a plan can't know of functions that are still to be made. */
export function isOfPublicFunctions(sql: string): boolean {
  return /^(REVOKE|GRANT) .* ON (ALL ROUTINES IN SCHEMA|ROUTINE)\s.*\s(FROM|TO) PUBLIC$/s.test(sql);
}

function revoke(grants: GrantsModel, privileges: readonly Privilege[]): Statement[] {
  const { onlyPassedOn, whole } = passedOn(privileges);
  const statement = (prefix: string, some: readonly Privilege[]): Statement[] =>
    onEach(some, grants.schema).map(({ what, on }) =>
      inside(`REVOKE ${prefix}${what} ON ${on}FROM ${grantee(grants)}`, { comment: `revoke ${what}` }),
    );
  const bare = onlyPassedOn.map((each) => ({ ...each, privilege: each.privilege.replace(PASSED_ON, "") }));
  return [...statement("GRANT OPTION FOR ", bare), ...statement("", whole)];
}

interface OnObjects {
  /** `SELECT, INSERT`. */
  readonly what: string;
  /** `TABLE "s"."a", "s"."b"`, with what stands between it and the next word. */
  readonly on: string;
}

const ORDER: readonly GrantedObject[] = ["schema", "table", "column", "sequence", "function"];

/** As PostgreSQL's own documentation lists them (GRANT). */
const PRIVILEGES = "select insert update delete truncate references trigger maintain usage create execute".split(" ");

/** In one order, whoever names them: a plan is made of what was stored, and its apply of what the server says. */
function inOneOrder(privileges: readonly Privilege[]): readonly Privilege[] {
  const rank = ({ privilege }: Privilege): number => PRIVILEGES.indexOf(privilege.replace(PASSED_ON, ""));
  const text = ({ name, column }: Privilege): string => JSON.stringify([name, column]);
  return [...privileges].sort(
    (one, other) => (text(one) < text(other) ? -1 : text(one) > text(other) ? 1 : 0) || rank(one) - rank(other),
  );
}

/** One for all objects of a kind with the same privileges. */
function onEach(privileges: readonly Privilege[], schema: string): readonly OnObjects[] {
  const byObject = new Map<string, Privilege[]>();
  for (const each of inOneOrder(privileges)) {
    // of a column, the table is the object
    const id = JSON.stringify([each.object, each.name]);
    byObject.set(id, [...(byObject.get(id) ?? []), each]);
  }
  const groups = new Map<string, OnObjects & { readonly object: GrantedObject; readonly names: readonly string[] }>();
  for (const held of byObject.values()) {
    const [first] = held as [Privilege];
    const what = wordsOf(held);
    const id = JSON.stringify([first.object, what]);
    const names = [...(groups.get(id)?.names ?? []), nameOf(first, schema)];
    groups.set(id, { object: first.object, what, names, on: WORDS[first.object] + listed(names) });
  }
  return [...groups.values()].sort((one, other) => ORDER.indexOf(one.object) - ORDER.indexOf(other.object));
}

/** Many each on a line of their own. */
function listed(names: readonly string[]): string {
  return names.length <= 3 ? ` ${names.join(", ")} ` : `\n  ${names.join(",\n  ")}\n`;
}

const WORDS: Readonly<Record<GrantedObject, string>> = {
  schema: "SCHEMA",
  table: "TABLE",
  column: "TABLE",
  sequence: "SEQUENCE",
  // functions and procedures
  function: "ROUTINE",
};

/** `SELECT, INSERT`; of columns `SELECT ("a", "b"), UPDATE ("a")`. */
function wordsOf(privileges: readonly Privilege[]): string {
  const columns = new Map<string, string[]>();
  for (const { privilege, column } of privileges) {
    const known = columns.get(privilege) ?? [];
    columns.set(privilege, column === null ? known : [...known, quoteIdent(column)]);
  }
  return [...columns]
    .map(([privilege, of]) => privilege.toUpperCase() + (of.length === 0 ? "" : ` (${of.join(", ")})`))
    .join(", ");
}

function nameOf({ object, name }: Privilege, schema: string): string {
  if (object === "schema") return quoteIdent(schema);
  if (object !== "function") return quoteName(schema, name);
  const parsed = readSignature(name);
  // validated before: what is no signature never comes to a plan
  if (parsed === null) throw new Error(`${name} is no function's name with its types`);
  return `${quoteName(schema, parsed.name)}(${parsed.types.join(", ")})`;
}

function grantee({ role }: GrantsModel): string {
  return role === PUBLIC ? "PUBLIC" : quoteIdent(role);
}

function commentRole(role: RoleModel, declaredBy: string): Statement {
  const text = commentOn(`ROLE ${quoteIdent(role.name)}`, withMarker(role.comment, declaredBy));
  return inside(text, { comment: "comment" });
}

function assertNever(value: never): never {
  throw new Error(`unexpected ${JSON.stringify(value)}`);
}
