import { type GrantsModel, PUBLIC } from "./access-model";
import { stable } from "./diff-parts";
import { formatPart, parseId } from "./import-id";

/** What grants come to, one by one: what two sets of them are compared by. */

export type GrantedObject = "schema" | "table" | "column" | "sequence" | "function";

/** One thing that a role may do with one object. */
export interface Privilege {
  readonly object: GrantedObject;
  /** Without the schema; of a function with the types that a caller passes, as {@link canonicalSignature} writes it. */
  readonly name: string;
  /** Null unless the object is a column. */
  readonly column: string | null;
  readonly privilege: string;
}

/** Follows a privilege, as the server has it, that its holder may pass on to others: nothing that can be declared. */
export const PASSED_ON = " with grant option";

/** A function's name and argument types in one spelling; what can't be read is left as it is. */
export function canonicalSignature(text: string): string {
  const parsed = readSignature(text);
  return parsed === null ? text : `${formatPart(parsed.name)}(${parsed.types.join(",")})`;
}

/** The parts of a function's name with its argument types; null where it is not one. */
export function readSignature(text: string): { readonly name: string; readonly types: readonly string[] } | null {
  try {
    const parsed = parseId(`s.${text}`, "function");
    return parsed.kind === "function" ? parsed : null;
  } catch {
    return null;
  }
}

/** Every privilege once. One that may be passed on counts as two: holding it, and passing it on. */
export function privilegesOf(grants: GrantsModel): readonly Privilege[] {
  const of = (object: GrantedObject, name: string, column: string | null, privileges: readonly string[]): Privilege[] =>
    privileges.flatMap((privilege) =>
      privilege.endsWith(PASSED_ON)
        ? [{ object, name, column, privilege: privilege.slice(0, -PASSED_ON.length) }, { object, name, column, privilege }] // prettier-ignore
        : [{ object, name, column, privilege }],
    );
  const all = [
    ...of("schema", grants.schema, null, grants.privileges),
    ...grants.tables.flatMap(({ name, privileges, columns }) => [
      ...of("table", name, null, privileges),
      ...columns.flatMap((each) => of("column", name, each.name, each.privileges)),
    ]),
    ...grants.sequences.flatMap(({ name, privileges }) => of("sequence", name, null, privileges)),
    ...grants.functions.flatMap((text) =>
      text.endsWith(PASSED_ON)
        ? of("function", canonicalSignature(text.slice(0, -PASSED_ON.length)), null, [`execute${PASSED_ON}`])
        : of("function", canonicalSignature(text), null, ["execute"]),
    ),
  ];
  return [...new Map(all.map((each) => [stable(each), each])).values()];
}

/** Equal as data exactly when the same is granted. */
export function canonicalGrants(grants: GrantsModel): object {
  // EXECUTE is everybody's from the start: whoever made a function between a plan and its apply has changed nothing of it
  const counted = privilegesOf(grants).filter(({ object }) => grants.role !== PUBLIC || object !== "function");
  return { schema: grants.schema, role: grants.role, privileges: counted.map(stable).sort() };
}

/** Whether nothing is granted that {@link canonicalGrants} counts. */
export function isEmptyGrants(grants: GrantsModel): boolean {
  return privilegesOf(grants).every(({ object }) => grants.role === PUBLIC && object === "function");
}

/** Grants of the same role in the same schema that allow nothing. */
export function noGrants({ schema, role }: Pick<GrantsModel, "schema" | "role">): GrantsModel {
  return { schema, role, privileges: [], tables: [], sequences: [], functions: [] };
}
