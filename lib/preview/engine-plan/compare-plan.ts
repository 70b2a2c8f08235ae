import type { Action, Change, TopologyDiff } from "../diff/types";
import { type Leaving, leavingOf } from "../../lock/leaving";
import { givesWay } from "../diff/generation-steps";
import { type PlanCode, planCodes } from "./issues";
import type { EnginePlan, PlanAction, PlannedChange } from "./types";

/** Where an engine's plan and the locks depart from each other. */
export interface PlanFinding {
  readonly code: PlanCode;
  /** `stop`: something may be lost. `look`: somebody should find out why. `note`: good to know. */
  readonly severity: "stop" | "look" | "note";
  readonly domain: string | null;
  /** The resource's key; null for the plan as a whole. */
  readonly key: string | null;
  /** Where in the declaration it comes from. */
  readonly path: string | null;
  /** In one line, lower case, without a final period. */
  readonly message: string;
  readonly fix: string;
}

/** How a plan and the locks agree. */
export interface PlanComparison {
  readonly plan: EnginePlan;
  /** The worst first. */
  readonly findings: readonly PlanFinding[];
  /** Resources about which both say the same. */
  readonly agreed: number;
}

/** What a lock's change may be in an engine's plan; what is not listed departs from it. */
const AGREES: Readonly<Record<Action, readonly PlanAction[]>> = {
  create: ["create", "import"],
  update: ["update"],
  replace: ["replace"],
  move: ["move", "none", "update"],
  forget: ["forget"],
  destroy: ["delete", "forget"],
};

/** What an engine does with what was retired, when the turn of its environment comes. */
const LEAVES_BY: Readonly<Record<Leaving, PlanAction>> = { stays: "forget", goes: "delete" };

const DESTRUCTIVE: readonly PlanAction[] = ["replace", "delete"];
const SEVERITIES = ["stop", "look", "note"] as const;
type Severity = (typeof SEVERITIES)[number];

/**
 * Holds an engine's plan against what the locks say.
 *
 * @param diffs of the domains that the plan is meant to deploy: from what is deployed to what is approved
 */
export function comparePlan(plan: EnginePlan, diffs: readonly TopologyDiff[]): PlanComparison {
  const planned = new Map(plan.changes.map((each) => [`${each.domain} ${each.key}`, each]));
  const failed = new Set(plan.errors.map(({ key }) => key));
  const findings: PlanFinding[] = plan.errors.length > 0 ? [gaveUp(plan)] : [];
  const seen = new Set<string>();
  let agreed = 0;
  for (const { domain, changes } of diffs) {
    if (isForeign(plan, domain)) {
      findings.push(finding("PL914", "look", { domain, key: null, path: null }, `"${domain}"`));
      continue;
    }
    for (const change of changes.filter(({ kind }) => kind !== "contract" && kind !== "saga" && kind !== "rename")) {
      const keys = [change.key, change.movedFrom].filter((key) => key !== null);
      const found = keys.map((key) => planned.get(`${domain} ${key}`)).find((each) => each !== undefined);
      for (const key of keys) seen.add(`${domain} ${key}`);
      const departure = depart(change, found, domain, plan, failed);
      if (departure === null) agreed++;
      else findings.push(departure);
    }
  }
  for (const change of plan.changes) {
    if (!seen.has(`${change.domain} ${change.key}`)) findings.push(...unexpected(change));
  }
  return { plan, findings: worstFirst(findings), agreed };
}

/** Pulumi leaves out what stays the same: nothing at all says nothing. */
function isForeign({ engine, known, foreign, errors }: EnginePlan, domain: string): boolean {
  if (Object.hasOwn(known, domain)) return false;
  return (engine === "terraform" && errors.length === 0) || foreign.changed + foreign.untouched > 0;
}

