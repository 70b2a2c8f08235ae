import type { TableChange } from "./diff";
import type { CheckModel, LeafModel, LevelModel, PartitionModel, TableModel, TriggerModel } from "./model";
import { shortenName } from "./names";
import { partitionCondition } from "./partition-condition";
import { attached, levelOf, nodesOf, type PartitionNode, typedColumns } from "./partitions";
import * as sql from "./sql-partition";
import { addCheckNotValid, dropConstraint, validateConstraint } from "./sql-constraint";
import { alone, type LockedTable, type Statement } from "./statement";

type Of<K extends TableChange["kind"]> = Extract<TableChange, { kind: K }>;

/** How the names of checks begin that are there only while a partition is attached: one that is left over is dropped. */
export const passingCheckPrefix = "eventloom_attaching_";

/** The name of a check that stands for a while only: one that is left is known by it, and dropped by the next plan. */
export function passingCheckName(...what: readonly string[]): string {
  return shortenName(`${passingCheckPrefix}${what.join("_")}`);
}

/** What makes a trigger on a table that is new; how it is done belongs to the table's own plan. */
export type CreateTriggers = (triggers: readonly TriggerModel[], on: readonly string[]) => readonly Statement[];

/**
 * A partition for a table that is in use: built beside it, with a check that says what its bound will say, and attached, which lets
 * readers and writers of the table pass. Where there is a default partition, a check tells Postgres before that none of its rows
 * belong to the new one; else it would read them all while nobody can use them.
 */
export function addPartition(
  change: Of<"add-partition">,
  table: TableModel,
  triggers: CreateTriggers,
): readonly Statement[] {
  const attaching = attachingOf(change, table);
  const { nodes, apart } = attaching;
  const onEach = table.triggers.filter(({ level }) => level === "statement");
  const names = nodes.map(({ name }) => name);
  const undo = apart === null ? null : dropConstraint(table.schema, apart.on, apart.check.name);
  const group = `attach ${change.partition.name}`;
  return [
    ...(apart === null ? [] : keepApart(apart, change.partition, table)),
    ...[...buildBeside(attaching, table), ...triggers(onEach, names), ...attach(attaching, table)].map((each) => ({
      ...each,
      transactional: false,
      group,
      undo,
    })),
  ];
}

/** The table as it is while partitions are added and detached: default ones that are added come last, and are not there yet. */
export function withoutNewDefaults(table: TableModel, changes: readonly TableChange[]): TableModel {
  const { partitioning } = table;
  const added = changes.flatMap((each) =>
    each.kind === "add-partition" && each.partition.default ? [each.partition.name] : [],
  );
  if (partitioning === null || added.length === 0) return table;
  const kept = <P extends LeafModel>(partitions: readonly P[]): readonly P[] =>
    partitions.filter(({ name }) => !added.includes(name));
  const partitions = kept(partitioning.partitions).map((each) => ({
    ...each,
    partitioning: each.partitioning && { ...each.partitioning, partitions: kept(each.partitioning.partitions) },
  }));
  return { ...table, partitioning: { ...partitioning, partitions } };
}

/** What is attached, to what, and the checks that are there meanwhile. */
interface Attaching {
  readonly parent: string;
  /** The partition, and what is below it. */
  readonly nodes: readonly [PartitionNode, ...PartitionNode[]];
  /** What its bound will say; null for a default. */
  readonly check: CheckModel | null;
  /** What keeps its rows out of the default partition; null where there is none. */
  readonly apart: Apart | null;
}

interface Apart {
  /** The default partition. */
  readonly on: string;
  readonly check: CheckModel;
}

function attachingOf({ partition, parent }: Of<"add-partition">, table: TableModel): Attaching {
  const place = placeOf(parent, table);
  const nodes = nodesOf(partition, parent, { columns: place.level.columns, columnsOf: table.columns });
  const on = defaultOf(place.level);
  const name = checkName(partition.name, on ?? parent);
  return {
    parent,
    nodes: nodes as Attaching["nodes"],
    check: partition.default ? null : { name, expression: fullCondition(partition, place, table) },
    apart:
      partition.default || on === null
        ? null
        : { on, check: { name, expression: `NOT (${ownCondition(partition, place.level, table)})` } },
  };
}

/** Until the partition is attached, nobody can write its rows: the default partition takes them no more. */
function keepApart({ on, check }: Apart, partition: LeafModel, { schema }: TableModel): readonly Statement[] {
  const table = { schema, name: on };
  return [
    alone(addCheckNotValid(schema, on, check), {
      lock: "ACCESS EXCLUSIVE",
      table,
      comment: `the default partition takes no more rows of ${partition.name}: until that is attached, they are refused`,
    }),
    alone(validateConstraint(schema, on, check.name), {
      lock: "SHARE UPDATE EXCLUSIVE",
      table,
      scans: true,
      undo: dropConstraint(schema, on, check.name),
      comment: `see that the default partition holds none of ${partition.name}`,
    }),
  ];
}

