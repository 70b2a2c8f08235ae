import { createStatements, renderSql } from "../preview/render-sql";
import type { CompiledDomain } from "./compile-domains";
import { type CommandResult, finding, refusal } from "./result";

/** The event stores of all domains as one script for psql. */
export function exportSql(domains: readonly CompiledDomain[]): CommandResult {
  const without = domains.filter(({ topology }) => createStatements(topology).length === 0);
  if (without.length > 0) {
    return refusal(without.map(({ module, topology }) => finding("CL507", module, `"${topology.domain}"`)));
  }
  const script = renderSql(domains.map(({ topology }) => topology));
  return {
    exitCode: 0,
    text: script,
    json: {
      exitCode: 0,
      domains: domains.map(({ module, topology }) => ({
        module,
        domain: topology.domain,
        statements: createStatements(topology).map(({ sql, comment }) => ({ sql, comment })),
      })),
      script,
      findings: [],
    },
  };
}
