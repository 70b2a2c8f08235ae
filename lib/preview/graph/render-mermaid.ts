import { visible } from "./escape-xml";
import { smallGraph } from "./small-graph";
import type { Graph, GraphEdge, GraphNode, Mark, NodeKind } from "./types";

/** How a picture is made small. */
export interface MermaidOptions {
  /** At most so many boxes; those that a diff marks come first, then their neighbours. @default 40 */
  readonly limit?: number;
}

/**
 * A flow chart for Markdown that draws Mermaid (GitHub, GitLab): small, since it is read beside text. Names are escaped, so that
 * none ends its label or becomes syntax. Ends with a line feed.
 */
export function renderMermaid(graph: Graph, { limit = 40 }: MermaidOptions = {}): string {
  const small = smallGraph(graph, limit);
  const ids = new Map(small.nodes.map(({ id }, index) => [id, `n${index}`]));
  const marked = small.nodes.filter(({ mark }) => mark !== null);
  const lines = [
    "flowchart LR",
    ...small.nodes.map((node) => `  ${ids.get(node.id)}${box(node)}`),
    ...small.edges.map((edge) => `  ${arrow(edge, ids)}`),
    ...small.edges.flatMap(({ mark }, index) => (mark === null ? [] : [`  linkStyle ${index} ${STROKES[mark]}`])),
    ...[...new Set(marked.map(({ mark }) => mark as Mark))].map((mark) => `  classDef ${mark} ${STYLES[mark]}`),
    ...marked.map(({ id, mark }) => `  class ${ids.get(id)} ${mark}`),
    ...(small.left > 0 ? [`  rest["and ${small.left} more"]`] : []),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

const SHAPES: Readonly<Record<NodeKind, readonly [string, string]>> = {
  relay: ["([", "])"],
  store: ["[(", ")]"],
  outbox: ["[(", ")]"],
  projection: ["[(", ")]"],
  topic: ["[[", "]]"],
  exchange: ["{{", "}}"],
  queue: ["[[", "]]"],
  ladder: ["[[", "]]"],
  unrouted: ["[[", "]]"],
  consumer: ["(", ")"],
  handler: ["(", ")"],
  saga: ["(", ")"],
};
const SIGNS: Readonly<Record<Mark, string>> = { added: "+ ", changed: "~ ", removed: "− " };
const STROKES: Readonly<Record<Mark, string>> = {
  added: "stroke:#1a7f37,stroke-width:3px",
  changed: "stroke:#9a6700,stroke-width:3px",
  removed: "stroke:#cf222e,stroke-width:3px,stroke-dasharray:5 4",
};
const STYLES: Readonly<Record<Mark, string>> = {
  added: `fill:#dafbe1,color:#0b3d1a,${STROKES.added}`,
  changed: `fill:#fff8c5,color:#3d2a00,${STROKES.changed}`,
  removed: `fill:#ffebe9,color:#5a0f14,${STROKES.removed}`,
};

function box({ kind, label, mark }: GraphNode): string {
  const [open, close] = SHAPES[kind];
  return `${open}"${mark === null ? "" : SIGNS[mark]}${escaped(label)}"${close}`;
}

function arrow({ from, to, messages, mark }: GraphEdge, ids: ReadonlyMap<string, string>): string {
  const words = messages.length > 2 ? `${messages.length} messages` : messages.map(escaped).join(", ");
  const line = mark === "removed" ? "-.->" : "-->";
  return `${ids.get(from)} ${line}|"${words}"| ${ids.get(to)}`;
}

/** Everything but letters, digits and a few signs as Mermaid's entity: by number, so that no parser meets it. */
function escaped(raw: string): string {
  const text = visible(raw);
  const short = [...text].length > 60 ? `${[...text].slice(0, 59).join("")}…` : text;
  return [...short]
    .map((each) => (/[\p{L}\p{N} ._/…\ufffd-]/u.test(each) ? each : `#${each.codePointAt(0)};`))
    .join("");
}
