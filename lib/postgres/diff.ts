import {
  canonicalComment,
  canonicalFunction,
  canonicalTable,
  inputArguments,
  sameSpelling,
  type SameExpression,
} from "./canonical";
import type {
  CheckModel,
  ColumnModel,
  FunctionModel,
  HashPartitioningModel,
  IndexModel,
  PrimaryKeyModel,
  SchemaModel,
  SequenceModel,
  TableModel,
  TriggerModel,
} from "./model";

type Storage = Readonly<Record<string, string>>;

/** What can differ between two tables. `from` is what is there, `to` what is asked for. */
export type TableChange =
  | { readonly kind: "create-table"; readonly table: TableModel }
  | { readonly kind: "drop-table"; readonly table: TableModel }
  | { readonly kind: "rename-table"; readonly from: TableModel; readonly to: TableModel }
  | { readonly kind: "add-column"; readonly column: ColumnModel }
  | { readonly kind: "drop-column"; readonly column: ColumnModel }
  | { readonly kind: "change-column-type"; readonly from: ColumnModel; readonly to: ColumnModel }
  | { readonly kind: "change-column-collation"; readonly from: ColumnModel; readonly to: ColumnModel }
  | { readonly kind: "change-column-nullable"; readonly from: ColumnModel; readonly to: ColumnModel }
  | { readonly kind: "change-column-default"; readonly from: ColumnModel; readonly to: ColumnModel }
  | { readonly kind: "change-column-identity"; readonly from: ColumnModel; readonly to: ColumnModel }
  | { readonly kind: "change-column-generated"; readonly from: ColumnModel; readonly to: ColumnModel }
  | { readonly kind: "change-column-compression"; readonly from: ColumnModel; readonly to: ColumnModel }
  | { readonly kind: "comment-column"; readonly column: ColumnModel }
  | { readonly kind: "change-primary-key"; readonly from: PrimaryKeyModel | null; readonly to: PrimaryKeyModel | null }
  | { readonly kind: "add-check"; readonly check: CheckModel }
  | { readonly kind: "validate-check"; readonly check: CheckModel }
  | { readonly kind: "drop-check"; readonly check: CheckModel }
  | { readonly kind: "change-check"; readonly from: CheckModel; readonly to: CheckModel }
  | { readonly kind: "add-index"; readonly index: IndexModel }
  | { readonly kind: "drop-index"; readonly index: IndexModel }
  | { readonly kind: "change-index"; readonly from: IndexModel; readonly to: IndexModel }
  | {
      readonly kind: "change-partitioning";
      readonly from: HashPartitioningModel | null;
      readonly to: HashPartitioningModel | null;
    }
  | { readonly kind: "change-leaf-storage"; readonly from: Storage; readonly to: Storage }
  | { readonly kind: "add-trigger"; readonly trigger: TriggerModel }
  | { readonly kind: "drop-trigger"; readonly trigger: TriggerModel }
  | { readonly kind: "change-trigger"; readonly from: TriggerModel; readonly to: TriggerModel }
  | { readonly kind: "change-storage"; readonly from: Storage; readonly to: Storage }
  | { readonly kind: "comment-table"; readonly comment: string | null };

export type FunctionChange =
  | { readonly kind: "create-function"; readonly fn: FunctionModel }
  | { readonly kind: "drop-function"; readonly fn: FunctionModel }
  | { readonly kind: "change-function-signature"; readonly from: FunctionModel; readonly to: FunctionModel }
  | { readonly kind: "replace-function"; readonly from: FunctionModel; readonly to: FunctionModel }
  | { readonly kind: "comment-function"; readonly fn: FunctionModel };

export type SequenceChange =
  | { readonly kind: "create-sequence"; readonly sequence: SequenceModel }
  | { readonly kind: "drop-sequence"; readonly sequence: SequenceModel }
  | { readonly kind: "rename-sequence"; readonly from: SequenceModel; readonly to: SequenceModel }
  | { readonly kind: "change-sequence-cache"; readonly from: SequenceModel; readonly to: SequenceModel }
  | { readonly kind: "comment-sequence"; readonly sequence: SequenceModel };

export type SchemaChange =
  | { readonly kind: "create-schema"; readonly schema: SchemaModel }
  | { readonly kind: "drop-schema"; readonly schema: SchemaModel }
  | { readonly kind: "rename-schema"; readonly from: SchemaModel; readonly to: SchemaModel }
  | { readonly kind: "comment-schema"; readonly schema: SchemaModel };

export type Change = TableChange | FunctionChange | SequenceChange | SchemaChange;

