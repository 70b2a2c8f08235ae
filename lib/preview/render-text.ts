import type { Topology } from "../topology/types";
import { flowsTree } from "./flows-tree";
import { kafkaTree } from "./kafka-tree";
import { postgresTree } from "./postgres-tree";
import { rabbitmqTree } from "./rabbitmq-tree";
import { plainStyle, renderTree, type TextStyle, type TreeNode } from "./tree";

/** A topology as a tree for people: what is created on each server, and who sends what to whom. Ends with a line feed. */
export function renderText(topology: Topology, style: TextStyle = plainStyle): string {
  return renderTree(topologyTree(topology), style);
}

/** The tree that {@link renderText} draws. Servers that get nothing are left out. */
export function topologyTree(topology: Topology): TreeNode {
  const sections = [kafkaTree(topology), rabbitmqTree(topology), postgresTree(topology), flowsTree(topology)];
  return { label: topology.domain, children: sections.filter((each) => (each.children ?? []).length > 0) };
}
