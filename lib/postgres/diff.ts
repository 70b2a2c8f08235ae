import { canonicalComment, canonicalFunction, inputArguments } from "./canonical";
import type { GrantsChange, RoleChange } from "./diff-access";
import type { PublicationChange } from "./diff-publication";
import { equal } from "./diff-parts";
import type {
  CheckModel,
  ColumnModel,
  ExclusionModel,
  ForeignKeyModel,
  FunctionModel,
  IndexModel,
  LeafModel,
  PartitioningModel,
  PartitionModel,
  PrimaryKeyModel,
  SchemaModel,
  SequenceModel,
  TableModel,
  TriggerModel,
  UniqueModel,
} from "./model";

export { stable } from "./diff-parts";
export { diffTable } from "./diff-table";
export { diffPublication, type PublicationChange } from "./diff-publication";
export { diffGrants, diffRole, type GrantsChange, type RoleChange } from "./diff-access";

type Storage = Readonly<Record<string, string>>;

type Constraint = UniqueModel | ForeignKeyModel | ExclusionModel;
/** A partition of a table, or of one of its partitions. */
type Partition = LeafModel | PartitionModel;
type ConstraintAttribute = "uniques" | "foreignKeys" | "exclusions";

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
  | { readonly kind: "fill-column"; readonly column: ColumnModel }
  | { readonly kind: "comment-column"; readonly column: ColumnModel }
  | { readonly kind: "change-primary-key"; readonly from: PrimaryKeyModel | null; readonly to: PrimaryKeyModel | null }
  | { readonly kind: "add-check"; readonly check: CheckModel }
  | { readonly kind: "validate-check"; readonly check: CheckModel }
  | { readonly kind: "drop-check"; readonly check: CheckModel }
  | { readonly kind: "change-check"; readonly from: CheckModel; readonly to: CheckModel }
  | { readonly kind: "add-unique"; readonly unique: UniqueModel }
  | { readonly kind: "add-foreign-key"; readonly foreignKey: ForeignKeyModel }
  | { readonly kind: "validate-foreign-key"; readonly foreignKey: ForeignKeyModel }
  | { readonly kind: "defer-foreign-key"; readonly from: ForeignKeyModel; readonly to: ForeignKeyModel }
  | { readonly kind: "add-exclusion"; readonly exclusion: ExclusionModel }
  | { readonly kind: "drop-constraint"; readonly attribute: ConstraintAttribute; readonly constraint: Constraint }
  | {
      readonly kind: "change-constraint";
      readonly attribute: ConstraintAttribute;
      readonly from: Constraint;
      readonly to: Constraint;
    }
  | { readonly kind: "add-index"; readonly index: IndexModel }
  | { readonly kind: "drop-index"; readonly index: IndexModel }
  | { readonly kind: "change-index"; readonly from: IndexModel; readonly to: IndexModel }
  | { readonly kind: "change-index-storage"; readonly from: IndexModel; readonly to: IndexModel }
  | {
      readonly kind: "change-partitioning";
      readonly from: PartitioningModel | null;
      readonly to: PartitioningModel | null;
    }
  | { readonly kind: "add-partition"; readonly partition: Partition; readonly parent: string; readonly rolled: boolean }
  | { readonly kind: "drop-partition"; readonly partition: Partition; readonly parent: string }
  | { readonly kind: "change-partition"; readonly from: Partition; readonly to: Partition }
  | { readonly kind: "detach-partition"; readonly partition: Partition; readonly parent: string }
  | { readonly kind: "finish-detach"; readonly partition: string; readonly parent: string }
  | { readonly kind: "drop-passing-check"; readonly check: string; readonly on: string }
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

export type Change =
  TableChange | FunctionChange | SequenceChange | SchemaChange | RoleChange | GrantsChange | PublicationChange;

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

function signature(fn: FunctionModel): unknown {
  // Input names can't be changed by CREATE OR REPLACE, neither can result columns nor the result type.
  const inputs = inputArguments(fn).length;
  return [fn.schema, fn.name, inputs, fn.returns, fn.arguments.map((a) => [a.name, a.type, a.mode])];
}

function definition(fn: FunctionModel): unknown {
  const defaults = fn.arguments.map((argument) => argument.default);
  return { ...fn, arguments: defaults, comment: null };
}
