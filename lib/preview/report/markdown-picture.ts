import type { Topology } from "../../topology/types";
import type { TopologyDiff } from "../diff/types";
import { graphOf } from "../graph/graph-of";
import { renderMermaid } from "../graph/render-mermaid";
import { escapeMarkdown, fence } from "./escape-markdown";

/** What a reader takes in at a glance, and GitHub draws at once. */
const MOST_BOXES = 20;
const MOST_PICTURES = 3;

/** Of each domain in which a box changes, what changes and what is beside it: as it was and as it will be, in one picture. */
export function pictures(diffs: readonly TopologyDiff[], topologies: readonly Topology[]): readonly string[] {
  const drawn = diffs.flatMap((diff) => {
    const topology = topologies.find(({ domain }) => domain === diff.domain);
    if (topology === undefined) return [];
    const graph = graphOf(topology, diff);
    const marked = [...graph.nodes, ...graph.edges].some(({ mark }) => mark !== null);
    return marked ? [pictureOf(diff.domain, renderMermaid(graph, { limit: MOST_BOXES }))] : [];
  });
  return drawn.slice(0, MOST_PICTURES);
}

function pictureOf(domain: string, mermaid: string): string {
  const summary = `Before and after: ${escapeMarkdown(domain)} (+ new, ~ changed, − leaves)`;
  return [`<details><summary>${summary}</summary>`, "", fence("mermaid", mermaid.trimEnd()), "", "</details>"].join(
    "\n",
  );
}
