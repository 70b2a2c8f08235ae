import { graphOf } from "../preview/graph/graph-of";
import { renderMermaid } from "../preview/graph/render-mermaid";
import { renderSvg } from "../preview/graph/render-svg";
import type { CompiledDomain } from "./compile-domains";
import { writtenTo } from "./output-file";
import type { GraphFormat } from "./formats";
import { type CommandResult, failure } from "./result";

/** How `eventloom export graph` is asked for. */
export interface GraphOptions {
  readonly format: GraphFormat;
  /** The file to write to; null for standard output. */
  readonly out: string | null;
}

/** A picture of one domain: who sends what to whom, and through what. */
export function exportGraph(domains: readonly CompiledDomain[], { format, out }: GraphOptions): CommandResult {
  const [only, another] = domains;
  if (only === undefined || another !== undefined)
    throw failure("CL522", domains[0]?.module ?? "", domains.map(({ topology }) => `"${topology.domain}"`).join(", "));
  const graph = graphOf(only.topology);
  const picture = format === "svg" ? renderSvg(graph) : renderMermaid(graph);
  const text = picture.endsWith("\n") ? picture : `${picture}\n`;
  const json = { exitCode: 0, domain: only.topology.domain, format, text, findings: [] };
  return writtenTo(out, { exitCode: 0, text, json });
}