/** What stays in a table's way is refused by the provider, so that the plan does not even have it. */
function depart(
  change: Change,
  planned: PlannedChange | undefined,
  domain: string,
  { engine, errors }: EnginePlan,
  failed: ReadonlySet<string | null>,
): PlanFinding | null {
  const gaveUpOn = errors.length > 0;
  const action = planned?.action ?? "none";
  const about = { domain, key: change.key, path: change.path };
  const said = `${change.key} (${change.name}): the locks say ${wordsFor(change)}, the engine ${does(action)}`;
  if (change.class === "refused") {
    if (gaveUpOn || failed.has(change.key)) return null;
    if (action === "none") return finding("PL913", "look", about, said);
    if (isAccepted(change)) return null;
    // locks know no rows; our table provider has looked, and refuses by the same rules
    const looked = change.kind.startsWith("postgres-") && !DESTRUCTIVE.includes(action);
    return looked
      ? finding("PL916", "note", about, `${said}, since no rows are in the way`)
      : finding("PL917", "stop", about, said);
  }
  if (AGREES[change.action].includes(action) || (givesWay(change) && inSomePhase(change, action))) return null;
  // it has released what it is to forget, which changes its books alone; the next update forgets
  if (change.action === "forget" && action === "none" && engine === "pulumi") return null;
  if (DESTRUCTIVE.includes(action)) return finding("PL910", "stop", about, said);
  // an engine that has given up has not come to everything
  if (action === "none") return gaveUpOn ? null : finding("PL913", "note", about, said);
  return finding("PL916", "look", about, said);
}

/** Which phase an environment is in, the locks do not say: in the first one nothing is done, in the second the bindings go. */
function inSomePhase({ from }: Change, action: PlanAction): boolean {
  return action === "none" || (action === "delete" && from !== null && leavingOf(from) === "goes");
}

function isAccepted({ findings }: Change): boolean {
  const refused = findings.filter((each) => each.class === "refused");
  return refused.length > 0 && refused.every(({ accepted }) => accepted !== null);
}

function unexpected(change: PlannedChange): readonly PlanFinding[] {
  const { action, attributes, domain, drift, key, leaving, name, path } = change;
  // approved long ago, and only now deployed here
  if (change.losesRetiredOnly || (leaving !== null && action === LEAVES_BY[leaving])) return [];
  if (action === "read" || action === "move" || action === "import") return [];
  if (change.inPhases === true && action === "update" && !drift) return [];
  const about = { domain, key, path };
  const what = `${key} (${name})`;
  if (DESTRUCTIVE.includes(action))
    return [finding("PL910", "stop", about, `${what}: the locks say nothing, the engine ${does(action)}`)];
  const changed = attributes.length === 0 ? "" : `: ${attributes.map(({ attribute }) => attribute).join(", ")}`;
  if (drift) {
    const rest = action === "none" ? "leaves it so" : does(action);
    return [finding("PL911", "look", about, `${what}: changed outside of the engine, which ${rest}${changed}`)];
  }
  return [finding("PL912", "look", about, `${what}: the locks say nothing, the engine ${does(action)}${changed}`)];
}

function gaveUp({ errors }: EnginePlan): PlanFinding {
  const which = errors.flatMap(({ key, codes }) => (key === null ? codes : [`${key} ${codes.join(" ")}`.trim()]));
  return finding("PL915", "stop", { domain: null, key: null, path: null }, which.join(", "));
}

function wordsFor(change: Change): string {
  return change.class === "refused" ? `${change.action}, which is refused` : change.action;
}

function does(action: PlanAction): string {
  return action === "none" ? "does nothing" : `plans to ${action} it`;
}

function finding(
  code: PlanCode,
  severity: Severity,
  about: Pick<PlanFinding, "domain" | "key" | "path">,
  detail: string,
): PlanFinding {
  const { title, fix } = planCodes[code];
  return { code, severity, ...about, message: detail === "" ? title : `${title}: ${detail}`, fix };
}

function worstFirst(findings: readonly PlanFinding[]): readonly PlanFinding[] {
  return SEVERITIES.flatMap((severity) => findings.filter((each) => each.severity === severity));
}
