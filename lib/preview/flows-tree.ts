import type { Flow, Topology } from "../topology/types";
import { groupBy } from "./group-by";
import type { TreeNode } from "./tree";

/** One line a message: who sends it to whom. */
export function flowsTree(topology: Topology): TreeNode {
  const messages = groupBy(topology.flows, (each) => `${each.kind} ${each.message}`);
  return {
    label: "Flows",
    children: [...messages].map(([label, flows]) => ({ label, detail: senders(flows) })),
  };
}

function senders(flows: readonly Flow[]): string {
  return [...groupBy(flows, (each) => `${each.from} ${each.via}`).values()]
    .map((group) => {
      const by = group[0]?.via === "store" ? "" : ` by ${group[0]?.via}`;
      return `${group[0]?.from} → ${group.map((each) => each.to).join(", ")}${by}`;
    })
    .join("; ");
}
