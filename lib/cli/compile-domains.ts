import { compile, type CompileOptions } from "../topology/compile";
import type { Topology } from "../topology/types";
import type { LoadedDomain } from "./load-modules";
import { thrownLine } from "./issues";
import { type Finding, finding } from "./result";

/** A domain with what it becomes. */
export interface CompiledDomain extends LoadedDomain {
  readonly topology: Topology;
}

/** Every domain compiled, and everything that keeps one from being created. */
export interface Compiled {
  readonly domains: readonly CompiledDomain[];
  readonly findings: readonly Finding[];
}

/** Compiles all domains. */
export function compileDomains(domains: readonly LoadedDomain[], options: CompileOptions): Compiled {
  const compiled: CompiledDomain[] = [];
  const findings: Finding[] = [];
  for (const each of domains) {
    try {
      compiled.push({ ...each, topology: compile(each.domain, options) });
    } catch (thrown) {
      // made by another version of this package, or by hand
      findings.push(finding("CL504", each.module, `domain "${each.domain.name}": ${thrownLine(thrown)}`));
    }
  }
  return { domains: compiled, findings };
}
