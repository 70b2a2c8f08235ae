import { thingsOf } from "../../lock/rename-issues";
import type { Renamed, Resource, Topology } from "../../topology/types";
import type { Judged } from "../risks/rule";
import { findingsOf } from "./findings";
import { type Comparison, nameOf } from "./resource-changes";
import type { Affected, Change } from "./types";

/**
 * What is called otherwise in the head: one change for each thing, however many resources it has, since nothing on a server changes.
 *
 * @param before - the base as it was declared, by the names of then
 */
export function renameChanges(comparison: Comparison, before: Topology | null): readonly Change[] {
  const { head } = comparison;
  if (before === null || head === null || head.renamed.length === 0) return [];
  const then = new Set(thingsOf(before).map(({ kind, name }) => `${kind}/${name}`));
  return head.renamed.flatMap((each): readonly Change[] => {
    if (then.has(`${each.kind}/${each.name}`)) return [];
    const former = each.from.findLast((name) => then.has(`${each.kind}/${name}`));
    return former === undefined ? [] : [change(comparison, head, each, former)];
  });
}

function change(comparison: Comparison, head: Topology, thing: Renamed, former: string): Change {
  const { kind, name } = thing;
  const key = keyOf(kind, name);
  const own = resourcesOf(head, thing, former);
  return {
    kind: "rename",
    key,
    movedFrom: keyOf(kind, former),
    name: `${kind} ${former} -> ${name}`,
    path: pathOf(thing, own),
    part: null,
    action: "move",
    class: "safe",
    findings: findingsOf(key, [judged(thing, former, own)], comparison.accepted),
    from: null,
    to: null,
    ddl: [],
    affected: affected(comparison, thing, former),
  };
}

function keyOf(kind: Renamed["kind"], name: string): string {
  return `rename/${kind}/${name}`;
}

/** The resources that were under the former name: the engines' state moves from there. */
function resourcesOf({ moved, resources }: Topology, thing: Renamed, former: string): readonly Resource[] {
  const next = new Map(moved.map(({ from, to }) => [from.key, to]));
  const keys = new Set<string>();
  for (const { from } of moved.filter((each) => names(each.from.key, thing.kind, former))) {
    let key = from.key;
    for (let to = next.get(key); to !== undefined; to = next.get(key)) key = to;
    keys.add(key);
  }
  return resources.filter((each) => keys.has(each.key));
}

/** Whether a key is that of something's own: events come first in topics, receivers second in all but projections. */
function names(key: string, kind: Renamed["kind"], name: string): boolean {
  const steps = key.split("/");
  if (kind === "event") return (steps[0] === "topic" && bare(steps[1]) === name) || (steps.at(-2) === "event" && steps.at(-1) === name); // prettier-ignore
  if (kind === "command") return steps.at(-2) === "command" && steps.at(-1) === name;
  if (kind === "consumer" && steps[0] === "topic") return steps[2] === name;
  if (kind === "projection") return steps[0] === "projection" && steps[1] === name;
  return steps[1] === kind && bare(steps[2]) === name;
}

/** Without the number of its generation. */
function bare(step = ""): string {
  return step.replace(/\.v\d+$/, "");
}

function pathOf({ kind, name }: Renamed, own: readonly Resource[]): string {
  const declared =
    kind === "event" ? own.find((each) => each.kind === "kafka-topic" && each.role === "event") : undefined;
  return declared?.path ?? `${kind}s.${name}`;
}

function judged({ kind, name, from }: Renamed, former: string, own: readonly Resource[]): Judged {
  const [first] = own.filter((each) => HOLDS.includes(each.kind)).map(nameOf);
  const rest = own.length - 1;
  const kept = first === undefined ? "no resource has it in its name" : `${first}${rest > 0 ? ` and ${rest} more` : ""} ${rest > 0 ? "keep their names" : "keeps its name"}`; // prettier-ignore
  const stored = STORED[kind];
  return {
    code: "RN501",
    attribute: null,
    from: former,
    to: name,
    class: "safe",
    title: `nothing on a server changes: ${kept}`,
    happens: `the engine moves its state; ${stored === null ? "" : `${stored} stays ${JSON.stringify(from[0])}, and `}services that run with the older declaration go on`, // prettier-ignore
  };
}

const HOLDS: readonly Resource["kind"][] = ["kafka-topic", "rabbitmq-queue", "postgres-table"];

/** What rows and messages are called by. */
const STORED: Readonly<Record<Renamed["kind"], string | null>> = {
  aggregate: "the type that its rows are stored under",
  event: "the type that it is stored under and sent as",
  command: "the type of its messages",
  consumer: "its name in the inbox",
  projection: "its name among the checkpoints",
  saga: "the type of its instances",
};

/** Whoever names it in code: with the new declaration, only the new name compiles. */
function affected({ concern }: Comparison, { kind, name }: Renamed, former: string): readonly Affected[] {
  const how = `says ${former} in its code until it is built with the new declaration`;
  if (kind === "event" || kind === "command") return concern.ofMessage(name).map((each) => ({ ...each, how }));
  return kind === "aggregate" ? [] : [{ kind, name, how }];
}
