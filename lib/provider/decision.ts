import { type Acceptances, acceptanceText } from "../postgres/acceptance";
import type { PartitionModel } from "../postgres/model";
import type { SameExpression } from "../postgres/canonical";
import { type Change, stable, type TableChange } from "../postgres/diff";
import { lacking, needsServer, type ServerFacts } from "../postgres/capabilities";
import type { GrantsChange, PublicationChange, RoleChange } from "../postgres/diff";
import { dependsOnReaders } from "../postgres/safety-publication";
import { lackingAccess, needsServerAccess } from "../postgres/safety-access";
import { type PlanContext, type Statement, withSizes } from "../postgres/plan";
import { dependsOnRows, judgeChange, type Situation, type Verdict } from "../postgres/safety";
import type { Issue } from "./issue";
import type { Memory } from "./memory";
import { withRolled } from "./rolled-changes";
import { commentChange, diffDeclared, idOf, planDeclared, type Declared } from "./objects";

/** What is there, as the server or the last read has it. */
export interface Present {
  readonly declared: Declared;
  /** Empty when there is no marker. */
  readonly declaredBy: string;
  readonly memory: Memory;
}

/** What is to be done to one object: the changes, the statements for them, or why not. */
export interface Decision {
  readonly changes: readonly Change[];
  /** Empty when there are errors. */
  readonly statements: readonly Statement[];
  /** What is shown of them: of a table that is made, without the leaves of its rule, which depend on when that is. */
  readonly shown: readonly Statement[];
  readonly issues: readonly Issue[];
}

export interface Decide {
  readonly present: Present | null;
  readonly wanted: Declared;
  readonly declaredBy: string;
  readonly same: SameExpression;
  /** Asked only when a change depends on it. */
  readonly rows: () => Promise<Situation["rows"]>;
  /** Asked only when a change depends on it; null where there is no server yet. */
  readonly server: () => Promise<ServerFacts | null>;
  /** Asked only when a change depends on it. */
  readonly readers: () => Promise<NonNullable<Situation["readers"]>>;
  /** Whether a partition holds rows of a condition; asked only where a default partition may hold rows of a new one. */
  readonly holds: (partition: string, condition: string) => Promise<boolean>;
  /** The time that a rolling rule goes by, in milliseconds since 1970. */
  readonly now: number;
  /** What somebody has approved in writing. */
  readonly accepted: Acceptances;
}

/** The one decision that plan and apply both take: plan to show it, apply to do it after looking again. */
export async function decide(asked: Decide): Promise<Decision> {
  const { present, wanted, declaredBy, same } = asked;
  const nothing = { changes: [], statements: [], shown: [] };
  if (present !== null && present.memory.problems.length > 0) {
    return { ...nothing, issues: present.memory.problems.map((text) => problem(wanted, text)) };
  }
  const found = findChanges(present, wanted, declaredBy, same);
  const { changes, rolled, strays, postponed } = await withRolled(found, asked);
  const situation: Situation = {
    rows: changes.some(dependsOnRows) ? await asked.rows() : "unknown",
    strayRows: strays,
    readers: asksReaders(wanted, changes) ? await asked.readers() : "unknown",
  };
  const { refused, approved } = judgeAll(changes, situation, asked);
  const lacks = (await lackingFor(wanted, changes, asked.server)).map((verdict) => refusal(wanted, verdict));
  if (refused.length + lacks.length > 0) return { ...nothing, changes, issues: [...refused, ...lacks] };
  const { leaves = [], branches = [], obstacles = [], sizes = {} } = present?.memory ?? {};
  const plan = (leavesOfRule: readonly PartitionModel[]): readonly Statement[] => {
    const context: PlanContext = { declaredBy, leaves, branches, rolled: leavesOfRule, obstacles };
    return withSizes(planDeclared(changes, wanted, context), sizes);
  };
  // A rule's leaf that can't be made is no reason to refuse the rest: its rows go where they went before.
  const warnings = postponed.map((each): Issue => ({
    ...refusal(wanted, judgeChange(each, situation)),
    severity: "warning",
  }));
  return { changes, statements: plan(rolled), shown: plan([]), issues: [...approved, ...warnings] };
}

/** What is refused, and what would be if nobody had accepted it. */
function judgeAll(
  changes: readonly Change[],
  situation: Situation,
  { wanted, accepted }: Pick<Decide, "wanted" | "accepted">,
): { readonly refused: readonly Issue[]; readonly approved: readonly Issue[] } {
  const [refused, approved]: [Issue[], Issue[]] = [[], []];
  for (const change of changes) {
    const verdict = judgeChange(change, situation);
    if (verdict.allowed) continue;
    const text = acceptable(change, wanted);
    const reason = text === null ? undefined : accepted.open.get(text);
    if (reason !== undefined) approved.push(approval(wanted, verdict, reason));
    else refused.push(withAcceptance(refusal(wanted, verdict), text, accepted));
  }
  return { refused, approved };
}

