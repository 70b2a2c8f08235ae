import { canonicalComment, type SameExpression, sameSpelling } from "./canonical";
import { match, sameOrNull } from "./diff-parts";
import type { PublicationModel, PublishedTableModel } from "./publication-model";

export type PublicationChange =
  | { readonly kind: "create-publication"; readonly publication: PublicationModel }
  | { readonly kind: "drop-publication"; readonly publication: PublicationModel }
  | { readonly kind: "rename-publication"; readonly from: PublicationModel; readonly to: PublicationModel }
  /** Tables and schemas, which are set all at once: no reader sees a state in between. `lost` says what is published no longer. */
  | {
      readonly kind: "change-published-tables";
      readonly from: PublicationModel;
      readonly to: PublicationModel;
      readonly lost: readonly string[];
    }
  | {
      readonly kind: "change-published-operations";
      readonly from: PublicationModel;
      readonly to: PublicationModel;
      readonly lost: readonly string[];
    }
  | { readonly kind: "change-partition-root"; readonly from: PublicationModel; readonly to: PublicationModel }
  | { readonly kind: "comment-publication"; readonly publication: PublicationModel };

export function diffPublication(
  from: PublicationModel | null,
  to: PublicationModel | null,
  same: SameExpression = sameSpelling,
): PublicationChange[] {
  if (from === null) return to === null ? [] : [{ kind: "create-publication", publication: to }];
  if (to === null) return [{ kind: "drop-publication", publication: from }];
  if (from.name !== to.name) return [{ kind: "rename-publication", from, to }];
  const operations = without(from.operations, to.operations);
  const tables = tableChanges(from, to, same);
  const changes: PublicationChange[] = [];
  if (tables !== null) changes.push({ kind: "change-published-tables", from, to, lost: tables });
  if (operations.length > 0 || without(to.operations, from.operations).length > 0)
    changes.push({ kind: "change-published-operations", from, to, lost: operations });
  if (from.viaPartitionRoot !== to.viaPartitionRoot) changes.push({ kind: "change-partition-root", from, to });
  if (canonicalComment(from.comment) !== canonicalComment(to.comment))
    changes.push({ kind: "comment-publication", publication: to });
  return changes;
}

/** What is lost by the change of the tables and schemas; null where there is no change. */
function tableChanges(from: PublicationModel, to: PublicationModel, same: SameExpression): readonly string[] | null {
  let changed = false;
  const schemas = without(from.schemas, to.schemas).map((each) => `the tables of schema ${each}`);
  const lost = match(from.tables, to.tables, {
    added: (): string[] => ((changed = true), []),
    dropped: ({ name }) => ((changed = true), [`table ${name}`]),
    both: (before, after) => {
      const differs = !sameColumns(before, after) || !sameOrNull(before.where, after.where, same);
      if (differs) changed = true;
      return lostOf(before, after, same);
    },
  });
  const same_schemas = schemas.length === 0 && without(to.schemas, from.schemas).length === 0;
  return changed || !same_schemas ? [...schemas, ...lost] : null;
}

function sameColumns(a: PublishedTableModel, b: PublishedTableModel): boolean {
  return without(a.columns, b.columns).length === 0 && without(b.columns, a.columns).length === 0;
}

/** No columns are all of them; whether another condition is wider only Postgres could tell, and it does not. */
function lostOf(from: PublishedTableModel, to: PublishedTableModel, same: SameExpression): string[] {
  const all = to.columns.length === 0;
  const columns = all ? [] : from.columns.length === 0 ? ["columns that are not named"] : without(from.columns, to.columns); // prettier-ignore
  const rows = to.where === null || sameOrNull(from.where, to.where, same) ? [] : [`rows of ${from.name}`];
  return [...columns.map((each) => `${each} of ${from.name}`), ...rows];
}

function without<T>(some: readonly T[], others: readonly T[]): readonly T[] {
  return some.filter((each) => !others.includes(each));
}
