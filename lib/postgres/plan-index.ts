import type { IndexModel, TableModel, UniqueModel } from "./model";
import { leafIndexName } from "./names";
import type { PlanContext } from "./plan-table";
import { alone, type Statement } from "./statement";
import { addUniqueOnly, addUniqueUsing, dropConstraint } from "./sql-constraint";
import { alterIndexStorage, attachIndex, createIndex, dropIndex } from "./sql-index";

/** Indexes, and the constraints that are made of them, built while others write. */

export function addIndex(index: IndexModel, table: TableModel, context: PlanContext): Statement[] {
  const parts = context.leaves.map((leaf) => ({ leaf, part: leafIndexName(leaf, index.name) }));
  const cleared = clearObstacles([index.name, ...parts.map(({ part }) => part)], table, context);
  if (table.partitioning === null) return [...cleared, build(index, index.name, table.name, table)];
  const { schema, name } = table;
  const declared = createIndex(index, index.name, { schema, table: name, concurrently: false, only: true });
  return [
    ...cleared,
    alone(declared, { lock: "SHARE", table, comment: `declare index ${index.name}` }),
    ...parts.map(({ leaf, part }) => build(index, part, leaf, table)),
    ...parts.map(({ leaf, part }) => attach(index.name, part, leaf, table)),
  ];
}

/** A unique constraint, from an index that was built before: the table is locked for an instant only. */
export function addUnique(unique: UniqueModel, table: TableModel, context: PlanContext): Statement[] {
  const { schema, name } = table;
  const index = indexOf(unique);
  const parts = context.leaves.map((leaf) => ({ leaf, part: leafIndexName(leaf, unique.name) }));
  const cleared = clearObstacles([unique.name, ...parts.map(({ part }) => part)], table, context);
  const using = (on: string, part: string): Statement =>
    alone(addUniqueUsing(schema, on, unique, part), {
      lock: "ACCESS EXCLUSIVE",
      table: { schema, name: on },
      comment: `make the index the constraint ${part}`,
    });
  if (table.partitioning === null) {
    return [...cleared, build(index, unique.name, name, table), using(name, unique.name)];
  }
  return [
    ...cleared,
    alone(addUniqueOnly(schema, name, unique), {
      lock: "ACCESS EXCLUSIVE",
      table,
      comment: `declare constraint ${unique.name}`,
    }),
    ...parts.flatMap(({ leaf, part }) => [build(index, part, leaf, table), using(leaf, part)]),
    ...parts.map(({ leaf, part }) => attach(unique.name, part, leaf, table)),
  ];
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

function build(index: IndexModel, name: string, on: string, { schema }: TableModel): Statement {
  return alone(createIndex(index, name, { schema, table: on, concurrently: true, only: false }), {
    lock: "SHARE UPDATE EXCLUSIVE",
    table: { schema, name: on },
    scans: true,
    comment: name === index.name ? `build index ${name}` : `build index ${index.name} on ${on}`,
    builds: { schema, index: name },
  });
}

function attach(parent: string, part: string, leaf: string, { schema }: TableModel): Statement {
  return alone(attachIndex(schema, parent, part), {
    lock: "SHARE UPDATE EXCLUSIVE",
    table: { schema, name: leaf },
    comment: `attach the part of ${leaf}`,
  });
}

function drop(index: string, partitioned: boolean, table: TableModel): Statement {
  return alone(dropIndex(table.schema, index, !partitioned), {
    lock: partitioned ? "ACCESS EXCLUSIVE" : "SHARE UPDATE EXCLUSIVE",
    table,
    comment: `drop index ${index}`,
  });
}
