import type { DeclaredKind } from "../domain/definition";
import type { Issue } from "../domain/issues";
import { declaredName, generatedBy, inGeneration } from "../topology/generation";
import type { Resource, Retired, Topology } from "../topology/types";
import { successorFinder, type SuccessorFinder } from "./generations";
import { lockIssue } from "./issues";
import { byText } from "./layout";
import { leavingOf } from "./leaving";
import { lookalikeOf } from "./lookalikes";
import { namedThings, retiredPath } from "./named-things";
import { renamedPath } from "./rename-issues";
import { lockInNamesOf } from "./renames";
import type { Lock, RetiredResource } from "./types";

/** An entry stays when it is taken out of the declaration: the name is reserved for ever. */
export function allRetired(topology: Topology, previous: Lock | null): readonly Retired[] {
  const declared = new Set(topology.retired.map(({ kind, name }) => `${kind}/${name}`));
  const before = previous?.topology.retired ?? [];
  return [...topology.retired, ...before.filter(({ kind, name }) => !declared.has(`${kind}/${name}`))];
}

/**
 * What has left without being retired, and what is used again though it was.
 *
 * @param known - things of the lock that are there under another name, as `consumer/billing`
 */
export function departureIssues(
  topology: Topology,
  previous: Lock,
  known: ReadonlySet<string> = new Set(),
): readonly Issue[] {
  const there = new Set([...namedThings(topology).map((each) => each.join("/")), ...known]);
  const retired = new Set(allRetired(topology, previous).map(({ kind, name }) => `${kind}/${name}`));
  const gone = namedThings(previous.topology).filter(
    (each) => !there.has(each.join("/")) && !retired.has(each.join("/")),
  );
  const again = previous.topology.retired.filter(
    ({ kind, name }) => there.has(`${kind}/${name}`) && !known.has(`${kind}/${name}`),
  );
  const revived = topology.renamed.filter(({ kind, from }) =>
    previous.topology.retired.some((each) => each.kind === kind && from.includes(each.name)),
  );
  return [
    ...gone.map(([kind, name]) => goneIssue(kind, name, lookalikeOf(kind, name, previous.topology, topology))),
    ...again.map(({ kind, name }) => lockIssue("LK613", `${kind}s.${name}`, { received: name })),
    ...revived.map((each) => lockIssue("LK613", renamedPath(each), { received: each.from.join(", ") })),
  ];
}

function goneIssue(kind: DeclaredKind, name: string, lookalike: string | null): Issue {
  const detail = `${kind} ${name}`;
  if (lookalike === null) return lockIssue("LK612", retiredPath(kind, name), { detail });
  const fix = `if it is called ${lookalike} now, say so there: renamedFrom: ${JSON.stringify(name)}; otherwise retire it: retired: { … } with a reason`;
  return lockIssue("LK612", retiredPath(kind, name), { detail, fix });
}

/** What stays on the servers though nothing declares it: retired before, or with this topology. What has only moved is not. */
export function retiredResources(topology: Topology, before: Lock): readonly RetiredResource[] {
  const previous = lockInNamesOf(topology, before);
  const there = new Set(topology.resources.map(({ key }) => key));
  const reasons = new Map(allRetired(topology, previous).map(({ kind, name, reason }) => [`${kind}/${name}`, reason]));
  const successorOf = successorFinder(topology.resources);
  const reasonOf = (key: string): string => {
    const successor = successorOf(key);
    if (successor !== null) return `generation ${successor} of ${generatedBy(key)?.of} takes over`;
    const ids = [...reasons.keys()].filter((id) => owns(id, key));
    return reasons.get(ids[0] ?? "") ?? "nothing that is declared needs it any more";
  };
  const left = previous.topology.resources.filter(
    // the bindings of an old generation too: environments that are not as far still have them
    (each) => !there.has(each.key) && (leavingOf(each) === "stays" || successorOf(each.key) !== null), // prettier-ignore
  );
  const known = previous.retired.filter(
    ({ resource: { key }, resource }) => leavingOf(resource) === "stays" || successorOf(key) !== null,
  );
  const all = [...known, ...left.map((resource) => ({ reason: reasonOf(resource.key), resource }))];
  const declaredAt = declarationOf(topology, successorOf);
  return all
    .filter(({ resource }) => !there.has(resource.key))
    .map(({ reason, resource }) => ({ reason, resource: { ...resource, path: declaredAt(resource) } }))
    .sort(byText(({ resource }) => resource.key));
}

/** Where something is declared: an older generation where its successor is, whatever that is called now. */
function declarationOf(topology: Topology, successorOf: SuccessorFinder): (resource: Resource) => string {
  const paths = new Map(topology.resources.map(({ key, path }) => [key, path]));
  return ({ key, path }) => {
    const successor = successorOf(key);
    return (successor === null ? undefined : paths.get(inGeneration(key, successor))) ?? path;
  };
}

/** Whether a key names a thing: `topic/OrderPaid/analytics/retry-1` names the event OrderPaid and the consumer analytics. */
function owns(id: string, key: string): boolean {
  const [kind, name] = id.split("/") as [DeclaredKindText, string];
  const steps = key.split("/").map(declaredName);
  if (kind === "event") return steps[0] === "topic" && steps[1] === name;
  if (kind === "consumer" && steps[0] === "topic") return steps[2] === name;
  if (kind === "projection") return steps[0] === "projection" && steps[1] === name;
  return steps[1] === kind && steps[2] === name;
}

type DeclaredKindText = Retired["kind"];
