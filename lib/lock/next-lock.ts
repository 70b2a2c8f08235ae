import { compareSchemas } from "../contracts/compare";
import type { Json } from "../contracts/json-schema";
import { sameSchema } from "../contracts/normalise";
import { deepFreeze } from "../domain/define-domain";
import type { Issue } from "../domain/issues";
import type { Contract, Retired, Topology } from "../topology/types";
import { lockIssue } from "./issues";
import { byText, contractId, flowId } from "./layout";
import { leavingOf } from "./leaving";
import { namedThings, retiredPath } from "./named-things";
import type { Lock, RetiredResource } from "./types";

/** What locking gives: the lock and what is published by writing it, or why it may not be written. */
export type NextLock =
  | { readonly ok: true; readonly lock: Lock; readonly published: readonly Contract[] }
  | { readonly ok: false; readonly issues: readonly Issue[] };

/**
 * The lock that follows from a topology and the lock before it. Locking publishes: every version of an event that is new in the
 * topology can never change from then on. What has left must have been retired.
 *
 * @param topology - as compiled
 * @param previous - null where nothing was locked yet
 */
export function nextLock(topology: Topology, previous: Lock | null): NextLock {
  if (previous !== null && previous.domain !== topology.domain) {
    const wrong = { received: previous.domain, allowed: topology.domain };
    return { ok: false, issues: [lockIssue("LK614", "domain", wrong)] };
  }
  const issues =
    previous === null ? [] : [...publishedIssues(topology, previous), ...departureIssues(topology, previous)];
  if (issues.length > 0) return { ok: false, issues };
  const known = new Set((previous?.published ?? []).map(versionId));
  const published = topology.contracts.filter((each) => !known.has(versionId(each)));
  const current = new Set(topology.contracts.map(versionId));
  const kept = (previous?.published ?? []).filter((each) => !current.has(versionId(each)));
  const lock: Lock = {
    format: 1,
    domain: topology.domain,
    topology: inOrder({ ...topology, retired: allRetired(topology, previous) }),
    published: [...topology.contracts, ...kept].sort(byText(versionId)),
    retired: previous === null ? [] : retiredResources(topology, previous),
  };
  return { ok: true, lock: deepFreeze(lock), published };
}

function versionId(contract: Contract): string {
  return `${contractId(contract)}/${String(contract.version).padStart(3, "0")}`;
}

/** The order of a lock: of identities, since the order of creation can always be had from `dependsOn`. */
export function inOrder(topology: Topology): Topology {
  return {
    ...topology,
    resources: [...topology.resources].sort(byText(({ key }) => key)),
    flows: [...topology.flows].sort(byText(flowId)),
    contracts: [...topology.contracts].sort(byText(versionId)),
    sagas: [...topology.sagas].sort(byText(({ name }) => name)),
    retired: [...topology.retired].sort(byText(({ kind, name }) => `${kind}/${name}`)),
    acceptances: [...topology.acceptances].sort(byText(({ change }) => change)),
  };
}

/** An entry stays when it is taken out of the declaration: the name is reserved for ever. */
function allRetired(topology: Topology, previous: Lock | null): readonly Retired[] {
  const declared = new Set(topology.retired.map(({ kind, name }) => `${kind}/${name}`));
  const before = previous?.topology.retired ?? [];
  return [...topology.retired, ...before.filter(({ kind, name }) => !declared.has(`${kind}/${name}`))];
}

/** Commands have no versions: their sender and their handler are deployed together. */
function publishedIssues(topology: Topology, previous: Lock): readonly Issue[] {
  const now = new Map(topology.contracts.map((each) => [versionId(each), each]));
  const names = new Set(topology.contracts.map(contractId));
  return previous.published
    .filter((each) => each.kind === "event" && names.has(contractId(each)))
    .flatMap((before) => {
      const path = `events.${before.name}.versions.${before.version}`;
      const after = now.get(versionId(before));
      if (after === undefined) return [lockIssue("LK611", path)];
      if (sameSchema(before.schema as Json, after.schema as Json)) return [];
      const next = Math.max(...topology.contracts.filter((each) => each.name === before.name).map((each) => each.version)) + 1; // prettier-ignore
      const fix = `leave version ${before.version} as it was and declare version ${next}, with an upcast`;
      return [lockIssue("LK610", path, { detail: differences(before, after), fix })];
    });
}

/** As many places as fit in a line. */
const SHOWN = 5;

function differences(before: Contract, after: Contract): string {
  const found = compareSchemas(before.schema as Json, after.schema as Json);
  const shown = found
    .slice(0, SHOWN)
    .map(({ kind, pointer }) => `${JSON.stringify(pointer)} ${kind.replace("-", " ")}`);
  return [...shown, ...(found.length > SHOWN ? [`${found.length - SHOWN} more`] : [])].join(", ");
}

function departureIssues(topology: Topology, previous: Lock): readonly Issue[] {
  const there = new Set(namedThings(topology).map((each) => each.join("/")));
  const retired = new Set(allRetired(topology, previous).map(({ kind, name }) => `${kind}/${name}`));
  const gone = namedThings(previous.topology).filter(
    (each) => !there.has(each.join("/")) && !retired.has(each.join("/")),
  );
  const again = previous.topology.retired.filter(({ kind, name }) => there.has(`${kind}/${name}`));
  return [
    ...gone.map(([kind, name]) => lockIssue("LK612", retiredPath(kind, name), { detail: `${kind} ${name}` })),
    ...again.map(({ kind, name }) => lockIssue("LK613", `${kind}s.${name}`, { received: name })),
  ];
}

function retiredResources(topology: Topology, previous: Lock): readonly RetiredResource[] {
  const there = new Set(topology.resources.map(({ key }) => key));
  const reasons = new Map(allRetired(topology, previous).map(({ kind, name, reason }) => [`${kind}/${name}`, reason]));
  const reasonOf = (key: string): string => {
    const ids = [...reasons.keys()].filter((id) => owns(id, key));
    return reasons.get(ids[0] ?? "") ?? "nothing that is declared needs it any more";
  };
  const left = previous.topology.resources.filter((each) => !there.has(each.key) && leavingOf(each) === "stays");
  const all = [...previous.retired, ...left.map((resource) => ({ reason: reasonOf(resource.key), resource }))];
  return all.filter(({ resource }) => !there.has(resource.key)).sort(byText(({ resource }) => resource.key));
}

/** Whether a key names a thing: `topic/OrderPaid/analytics/retry-1` names the event OrderPaid and the consumer analytics. */
function owns(id: string, key: string): boolean {
  const [kind, name] = id.split("/") as [DeclaredKindText, string];
  const steps = key.split("/");
  if (kind === "event") return steps[0] === "topic" && steps[1] === name;
  if (kind === "consumer" && steps[0] === "topic") return steps[2] === name;
  if (kind === "projection") return steps[0] === "projection" && steps[1] === name;
  return steps[1] === kind && steps[2] === name;
}

type DeclaredKindText = Retired["kind"];
