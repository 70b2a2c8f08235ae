import type { Contract, SagaModel } from "../../topology/types";
import { judgeSaga } from "../risks/sagas";
import { judgeNewVersion, judgeSameVersion } from "../risks/schemas";
import type { Judged } from "../risks/rule";
import { findingsOf, worstOf } from "./findings";
import { matchById } from "./match";
import type { Comparison } from "./resource-changes";
import type { Action, Affected, Change } from "./types";

/** What differs in published schemas and in sagas: nothing that a server holds, but that services live by. */
export function modelChanges(comparison: Comparison): readonly Change[] {
  return [...contractChanges(comparison), ...sagaChanges(comparison)];
}

function idOf({ kind, name, version }: Contract): string {
  return `contract/${kind}/${name}/${version}`;
}

function contractChanges(comparison: Comparison): readonly Change[] {
  const [before, after] = [comparison.base?.contracts ?? [], comparison.head?.contracts ?? []];
  const changes: Change[] = [];
  const { gone, added } = matchById(
    before,
    after,
    idOf,
    (from, to) => {
      const judged = judgeSameVersion(from, to);
      if (judged.length > 0) changes.push(contractChange(comparison, to, "update", judged));
    },
    isSameVersion,
  );
  if (added.length > 0) {
    // what was published before comes last, and so it is what a new version is held against
    const known = new Map([...after, ...before].map((each) => [idOf(each), each]));
    for (const each of added) {
      const older = known.get(idOf({ ...each, version: each.version - 1 })) ?? null;
      changes.push(contractChange(comparison, each, "create", judgeNewVersion(older, each)));
    }
  }
  return [...changes, ...gone.map((each) => contractChange(comparison, each, "forget", [leaves(each)]))];
}

function isSameVersion(a: Contract, b: Contract): boolean {
  return a.name === b.name && a.version === b.version && a.kind === b.kind;
}

function leaves({ kind, name, version }: Contract): Judged {
  return {
    code: "SC709",
    attribute: null,
    from: version,
    to: null,
    class: "risky",
    facts: { needsOrder: true, breaksConsumers: true },
    title: `${kind} ${name} is not sent any more`,
    happens: "messages that were sent stay where they are; whoever waits for new ones waits in vain",
    wayOut: "see that nobody outside of this declaration takes it",
  };
}

function contractChange(comparison: Comparison, contract: Contract, action: Action, judged: readonly Judged[]): Change {
  const { kind, name, version } = contract;
  const path = kind === "event" ? `events.${name}.versions.${version}` : `commands.${name}.schema`;
  const named = kind === "event" ? `${name} v${version}` : name;
  return modelChange(
    comparison,
    "contract",
    idOf(contract),
    named,
    path,
    action,
    judged,
    comparison.concern.ofMessage(name),
  );
}

function sagaChanges(comparison: Comparison): readonly Change[] {
  const before = new Map((comparison.base?.sagas ?? []).map((each) => [each.name, each]));
  const after = new Map((comparison.head?.sagas ?? []).map((each) => [each.name, each]));
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((name): readonly Change[] => {
    const [from, to] = [before.get(name), after.get(name)];
    const judged = from && to ? judgeSaga(from, to) : [newOrGone(from, to)];
    if (judged.length === 0) return [];
    const action = from === undefined ? "create" : to === undefined ? "forget" : "update";
    const affected = comparison.concern.ofSaga(name);
    return [modelChange(comparison, "saga", `saga/${name}`, name, `sagas.${name}`, action, judged, affected)];
  });
}

function newOrGone(from: SagaModel | undefined, to: SagaModel | undefined): Judged {
  if (to !== undefined) {
    const title = `started by ${to.startedBy}`;
    return {
      code: "SG804",
      attribute: null,
      from: null,
      to: to.name,
      class: "safe",
      title,
      happens: "events from now on start one",
    };
  }
  return {
    code: "SG805",
    attribute: null,
    from: from?.name,
    to: null,
    class: "risky",
    facts: { needsOrder: true },
    title: "leaves the declaration",
    happens: "instances that run are not driven any more: what they have done is neither finished nor undone",
    wayOut: "stop what starts new ones and let the running instances end first",
  };
}

function modelChange(
  comparison: Comparison,
  kind: "contract" | "saga",
  key: string,
  name: string,
  path: string,
  action: Action,
  judged: readonly Judged[],
  affected: readonly Affected[],
): Change {
  const findings = findingsOf(key, judged, comparison.accepted);
  const worst = worstOf(findings.map((each) => each.class));
  return {
    kind,
    key,
    movedFrom: null,
    name,
    path,
    part: null,
    action,
    class: worst,
    findings,
    from: null,
    to: null,
    ddl: [],
    affected,
  };
}
