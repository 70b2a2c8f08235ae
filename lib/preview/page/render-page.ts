import { createHash } from "node:crypto";
import type { Topology } from "../../topology/types";
import type { TopologyDiff } from "../diff/types";
import { embedJson, escapeXml } from "../graph/escape-xml";
import { graphOf } from "../graph/graph-of";
import { groupGraph } from "../graph/group-graph";
import { changedPart } from "../graph/part-of-graph";
import { descriptionOf, renderSvg } from "../graph/render-svg";
import type { Graph } from "../graph/types";
import type { PageData, PageDomain } from "./page-data";
import { pageItems } from "./page-items";
import { PAGE_STYLE } from "./page-style";

/** What a page is made of. */
export interface PageInput {
  readonly title: string;
  /** What each domain becomes; of a domain that is gone, nothing. */
  readonly topologies: readonly Topology[];
  /**
   * What differs, by domain: the page then shows that.
   * @default []
   */
  readonly diffs?: readonly TopologyDiff[];
  /** The page's own script, bundled: `dist/preview/page/client.js`. */
  readonly clientScript: string;
}

/**
 * One HTML file that needs nothing else and may not load anything: its policy allows its own style and its own script, by
 * their hashes. The picture is laid out here; without a script it can be read all the same.
 */
export function renderPage({ title, topologies, diffs = [], clientScript }: PageInput): string {
  const drawn = domainsOf(topologies, diffs);
  const data: PageData = {
    title,
    mode: diffs.length > 0 ? "diff" : "topology",
    domains: drawn.map(({ domain }) => domain),
  };
  // the end of an element inside of a script would end it
  const script = clientScript.replace(/<\/(script)/gi, "<\\/$1").replaceAll("<!--", "<\\!--");
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(PAGE_STYLE)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return `<!doctype html>
<html lang="en" data-theme="auto" data-mode="${data.mode}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeXml(title)}</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
${bodyOf(title, drawn)}
<script type="application/json" id="data">${embedJson(data)}</script>
<script>${script}</script>
</body>
</html>
`;
}

interface Drawn {
  readonly domain: PageDomain;
  readonly graph: Graph;
}

function domainsOf(topologies: readonly Topology[], diffs: readonly TopologyDiff[]): readonly Drawn[] {
  const gone = diffs.filter(({ domain }) => !topologies.some((each) => each.domain === domain));
  return [...topologies, ...gone.map(({ domain }) => nothing(domain))].map((topology) => {
    const diff = diffs.find(({ domain }) => domain === topology.domain) ?? null;
    const whole = graphOf(topology, diff);
    const flows = [...topology.flows, ...(diff?.removedFlows ?? [])];
    const ends = flows.flatMap(({ from, to }) => [from, to]).filter((each) => each.includes("/"));
    const participants = [...new Set(ends.map((each) => each.slice(each.indexOf("/") + 1)))].sort();
    const messages = [...new Set(whole.edges.flatMap((each) => each.messages))].sort();
    const items = pageItems(topology, diff, whole);
    const steps = (diff?.steps ?? []).map(({ sentence }) => sentence);
    return {
      domain: { name: topology.domain, items, graph: whole, steps, messages, participants },
      // what the script takes for drawn
      graph: groupGraph(diff === null ? whole : changedPart(whole)).graph,
    };
  });
}

function nothing(domain: string): Topology {
  const none = {
    resources: [],
    flows: [],
    contracts: [],
    sagas: [],
    renamed: [],
    moved: [],
    retired: [],
    acceptances: [],
  };
  return { domain, format: 1, ...none };
}

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text, "utf8").digest("base64")}`;
}

function bodyOf(title: string, drawn: readonly Drawn[]): string {
  const options = drawn.map(({ domain }) => `<option>${escapeXml(domain.name)}</option>`).join("");
  const pictures = drawn.map(
    ({ graph }, index) =>
      `<div class="scene" data-domain="${index}"${index === 0 ? "" : " hidden"}>${renderSvg(graph, { use: "page" })}` +
      `<p class="unseen">${escapeXml(descriptionOf(graph))}</p></div>`,
  );
  return `<a class="skip" href="#list">Skip to the list</a>
<header><div class="brand"><svg class="logo" viewBox="0 0 28 28" aria-hidden="true"><path d="M4 8h20M4 14h20M4 20h20M9 4v20M19 4v20"/></svg><h1>${escapeXml(title)}</h1></div>
<p id="counts"></p>
<label class="field" id="domain-field">Domain <select id="domain">${options}</select></label>
<label class="field">Theme <select id="theme"><option value="auto">as the system</option><option value="light">light</option><option value="dark">dark</option></select></label></header>
<div class="columns">
<nav aria-label="Resources" id="list"><div class="filters" role="search">
<label class="field wide">Search <kbd>/</kbd><input id="search" type="search" autocomplete="off" spellcheck="false"></label>
<label class="field">Taken by <select id="participant"></select></label>
<label class="field">Risk <select id="risk"></select></label>
</div><p id="found" role="status" aria-live="polite"></p><div id="tree" role="tree" aria-label="resources"></div></nav>
<main aria-label="Picture"><div class="tools"><span class="fields"><label class="field">Show <select id="show"></select></label> <label class="field">Way of <select id="message"></select></label></span>
<span class="buttons" role="group" aria-label="Zoom"><button type="button" id="zoom-out" aria-label="Zoom out">−</button><button type="button" id="zoom-fit">Fit</button><button type="button" id="zoom-in" aria-label="Zoom in">+</button></span></div>
<div id="stage">${pictures.join("")}</div>
<div class="foot"><ul class="legend" aria-label="Legend">${LEGEND}</ul><p class="keys"><kbd>/</kbd> search <kbd>arrows</kbd> walk <kbd>Enter</kbd> open <kbd>Esc</kbd> back</p></div></main>
<aside aria-label="Details" id="details" tabindex="0" hidden></aside>
</div>
<p class="unseen" id="said" role="status" aria-live="polite"></p>`;
}

const LEGEND = [
  ["kafka", "Kafka"],
  ["rabbit", "RabbitMQ"],
  ["pg", "Postgres"],
  ["service", "services and sagas"],
  ["event", "event"],
  ["command", "command"],
  ["reply", "reply, dashed"],
]
  .map(([tone, words]) => `<li class="tone-${tone}">${words}</li>`)
  .concat(
    '<li class="diff-only tone-added">+ added</li><li class="diff-only tone-changed">~ changed</li><li class="diff-only tone-removed">− removed</li>',
  )
  .join("");
