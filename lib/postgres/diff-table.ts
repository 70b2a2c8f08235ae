import { canonicalComment, canonicalTable, sameSpelling, type SameExpression } from "./canonical";
import type { TableChange } from "./diff";
import { equal, match, sameOrNull } from "./diff-parts";
import { diffPartitioning, diffPartitions } from "./diff-partitions";
import { impliedName } from "./expressions";
import type {
  CheckModel,
  ColumnModel,
  ExclusionModel,
  ForeignKeyModel,
  IndexKeyModel,
  IndexModel,
  TableModel,
  TriggerModel,
  UniqueModel,
} from "./model";

/**
 * What leads from one table to the other; empty when they mean the same. Columns, constraints, indexes and triggers are matched by
 * name and their order does not count (a column that is added is the last one on the server, wherever it is declared).
 *
 * @param same how expressions are compared; without a server, by their spelling
 */
export function diffTable(
  from: TableModel | null,
  to: TableModel | null,
  same: SameExpression = sameSpelling,
): TableChange[] {
  if (from === null) return to === null ? [] : [{ kind: "create-table", table: to }];
  if (to === null) return [{ kind: "drop-table", table: from }];
  if (from.schema !== to.schema || from.name !== to.name) return [{ kind: "rename-table", from, to }];
  const [a, b] = [canonicalTable(from), canonicalTable(to)];
  return [
    ...diffColumns(a.columns, b.columns, same),
    ...(equal(a.primaryKey, b.primaryKey)
      ? []
      : [{ kind: "change-primary-key", from: a.primaryKey, to: b.primaryKey } as const]),
    ...diffPartitioning(a.partitioning, b.partitioning),
    ...(equal(a.storage, b.storage) ? [] : [{ kind: "change-storage", from: a.storage, to: b.storage } as const]),
    ...diffChecks(a.checks, b.checks, same),
    // Before the constraints: an index that a broken-off apply left under the name of one has to go first.
    ...diffIndexes(a.indexes, b.indexes, b.partitioning !== null, same),
    ...diffUniques(a.uniques, b.uniques),
    ...diffForeignKeys(a.foreignKeys, b.foreignKeys),
    ...diffExclusions(a.exclusions, b.exclusions, same),
    ...diffTriggers(a.triggers, b.triggers),
    // After all that a new partition is to have from the beginning.
    ...diffPartitions(a, b),
    ...(a.comment === b.comment ? [] : [{ kind: "comment-table", comment: b.comment } as const]),
  ];
}

function diffColumns(from: readonly ColumnModel[], to: readonly ColumnModel[], same: SameExpression): TableChange[] {
  return match(from, to, {
    added: (column): TableChange[] => [{ kind: "add-column", column }],
    dropped: (column) => [{ kind: "drop-column", column }],
    both: (a, b) => diffColumn(a, b, same),
  });
}

function diffColumn(from: ColumnModel, to: ColumnModel, same: SameExpression): TableChange[] {
  const changes: TableChange[] = [];
  if (from.type !== to.type) changes.push({ kind: "change-column-type", from, to });
  if (from.collation !== to.collation) changes.push({ kind: "change-column-collation", from, to });
  if (to.fill !== null && !sameOrNull(from.fill, to.fill, same)) changes.push({ kind: "fill-column", column: to });
  if (from.nullable !== to.nullable) changes.push({ kind: "change-column-nullable", from, to });
  if (!sameOrNull(from.default, to.default, same)) changes.push({ kind: "change-column-default", from, to });
  // After the default: a column that has one can't become an identity.
  if (from.identity !== to.identity) changes.push({ kind: "change-column-identity", from, to });
  if (!sameOrNull(from.generated, to.generated, same)) changes.push({ kind: "change-column-generated", from, to });
  if (from.compression !== to.compression) changes.push({ kind: "change-column-compression", from, to });
  if (canonicalComment(from.comment) !== canonicalComment(to.comment)) {
    changes.push({ kind: "comment-column", column: to });
  }
  return changes;
}

function diffChecks(from: readonly CheckModel[], to: readonly CheckModel[], same: SameExpression): TableChange[] {
  return match(from, to, {
    added: (check): TableChange[] => [{ kind: "add-check", check }],
    dropped: (check) => [{ kind: "drop-check", check }],
    both: (a, b) => (same(a.expression, b.expression) ? [] : [{ kind: "change-check", from: a, to: b }]),
  });
}

