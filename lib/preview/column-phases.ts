import { isRenaming, renamedColumnName } from "../lock/column-phases";
import type { RenamedColumn, Topology } from "../topology/types";
import { COLUMN_PHASES, type ColumnPhase } from "../lock/profile";
import type { TreeNode } from "./tree";

/** A renamed column of a read table. */
export interface RenamedColumnReport extends RenamedColumn {
  /** As a profile names it: `projections.OrderSummary.customer_name`. */
  readonly name: string;
  readonly table: string;
}

/** Every column of a topology that is renamed, whichever phase its environments are in. */
export function reportRenamedColumns({ resources }: Pick<Topology, "resources">): readonly RenamedColumnReport[] {
  return resources.filter(isRenaming).flatMap((each) =>
    each.renamedColumns.map((column) => ({
      ...column,
      name: renamedColumnName(each, column),
      table: each.definition.name,
    })),
  );
}

/** What a deploy of a phase does, as a sentence without its end. */
export function columnPhaseDoes(phase: ColumnPhase, { from, to, table }: RenamedColumnReport): string {
  switch (phase) {
    case "add":
      return `${to} comes to ${table}, and holds what ${from} does from then on, whichever is written; ${from} is read`;
    case "fill":
      return `rows from before get ${to} too, in batches; either is read and written`;
    case "switch":
      return `${from} may be null: ${to} alone is read and written, and who is late is still understood`;
    case "retire":
      return `nothing keeps the two the same any more; ${from} stays with its values`;
  }
}

/** What renamed columns go through, one deploy for each phase. */
export function renamedColumnsTree(topology: Topology): TreeNode {
  const renamed = reportRenamedColumns(topology);
  return {
    label: `Renamed columns: ${renamed.length}`,
    detail: "each environment is where its profile says, add unless said",
    children: renamed.map((each) => ({
      label: each.name,
      detail: `${each.table}.${each.from} gives way to ${each.table}.${each.to}`,
      children: COLUMN_PHASES.map((phase) => ({ label: phase, detail: columnPhaseDoes(phase, each) })),
    })),
  };
}
