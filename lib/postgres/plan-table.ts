import type { Change, TableChange } from "./diff";
import { withMarker } from "./marker";
import type { ColumnModel, PartitionModel, TableModel, TriggerModel } from "./model";
import { isConstantExpression } from "./normalise";
import * as accepted from "./plan-accepted";
import {
  addCheck,
  addExclusion,
  addForeignKey,
  deferForeignKey,
  setNotNull,
  validateCheck,
  validateForeignKey,
} from "./plan-constraint";
import { addFilledColumn, fillColumn } from "./plan-fill";
import { addIndex, addUnique, alterIndex, clearLeftovers, dropTableIndex } from "./plan-index";
import { addPartition, detachPartition, dropPassingCheck, finishDetach, withoutNewDefaults } from "./plan-partition";
import { type Branch, leavesOf, nodesOf, partitionNodes } from "./partitions";
import { quoteIdent, quoteName } from "./quote";
import { withRule } from "./rolling-rule";
import * as sql from "./sql";
import { createIndex } from "./sql-index";
import { createPartition } from "./sql-partition";
import { inside, type Statement, type TableLock } from "./statement";

/** What a plan must know besides the changes. */
export interface PlanContext {
  /** Who declares the object; written as the last line of its comment. */
  readonly declaredBy: string;
  /** The names of the leaves on the server; a table that is created gets its own. */
  readonly leaves: readonly string[];
  /**
   * Partitions on the server that are partitioned themselves, with their leaves.
   * @default []
   */
  readonly branches?: readonly Branch[];
  /**
   * What the table's rolling rule asks for now, for a table that is created.
   * @default []
   */
  readonly rolled?: readonly PartitionModel[];
  /** What stands in the way of something to be made, or is there for nothing: left by a build or a drop that broke off. */
  readonly obstacles: readonly IndexObstacle[];
}

export interface IndexObstacle {
  readonly name: string;
  /** Whether it is the index of a partitioned table, which can't be dropped concurrently. */
  readonly partitioned: boolean;
  /** The table or leaf whose constraint it is; null for an index that is no constraint's. */
  readonly constraintOf: string | null;
  /** Whether it does what it is for. One that does not is only work for writers, whoever left it. */
  readonly valid: boolean;
}

/**
 * The statements for changes of one table that are allowed or accepted, in the order in which they run: first what belongs in one transaction, then
 * what validates, drops and builds without stopping writers.
 *
 * @param table as it is asked for
 * @throws Error for a change that nobody can accept: a plan for it does not exist
 */
export function planTable(changes: readonly TableChange[], table: TableModel, context: PlanContext): Statement[] {
  const meanwhile = withoutNewDefaults(table, changes);
  const dropped = changes.filter(({ kind }) => kind === "drop-column");
  const statements = [...changes.filter((each) => !dropped.includes(each)), ...dropped].flatMap((change) =>
    planTableChange(change, meanwhile, context),
  );
  const apart = statements.filter((s) => !s.transactional);
  return [...statements.filter((s) => s.transactional), ...clearLeftovers(apart, table, context), ...apart];
}

