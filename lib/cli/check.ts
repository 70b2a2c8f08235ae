import { counts } from "../preview/words";
import type { CompiledDomain } from "./compile-domains";
import type { CommandResult } from "./result";
import { withWarnings } from "./warnings";

/** Says that each domain is sound; whatever is not was found before. */
export function check(domains: readonly CompiledDomain[]): CommandResult {
  return withWarnings(domains, {
    exitCode: 0,
    text: domains
      .map((each) => `${each.module}: domain "${each.topology.domain}" is sound (${extent(each)})\n`)
      .join(""),
    json: {
      exitCode: 0,
      domains: domains.map(({ module, topology }) => ({ module, domain: topology.domain })),
      findings: [],
    },
  });
}

function extent({ topology }: CompiledDomain): string {
  return counts([
    [topology.resources.length, "resource"],
    [topology.flows.length, "flow"],
    [topology.contracts.length, "schema"],
  ]);
}