function buildBeside({ nodes: [node, ...below], check }: Attaching, table: TableModel): readonly Statement[] {
  return [
    alone(sql.createBeside(node, table, check), { comment: `build partition ${node.name} beside the table` }),
    ...below.map((each) => alone(sql.createPartition(each, table), { comment: `create leaf ${each.name}` })),
  ];
}

function attach({ parent, nodes: [node], check, apart }: Attaching, table: TableModel): readonly Statement[] {
  const { schema } = table;
  const drop = (on: string, name: string): Statement =>
    alone(dropConstraint(schema, on, name), {
      lock: "ACCESS EXCLUSIVE",
      table: { schema, name: on },
      comment: `the bound of ${on} says the same`,
    });
  return [
    alone(sql.attachPartition(schema, node), {
      lock: "SHARE UPDATE EXCLUSIVE",
      table: { schema, name: parent },
      alsoLocks: [...(apart === null ? [] : [excluded(schema, apart.on)]), ...referencedTables(table)],
      comment: `attach partition ${node.name}`,
    }),
    ...(check === null ? [] : [drop(node.name, check.name)]),
    ...(apart === null ? [] : [drop(apart.on, apart.check.name)]),
  ];
}

/** The rows of the default partition that a new partition would have to take over, as a query: whether there is one. */
export function strayRowsQuery(
  { partition, parent }: Of<"add-partition">,
  table: TableModel,
): { readonly from: string; readonly where: string } | null {
  const place = placeOf(parent, table);
  const from = defaultOf(place.level);
  if (partition.default || from === null) return null;
  return { from, where: ownCondition(partition, place.level, table) };
}

/** The partition stays on the server as a table of its own. */
export function detachPartition({ partition, parent }: Of<"detach-partition">, table: TableModel): Statement {
  const { schema } = table;
  const fallback = defaultOf(placeOf(parent, table).level);
  // Postgres has no way beside writers where a default partition could have to take rows in (55000).
  const concurrently = fallback === null && !partition.default;
  return alone(sql.detachPartition(schema, parent, partition.name, concurrently ? "concurrently" : "at-once"), {
    lock: concurrently ? "SHARE UPDATE EXCLUSIVE" : "ACCESS EXCLUSIVE",
    table: { schema, name: parent },
    alsoLocks: [
      // Beside writers, the partition is locked only after everybody who could see it in the table has gone.
      ...(concurrently ? [] : [partition.name, ...(fallback === null ? [] : [fallback])]).map((each) =>
        excluded(schema, each),
      ),
      ...referencedTables(table),
    ],
    comment: `detach partition ${partition.name}, which stays on the server: ${partition.detached ?? "it is old"}`,
  });
}

/** Ends a detaching that broke off. */
export function finishDetach({ partition, parent }: Of<"finish-detach">, { schema }: TableModel): Statement {
  return alone(sql.detachPartition(schema, parent, partition, "finalize"), {
    lock: "SHARE UPDATE EXCLUSIVE",
    table: { schema, name: parent },
    comment: `complete the detaching of ${partition}, which broke off`,
  });
}

/** Drops a check that an attaching left which broke off: it refuses rows. */
export function dropPassingCheck({ check, on }: Of<"drop-passing-check">, { schema }: TableModel): Statement {
  return alone(dropConstraint(schema, on, check), {
    lock: "ACCESS EXCLUSIVE",
    table: { schema, name: on },
    comment: `drop check ${check}, which an earlier run left that broke off`,
  });
}

interface Place {
  /** The level that the partition becomes part of. */
  readonly level: LevelModel;
  /** The partition of the table that it goes into; null for the table itself. */
  readonly within: PartitionModel | null;
}

function placeOf(parent: string, { name, partitioning }: TableModel): Place {
  const within = parent === name ? null : (partitioning?.partitions.find((each) => each.name === parent) ?? null);
  const level = within === null ? partitioning : levelOf(within);
  if (level === null) throw new Error(`${parent} is not partitioned`);
  return { level, within };
}

function defaultOf({ partitions }: LevelModel): string | null {
  return attached(partitions).find((each) => each.default)?.name ?? null;
}

function ownCondition(partition: LeafModel, { columns }: LevelModel, table: TableModel): string {
  return partitionCondition(partition, typedColumns(columns, table.columns));
}

/** Postgres wants all that the rows are bound to, by the partition above as well. */
function fullCondition(partition: LeafModel, { level, within }: Place, table: TableModel): string {
  const own = ownCondition(partition, level, table);
  if (within === null || within.default || table.partitioning === null) return own;
  // Of a hash below a partition there are no leaves to add, so the level above is a list or a range.
  return `(${ownCondition(within, table.partitioning, table)}) AND (${own})`;
}

/** The same on both: they are checks of different tables. */
function checkName(partition: string, on: string): string {
  return passingCheckName(partition, on);
}

function excluded(schema: string, name: string): LockedTable {
  return { schema, name, lock: "ACCESS EXCLUSIVE" };
}

/** What a foreign key refers to is locked while the key comes to the partition, or leaves it. */
function referencedTables({ foreignKeys }: TableModel): readonly LockedTable[] {
  return foreignKeys.map((key) => ({ schema: key.referencesSchema, name: key.referencesTable }));
}