function planTableChange(change: TableChange, table: TableModel, context: PlanContext): Statement[] {
  const { schema, name } = table;
  switch (change.kind) {
    case "create-table":
      return createTable(change.table, context);
    case "add-column":
      return change.column.fill === null
        ? addColumn(change.column, table)
        : addFilledColumn(change.column, table, context);
    case "fill-column":
      return fillColumn(change.column, table, context);
    case "change-column-default":
      return [alter(sql.alterColumnDefault(schema, name, change.to), table, `default of ${change.to.name}`)];
    case "change-column-identity":
      return [
        alter(sql.alterColumnIdentity(schema, name, change.from, change.to), table, `identity of ${change.to.name}`),
      ];
    case "change-column-nullable":
      return change.to.nullable ? [accepted.dropNotNull(change.to, table)] : setNotNull(change.to.name, table);
    case "change-column-compression":
      return changeCompression(change.to, table, context);
    case "comment-column":
      return [commentColumn(table, change.column)];
    case "add-check":
      return addCheck(change.check, table);
    case "validate-check":
      return [validateCheck(change.check, table)];
    case "add-unique":
      return addUnique(change.unique, table, context);
    case "add-foreign-key":
      return addForeignKey(change.foreignKey, table, context);
    case "validate-foreign-key":
      return [validateForeignKey(change.foreignKey, table)];
    case "defer-foreign-key":
      return [deferForeignKey(change.to, table)];
    case "add-exclusion":
      return [addExclusion(change.exclusion, table)];
    case "add-index":
      return addIndex(change.index, table, context);
    case "drop-index":
      return [dropTableIndex(change.index.name, table)];
    case "change-index":
      return [dropTableIndex(change.from.name, table), ...addIndex(change.to, table, { ...context, obstacles: [] })];
    case "change-index-storage":
      return alterIndex(change.from, change.to, table);
    case "change-leaf-storage":
      return context.leaves.flatMap((leaf) => alterStorage(schema, leaf, change.from, change.to));
    case "change-storage":
      return alterStorage(schema, name, change.from, change.to);
    case "add-trigger":
      return replaceTrigger(change.trigger, table, context);
    case "change-trigger":
      return replaceTrigger(change.to, table, context);
    case "add-partition":
      return [...addPartition(change, table, (triggers, on) => triggers.flatMap((each) => createOn(each, table, on)))];
    case "detach-partition":
      return [detachPartition(change, table)];
    case "finish-detach":
      return [finishDetach(change, table)];
    case "drop-passing-check":
      return [dropPassingCheck(change, table)];
    case "comment-table":
      return [commentTable(table, context)];
    case "drop-table":
      return [alter(sql.dropTable(schema, name), table, "drop the empty table")];
    case "drop-column":
      return [accepted.dropColumn(change.column, table)];
    case "change-column-type":
      return [accepted.changeColumnType(change.from, change.to, table)];
    case "change-column-collation":
      return change.from.type === change.to.type ? [accepted.changeColumnType(change.from, change.to, table)] : [];
    case "drop-check":
      return [accepted.dropTableConstraint(change.check.name, table)];
    case "change-check":
      return accepted.changeCheck(change, table);
    case "drop-constraint":
      return [accepted.dropTableConstraint(change.constraint.name, table)];
    case "change-constraint":
      return accepted.changeConstraint(change, table, context);
    case "drop-trigger":
      return accepted.dropTrigger(change.trigger, schema, triggerTables(change.trigger, table, context));
    case "rename-table":
    case "change-column-generated":
    case "change-primary-key":
    case "change-partitioning":
    case "drop-partition":
    case "change-partition":
      return noPlan(change);
    default:
      return assertNever(change);
  }
}

function createTable(table: TableModel, context: PlanContext): Statement[] {
  const columns = table.partitioning?.columns ?? [];
  const rolled = (context.rolled ?? []).flatMap((each) =>
    nodesOf(each, table.name, { columns, columnsOf: table.columns }),
  );
  const nodes = [...partitionNodes(table), ...rolled];
  const place = { schema: table.schema, table: table.name, concurrently: false, only: false };
  const referenced = table.foreignKeys
    .map((key) => ({ schema: key.referencesSchema, name: key.referencesTable }))
    .filter(({ schema, name }) => schema !== table.schema || name !== table.name);
  return [
    inside(sql.createTable(table), { alsoLocks: referenced, comment: "create the table" }),
    ...nodes.map((node) =>
      inside(createPartition(node, table), {
        comment: `create ${node.level === null ? "leaf" : "partition"} ${node.name}`,
      }),
    ),
    ...table.indexes.map((index) =>
      inside(createIndex(index, index.name, place), { comment: `create index ${index.name}` }),
    ),
    ...table.triggers.flatMap((trigger) => createOn(trigger, table, triggerTables(trigger, table, leavesOf(nodes)))),
    ...table.foreignKeys.filter(({ validated }) => !validated).flatMap((key) => addForeignKey(key, table, context)),
    ...table.columns.filter((column) => column.comment !== null).map((column) => commentColumn(table, column)),
    commentTable(table, context),
  ];
}