/** How a change is accepted; null for one that nobody can accept. */
export function acceptable(change: Change, wanted: Declared): string | null {
  if (wanted.kind !== "table" && wanted.kind !== "publication") return null;
  return acceptanceText(change, { id: idOf(wanted), table: wanted.kind === "table" ? wanted.model : null });
}

/** A refusal with what would approve it. */
export function withAcceptance(issue: Issue, text: string | null, { used }: Acceptances): Issue {
  if (text === null) return issue;
  const again = used.has(text) ? "its acceptance has approved a change before; for this one give another reason" : "or accept it"; // prettier-ignore
  return { ...issue, detail: `${issue.detail}; ${again}: accept: [{ change: ${JSON.stringify(text)}, reason: "…" }]` };
}

function approval(wanted: Declared, { change, code, facts, attribute }: Verdict, reason: string): Issue {
  const effects = [
    ...(facts.losesData ? ["values in its rows are gone afterwards"] : []),
    ...(facts.locksTable === "long" ? ["writers wait for as long as all rows take"] : []),
  ];
  return {
    severity: "warning",
    code: "PG445",
    summary: `${wanted.kind} ${idOf(wanted)}: accepted, though refused by itself (${code}): ${change}`,
    detail: [`accepted since: ${reason}`, ...effects, "approves no later change"].join("; "),
    attribute,
  };
}

function asksReaders({ kind }: Declared, changes: readonly Change[]): boolean {
  return kind === "publication" && (changes as readonly PublicationChange[]).some(dependsOnReaders);
}

async function lackingFor(
  { kind }: Declared,
  changes: readonly Change[],
  server: Decide["server"],
): Promise<Verdict[]> {
  if (kind === "table") {
    const ofTable = changes as readonly TableChange[];
    const facts = needsServer(ofTable) ? await server() : null;
    return facts === null ? [] : lacking(ofTable, facts);
  }
  if (kind !== "role" && kind !== "grants") return [];
  const ofAccess = changes as readonly (RoleChange | GrantsChange)[];
  const facts = needsServerAccess(ofAccess) ? await server() : null;
  return facts === null ? [] : lackingAccess(ofAccess, facts);
}

function findChanges(present: Present | null, wanted: Declared, declaredBy: string, same: SameExpression): Change[] {
  const changes = diffDeclared(present?.declared ?? null, wanted, same);
  if (present === null) return changes;
  if (wanted.kind === "table") {
    const open = wanted.model.checks.filter((check) => present.memory.unvalidated.includes(check.name));
    changes.push(...open.map((check) => ({ kind: "validate-check", check }) as const));
    const { leaving, passingChecks } = present.memory;
    changes.unshift(
      ...leaving.map((each) => ({ kind: "finish-detach", ...each }) as const),
      ...passingChecks.map((each) => ({ kind: "drop-passing-check", ...each }) as const),
    );
  }
  const comment = commentChange(wanted);
  const marked = present.declaredBy === declaredBy && sameRule(present.declared, wanted);
  const renamed = changes.some((change) => change.kind.startsWith("rename-"));
  if (comment !== null && !marked && !renamed && !changes.some((change) => change.kind === comment.kind))
    changes.push(comment);
  return changes;
}

/** The rule stands in the comment, for those who follow it between deploys. */
function sameRule(present: Declared, wanted: Declared): boolean {
  const ruleOf = (each: Declared): string =>
    stable((each.kind === "table" ? each.model.partitioning?.rolling : null) ?? null);
  return ruleOf(present) === ruleOf(wanted);
}

/** Whether a difference may be one of spelling alone, which only the server can tell. */
export function hasExpressionChange(changes: readonly Change[]): boolean {
  return changes.some(
    (change) =>
      (change.kind === "change-column-default" && change.from.default !== null && change.to.default !== null) ||
      (change.kind === "change-column-generated" && change.from.generated !== null && change.to.generated !== null) ||
      change.kind === "change-check" ||
      change.kind === "change-index" ||
      (change.kind === "change-constraint" && change.attribute === "exclusions"),
  );
}

export function refusal(wanted: Declared, verdict: Verdict): Issue {
  return {
    severity: "error",
    code: verdict.code ?? "PG411",
    summary: `${wanted.kind} ${idOf(wanted)}: refused to ${verdict.change}`,
    detail: verdict.wayOut ?? "",
    attribute: verdict.attribute,
  };
}

function problem(wanted: Declared, text: string): Issue {
  return {
    severity: "error",
    code: "PG465",
    summary: `${wanted.kind} ${idOf(wanted)} can't be managed as it stands`,
    detail: `${text}; put that right by hand, and run the same command again`,
    attribute: null,
  };
}
