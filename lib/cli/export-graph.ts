import { graphOf } from "../preview/graph/graph-of";
import { renderMermaid } from "../preview/graph/render-mermaid";
import { renderSvg } from "../preview/graph/render-svg";
import type { Topology } from "../topology/types";
import type { CompiledDomain } from "./compile-domains";
import { htmlPage } from "./html-page";
import { writtenTo } from "./output-file";
import type { GraphFormat } from "./formats";
import { type CommandResult, failure } from "./result";

/** How `eventloom export graph` is asked for. */
export interface GraphOptions {
  readonly format: GraphFormat;
  /** The file to write to; null for standard output. */
  readonly out: string | null;
}

/** A picture of one domain, or a page of several: who sends what to whom, and through what. */
export function exportGraph(domains: readonly CompiledDomain[], { format, out }: GraphOptions): CommandResult {
  const names = domains.map(({ topology }) => topology.domain);
  const text = format === "html" ? htmlPage(topologiesOf(domains), null) : picture(domains, format);
  const json = { exitCode: 0, domains: names, format, text, findings: [] };
  return writtenTo(out, { exitCode: 0, text, json });
}

function topologiesOf(domains: readonly CompiledDomain[]): readonly Topology[] {
  return domains.map(({ topology }) => topology);
}

function picture(domains: readonly CompiledDomain[], format: "svg" | "mermaid"): string {
  const [only, another] = domains;
  if (only === undefined || another !== undefined) {
    const names = domains.map(({ topology }) => `"${topology.domain}"`).join(", ");
    throw failure("CL522", domains[0]?.module ?? "", names);
  }
  const graph = graphOf(only.topology);
  const text = format === "svg" ? renderSvg(graph) : renderMermaid(graph);
  return text.endsWith("\n") ? text : `${text}\n`;
}
