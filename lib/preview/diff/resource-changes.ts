import { successorFinder } from "../../lock/generations";
import { leavingOf } from "../../lock/leaving";
import { isReadModel, withOlderReadModels } from "../../topology/postgres/older-read-models";
import type { PostgresGrants, PostgresTableResource, Resource, Topology } from "../../topology/types";
import { judgeTopic } from "../risks/kafka";
import { judgePostgres, type PostgresResource, statementsFor } from "../risks/postgres";
import { judgeBinding, judgeExchange, judgePolicy, judgeQueue } from "../risks/rabbitmq";
import type { Around, Judged } from "../risks/rule";
import type { RiskCode } from "../risks/codes";
import { same } from "../same";
import type { Concern } from "./affected";
import { findingsOf, worstOf } from "./findings";
import { matchById } from "./match";
import type { Action, Change } from "./types";

export interface Comparison {
  readonly domain: string;
  readonly base: Topology | null;
  readonly head: Topology | null;
  /** By a key of now: what it was in the base, where that was another one. */
  readonly formerKeys: ReadonlyMap<string, string>;
  /** Keys that the head's lock keeps on the servers. */
  readonly kept: ReadonlySet<string>;
  readonly concern: Concern;
  readonly accepted: ReadonlyMap<string, string>;
}

/** What differs between the resources of both sides. */
export function resourceChanges(comparison: Comparison): readonly Change[] {
  const { base, head } = comparison;
  const changes: Change[] = [];
  const access: (readonly [from: Resource, to: PostgresGrants])[] = [];
  const { gone, added } = matchById(base?.resources ?? [], head?.resources ?? [], keyOf, (from, to) => {
    if (same(from, to)) return;
    if (to.kind === "postgres-grants") access.push([from, to]);
    else changes.push(...updated(comparison, from, to));
  });
  for (const each of added) changes.push(change(comparison, null, each, "create", [created(each)]));
  // most changes take nothing away, and reading every key of the head costs more than they do
  const successorOf = gone.length === 0 || head === null ? (): null => null : successorFinder(head.resources);
  const older: PostgresTableResource[] = [];
  for (const each of gone) {
    const successor = comparison.kept.has(each.key) ? successorOf(each.key) : null;
    changes.push(successor === null ? left(comparison, each) : givesWay(comparison, each, successor));
    if (successor !== null && isReadModel(each)) older.push(each);
  }
  // the deploy that brings a successor takes no rights on the old one
  for (const [from, to] of access) changes.push(...updated(comparison, from, withOlderReadModels(to, older)));
  return changes;
}

function keyOf({ key }: Resource): string {
  return key;
}

function updated(comparison: Comparison, from: Resource, to: Resource): readonly Change[] {
  const around: Around = { consumersOf: (key) => comparison.concern.ofKey(key).map(({ name }) => name) };
  const judged = judge(from, to, around);
  // what differs is only how it is declared: the server sees nothing of it
  if (judged.length === 0) return [];
  return [change(comparison, from, to, judged.some((each) => each.facts?.replaces) ? "replace" : "update", judged)];
}

function judge(from: Resource, to: Resource, around: Around): readonly Judged[] {
  if (from.kind !== to.kind) throw new Error(`${to.key} is a ${from.kind} in the base and a ${to.kind} in the head`);
  switch (to.kind) {
    case "kafka-topic":
      return judgeTopic(from as typeof to, to, around);
    case "rabbitmq-exchange":
      return judgeExchange(from as typeof to, to, around);
    case "rabbitmq-queue":
      return judgeQueue(from as typeof to, to, around);
    case "rabbitmq-policy":
      return judgePolicy(from as typeof to, to, around);
    case "rabbitmq-binding":
      return judgeBinding(from as typeof to, to, around);
    default:
      return judgePostgres(from as PostgresResource, to);
  }
}

function created(to: Resource): Judged {
  const code: RiskCode = to.kind === "kafka-topic" ? "KF200" : to.kind.startsWith("rabbitmq") ? "RM300" : "PG400";
  return {
    code,
    attribute: null,
    from: null,
    to: nameOf(to),
    class: "safe",
    title: "created",
    happens: "nothing is there yet",
  };
}

