import type { OldGenerationReport } from "./generation-phases";
import type { TreeNode } from "./tree";

/** What older generations go through, one deploy for each phase. */
export function generationsTree(reports: readonly OldGenerationReport[]): TreeNode {
  return {
    label: `Older generations: ${reports.length}`,
    detail: "each environment is where its profile says, beside unless said",
    children: reports.map(({ name, old, successor, phases }) => ({
      label: name,
      detail: `${old} gives way to ${successor}`,
      children: phases.map(({ phase, does }) => ({ label: phase, detail: does })),
    })),
  };
}
