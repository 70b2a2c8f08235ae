import type { Topology } from "../topology/types";
import { renamedColumnsTree } from "./column-phases";
import type { OldGenerationReport } from "./generation-phases";
import { generationsTree } from "./generations-tree";
import { flowsTree } from "./flows-tree";
import { kafkaTree } from "./kafka-tree";
import { postgresTree } from "./postgres-tree";
import { rabbitmqTree } from "./rabbitmq-tree";
import { plainStyle, renderTree, type TextStyle, type TreeNode } from "./tree";

/**
 * A topology as a tree for people: what is created on each server, and who sends what to whom. Ends with a line feed.
 *
 * @param generations - what is older than the topology and still on the way out
 */
export function renderText(
  topology: Topology,
  style: TextStyle = plainStyle,
  generations: readonly OldGenerationReport[] = [],
): string {
  return renderTree(topologyTree(topology, generations), style);
}

/** The tree that {@link renderText} draws. Servers that get nothing are left out. */
export function topologyTree(topology: Topology, generations: readonly OldGenerationReport[] = []): TreeNode {
  const sections = [
    kafkaTree(topology),
    rabbitmqTree(topology),
    postgresTree(topology),
    flowsTree(topology),
    generationsTree(generations),
    renamedColumnsTree(topology),
  ];
  return { label: topology.domain, children: sections.filter((each) => (each.children ?? []).length > 0) };
}
