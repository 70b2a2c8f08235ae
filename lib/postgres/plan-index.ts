import type { IndexModel, TableModel, UniqueModel } from "./model";
import { leafIndexName } from "./names";
import type { PlanContext } from "./plan-table";
import { alone, type Statement } from "./statement";
import { addUniqueOnly, addUniqueUsing, dropConstraint } from "./sql-constraint";
import { alterIndexStorage, attachIndex, createIndex, dropIndex } from "./sql-index";

/** Indexes, and the constraints that are made of them, built while others write. */

export function addIndex(index: IndexModel, table: TableModel, context: PlanContext): Statement[] {
  const { leaves, branches, all } = partsOf(index.name, context);
  const cleared = clearObstacles([index.name, ...all.map(({ part }) => part)], table, context);
  if (table.partitioning === null) return [...cleared, build(index, index.name, table.name, table)];
  const { schema, name } = table;
  const declare = (on: string, part: string): Statement =>
    alone(createIndex(index, part, { schema, table: on, concurrently: false, only: true }), {
      lock: "SHARE",
      table: { schema, name: on },
      comment: `declare index ${part}`,
    });
  return [
    ...cleared,
    declare(name, index.name),
    ...branches.map(({ on, part }) => declare(on, part)),
    ...leaves.map(({ on, part }) => build(index, part, on, table)),
    ...[...leaves, ...branches].map((each) => attach(each, table)),
  ];
}

/** A unique constraint, from an index that was built before: the table is locked for an instant only. */
export function addUnique(unique: UniqueModel, table: TableModel, context: PlanContext): Statement[] {
  const { schema, name } = table;
  const index = indexOf(unique);
  const { leaves, branches, all } = partsOf(unique.name, context);
  const cleared = clearObstacles([unique.name, ...all.map(({ part }) => part)], table, context);
  const locked = (text: string, on: string, comment: string): Statement =>
    alone(text, { lock: "ACCESS EXCLUSIVE", table: { schema, name: on }, comment });
  const using = (on: string, part: string): Statement =>
    locked(addUniqueUsing(schema, on, unique, part), on, `make the index the constraint ${part}`);
  if (table.partitioning === null) {
    return [...cleared, build(index, unique.name, name, table), using(name, unique.name)];
  }
  const declare = (on: string, part: string): Statement =>
    locked(addUniqueOnly(schema, on, { ...unique, name: part }), on, `declare constraint ${part}`);
  return [
    ...cleared,
    declare(name, unique.name),
    ...branches.map(({ on, part }) => declare(on, part)),
    ...leaves.flatMap(({ on, part }) => [build(index, part, on, table), using(on, part)]),
    ...[...leaves, ...branches].map((each) => attach(each, table)),
  ];
}

/** What an index is made of on one partition. */
interface Part {
  /** The partition. */
  readonly on: string;
  readonly part: string;
  /** The index that it becomes part of: the table's, or that of the partition between. */
  readonly whole: string;
}

function partsOf(index: string, { leaves, branches = [] }: PlanContext): Record<"leaves" | "branches" | "all", Part[]> {
  const between = (leaf: string): string | undefined => branches.find((each) => each.leaves.includes(leaf))?.name;
  const partOf = (on: string, above: string | undefined): Part => ({
    on,
    part: leafIndexName(on, index),
    whole: above === undefined ? index : leafIndexName(above, index),
  });
  const parts = {
    leaves: leaves.map((leaf) => partOf(leaf, between(leaf))),
    branches: branches.map(({ name }) => partOf(name, undefined)),
  };
  return { ...parts, all: [...parts.leaves, ...parts.branches] };
}

function indexOf(unique: UniqueModel): IndexModel {
  const keys = unique.columns.map((column) => ({
    column,
    expression: null,
    opclass: null,
    collation: null,
    descending: false,
    nulls: null,
  }));
  const { name, include, nullsNotDistinct } = unique;
  return { name, keys, unique: true, nullsNotDistinct, method: "btree", include, where: null, storage: {} };
}

export function dropTableIndex(index: string, table: TableModel): Statement {
  return drop(index, table.partitioning !== null, table);
}

export function alterIndex(from: IndexModel, to: IndexModel, table: TableModel): Statement[] {
  return alterIndexStorage(table.schema, from, to).map((sql) =>
    alone(sql, { lock: "SHARE UPDATE EXCLUSIVE", table, comment: `storage of index ${to.name}` }),
  );
}

/** Drops what a build that broke off has left under the names that are needed. */
export function clearObstacles(names: readonly string[], table: TableModel, context: PlanContext): Statement[] {
  return context.obstacles
    .filter(({ name }) => names.includes(name))
    .map(({ name, partitioned, constraintOf }) => {
      if (constraintOf === null) return drop(name, partitioned, table);
      return alone(dropConstraint(table.schema, constraintOf, name), {
        lock: "ACCESS EXCLUSIVE",
        table: { schema: table.schema, name: constraintOf },
        comment: `drop constraint ${name}, which was left unfinished`,
      });
    });
}

/**
 * Drops indexes that nobody may use and everybody who writes keeps up, where no statement of the plan does so already: what a drop
 * left that broke off, and what the build of one left that is no longer asked for, with its parts.
 */
export function clearLeftovers(
  planned: readonly Statement[],
  table: TableModel,
  context: PlanContext,
): readonly Statement[] {
  const left = context.obstacles.filter(({ valid }) => !valid);
  const parts = left.filter(({ partitioned }) => partitioned).flatMap(({ name }) => partsOf(name, context).all);
  const names = [...left.map(({ name }) => name), ...parts.map(({ part }) => part)];
  return clearObstacles(names, table, context).filter(({ sql }) => !planned.some((each) => each.sql === sql));
}

function build(index: IndexModel, name: string, on: string, { schema }: TableModel): Statement {
  return alone(createIndex(index, name, { schema, table: on, concurrently: true, only: false }), {
    lock: "SHARE UPDATE EXCLUSIVE",
    table: { schema, name: on },
    scans: true,
    comment: name === index.name ? `build index ${name}` : `build index ${index.name} on ${on}`,
    builds: { schema, index: name },
  });
}

function attach({ on, part, whole }: Part, { schema }: TableModel): Statement {
  return alone(attachIndex(schema, whole, part), {
    lock: "SHARE UPDATE EXCLUSIVE",
    table: { schema, name: on },
    comment: `attach the part of ${on}`,
  });
}

function drop(index: string, partitioned: boolean, table: TableModel): Statement {
  return alone(dropIndex(table.schema, index, !partitioned), {
    lock: partitioned ? "ACCESS EXCLUSIVE" : "SHARE UPDATE EXCLUSIVE",
    table,
    comment: `drop index ${index}`,
  });
}