function addColumn(column: ColumnModel, table: TableModel): Statement[] {
  const { schema, name } = table;
  // Postgres refuses to add an identity column to a table with leaves, but not to make a column one.
  const plain = { ...column, identity: null };
  const split = column.identity !== null && table.partitioning !== null;
  const computed = column.default !== null && !isConstantExpression(column.default);
  const rewrites = computed || column.generated !== null || (column.identity !== null && !split);
  const added = sql.addColumn(schema, name, split ? plain : column);
  return [
    { ...alter(added, table, `add column ${column.name}`), rewrites },
    ...(split
      ? [alter(sql.alterColumnIdentity(schema, name, plain, column), table, `make ${column.name} an identity`)]
      : []),
    ...(column.comment === null ? [] : [commentColumn(table, column)]),
  ];
}

/** A partitioned table hands its compression on to new leaves only. */
function changeCompression(column: ColumnModel, { schema, name }: TableModel, context: Below): Statement[] {
  return [name, ...below(context)].map((on) =>
    alter(
      sql.alterColumnCompression(schema, on, column),
      { schema, name: on },
      `compression of ${column.name} on ${on}`,
    ),
  );
}

function createOn(trigger: TriggerModel, table: TableModel, tables: readonly string[]): Statement[] {
  const always = trigger.enabled === "always";
  return tables.flatMap((on) => [
    inside(sql.createTrigger(trigger, table.schema, on, false), { comment: `create trigger ${trigger.name} on ${on}` }),
    ...(always
      ? [inside(sql.enableTrigger(trigger, table.schema, on), { comment: "fire on replicated changes too" })]
      : []),
  ]);
}

/** Made again on every table that carries it, and enabled again: whatever was done to it by hand is undone. */
function replaceTrigger(trigger: TriggerModel, table: TableModel, context: Below): Statement[] {
  const { schema } = table;
  return triggerTables(trigger, table, context).flatMap((on) => {
    const held = { lock: "SHARE ROW EXCLUSIVE", table: { schema, name: on } } as const;
    return [
      inside(sql.createTrigger(trigger, schema, on, true), {
        ...held,
        comment: `put trigger ${trigger.name} on ${on}`,
      }),
      inside(sql.enableTrigger(trigger, schema, on), { ...held, comment: `enable trigger ${trigger.name}` }),
    ];
  });
}

/** Postgres clones row triggers to the partitions itself; statement triggers it does not. */
function triggerTables(trigger: TriggerModel, table: TableModel, context: Below): string[] {
  return trigger.level === "statement" ? [table.name, ...below(context)] : [table.name];
}

type Below = Pick<PlanContext, "leaves" | "branches">;

/** All partitions of the table, those between first. */
function below({ leaves, branches = [] }: Below): string[] {
  return [...branches.map(({ name }) => name), ...leaves];
}

function alterStorage(
  schema: string,
  name: string,
  from: Readonly<Record<string, string>>,
  to: Readonly<Record<string, string>>,
): Statement[] {
  const on = { schema, name };
  return sql.alterStorage(schema, name, from, to).map((text) => brieflyAlter(text, on, `storage of ${name}`));
}

function commentTable(table: TableModel, context: PlanContext): Statement {
  const object = `TABLE ${quoteName(table.schema, table.name)}`;
  const comment = withMarker(withRule(table.comment, table.partitioning?.rolling ?? null), context.declaredBy);
  return brieflyAlter(sql.commentOn(object, comment), table, "comment");
}

function commentColumn(table: TableModel, column: ColumnModel): Statement {
  const object = `COLUMN ${quoteName(table.schema, table.name)}.${quoteIdent(column.name)}`;
  return brieflyAlter(sql.commentOn(object, column.comment), table, `comment on ${column.name}`);
}

type On = Pick<TableModel, "schema" | "name">;

function alter(text: string, table: On, comment: string, lock: TableLock = "ACCESS EXCLUSIVE"): Statement {
  return inside(text, { lock, table, comment });
}

/** With the lock that lets readers and writers pass. */
function brieflyAlter(text: string, table: On, comment: string): Statement {
  return alter(text, table, comment, "SHARE UPDATE EXCLUSIVE");
}

function noPlan(change: Change): never {
  throw new Error(`${change.kind} has no plan: it is refused`);
}

function assertNever(value: never): never {
  throw new Error(`unexpected ${JSON.stringify(value)}`);
}
