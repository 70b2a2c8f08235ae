import type { Graph, GraphNode } from "./types";

/** A part of a graph, and how many boxes were left out. */
export interface SmallGraph extends Graph {
  readonly left: number;
}

/** The boxes that matter most: those with a mark, then their neighbours, then those with arrows, in the graph's order. */
export function smallGraph(graph: Graph, limit: number): SmallGraph {
  const linked = new Set(graph.edges.flatMap(({ from, to }) => [from, to]));
  const marked = new Set(graph.nodes.filter(({ mark }) => mark !== null).map(({ id }) => id));
  const near = new Set(
    graph.edges
      .filter(({ from, to, mark }) => mark !== null || marked.has(from) || marked.has(to))
      .flatMap(({ from, to }) => [from, to]),
  );
  const rank = ({ id, mark }: GraphNode): number => (mark !== null ? 0 : near.has(id) ? 1 : linked.has(id) ? 2 : 3);
  // where a diff marks something, only that and what is beside it belongs into a small picture
  const useful = graph.nodes.filter((each) => rank(each) < (near.size + marked.size > 0 ? 2 : 3));
  const chosen = new Set(
    [...useful]
      .sort((one, other) => rank(one) - rank(other))
      .slice(0, limit)
      .map(({ id }) => id),
  );
  return {
    domain: graph.domain,
    nodes: graph.nodes.filter(({ id }) => chosen.has(id)),
    edges: graph.edges.filter(({ from, to }) => chosen.has(from) && chosen.has(to)),
    left: useful.length - chosen.size,
  };
}
