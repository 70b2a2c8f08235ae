import { warningsOf } from "../domain/define-domain";
import { formatIssue } from "../domain/issues";
import type { CompiledDomain } from "./compile-domains";
import type { CommandResult } from "./result";

/** A result with what somebody should know of the domains that it is about: beside it for people, in it for programs. */
export function withWarnings(domains: readonly CompiledDomain[], result: CommandResult): CommandResult {
  const warnings = domains
    .map(({ module, domain }) => ({ module, subject: `domain "${domain.name}"`, issues: warningsOf(domain) }))
    .filter(({ issues }) => issues.length > 0);
  const lines = warnings.flatMap(({ module, subject, issues }) =>
    issues.map((each) => `warning: ${module}: ${subject}: ${formatIssue(each)}`),
  );
  return {
    ...result,
    notes: [...(result.notes ?? []), ...lines],
    json: { ...(result.json as object), warnings },
  };
}
