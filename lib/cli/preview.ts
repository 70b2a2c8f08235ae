import { reportTopology } from "../preview/render-json";
import { renderText } from "../preview/render-text";
import type { TextStyle } from "../preview/tree";
import type { CompiledDomain } from "./compile-domains";
import type { CommandResult } from "./result";

/** What each domain becomes. */
export function preview(domains: readonly CompiledDomain[], style: TextStyle): CommandResult {
  return {
    exitCode: 0,
    text: domains.map(({ topology }) => renderText(topology, style)).join("\n"),
    json: {
      exitCode: 0,
      domains: domains.map(({ module, topology }) => ({ module, ...reportTopology(topology) })),
      findings: [],
    },
  };
}
