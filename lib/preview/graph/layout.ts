// @ts-expect-error TS1479: the types call themselves an ES module; what require gives is CommonJS
import { Graph as LayoutGraph, layout } from "@dagrejs/dagre";
import { groupBy } from "../group-by";
import { type Stack, stacksOf } from "./stacks";
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

/** Along the flows from left to right, or from top to bottom. */
export type Direction = "LR" | "TB";

/** Between boxes of a stack, and left of them for the arrows. */
const STACK_GAP = 10;
const GUTTER = 28;
const CORNER = 14;

/** Width to height of the place that a page has for its picture. */
const WINDOW = { width: 1100, height: 700 };

/** Gives every box and arrow a place, in the direction in which the picture fills a window best. */
export function placeForWindow(graph: Graph): PlacedGraph {
  const [best] = (["TB", "LR"] as const)
    .map((direction) => placeGraph(graph, direction))
    .map((placed) => ({ placed, scale: Math.min(WINDOW.width / placed.width, WINDOW.height / placed.height) }))
    .sort((one, other) => other.scale - one.scale);
  return best!.placed;
}

/** Gives every box and arrow a place. */
export function placeGraph(graph: Graph, direction: Direction): PlacedGraph {
  const picture = new LayoutGraph({ multigraph: true });
  picture.setGraph({
    rankdir: direction,
    nodesep: direction === "LR" ? 18 : 16,
    ranksep: direction === "LR" ? 44 : 36,
    edgesep: 12,
    rankalign: direction === "LR" ? "center" : "top",
    marginx: 16,
    marginy: 16,
  });
  const stacks = direction === "TB" ? stacksOf(graph) : [];
  const stackOf = new Map(stacks.flatMap((stack) => stack.inside.map(({ id }) => [id, stack] as const)));
  for (const each of graph.nodes) if (!stackOf.has(each.id)) picture.setNode(each.id, sizeOf([each]));
  for (const { id, inside } of stacks) picture.setNode(id, sizeOf(inside));
  const routes = routesOf(graph, stackOf);
  for (const { from, to, kind, words } of routes)
    picture.setEdge(from, to, { width: words.length * 6.6 + 10, height: 17, labelpos: "c" }, kind);
  layout(picture);
  const nodes = graph.nodes.map((each) => placeOf(each, stackOf.get(each.id), picture));
  const places = new Map(nodes.map((each) => [each.id, each]));
  const { width = 0, height = 0 } = picture.graph() as { width?: number; height?: number };
  return {
    domain: graph.domain,
    width: Math.max(320, Math.ceil(width)),
    height: Math.max(120, Math.ceil(height)),
    nodes,
    edges: routes.flatMap((route) => {
      const { points, x, y } = picture.edge(route.from, route.to, route.kind) as unknown as Route;
      return route.edges.map((each, index): PlacedEdge => {
        if (each.to === route.to) return { ...each, words: route.words, points, at: { x, y } };
        const into = intoStack(points, picture.node(route.to) as Placed, places.get(each.to)!);
        const [start, turn] = into as readonly [Point, Point];
        // what is common to all is said once
        const words = index === 0 ? route.words : "";
        return { ...each, words, points: into, at: { x: (start.x + turn.x) / 2, y: (start.y + turn.y) / 2 } };
      });
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

/** Arrows that run together: to one box, or to a stack. */
interface Together {
  readonly from: string;
  readonly to: string;
  readonly kind: GraphEdge["kind"];
  readonly words: string;
  readonly edges: readonly GraphEdge[];
}

function routesOf({ edges }: Graph, stackOf: ReadonlyMap<string, Stack>): readonly Together[] {
  const target = (id: string): string => stackOf.get(id)?.id ?? id;
  const together = groupBy(edges, ({ from, to, kind }) => JSON.stringify([from, target(to), kind]));
  return [...together.values()].map((each) => {
    const { from, to, kind } = each[0]!;
    const messages = [...new Set(each.flatMap((edge) => edge.messages))];
    return { from, to: target(to), kind, words: wordsOf({ messages, kind }), edges: each };
  });
}

function sizeOf(nodes: readonly GraphNode[]): { readonly width: number; readonly height: number } {
  const width = Math.max(...nodes.map(widthOf));
  if (nodes.length === 1) return { width, height: NODE_HEIGHT };
  return { width: width + GUTTER, height: nodes.length * (NODE_HEIGHT + STACK_GAP) - STACK_GAP };
}

function placeOf(node: GraphNode, stack: Stack | undefined, picture: LayoutGraph): PlacedNode {
  if (stack === undefined) return { ...node, ...(picture.node(node.id) as Placed) };
  const around = picture.node(stack.id) as Placed;
  const index = stack.inside.indexOf(node);
  return {
    ...node,
    x: around.x + GUTTER / 2,
    y: around.y - around.height / 2 + NODE_HEIGHT / 2 + index * (NODE_HEIGHT + STACK_GAP),
    width: around.width - GUTTER,
    height: NODE_HEIGHT,
  };
}

/** Down the gutter, and round the corner into the box. */
function intoStack(points: readonly Point[], stack: Placed, box: PlacedNode): readonly Point[] {
  const x = stack.x - stack.width / 2 + 6;
  const top = stack.y - stack.height / 2;
  return [points[0]!, { x, y: top }, { x, y: box.y - CORNER }, { x, y: box.y }, { x: box.x - box.width / 2, y: box.y }];
}

/** Wide enough for the widest fonts that a system may have. */
function widthOf({ label, detail }: GraphNode): number {
  const characters = Math.max(Math.min(LABEL_LENGTH, [...label].length) * 8.9, [...detail].length * 7.2);
  return Math.round(Math.max(110, characters + 58));
}

function wordsOf({ messages, kind }: Pick<GraphEdge, "messages" | "kind">): string {
  const [first = ""] = messages;
  if (messages.length > 1) return `${messages.length} ${kind === "reply" ? "replies" : `${kind}s`}`;
  return [...first].length > 28 ? `${[...first].slice(0, 27).join("")}…` : first;
}
