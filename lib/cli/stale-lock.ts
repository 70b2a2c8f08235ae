import { refusals } from "../lock/refusals";
import { isStale } from "../lock/stale";
import type { CompiledDomain } from "./compile-domains";
import type { Pair } from "./diff-sides";
import { type Finding, finding } from "./result";

/** What keeps the locks of the head from being what the modules become now. */
export function staleLocks(declared: readonly CompiledDomain[], pairs: readonly Pair[]): readonly Finding[] {
  const heads = new Map(pairs.map(({ domain, head }) => [domain, head]));
  return declared.flatMap(({ module, topology }): readonly Finding[] => {
    const { domain } = topology;
    const head = heads.get(domain) ?? null;
    if (head === null) return [finding("CL515", module, `"${domain}" has none`)];
    const issues = refusals(topology, head);
    if (issues.length > 0) return [{ module, subject: `domain "${domain}"`, issues, exitCode: 1 }];
    return isStale(topology, head) ? [finding("CL515", module, `"${domain}" has changed since`)] : [];
  });
}
