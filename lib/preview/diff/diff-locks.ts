import { openAcceptances } from "../../postgres/acceptance";
import { byText, flowId } from "../../lock/layout";
import { inNamesOf, type Renames, renamesOf } from "../../lock/renames";
import type { Lock } from "../../lock/types";
import type { Acceptance, Flow, Resource, Topology } from "../../topology/types";
import { concernOf } from "./affected";
import { worstOf } from "./findings";
import { matchById } from "./match";
import { modelChanges } from "./model-changes";
import { renameChanges } from "./rename-changes";
import { resourceChanges } from "./resource-changes";
import { deploySteps } from "./steps";
import type { Action, Change, RiskClass, TopologyDiff } from "./types";

/**
 * What leads from one approved target of a domain to another: every difference with what it does on the servers, whom it concerns
 * and in which order to deploy. Reads nothing but the two locks.
 *
 * @param base - null where there was no such domain
 * @param head - null where there is none any more
 */
export function diffLocks(base: Lock | null, head: Lock | null): TopologyDiff {
  const kept = new Set((head?.retired ?? []).map(({ resource }) => resource.key));
  return diffTopologies(base?.topology ?? null, head?.topology ?? null, kept);
}

/**
 * {@link diffLocks} of two topologies.
 *
 * @param kept - keys of what leaves on purpose and stays on the servers
 */
export function diffTopologies(
  before: Topology | null,
  head: Topology | null,
  kept: ReadonlySet<string> = new Set(),
): TopologyDiff {
  const renames = renamesOf(head ?? { renamed: [], moved: [] });
  // what is only called otherwise is no difference in anything else
  const base = before === null ? null : inNamesOf(renames, before);
  const domain = (head ?? base)?.domain ?? "";
  const acceptances = head?.acceptances ?? [];
  // what was accepted once approves no later change
  const { open: accepted } = openAcceptances(acceptances, base?.acceptances ?? []);
  const formerKeys = formerKeysOf(renames, before?.resources ?? []);
  const comparison = { domain, base, head, kept, formerKeys, concern: concernOf([base, head]), accepted };
  const changes = [
    ...resourceChanges(comparison),
    ...modelChanges(comparison),
    ...renameChanges(comparison, before),
  ].sort(worstFirst);
  const flows = matchById(base?.flows ?? [], head?.flows ?? [], flowId, () => undefined, isSameFlow);
  return {
    format: 1,
    domain,
    base: base === null ? "absent" : "there",
    head: head === null ? "absent" : "there",
    changes,
    addedFlows: flows.added,
    removedFlows: flows.gone,
    steps: deploySteps(domain, changes),
    actions: countActions(changes),
    classes: countClasses(changes),
    worst: changes.length === 0 ? null : worstOf(changes.map(openClass)),
    staleAcceptances: staleAcceptances(base, acceptances, changes),
  };
}

function staleAcceptances(
  base: Topology | null,
  acceptances: readonly Acceptance[],
  changes: readonly Change[],
): readonly string[] {
  if (acceptances.length === 0) return [];
  const ids = new Set(changes.flatMap(({ findings }) => findings.map(({ id }) => id)));
  // one that the base has too was for a change that is done
  const known = new Set((base?.acceptances ?? []).map(({ change }) => change));
  return acceptances.map(({ change }) => change).filter((each) => !ids.has(each) && !known.has(each));
}

/** By the key of now, where that is another one. */
function formerKeysOf({ isEmpty, keyOf }: Renames, resources: readonly Resource[]): ReadonlyMap<string, string> {
  if (isEmpty) return new Map();
  return new Map(resources.flatMap(({ key }) => (keyOf(key) === key ? [] : [[keyOf(key), key] as const])));
}

const SEVERITY: Readonly<Record<RiskClass, number>> = { refused: 0, risky: 1, safe: 2 };

const byKind = byText<Change>(({ kind }) => kind);
const byKey = byText<Change>(({ key }) => key);

function worstFirst(a: Change, b: Change): number {
  return SEVERITY[a.class] - SEVERITY[b.class] || byKind(a, b) || byKey(a, b);
}

/** The class of what nobody has accepted. */
function openClass(change: Change): RiskClass {
  const open = change.findings.filter(({ accepted }) => accepted === null);
  return open.length === change.findings.length ? change.class : worstOf(open.map((each) => each.class));
}

function countActions(changes: readonly Change[]): TopologyDiff["actions"] {
  const counts: Record<Action, number> = { create: 0, update: 0, replace: 0, move: 0, forget: 0, destroy: 0 };
  for (const { action } of changes) counts[action]++;
  return counts;
}

function countClasses(changes: readonly Change[]): TopologyDiff["classes"] {
  const counts = { safe: 0, risky: 0, refused: 0, accepted: 0 };
  for (const each of changes) counts[each.class !== "safe" && openClass(each) === "safe" ? "accepted" : each.class]++;
  return counts;
}

/** By which resources a flow goes is a matter of those. */
function isSameFlow(a: Flow, b: Flow): boolean {
  return a.message === b.message && a.from === b.from && a.to === b.to && a.kind === b.kind && a.via === b.via;
}
