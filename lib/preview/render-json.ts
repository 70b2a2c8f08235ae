import type { ResourceKind, Topology } from "../topology/types";

/** A topology with its counts, as `--json` gives it. */
export interface TopologyReport {
  readonly domain: string;
  /** How many resources there are of each kind that occurs, and `flow`s. */
  readonly counts: Readonly<Partial<Record<ResourceKind | "flow", number>>>;
  readonly topology: Topology;
}

/** The topology as plain data with counts. */
export function reportTopology(topology: Topology): TopologyReport {
  const counts: Partial<Record<ResourceKind | "flow", number>> = {};
  for (const { kind } of topology.resources) counts[kind] = (counts[kind] ?? 0) + 1;
  return { domain: topology.domain, counts: { ...counts, flow: topology.flows.length }, topology };
}

/** {@link reportTopology} as text; ends with a line feed. */
export function renderJson(topology: Topology): string {
  return `${JSON.stringify(reportTopology(topology), null, 2)}\n`;
}
