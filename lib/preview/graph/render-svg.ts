import { escapeXml } from "./escape-xml";
import {
  LABEL_LENGTH,
  NODE_HEIGHT,
  type PlacedEdge,
  type PlacedNode,
  placeForWindow,
  placeGraph,
  type Point,
} from "./layout";
import { ICONS } from "./icons";
import { SVG_STYLE } from "./svg-style";
import type { Graph, Mark } from "./types";

/** How a picture is drawn. */
export interface SvgOptions {
  /**
   * `alone`: a file of its own, with its style. `page`: a part of the page, which brings the style and makes boxes and arrows
   * answer to keys.
   * @default "alone"
   */
  readonly use?: "alone" | "page";
}

/** What a mark is besides its colour. */
export const MARK_SIGNS: Readonly<Record<Mark, string>> = { added: "+", changed: "~", removed: "−" };

/** A picture as SVG without references to anything outside, in the reader's light or dark colours. */
export function renderSvg(graph: Graph, { use = "alone" }: SvgOptions = {}): string {
  const shown = withoutLoose(graph);
  const placed = use === "page" ? placeForWindow(shown) : placeGraph(shown, "LR");
  const { width, height, domain } = placed;
  const id = `picture-${domain.replace(/[^A-Za-z0-9-]/g, "-")}`;
  const role =
    use === "alone"
      ? `role="img" aria-labelledby="${id}-title ${id}-desc"`
      : `role="group" aria-label="picture of ${escapeXml(domain)}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="picture" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" ${role}>`,
    ...(use === "alone"
      ? [
          `<title id="${id}-title">${escapeXml(domain)}</title>`,
          `<desc id="${id}-desc">${escapeXml(descriptionOf(graph))}</desc>`,
          `<style>${SVG_STYLE}</style>`,
          `<rect class="ground" width="100%" height="100%"/>`,
        ]
      : []),
    arrowheads(id),
    `<g class="edges">`,
    ...placed.edges.map((each) => edgeOf(each, id)),
    `</g><g class="nodes">`,
    ...placed.nodes.map((each) => nodeOf(each, use)),
    `</g></svg>`,
  ].join("\n");
}

/** What serves everything, and so has no arrow, is in the list alone, unless a diff marks it or there is nothing else. */
function withoutLoose(graph: Graph): Graph {
  const linked = new Set(graph.edges.flatMap(({ from, to }) => [from, to]));
  const nodes = graph.nodes.filter(({ id, mark }) => mark !== null || linked.has(id));
  return nodes.length === 0 ? graph : { ...graph, nodes };
}

/** The picture in words. */
export function descriptionOf({ nodes, edges }: Graph): string {
  const labels = new Map(nodes.map(({ id, label }) => [id, label]));
  const lines = edges.slice(0, 200).map(({ from, to, messages, mark }) => {
    const names = messages.length > 8 ? `${messages.length} messages` : messages.join(", ");
    return `${mark === null ? "" : `${mark}: `}${labels.get(from)} sends ${names} to ${labels.get(to)}`;
  });
  return lines.join("; ");
}

function arrowheads(id: string): string {
  const heads = ["event", "command", "reply", "added", "changed", "removed"].map(
    (each) =>
      `<marker id="${id}-${each}" class="head ${each}" viewBox="0 0 8 8" refX="7" refY="4" markerUnits="userSpaceOnUse" markerWidth="10" markerHeight="10" orient="auto-start-reverse"><path d="M0 0.6 7.4 4 0 7.4z"/></marker>`,
  );
  return `<defs>${heads.join("")}</defs>`;
}

function edgeOf({ from, to, kind, messages, mark, words, points, at }: PlacedEdge, id: string): string {
  const classes = ["edge", kind, ...(mark === null ? [] : [mark])].join(" ");
  const names = escapeXml(messages.join(", "));
  const sign = mark === null ? "" : `${MARK_SIGNS[mark]} `;
  return (
    `<g class="${classes}" data-from="${escapeXml(from)}" data-to="${escapeXml(to)}" data-messages="${escapeXml(JSON.stringify(messages))}">` +
    `<title>${escapeXml(`${kind}: `)}${names}</title><path class="hit" d="${pathOf(points)}"/>` +
    `<path class="line" d="${pathOf(points)}" marker-end="url(#${id}-${mark ?? kind})"/>` +
    (words === "" ? "" : `<text x="${round(at.x)}" y="${round(at.y + 4)}">${escapeXml(sign + words)}</text>`) +
    `</g>`
  );
}

/** A smooth line that touches the middle of each of its legs. */
function pathOf(points: readonly Point[]): string {
  const [first, ...rest] = points;
  const last = rest.at(-1);
  if (first === undefined || last === undefined) return "";
  const curves = rest.slice(0, -1).map((point, index) => {
    const next = rest[index + 1] ?? last;
    const end = index === rest.length - 2 ? last : { x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 };
    return `Q${round(point.x)} ${round(point.y)} ${round(end.x)} ${round(end.y)}`;
  });
  return `M${round(first.x)} ${round(first.y)}${curves.join("") || `L${round(last.x)} ${round(last.y)}`}`;
}

function nodeOf(node: PlacedNode, use: "alone" | "page"): string {
  const { id, kind, label, detail, mark, risk, width, x, y } = node;
  const classes = [
    "node",
    `kind-${kind}`,
    ...(mark === null ? [] : [mark]),
    ...(risk === null ? [] : [`risk-${risk}`]),
  ];
  const words = [kind, label, detail, mark ?? "", risk ?? ""].filter((each) => each !== "").join(", ");
  const role = use === "page" ? ` role="button" tabindex="-1" aria-label="${escapeXml(words)}"` : "";
  const short = [...label].length > LABEL_LENGTH ? `${[...label].slice(0, LABEL_LENGTH - 1).join("")}…` : label;
  const middle = detail === "" ? 31 : 22;
  return (
    `<g class="${classes.join(" ")}" data-id="${escapeXml(id)}" transform="translate(${round(x - width / 2)} ${round(y - NODE_HEIGHT / 2)})"${role}>` +
    `<title>${escapeXml(words)}</title>` +
    `<rect class="card" width="${width}" height="${NODE_HEIGHT}" rx="10"/>` +
    `<rect class="tile" x="8" y="10" width="32" height="32" rx="8"/><path class="icon" transform="translate(14 16)" d="${ICONS[kind]}"/>` +
    `<text class="label" x="50" y="${middle}">${escapeXml(short)}</text>` +
    (detail === "" ? "" : `<text class="detail" x="50" y="38">${escapeXml(detail)}</text>`) +
    (mark === null
      ? ""
      : `<g class="badge" transform="translate(${width - 4} 4)"><circle r="10"/><text y="4.5">${MARK_SIGNS[mark]}</text></g>`) +
    `</g>`
  );
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
