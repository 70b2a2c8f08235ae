import type { Change, FunctionChange, SchemaChange, SequenceChange, TableChange } from "./diff";
import { withMarker } from "./marker";
import type { ColumnModel, FunctionModel, IndexModel, TableModel, TriggerModel } from "./model";
import { leafIndexName, leafName } from "./names";
import { quoteIdent, quoteName } from "./quote";
import * as sql from "./sql";

/** One statement of a plan, as data. */
export interface Statement {
  readonly sql: string;
  /** Whether it runs inside the plan's transaction; the others commit by themselves, after it, in order. */
  readonly transactional: boolean;
  /** The lock that it takes on the table, in Postgres' words; null for none that matters. */
  readonly lock: "ACCESS EXCLUSIVE" | "SHARE ROW EXCLUSIVE" | "SHARE" | "SHARE UPDATE EXCLUSIVE" | null;
  /** What it is for. */
  readonly comment: string;
  /** The index that it leaves invalid when it fails half-way; null where it leaves nothing. */
  readonly builds: { readonly schema: string; readonly index: string } | null;
}

/** What a plan must know besides the changes. */
export interface PlanContext {
  /** Who declares the object; written as the last line of its comment. */
  readonly declaredBy: string;
  /** The names of the leaves on the server; a table that is created gets its own. */
  readonly leaves: readonly string[];
  /** Indexes on the server that stand in the way of one to be made: left by a build that failed. */
  readonly obstacles: readonly IndexObstacle[];
}

export interface IndexObstacle {
  readonly name: string;
  /** Whether it is the index of a partitioned table, which can't be dropped concurrently. */
  readonly partitioned: boolean;
}

/**
 * The statements for allowed changes of one table, in the order in which they run: first what belongs in one transaction, then
 * what validates, drops and builds without stopping writers.
 *
 * @param table as it is asked for
 * @throws Error for a change that `safety` refuses: a plan for it does not exist
 */
export function planTable(changes: readonly TableChange[], table: TableModel, context: PlanContext): Statement[] {
  const statements = changes.flatMap((change) => planTableChange(change, table, context));
  return [...statements.filter((s) => s.transactional), ...statements.filter((s) => !s.transactional)];
}

function planTableChange(change: TableChange, table: TableModel, context: PlanContext): Statement[] {
  const { schema, name } = table;
  switch (change.kind) {
    case "create-table":
      return createTable(change.table, context);
    case "add-column":
      return addColumn(change.column, table);
    case "change-column-default":
      return [
        inside(sql.alterColumnDefault(schema, name, change.to), "ACCESS EXCLUSIVE", `default of ${change.to.name}`),
      ];
    case "change-column-identity":
      return [
        inside(
          sql.alterColumnIdentity(schema, name, change.from, change.to),
          "ACCESS EXCLUSIVE",
          `identity of ${change.to.name}`,
        ),
      ];
    case "change-column-compression":
      // A partitioned table hands it on to new leaves only.
      return [name, ...context.leaves].map((on) =>
        inside(
          sql.alterColumnCompression(schema, on, change.to),
          "ACCESS EXCLUSIVE",
          `compression of ${change.to.name} on ${on}`,
        ),
      );
    case "comment-column":
      return [commentColumn(table, change.column)];
    case "add-check":
      return [
        inside(
          sql.addCheckNotValid(schema, name, change.check),
          "ACCESS EXCLUSIVE",
          `add check ${change.check.name} for new rows`,
        ),
        validateCheck(table, change.check),
      ];
    case "validate-check":
      return [validateCheck(table, change.check)];
    case "add-index":
      return addIndex(change.index, table, context);
    case "drop-index":
      return [dropIndex(change.index.name, table.partitioning !== null, table)];
    case "change-index":
      return [
        dropIndex(change.from.name, table.partitioning !== null, table),
        ...addIndex(change.to, table, { ...context, obstacles: [] }),
      ];
    case "change-leaf-storage":
      return context.leaves.flatMap((leaf) => alterStorage(schema, leaf, change.from, change.to));
    case "change-storage":
      return alterStorage(schema, name, change.from, change.to);
    case "add-trigger":
      return replaceTrigger(change.trigger, table, context.leaves);
    case "change-trigger":
      return replaceTrigger(change.to, table, context.leaves);
    case "comment-table":
      return [commentTable(table, context)];
    case "drop-table":
      return [inside(sql.dropTable(schema, name), "ACCESS EXCLUSIVE", "drop the empty table")];
    case "rename-table":
    case "drop-column":
    case "change-column-type":
    case "change-column-collation":
    case "change-column-nullable":
    case "change-column-generated":
    case "change-primary-key":
    case "drop-check":
    case "change-check":
    case "change-partitioning":
    case "drop-trigger":
      return noPlan(change);
    default:
      return assertNever(change);
  }
}

