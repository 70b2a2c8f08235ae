import { attributeChanges, NO_MASKS } from "./attribute-changes";
import { type Fields, fields, list, text } from "./plan-json";

/**
 * Whether all that a role loses are privileges on tables that have left their domain. An environment that comes late to a lock does
 * so when its turn comes, as it forgets the tables themselves.
 *
 * @param before the role's grants as they are, in an engine's words
 * @param after as they will be
 * @param retired tables that have left, as `schema.name`
 */
export function losesRetiredOnly(before: Fields, after: Fields, retired: ReadonlySet<string>): boolean {
  const schema = text(before["schema"]) ?? "";
  const tables = list(before["tables"]);
  const left = tables.filter((each) => !retired.has(`${schema}.${text(fields(each)["name"]) ?? ""}`));
  if (left.length === tables.length) return false;
  // the statements follow from the rest
  const bare = (state: Fields): Fields => ({ ...state, ddl: [] });
  return attributeChanges(bare({ ...before, tables: left }), bare(after), NO_MASKS).length === 0;
}