function diffUniques(from: readonly UniqueModel[], to: readonly UniqueModel[]): TableChange[] {
  return match(from, to, {
    added: (unique): TableChange[] => [{ kind: "add-unique", unique }],
    dropped: (constraint) => [{ kind: "drop-constraint", attribute: "uniques", constraint }],
    both: (a, b) => (equal(a, b) ? [] : [{ kind: "change-constraint", attribute: "uniques", from: a, to: b }]),
  });
}

function diffForeignKeys(from: readonly ForeignKeyModel[], to: readonly ForeignKeyModel[]): TableChange[] {
  return match(from, to, {
    added: (foreignKey): TableChange[] => [{ kind: "add-foreign-key", foreignKey }],
    dropped: (constraint) => [{ kind: "drop-constraint", attribute: "foreignKeys", constraint }],
    both: (a, b) => {
      // One that was validated holds more than one that need not be.
      const validate = b.validated && !a.validated;
      const [from, to] = [a, b].map((each) => ({ ...each, validated: true })) as [ForeignKeyModel, ForeignKeyModel];
      const open = validate ? [{ kind: "validate-foreign-key", foreignKey: b } as const] : [];
      if (equal(from, to)) return open;
      return equal({ ...from, deferrable: "no" }, { ...to, deferrable: "no" })
        ? [{ kind: "defer-foreign-key", from: a, to: b }, ...open]
        : [{ kind: "change-constraint", attribute: "foreignKeys", from: a, to: b }];
    },
  });
}

function diffExclusions(
  from: readonly ExclusionModel[],
  to: readonly ExclusionModel[],
  same: SameExpression,
): TableChange[] {
  const sameExclusion = (a: ExclusionModel, b: ExclusionModel): boolean =>
    equal({ ...a, elements: [], where: null }, { ...b, elements: [], where: null }) &&
    sameOrNull(a.where, b.where, same) &&
    sameKeys(a.elements, b.elements, same) &&
    equal(
      a.elements.map(({ operator }) => operator),
      b.elements.map(({ operator }) => operator),
    );
  return match(from, to, {
    added: (exclusion): TableChange[] => [{ kind: "add-exclusion", exclusion }],
    dropped: (constraint) => [{ kind: "drop-constraint", attribute: "exclusions", constraint }],
    both: (a, b) =>
      sameExclusion(a, b) ? [] : [{ kind: "change-constraint", attribute: "exclusions", from: a, to: b }],
  });
}

function diffIndexes(
  from: readonly IndexModel[],
  to: readonly IndexModel[],
  partitioned: boolean,
  same: SameExpression,
): TableChange[] {
  const sameIndex = (a: IndexModel, b: IndexModel): boolean => {
    const apart = { keys: [], where: null, storage: {} };
    const alike = equal({ ...a, ...apart }, { ...b, ...apart });
    return alike && sameOrNull(a.where, b.where, same) && sameKeys(a.keys, b.keys, same);
  };
  return match(from, to, {
    added: (index): TableChange[] => [{ kind: "add-index", index }],
    dropped: (index) => [{ kind: "drop-index", index }],
    both: (a, b) => {
      const stored = equal(a.storage, b.storage);
      if (!sameIndex(a, b) || (partitioned && !stored)) return [{ kind: "change-index", from: a, to: b }];
      return stored ? [] : [{ kind: "change-index-storage", from: a, to: b }];
    },
  });
}

function sameKeys(from: readonly IndexKeyModel[], to: readonly IndexKeyModel[], same: SameExpression): boolean {
  return (
    from.length === to.length &&
    from.every((a, at) => {
      const b = to[at]!;
      return (
        a.column === b.column &&
        sameOrNull(a.expression, b.expression, same) &&
        same(impliedName("opclass", a.opclass), impliedName("opclass", b.opclass)) &&
        same(impliedName("collation", a.collation), impliedName("collation", b.collation)) &&
        a.descending === b.descending &&
        a.nulls === b.nulls
      );
    })
  );
}

function diffTriggers(from: readonly TriggerModel[], to: readonly TriggerModel[]): TableChange[] {
  return match(from, to, {
    added: (trigger): TableChange[] => [{ kind: "add-trigger", trigger }],
    dropped: (trigger) => [{ kind: "drop-trigger", trigger }],
    both: (a, b) => (equal(a, b) ? [] : [{ kind: "change-trigger", from: a, to: b }]),
  });
}