/** The statements for changes of a function; `CREATE OR REPLACE` keeps its grants. */
export function planFunction(changes: readonly FunctionChange[], declaredBy: string): Statement[] {
  return changes.flatMap((change) => {
    switch (change.kind) {
      case "create-function":
        return [
          inside(sql.createFunction(change.fn), null, "create the function"),
          ...(change.fn.securityDefiner ? [revoke(change.fn)] : []),
          commentFunction(change.fn, declaredBy),
        ];
      case "replace-function":
        return [
          inside(sql.createFunction(change.to), null, "replace the function"),
          ...(change.to.securityDefiner && !change.from.securityDefiner ? [revoke(change.to)] : []),
        ];
      case "comment-function":
        return [commentFunction(change.fn, declaredBy)];
      case "drop-function":
        return [inside(sql.dropFunction(change.fn), null, "drop the function")];
      case "change-function-signature":
        return noPlan(change);
      default:
        return assertNever(change);
    }
  });
}

export function planSequence(changes: readonly SequenceChange[], declaredBy: string): Statement[] {
  return changes.flatMap((change) => {
    switch (change.kind) {
      case "create-sequence":
        return [
          inside(sql.createSequence(change.sequence), null, "create the sequence"),
          commentSequence(change.sequence, declaredBy),
        ];
      case "change-sequence-cache":
        return [inside(sql.alterSequenceCache(change.to), "SHARE ROW EXCLUSIVE", "change the cache")];
      case "comment-sequence":
        return [commentSequence(change.sequence, declaredBy)];
      case "drop-sequence":
      case "rename-sequence":
        return noPlan(change);
      default:
        return assertNever(change);
    }
  });
}

export function planSchema(changes: readonly SchemaChange[], declaredBy: string): Statement[] {
  return changes.flatMap((change) => {
    switch (change.kind) {
      case "create-schema":
        return [
          inside(sql.createSchema(change.schema.name), null, "create the schema"),
          commentSchema(change.schema, declaredBy),
        ];
      case "comment-schema":
        return [commentSchema(change.schema, declaredBy)];
      case "drop-schema":
        return [inside(sql.dropSchema(change.schema.name), null, "drop the empty schema")];
      case "rename-schema":
        return noPlan(change);
      default:
        return assertNever(change);
    }
  });
}

function createTable(table: TableModel, context: PlanContext): Statement[] {
  const modulus = table.partitioning?.modulus ?? 0;
  const leaves = Array.from({ length: modulus }, (_, remainder) => leafName(table.name, remainder, modulus));
  const place = { schema: table.schema, table: table.name, concurrently: false, only: false };
  return [
    inside(sql.createTable(table), null, "create the table"),
    ...leaves.map((leaf, remainder) => inside(sql.createLeaf(table, leaf, remainder), null, `create leaf ${leaf}`)),
    ...table.indexes.map((index) =>
      inside(sql.createIndex(index, index.name, place), null, `create index ${index.name}`),
    ),
    ...table.triggers.flatMap((trigger) => createTrigger(trigger, table, leaves)),
    ...table.columns.filter((column) => column.comment !== null).map((column) => commentColumn(table, column)),
    commentTable(table, context),
  ];
}

function addColumn(column: ColumnModel, table: TableModel): Statement[] {
  const { schema, name } = table;
  // Postgres refuses to add an identity column to a table with leaves, but not to make a column one.
  const plain = { ...column, identity: null };
  const split = column.identity !== null && table.partitioning !== null;
  return [
    inside(sql.addColumn(schema, name, split ? plain : column), "ACCESS EXCLUSIVE", `add column ${column.name}`),
    ...(split
      ? [
          inside(
            sql.alterColumnIdentity(schema, name, plain, column),
            "ACCESS EXCLUSIVE",
            `make ${column.name} an identity`,
          ),
        ]
      : []),
    ...(column.comment === null ? [] : [commentColumn(table, column)]),
  ];
}

function createTrigger(trigger: TriggerModel, table: TableModel, leaves: readonly string[]): Statement[] {
  const always = trigger.enabled === "always";
  return triggerTables(trigger, table, leaves).flatMap((on) => [
    inside(sql.createTrigger(trigger, table.schema, on, false), null, `create trigger ${trigger.name} on ${on}`),
    ...(always ? [inside(sql.enableTrigger(trigger, table.schema, on), null, "fire on replicated changes too")] : []),
  ]);
}

/** Made again on every table that carries it, and enabled again: whatever was done to it by hand is undone. */
function replaceTrigger(trigger: TriggerModel, table: TableModel, leaves: readonly string[]): Statement[] {
  return triggerTables(trigger, table, leaves).flatMap((on) => [
    inside(
      sql.createTrigger(trigger, table.schema, on, true),
      "SHARE ROW EXCLUSIVE",
      `put trigger ${trigger.name} on ${on}`,
    ),
    inside(sql.enableTrigger(trigger, table.schema, on), "SHARE ROW EXCLUSIVE", `enable trigger ${trigger.name}`),
  ]);
}

