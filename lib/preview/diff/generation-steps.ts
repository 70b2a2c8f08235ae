import { oldName } from "../../lock/generations";
import { generatedBy, isEventTopic, isReadTable, isWorkQueue } from "../../topology/generation";
import type { Change, DeployStep } from "./types";

export function step(what: DeployStep["what"], who: string, sentence: string, because: readonly Change[]): DeployStep {
  return { what, who, sentence, because: because.map(({ key }) => key) };
}

/** Codes of findings about what gives way to its next generation. */
const GIVES_WAY: readonly string[] = ["KF212", "RM313", "PG480"];

export function givesWay({ findings }: Change): boolean {
  return findings.some(({ code }) => GIVES_WAY.includes(code));
}

/** What takes over from what. */
export interface Succession {
  readonly pairs: readonly Pair[];
  /** Of both sides: nobody is stopped or started for them, as the steps of the walk say. */
  readonly keys: ReadonlySet<string>;
}

export function successionIn(changes: readonly Change[]): Succession {
  const olds = new Map(changes.filter(givesWay).map((each) => [generatedBy(each.key)?.first, each]));
  if (olds.size === 0) return { pairs: [], keys: new Set() };
  const pairs = changes.flatMap((to): readonly Pair[] => {
    const from = to.action === "create" ? olds.get(generatedBy(to.key)?.first) : undefined;
    return from === undefined ? [] : [pairOf(from, to)];
  });
  return { pairs, keys: new Set(pairs.flatMap(({ from, to }) => [from.key, to.key])) };
}

/** How a new generation takes over, after the deploy that has made it: each environment goes this way at its own pace. */
export function generationSteps(domain: string, { pairs }: Succession): readonly DeployStep[] {
  return [
    ...pairs.filter(({ to }) => isWorkQueue(to.key)).flatMap((each) => queueSteps(domain, each)),
    ...pairs.filter(({ to }) => isEventTopic(to.key)).flatMap((each) => topicSteps(domain, each)),
    ...pairs.filter(({ to }) => isReadTable(to.key)).flatMap((each) => readTableSteps(domain, each)),
  ];
}

interface Pair {
  readonly from: Change;
  readonly to: Change;
  /** As a profile names the old one. */
  readonly old: string;
  /** Whoever consumes it, or builds it. */
  readonly takers: readonly string[];
}

function pairOf(from: Change, to: Change): Pair {
  const { of, generation } = generatedBy(from.key)!;
  return { from, to, old: oldName(of, generation), takers: to.affected.map(({ name }) => name) };
}

function queueSteps(domain: string, pair: Pair): readonly DeployStep[] {
  const { from, to, old, takers } = pair;
  return [
    ...takers.map((who) =>
      step("service", who, `deploy ${who}: it consumes ${to.name} beside ${from.name}`, [from, to]),
    ),
    step(
      "infrastructure",
      domain,
      `say ${said(old, "drain")} and deploy ${domain}: ${from.name} gets no new messages`,
      [from],
    ),
    ...lastSteps(domain, pair),
  ];
}

function topicSteps(domain: string, pair: Pair): readonly DeployStep[] {
  const { from, to, old, takers } = pair;
  return [
    ...takers.map((who) =>
      step("service", who, `deploy ${who}: it subscribes to ${to.name} beside ${from.name}`, [from, to]),
    ),
    step("service", "relay", `say ${said(old, "drain")} and deploy the relay: it writes to ${to.name} alone`, [
      from,
      to,
    ]),
    ...lastSteps(domain, pair),
  ];
}

/** The old table is read until the new one has all that it has, and is kept up to date until nobody reads it any more. */
function readTableSteps(domain: string, pair: Pair): readonly DeployStep[] {
  const { from, to, old } = pair;
  const generation = generatedBy(to.key)!.generation;
  return pair.takers.flatMap((who) => [
    step("service", who, `deploy ${who}: start_generation with ${generation}, and it builds ${to.name} from the events, beside ${from.name}`, [from, to]), // prettier-ignore
    step("check", domain, `wait until eventloom drained says that ${to.name} has caught up`, [to]),
    step("service", who, `say ${said(old, "drain")} and deploy who reads ${from.name}: they read ${to.name}`, [
      from,
      to,
    ]),
    step("service", who, `let ${who} switch_generation to ${generation}: ${from.name} is not written any more`, [from, to]), // prettier-ignore
    ...lastSteps(domain, pair),
  ]);
}

function lastSteps(domain: string, { from, old, takers }: Pair): readonly DeployStep[] {
  const readers = takers.length === 0 ? "" : `${takers.join(", ")}, then `;
  return [
    step("check", domain, `wait until eventloom drained says that ${from.name} is drained`, [from]),
    step("infrastructure", domain, `say ${said(old, "done")} and deploy ${readers}${domain}: ${from.name} is forgotten and stays on the server`, [from]), // prettier-ignore
  ];
}

function said(old: string, phase: "drain" | "done"): string {
  return `generations: { ${JSON.stringify(old)}: "${phase}" } in the profile`;
}
