import { type GrantsModel, PUBLIC, type RoleModel } from "./access-model";
import { canonicalComment } from "./canonical";
import { stable } from "./diff-parts";
import { PASSED_ON, type Privilege, privilegesOf } from "./grants";

export type RoleChange =
  | { readonly kind: "create-role"; readonly role: RoleModel }
  | { readonly kind: "drop-role"; readonly role: RoleModel }
  | { readonly kind: "rename-role"; readonly from: RoleModel; readonly to: RoleModel }
  | { readonly kind: "comment-role"; readonly role: RoleModel };

export type GrantsChange =
  | { readonly kind: "move-grants"; readonly from: GrantsModel; readonly to: GrantsModel }
  | { readonly kind: "grant"; readonly grants: GrantsModel; readonly privileges: readonly Privilege[] }
  | { readonly kind: "revoke"; readonly grants: GrantsModel; readonly privileges: readonly Privilege[] }
  /** Of all functions at once: everybody may call a function from the moment when it is made. */
  | { readonly kind: "revoke-functions-from-public"; readonly grants: GrantsModel };

/** What leads from one role to the other; rights such as LOGIN are no part of a group. */
export function diffRole(from: RoleModel | null, to: RoleModel | null): RoleChange[] {
  if (from === null) return to === null ? [] : [{ kind: "create-role", role: to }];
  if (to === null) return [{ kind: "drop-role", role: from }];
  if (from.name !== to.name) return [{ kind: "rename-role", from, to }];
  return canonicalComment(from.comment) === canonicalComment(to.comment) ? [] : [{ kind: "comment-role", role: to }];
}

/** What leads from some grants to others: first what is revoked. Null is nothing at all, with the schema still to be made. */
export function diffGrants(from: GrantsModel | null, to: GrantsModel): GrantsChange[] {
  if (from !== null && (from.schema !== to.schema || from.role !== to.role)) return [{ kind: "move-grants", from, to }];
  const before = from === null ? [] : privilegesOf(from);
  const after = privilegesOf(to);
  const gone = without(before, after);
  const everybody = to.role === PUBLIC;
  const functions = everybody && (from === null || gone.some(isFunction));
  const revoked = everybody ? gone.filter((each) => !isFunction(each)) : gone;
  const granted = [
    ...without(after, before),
    // a REVOKE on a table takes the same privilege on its columns with it, and one on all functions takes each
    ...after.filter(
      (each) => before.some((other) => stable(other) === stable(each)) && takenBy(each, revoked, functions),
    ),
  ];
  return [
    ...(from !== null && revoked.length > 0 ? [{ kind: "revoke", grants: from, privileges: revoked } as const] : []),
    ...(functions ? [{ kind: "revoke-functions-from-public", grants: to } as const] : []),
    ...(granted.length > 0 ? [{ kind: "grant", grants: to, privileges: granted } as const] : []),
  ];
}

function without(some: readonly Privilege[], others: readonly Privilege[]): readonly Privilege[] {
  const known = new Set(others.map(stable));
  return some.filter((each) => !known.has(stable(each)));
}

function takenBy(kept: Privilege, revoked: readonly Privilege[], functions: boolean): boolean {
  if (kept.object === "function") return functions;
  return (
    kept.object === "column" &&
    revoked.some((each) => each.object === "table" && each.name === kept.name && each.privilege === kept.privilege)
  );
}

function isFunction({ object }: Privilege): boolean {
  return object === "function";
}

/** Those of the privileges that only let their holder pass them on, and the others. */
export function passedOn(privileges: readonly Privilege[]): {
  readonly onlyPassedOn: readonly Privilege[];
  readonly whole: readonly Privilege[];
} {
  const ends = ({ privilege }: Privilege): boolean => privilege.endsWith(PASSED_ON);
  const whole = privileges.filter((each) => !ends(each));
  const bare = (each: Privilege): string => stable({ ...each, privilege: each.privilege.replace(PASSED_ON, "") });
  const held = new Set(whole.map(stable));
  return { whole, onlyPassedOn: privileges.filter((each) => ends(each) && !held.has(bare(each))) };
}
