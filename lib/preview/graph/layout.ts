// @ts-expect-error TS1479: the types call themselves an ES module; what require gives is CommonJS
import { Graph as LayoutGraph, layout } from "@dagrejs/dagre";
import type { Graph, GraphEdge, GraphNode } from "./types";

/** A place in the picture, in pixels from its top left. */
export interface Point {
  readonly x: number;
  readonly y: number;
}
/** A box with its place: x and y are its centre. */
export interface PlacedNode extends GraphNode, Point {
  readonly width: number;
  readonly height: number;
}
/** An arrow with the points that it runs by, and what stands on it. */
export interface PlacedEdge extends GraphEdge {
  readonly words: string;
  readonly points: readonly Point[];
  /** The middle of its words. */
  readonly at: Point;
}
/** A picture ready to be drawn. */
export interface PlacedGraph {
  readonly domain: string;
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
}

/** A box's height. */
export const NODE_HEIGHT = 52;
/** How many characters of a label are drawn; the rest is in its title. */
export const LABEL_LENGTH = 34;

/** Along the flows from left to right, or from top to bottom: that suits a window better, where there are few boxes beside each other. */
export type Direction = "LR" | "TB";

/** Gives every box and arrow a place. */
export function placeGraph(graph: Graph, direction: Direction): PlacedGraph {
  const picture = new LayoutGraph({ multigraph: true });
  picture.setGraph({
    rankdir: direction,
    nodesep: direction === "LR" ? 22 : 14,
    ranksep: direction === "LR" ? 56 : 44,
    edgesep: 14,
    marginx: 24,
    marginy: 24,
  });
  for (const each of graph.nodes) picture.setNode(each.id, { width: widthOf(each), height: NODE_HEIGHT });
  const edges = graph.edges.map((each) => ({ ...each, words: wordsOf(each) }));
  for (const { from, to, kind, words } of edges)
    picture.setEdge(from, to, { width: words.length * 6.2 + 10, height: 16, labelpos: "c" }, kind);
  layout(picture);
  const { width = 0, height = 0 } = picture.graph() as { width?: number; height?: number };
  return {
    domain: graph.domain,
    width: Math.max(320, Math.ceil(width)),
    height: Math.max(120, Math.ceil(height)),
    nodes: graph.nodes.map((each) => ({ ...each, ...(picture.node(each.id) as Placed) })),
    edges: edges.map((each) => {
      const { points, x, y } = picture.edge(each.from, each.to, each.kind) as unknown as Route;
      return { ...each, points, at: { x, y } };
    }),
  };
}

interface Placed extends Point {
  readonly width: number;
  readonly height: number;
}
interface Route extends Point {
  readonly points: readonly Point[];
}

function widthOf({ label, detail }: GraphNode): number {
  const characters = Math.max(Math.min(LABEL_LENGTH, [...label].length) * 8.3, [...detail].length * 6.5);
  return Math.round(Math.max(120, characters + 62));
}

function wordsOf({ messages, kind }: GraphEdge): string {
  const [first = ""] = messages;
  if (messages.length > 1) return `${messages.length} ${kind === "reply" ? "replies" : `${kind}s`}`;
  return [...first].length > 28 ? `${[...first].slice(0, 27).join("")}…` : first;
}