/** Nothing of it is taken away by the deploy that brings its successor: that comes later, environment by environment. */
function givesWay(comparison: Comparison, from: Resource, successor: number): Change {
  const judged: Judged = {
    code: from.kind === "kafka-topic" ? "KF212" : from.kind === "postgres-table" ? "PG480" : "RM313",
    attribute: null,
    from: nameOf(from),
    to: null,
    class: "safe",
    facts: { needsOrder: true },
    title: `generation ${successor} takes over`,
    happens: "it stays beside the new one until the environment's profile says that it is done",
    wayOut: "go over step by step, as the order to deploy says",
  };
  return change(comparison, from, null, "forget", [judged]);
}

function left(comparison: Comparison, from: Resource): Change {
  const topic = from.kind === "kafka-topic";
  const code: RiskCode = topic ? "KF211" : from.kind.startsWith("rabbitmq") ? "RM312" : "PG411";
  const base = { code, attribute: null, from: nameOf(from), to: null } as const;
  if (leavingOf(from) === "goes") return change(comparison, from, null, "destroy", [takenAway(from)]);
  if (comparison.kept.has(from.key)) {
    const judged: Judged = {
      ...base,
      class: "risky",
      facts: { needsOrder: true },
      title: "leaves the declaration",
      happens: "it stays on the server with all that it holds, and its name stays reserved",
      wayOut: "stop who works on it first; remove it by hand when it is empty and nobody uses it",
    };
    return change(comparison, from, null, "forget", [judged]);
  }
  const judged: Judged = {
    ...base,
    class: "refused",
    facts: { losesData: true },
    title: "gone without being retired",
    happens: "it would be destroyed with all that it holds",
    wayOut: "retire it in the declaration, with a reason, and run eventloom lock",
  };
  return change(comparison, from, null, "destroy", [judged]);
}

/** What holds nothing: a way for messages, or rights. */
function takenAway(from: Resource): Judged {
  const base = { attribute: null, from: nameOf(from), to: null, title: "taken away" } as const;
  if (from.kind.startsWith("rabbitmq"))
    return { ...base, code: "RM311", class: "safe", happens: "no new messages come that way; those in the queue stay" };
  return {
    ...base,
    code: "PG400",
    class: "risky",
    happens: "who got rights by it loses them",
    wayOut: "give them the rights another way first",
  };
}

function change(
  { domain, concern, accepted, formerKeys }: Comparison,
  from: Resource | null,
  to: Resource | null,
  action: Action,
  judged: readonly Judged[],
): Change {
  const resource = (to ?? from) as Resource;
  const findings = findingsOf(resource.key, judged, accepted);
  const isAccepted = (each: string): boolean => accepted.has(`${resource.key} ${each}`);
  const ddl = to !== null && to.kind.startsWith("postgres") ? statementsFor(from as PostgresResource | null, to as PostgresResource, domain, isAccepted) : []; // prettier-ignore
  return {
    kind: resource.kind,
    key: resource.key,
    movedFrom: formerKeys.get(resource.key) ?? null,
    name: nameOf(resource),
    path: resource.path,
    part: resource.part,
    action,
    class: worstOf(findings.map((each) => each.class)),
    findings,
    from,
    to,
    ddl,
    affected: concern.ofKey(resource.key),
  };
}

/** The physical name. */
export function nameOf(resource: Resource): string {
  switch (resource.kind) {
    case "rabbitmq-binding":
      return `${resource.source} -> ${resource.destination}${resource.routingKey === "" ? "" : ` (${resource.routingKey})`}`;
    case "postgres-schema":
    case "postgres-role":
    case "postgres-publication":
      return resource.definition.name;
    case "postgres-grants":
      return `${resource.definition.schema}.${resource.definition.role}`;
    case "postgres-sequence":
    case "postgres-function":
    case "postgres-table":
      return `${resource.definition.schema}.${resource.definition.name}`;
    default:
      return resource.name;
  }
}
