import { count } from "../words";
import { sameMark, worstOf } from "./marks";
import type { Graph, GraphEdge, GraphNode, NodeKind } from "./types";

/** A graph with fewer boxes, and which box of it stands for which one. */
export interface GroupedGraph {
  readonly graph: Graph;
  /** By the id of a box before: the id of the one that it is in now. */
  readonly boxOf: ReadonlyMap<string, string>;
}

/** How many boxes can be read, and laid out at once. */
export const READABLE = 90;

/**
 * Puts boxes of one kind whose names follow each other into one box, where there are more than can be read. What a diff marks
 * keeps a box of its own as long as that is not too much as well.
 */
export function groupGraph(graph: Graph, limit: number = READABLE): GroupedGraph {
  const { nodes, edges } = graph;
  if (nodes.length <= limit) return { graph, boxOf: new Map(nodes.map(({ id }) => [id, id])) };
  const marked = nodes.filter(({ mark }) => mark !== null);
  const alone = new Set(marked.length <= limit / 2 ? marked.map(({ id }) => id) : []);
  const rest = nodes.filter(({ id }) => !alone.has(id));
  const kinds = [...new Set(rest.map(({ kind }) => kind))];
  const grouped = kinds.flatMap((kind) => {
    const same = rest.filter((each) => each.kind === kind);
    const boxes = Math.max(1, Math.floor(((limit - alone.size) * same.length) / nodes.length));
    return chunks(sorted(same), Math.ceil(same.length / boxes)).map((inside, index) => groupOf(kind, inside, index));
  });
  const boxOf = new Map(grouped.flatMap(({ node, inside }) => inside.map(({ id }) => [id, node.id] as const)));
  for (const id of alone) boxOf.set(id, id);
  const kept = nodes.filter(({ id }) => alone.has(id));
  const all = [...grouped.map(({ node }) => node), ...kept];
  return { graph: { domain: graph.domain, nodes: all, edges: joined(edges, boxOf) }, boxOf };
}

function sorted(nodes: readonly GraphNode[]): readonly GraphNode[] {
  return [...nodes].sort((one, other) => (one.label < other.label ? -1 : one.label > other.label ? 1 : 0));
}

function chunks<T>(all: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
    all.slice(index * size, (index + 1) * size),
  );
}

function groupOf(
  kind: NodeKind,
  inside: readonly GraphNode[],
  index: number,
): { node: GraphNode; inside: readonly GraphNode[] } {
  const [first, last] = [inside[0]!, inside.at(-1)!];
  if (inside.length === 1) return { node: first, inside };
  const node: GraphNode = {
    ...{
      id: `group:${kind}:${index}`,
      kind,
      label: `${first.label} … ${last.label}`,
      detail: count(inside.length, kind),
    },
    keys: inside.flatMap(({ keys }) => keys),
    size: inside.length,
    mark: sameMark(inside.map(({ mark }) => mark)),
    risk: worstOf(inside.flatMap(({ risk }) => risk ?? [])),
  };
  return { node, inside };
}

function joined(edges: readonly GraphEdge[], boxOf: ReadonlyMap<string, string>): readonly GraphEdge[] {
  const found = new Map<string, GraphEdge[]>();
  for (const edge of edges) {
    const [from, to] = [boxOf.get(edge.from) ?? edge.from, boxOf.get(edge.to) ?? edge.to];
    const id = JSON.stringify([from, to, edge.kind]);
    const together = found.get(id) ?? [];
    found.set(id, together);
    together.push({ ...edge, from, to });
  }
  return [...found.values()].map((together) => ({
    ...together[0]!,
    messages: [...new Set(together.flatMap(({ messages }) => messages))].sort(),
    mark: sameMark(together.map(({ mark }) => mark)),
  }));
}
