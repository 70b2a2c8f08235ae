import type { TopologyDiff } from "../preview/diff/types";
import { renderPage } from "../preview/page/render-page";
import type { Topology } from "../topology/types";
import { thrownLine } from "./issues";
import { pageScript } from "./page-assets";
import { failure } from "./result";

/**
 * One HTML file of what domains become, or of what differs in them.
 *
 * @throws CommandFailure CL523
 */
export function htmlPage(topologies: readonly Topology[], diffs: readonly TopologyDiff[] | null): string {
  const names = (diffs ?? topologies).map(({ domain }) => domain).join(", ");
  const title = diffs === null ? names : `Changes of ${names}`;
  return renderPage({ title, topologies, ...(diffs === null ? {} : { diffs }), clientScript: script() });
}

function script(): string {
  try {
    return pageScript();
  } catch (thrown) {
    throw failure("CL523", "eventloom", thrownLine(thrown).split(",", 1)[0]);
  }
}