/** Postgres clones row triggers to the leaves itself; statement triggers it does not. */
function triggerTables(trigger: TriggerModel, table: TableModel, leaves: readonly string[]): string[] {
  return trigger.level === "statement" ? [table.name, ...leaves] : [table.name];
}

function addIndex(index: IndexModel, table: TableModel, context: PlanContext): Statement[] {
  const { schema, name } = table;
  const partitioned = table.partitioning !== null;
  const wanted = new Set([index.name, ...context.leaves.map((leaf) => leafIndexName(leaf, index.name))]);
  const cleared = context.obstacles
    .filter((obstacle) => wanted.has(obstacle.name))
    .map((obstacle) => dropIndex(obstacle.name, obstacle.partitioned, table));
  const place = { schema, table: name, concurrently: true, only: false };
  if (!partitioned) {
    const built = sql.createIndex(index, index.name, place);
    const builds = { schema, index: index.name };
    return [...cleared, alone(built, "SHARE UPDATE EXCLUSIVE", `build index ${index.name}`, builds)];
  }
  const parent = sql.createIndex(index, index.name, { ...place, concurrently: false, only: true });
  return [
    ...cleared,
    alone(parent, "SHARE", `declare index ${index.name}`),
    ...context.leaves.map((leaf) =>
      alone(
        sql.createIndex(index, leafIndexName(leaf, index.name), { ...place, table: leaf }),
        "SHARE UPDATE EXCLUSIVE",
        `build index ${index.name} on ${leaf}`,
        { schema, index: leafIndexName(leaf, index.name) },
      ),
    ),
    ...context.leaves.map((leaf) =>
      alone(
        sql.attachIndex(schema, index.name, leafIndexName(leaf, index.name)),
        "SHARE UPDATE EXCLUSIVE",
        `attach the part of ${leaf}`,
      ),
    ),
  ];
}

function dropIndex(index: string, partitioned: boolean, table: TableModel): Statement {
  return alone(
    sql.dropIndex(table.schema, index, !partitioned),
    partitioned ? "ACCESS EXCLUSIVE" : "SHARE UPDATE EXCLUSIVE",
    `drop index ${index}`,
  );
}

function alterStorage(
  schema: string,
  table: string,
  from: Readonly<Record<string, string>>,
  to: Readonly<Record<string, string>>,
): Statement[] {
  return sql
    .alterStorage(schema, table, from, to)
    .map((text) => inside(text, "SHARE UPDATE EXCLUSIVE", `storage of ${table}`));
}

function validateCheck(table: TableModel, check: { readonly name: string; readonly expression: string }): Statement {
  return alone(
    sql.validateCheck(table.schema, table.name, check),
    "SHARE UPDATE EXCLUSIVE",
    `validate check ${check.name} for the rows that are there`,
  );
}

function commentTable(table: TableModel, context: PlanContext): Statement {
  const object = `TABLE ${quoteName(table.schema, table.name)}`;
  return inside(
    sql.commentOn(object, withMarker(table.comment, context.declaredBy)),
    "SHARE UPDATE EXCLUSIVE",
    "comment",
  );
}

function commentColumn(
  table: TableModel,
  column: { readonly name: string; readonly comment: string | null },
): Statement {
  const object = `COLUMN ${quoteName(table.schema, table.name)}.${quoteIdent(column.name)}`;
  return inside(sql.commentOn(object, column.comment), "SHARE UPDATE EXCLUSIVE", `comment on ${column.name}`);
}

function commentFunction(fn: FunctionModel, declaredBy: string): Statement {
  const object = `FUNCTION ${sql.functionReference(fn)}`;
  return inside(sql.commentOn(object, withMarker(fn.comment, declaredBy)), null, "comment");
}

function commentSequence(
  sequence: { readonly schema: string; readonly name: string; readonly comment: string | null },
  declaredBy: string,
): Statement {
  const object = `SEQUENCE ${quoteName(sequence.schema, sequence.name)}`;
  return inside(sql.commentOn(object, withMarker(sequence.comment, declaredBy)), null, "comment");
}

function commentSchema(
  schema: { readonly name: string; readonly comment: string | null },
  declaredBy: string,
): Statement {
  const object = `SCHEMA ${quoteIdent(schema.name)}`;
  return inside(sql.commentOn(object, withMarker(schema.comment, declaredBy)), null, "comment");
}

function revoke(fn: FunctionModel): Statement {
  return inside(sql.revokeFromPublic(fn), null, "it runs with its owner's rights: nobody may call it unasked");
}

function inside(text: string, lock: Statement["lock"], comment: string): Statement {
  return { sql: text, transactional: true, lock, comment, builds: null };
}

function alone(text: string, lock: Statement["lock"], comment: string, builds: Statement["builds"] = null): Statement {
  return { sql: text, transactional: false, lock, comment, builds };
}

function noPlan(change: Change): never {
  throw new Error(`${change.kind} has no plan: it is refused`);
}

function assertNever(value: never): never {
  throw new Error(`unexpected ${JSON.stringify(value)}`);
}
