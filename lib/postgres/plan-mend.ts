import type { CheckModel, PartitionModel, TableModel } from "./model";
import { shortenName } from "./names";
import { partitionCondition } from "./partition-condition";
import { nodesOf, typedColumns } from "./partitions";
import { passingCheckPrefix } from "./plan-partition";
import { type PlanContext, planTable } from "./plan-table";
import { quoteIdent, quoteName } from "./quote";
import { addCheckNotValid, dropConstraint, validateConstraint } from "./sql-constraint";
import { attachPartition, detachPartition } from "./sql-partition";
import { alone, type Statement, type TableName } from "./statement";

/**
 * Makes the default partition a leaf, rows and all, and puts an empty default in its place. No row moves: what its bound will say is
 * validated while everybody reads and writes, and the exchange is one short transaction.
 *
 * @param fallback the default partition of the table
 * @param leaf what it becomes
 */
export function mendDefault(
  fallback: PartitionModel,
  leaf: PartitionModel,
  table: TableModel,
  context: PlanContext,
): readonly Statement[] {
  const { schema, name } = table;
  const check = checkOf(fallback, leaf, table);
  const undo = dropConstraint(schema, fallback.name, check.name);
  const add = { kind: "add-partition", partition: fallback, parent: name, rolled: false } as const;
  const created = planTable([add], withoutPartition(table, fallback.name), context);
  const exchange = [...exchangeOf(fallback, leaf, table, check.name), ...created];
  return [
    ...boundTo(leaf, { schema, name: fallback.name }, check),
    ...exchange.map((each) => ({ ...each, transactional: false, group: `exchange ${fallback.name}`, undo })),
  ];
}

function checkOf(fallback: PartitionModel, leaf: PartitionModel, { columns, partitioning }: TableModel): CheckModel {
  return {
    name: shortenName(`${passingCheckPrefix}${leaf.name}_${fallback.name}`),
    expression: partitionCondition(leaf, typedColumns(partitioning?.columns ?? [], columns)),
  };
}

/** Rows that are neither the leaf's nor another one's are refused meanwhile. */
function boundTo(leaf: PartitionModel, on: TableName, check: CheckModel): readonly Statement[] {
  return [
    alone(addCheckNotValid(on.schema, on.name, check), {
      lock: "ACCESS EXCLUSIVE",
      table: on,
      comment: `the default partition takes rows of ${leaf.name} alone, until it is that`,
    }),
    alone(validateConstraint(on.schema, on.name, check.name), {
      lock: "SHARE UPDATE EXCLUSIVE",
      table: on,
      scans: true,
      undo: dropConstraint(on.schema, on.name, check.name),
      comment: `see that the default partition holds rows of ${leaf.name} alone`,
    }),
  ];
}

function exchangeOf(
  fallback: PartitionModel,
  leaf: PartitionModel,
  table: TableModel,
  check: string,
): readonly Statement[] {
  const { schema, name, columns, partitioning } = table;
  const held = { lock: "ACCESS EXCLUSIVE", table: { schema, name } } as const;
  const node = nodesOf(leaf, name, { columns: partitioning?.columns ?? [], columnsOf: columns })[0]!;
  return [
    alone(detachPartition(schema, name, fallback.name, "at-once"), {
      ...held,
      alsoLocks: [{ schema, name: fallback.name, lock: "ACCESS EXCLUSIVE" }],
      comment: "detach the default partition, for this transaction alone",
    }),
    alone(`ALTER TABLE ${quoteName(schema, fallback.name)} RENAME TO ${quoteIdent(leaf.name)}`, {
      comment: `it is ${leaf.name} from now on`,
    }),
    alone(attachPartition(schema, node), { ...held, comment: `attach partition ${leaf.name}` }),
    alone(dropConstraint(schema, leaf.name, check), { comment: `the bound of ${leaf.name} says the same` }),
  ];
}

function withoutPartition(table: TableModel, name: string): TableModel {
  const { partitioning } = table;
  if (partitioning === null) return table;
  return {
    ...table,
    partitioning: { ...partitioning, partitions: partitioning.partitions.filter((each) => each.name !== name) },
  };
}
