import { inputArguments } from "../postgres/canonical";
import type { TableModel } from "../postgres/model";
import { partitionNodes } from "../postgres/partitions";
import type { PostgresTableResource, Topology } from "../topology/types";
import type { TreeNode } from "./tree";
import { count, counts } from "./words";

/** The store's tables, the projections' tables, functions and sequences. */
export function postgresTree(topology: Topology): TreeNode {
  const tables = topology.resources.filter((each) => each.kind === "postgres-table");
  const functions = topology.resources.filter((each) => each.kind === "postgres-function");
  const sequences = topology.resources.filter((each) => each.kind === "postgres-sequence");
  const roles = topology.resources.filter((each) => each.kind === "postgres-role");
  const schemas = topology.resources.filter((each) => each.kind === "postgres-schema");
  const sections: readonly TreeNode[] = [
    { label: "tables", children: tables.map(tableNode) },
    {
      label: "functions",
      children: functions.map(({ definition }) => ({
        label: definition.name,
        detail: `(${inputArguments(definition)
          .map((each) => each.type)
          .join(", ")})`,
      })),
    },
    { label: "sequences", children: sequences.map(({ definition }) => ({ label: definition.name })) },
    { label: "roles", children: roles.map(({ definition }) => roleNode(definition.name, topology)) },
  ];
  const amounts = counts([
    [tables.length, "table"],
    [functions.length, "function"],
    [sequences.length, "sequence"],
    [roles.length, "role"],
  ]);
  const schema = schemas.map(({ definition }) => `schema ${definition.name}, `).join("");
  return { label: `Postgres: ${schema}${amounts}`, children: sections.filter((each) => each.children?.length) };
}

function roleNode(name: string, { resources }: Topology): TreeNode {
  const grants = resources.find((each) => each.kind === "postgres-grants" && each.definition.role === name);
  if (grants?.kind !== "postgres-grants") return { label: name };
  const { tables, functions } = grants.definition;
  return {
    label: name,
    detail: counts([
      [functions.length, "function"],
      [tables.length, "table"],
    ]),
  };
}

function tableNode({ definition, removal }: PostgresTableResource): TreeNode {
  return { label: definition.name, detail: `${tableDetail(definition)}; removal: ${removal}` };
}

function tableDetail(table: TableModel): string {
  const { partitioning } = table;
  return [
    count(table.columns.length, "column"),
    ...(table.primaryKey === null ? [] : [`key (${table.primaryKey.columns.join(", ")})`]),
    ...(partitioning === null
      ? []
      : [
          `${count(partitionNodes(table).filter(({ parent }) => parent === table.name).length, "partition")} by ${partitioning.strategy} of ${partitioning.columns.join(", ")}`,
        ]),
    counts([
      [table.indexes.length, "index"],
      [table.checks.length, "check"],
      [table.triggers.length, "trigger"],
    ]),
  ]
    .filter((each) => each !== "")
    .join(", ");
}
