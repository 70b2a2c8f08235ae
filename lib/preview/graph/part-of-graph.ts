import type { Graph, GraphEdge, GraphNode } from "./types";

/** What a diff marks, and what is beside it; everything where it marks nothing. */
export function changedPart(graph: Graph): Graph {
  const marked = new Set(graph.nodes.filter(({ mark }) => mark !== null).map(({ id }) => id));
  const edges = graph.edges.filter(({ from, to, mark }) => mark !== null || marked.has(from) || marked.has(to));
  if (edges.length === 0 && marked.size === 0) return graph;
  return part(graph, edges, marked);
}

/** Some boxes, what sends to them and what they send to. */
export function partAround(graph: Graph, ids: ReadonlySet<string>): Graph {
  return part(
    graph,
    graph.edges.filter(({ from, to }) => ids.has(from) || ids.has(to)),
    ids,
  );
}

/** The way of some messages, without what else goes the same way. */
export function wayPart(graph: Graph, messages: ReadonlySet<string>): Graph {
  const edges = graph.edges.flatMap((each): GraphEdge[] => {
    const here = each.messages.filter((message) => messages.has(message));
    return here.length === 0 ? [] : [{ ...each, messages: here }];
  });
  return part(graph, edges, new Set());
}

function part({ domain, nodes }: Graph, edges: readonly GraphEdge[], ids: ReadonlySet<string>): Graph {
  const inside = new Set([...ids, ...edges.flatMap(({ from, to }) => [from, to])]);
  return { domain, nodes: nodes.filter(({ id }: GraphNode) => inside.has(id)), edges };
}
