import { warningsOf } from "../domain/define-domain";
import { show, warningLines } from "../domain/issues";
import type { AnyDomain } from "../domain/types";
import { isStale } from "../lock/stale";
import type { Lock } from "../lock/types";
import type { Topology } from "../topology/types";

/** What a domain is deployed with. */
export interface Deployed {
  readonly domain: AnyDomain;
  /** As compiled, before anything of the environment's own. */
  readonly topology: Topology;
  /** The lock file as it was given, and what it holds; null for none. */
  readonly lock: { readonly file: string; readonly lock: Lock } | null;
}

/** What somebody should know of a deployment, one line each: said at every synth, and by `pulumi preview`. */
export function noticesOf({ domain, topology, lock }: Deployed): readonly string[] {
  return [...lockNotices(topology, lock), ...warningLines(domain.name, warningsOf(domain))];
}

function lockNotices(topology: Topology, given: Deployed["lock"]): readonly string[] {
  const { domain } = topology;
  if (given === null) {
    return [
      `no lock is given for the domain ${show(domain)}: what leaves its declaration is not kept by anybody ` +
        `(fix: run eventloom lock, commit ${domain}.lock.json, and give its path as \`lock\`)`,
    ];
  }
  if (!isStale(topology, given.lock)) return [];
  return [
    `the lock ${show(given.file)} is stale: the domain ${show(domain)} has changed since, and nobody has seen what that does ` +
      `(fix: run eventloom lock, and commit what it writes; eventloom diff says what it changes)`,
  ];
}
