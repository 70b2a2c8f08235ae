/** A node of a plan, as EXPLAIN (FORMAT JSON) has it. */
export interface PlanNode {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly "Index Name"?: string;
  readonly Filter?: string;
  readonly "Actual Rows": number;
  /** 0 for what was never run. */
  readonly "Actual Loops": number;
  readonly Plans?: readonly PlanNode[];
}

/** All nodes that were run, the outermost first. */
export function nodesOf(plan: PlanNode): readonly PlanNode[] {
  if (plan["Actual Loops"] === 0) return [];
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
}