/**
 * What leads from one table to the other; empty when they mean the same. Columns, checks, indexes and triggers are matched by
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
    ...diffIndexes(a.indexes, b.indexes, same),
    ...diffTriggers(a.triggers, b.triggers),
    ...(a.comment === b.comment ? [] : [{ kind: "comment-table", comment: b.comment } as const]),
  ];
}

/** What leads from one function to the other. What `CREATE OR REPLACE` can't change is a change of the signature. */
export function diffFunction(from: FunctionModel | null, to: FunctionModel | null): FunctionChange[] {
  if (from === null) return to === null ? [] : [{ kind: "create-function", fn: to }];
  if (to === null) return [{ kind: "drop-function", fn: from }];
  const [a, b] = [canonicalFunction(from), canonicalFunction(to)];
  if (!equal(signature(a), signature(b))) return [{ kind: "change-function-signature", from, to }];
  const changes: FunctionChange[] = [];
  if (!equal(definition(a), definition(b))) changes.push({ kind: "replace-function", from, to });
  if (a.comment !== b.comment) changes.push({ kind: "comment-function", fn: to });
  return changes;
}

export function diffSequence(from: SequenceModel | null, to: SequenceModel | null): SequenceChange[] {
  if (from === null) return to === null ? [] : [{ kind: "create-sequence", sequence: to }];
  if (to === null) return [{ kind: "drop-sequence", sequence: from }];
  if (from.schema !== to.schema || from.name !== to.name) return [{ kind: "rename-sequence", from, to }];
  const changes: SequenceChange[] = [];
  if (from.cache !== to.cache) changes.push({ kind: "change-sequence-cache", from, to });
  if (canonicalComment(from.comment) !== canonicalComment(to.comment)) {
    changes.push({ kind: "comment-sequence", sequence: to });
  }
  return changes;
}

export function diffSchema(from: SchemaModel | null, to: SchemaModel | null): SchemaChange[] {
  if (from === null) return to === null ? [] : [{ kind: "create-schema", schema: to }];
  if (to === null) return [{ kind: "drop-schema", schema: from }];
  if (from.name !== to.name) return [{ kind: "rename-schema", from, to }];
  const same = canonicalComment(from.comment) === canonicalComment(to.comment);
  return same ? [] : [{ kind: "comment-schema", schema: to }];
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

function diffPartitioning(from: HashPartitioningModel | null, to: HashPartitioningModel | null): TableChange[] {
  const key = (p: HashPartitioningModel | null): unknown => p && [p.strategy, p.columns, p.modulus];
  if (!equal(key(from), key(to))) return [{ kind: "change-partitioning", from, to }];
  if (from === null || to === null || equal(from.storage, to.storage)) return [];
  return [{ kind: "change-leaf-storage", from: from.storage, to: to.storage }];
}

function diffChecks(from: readonly CheckModel[], to: readonly CheckModel[], same: SameExpression): TableChange[] {
  return match(from, to, {
    added: (check): TableChange[] => [{ kind: "add-check", check }],
    dropped: (check) => [{ kind: "drop-check", check }],
    both: (a, b) => (same(a.expression, b.expression) ? [] : [{ kind: "change-check", from: a, to: b }]),
  });
}

function diffIndexes(from: readonly IndexModel[], to: readonly IndexModel[], same: SameExpression): TableChange[] {
  return match(from, to, {
    added: (index): TableChange[] => [{ kind: "add-index", index }],
    dropped: (index) => [{ kind: "drop-index", index }],
    both: (a, b) =>
      equal({ ...a, where: null }, { ...b, where: null }) && sameOrNull(a.where, b.where, same)
        ? []
        : [{ kind: "change-index", from: a, to: b }],
  });
}

function diffTriggers(from: readonly TriggerModel[], to: readonly TriggerModel[]): TableChange[] {
  return match(from, to, {
    added: (trigger): TableChange[] => [{ kind: "add-trigger", trigger }],
    dropped: (trigger) => [{ kind: "drop-trigger", trigger }],
    both: (a, b) => (equal(a, b) ? [] : [{ kind: "change-trigger", from: a, to: b }]),
  });
}

function signature(fn: FunctionModel): unknown {
  // Input names can't be changed by CREATE OR REPLACE, neither can result columns nor the result type.
  const inputs = inputArguments(fn).length;
  return [fn.schema, fn.name, inputs, fn.returns, fn.arguments.map((a) => [a.name, a.type, a.mode])];
}

function definition(fn: FunctionModel): unknown {
  const defaults = fn.arguments.map((argument) => argument.default);
  return { ...fn, arguments: defaults, comment: null };
}

function sameOrNull(a: string | null, b: string | null, same: SameExpression): boolean {
  return a === null || b === null ? a === b : same(a, b);
}

interface Matching<T, R> {
  readonly added: (item: T) => R[];
  readonly dropped: (item: T) => R[];
  readonly both: (from: T, to: T) => R[];
}

function match<T extends { readonly name: string }, R>(
  from: readonly T[],
  to: readonly T[],
  { added, dropped, both }: Matching<T, R>,
): R[] {
  const before = new Map(from.map((item) => [item.name, item]));
  const after = new Set(to.map((item) => item.name));
  return [
    ...from.filter((item) => !after.has(item.name)).flatMap(dropped),
    ...to.flatMap((item) => {
      const prior = before.get(item.name);
      return prior === undefined ? added(item) : both(prior, item);
    }),
  ];
}

/** Equal as data; the order of keys does not count. */
function equal(a: unknown, b: unknown): boolean {
  return stable(a) === stable(b);
}

/** JSON with sorted keys: equal exactly when the data are equal. */
export function stable(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
