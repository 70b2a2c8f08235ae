import { type CompiledDomain, compileDomains } from "./compile-domains";
import { loadModules } from "./load-modules";
import { type CommandResult, refusal } from "./result";

/** How the domains of modules are compiled. */
export interface OnModulesOptions {
  /** Copies of each partition; null for the declaration's own or the default. */
  readonly replicationFactor: number | null;
  onStep(what: string): void;
}

/** Loads modules and compiles their domains; gives them to `work` if all are sound, and says what is wrong otherwise. */
export async function onModules(
  modules: readonly string[],
  work: (domains: readonly CompiledDomain[]) => CommandResult | Promise<CommandResult>,
  { replicationFactor, onStep }: OnModulesOptions,
): Promise<CommandResult> {
  const loaded = await loadModules(modules, onStep);
  onStep("compiling");
  const compiled = compileDomains(loaded.domains, replicationFactor === null ? {} : { replicationFactor });
  const findings = [...loaded.findings, ...compiled.findings];
  if (findings.length > 0) return refusal(findings);
  const result = await work(compiled.domains);
  return result;
}
