import { groupBy } from "../group-by";
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
export const READABLE = 60;

/**
 * Where there are more boxes than can be read, puts those of one kind into one box, the most numerous kind first, until there are
 * few enough. What a diff marks keeps a box of its own as long as that is not too much as well.
 */
export function groupGraph(graph: Graph, limit: number = READABLE): GroupedGraph {
  const { nodes, edges } = graph;
  const marked = nodes.filter(({ mark }) => mark !== null);
  const alone = new Set(marked.length <= limit / 2 ? marked.map(({ id }) => id) : []);
  const kinds = [...groupBy(nodes.filter(({ id }) => !alone.has(id)), ({ kind }) => kind)].sort(([, a], [, b]) => b.length - a.length); // prettier-ignore
  const groups: { readonly node: GraphNode; readonly inside: readonly GraphNode[] }[] = [];
  let left = nodes.length;
  for (const [kind, inside] of kinds) {
    if (left <= limit || inside.length === 1) break;
    groups.push({ node: groupOf(kind, inside), inside });
    left -= inside.length - 1;
  }
  if (groups.length === 0) return { graph, boxOf: new Map(nodes.map(({ id }) => [id, id])) };
  const boxOf = new Map(nodes.map(({ id }) => [id, id]));
  for (const { node, inside } of groups) for (const { id } of inside) boxOf.set(id, node.id);
  const kept = nodes.filter(({ id }) => boxOf.get(id) === id);
  const all = [...groups.map(({ node }) => node), ...kept];
  return { graph: { domain: graph.domain, nodes: all, edges: joined(edges, boxOf) }, boxOf };
}

/** How many characters of the names of its first and last are shown. */
const LONGEST = 18;

function groupOf(kind: NodeKind, inside: readonly GraphNode[]): GraphNode {
  const labels = inside.map(({ label }) => label).sort();
  const [first, last] = [labels[0]!, labels.at(-1)!].map((each) => [...each].length > LONGEST ? `${[...each].slice(0, LONGEST - 1).join("")}…` : each); // prettier-ignore
  return {
    id: `group:${kind}`,
    kind,
    label: count(inside.length, kind),
    detail: `${first} to ${last}`,
    keys: inside.flatMap(({ keys }) => keys),
    size: inside.length,
    mark: sameMark(inside.map(({ mark }) => mark)),
    risk: worstOf(inside.flatMap(({ risk }) => risk ?? [])),
  };
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
