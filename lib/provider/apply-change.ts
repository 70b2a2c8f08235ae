import type { TableChange } from "../postgres/diff";
import { expressionsOf, writes } from "../postgres/expressions";
import { respell } from "./attributes";
import type { Applied, ApplyRequest, Stored } from "./contract";
import { hasErrors, type Issue } from "./issue";
import { readMemory, remember, sameBySpellings, writeMemory, type Memory } from "./memory";
import { diffDeclared, idOf, schemaOf, toDeclared, type Declared } from "./objects";
import { acceptancesOf, conflictOf, decideWithProbe, differs, rolls } from "./plan-change";
import type { Decision, Present } from "./decision";
import { withFills } from "./fills";
import type { Session } from "./postgres/connection";
import { isOfPublicFunctions, shownSql } from "../postgres/plan";
import type { PublicationModel } from "../postgres/publication-model";
import { execute, type Wait } from "./postgres/execute";
import { fingerprint, type Inspected, rollingFingerprint } from "./postgres/inspected";
import { referenceTo } from "./postgres/reader";
import { errorCode } from "./postgres/server-error";
import { resourceSchemas, type Kind } from "./schema";
import { attributesOf, keptBeside, presentFrom, textAttribute, type Service } from "./service";
import { isList, sameValue, UNKNOWN, type Attributes, type Value } from "./value";

interface Work {
  readonly kind: Kind;
  readonly prior: Stored | null;
  readonly planned: Attributes;
  readonly wanted: Declared;
  readonly declaredBy: string;
  readonly memory: Memory | null;
  readonly service: Service;
}

/** Does what was planned: looks again, decides again, and runs the statements only when they are the planned ones. */
export async function applyChange(
  kind: Kind,
  request: ApplyRequest & { readonly planned: Attributes },
  service: Service,
): Promise<Applied> {
  const { prior, planned } = request;
  const wanted = toDeclared(kind, planned);
  const work: Work = {
    kind,
    prior,
    planned,
    wanted,
    declaredBy: textAttribute(planned, "declaredBy"),
    memory: readMemory(request.private),
    service,
  };
  try {
    return await service.locks.run(schemaOf(wanted), (session) =>
      kind === "role" ? applyRole(work, session) : applyLocked(work, session),
    );
  } catch (error) {
    const issue = service.describe(error, `${prior === null ? "create" : "change"} ${kind} ${idOf(wanted)}`);
    // A failed create stores nothing: what it left carries our marker, and the next create takes it over. A failed change
    // stores what there is now.
    const stored = prior === null ? null : await rereadAfterFailure(work);
    return { stored, issues: [issue] };
  }
}

/** SQLSTATEs of who makes what somebody else has just made: duplicate_object, unique_violation. */
const MADE_MEANWHILE: readonly (string | null)[] = ["42710", "23505"];

/** The lock is one database's, and a role the whole cluster's: who comes second looks again, and takes it over. */
async function applyRole(work: Work, session: Session): Promise<Applied> {
  try {
    return await applyLocked(work, session);
  } catch (error) {
    if (!MADE_MEANWHILE.includes(errorCode(error))) throw error;
    return applyLocked(work, session);
  }
}

async function applyLocked(work: Work, session: Session): Promise<Applied> {
  const { wanted, service, prior, memory } = work;
  const reference = referenceTo(wanted);
  const live = await service.catalog.fresh(session, reference);
  const refusedFor = (issues: readonly Issue[]): Applied => ({ stored: prior, issues });
  const conflict = takeoverConflict(work, live);
  if (hasErrors(conflict)) return refusedFor(conflict);
  const stale = staleness(work, live);
  if (stale !== null) return refusedFor([stale]);
  const present = withFills(
    asRemembered(presentFrom(live, memory?.spellings ?? {}), memory),
    prior?.attributes ?? null,
  );
  const { decision, spellings } = await decideWithProbe(present, wanted, work.declaredBy, {
    ask: (question) => question(session),
    now: memory?.now ?? service.now(),
    accepted: acceptancesOf(prior, work.planned),
  });
  if (hasErrors(decision.issues)) {
    return refusedFor(prior === null && live !== null ? differs(wanted, decision) : decision.issues);
  }
  const statements = decision.shown.map(shownSql);
  const shown = work.planned["ddl"];
  if (isList(shown) && statements.length > 0 && !sameValue(comparable(wanted, shown), comparable(wanted, statements))) {
    return refusedFor([staleIssue(wanted, "the statements for it would be others")]);
  }
  const waits = await execute(decision.statements, { database: service.database, session });
  service.made.add(`${work.kind} ${reference.id}`);
  const after = await service.catalog.fresh(session, reference);
  const applied = finish(work, decision, after, spellings);
  return { ...applied, issues: [...waits.map((wait) => waited(wanted, wait)), ...applied.issues] };
}

/** Functions that this same run made are everybody's until now: no plan could know of them. */
function comparable(wanted: Declared, statements: readonly Value[]): readonly Value[] {
  if (wanted.kind !== "grants") return statements;
  return statements.filter((each) => typeof each !== "string" || !isOfPublicFunctions(each));
}

/** With the sizes that the plan showed: that a table has grown since then is nothing to plan again for. */
function asRemembered(present: Present | null, memory: Memory | null): Present | null {
  return present && memory && { ...present, memory: { ...present.memory, sizes: memory.sizes } };
}

function takeoverConflict(work: Work, live: Inspected | null): Issue[] {
  const present = presentFrom(live, {});
  if (work.prior !== null || present === null) return [];
  return conflictOf(present, work.wanted, work.declaredBy);
}

function staleness(work: Work, live: Inspected | null): Issue | null {
  if (work.memory === null) return null;
  const same = rolls(work.wanted)
    ? work.memory.rollingFingerprint === rollingFingerprint(live)
    : work.memory.fingerprint === fingerprint(live);
  if (same || madeElsewhere(work, live)) return null;
  const seen = work.memory.fingerprint === "absent" ? "it did not exist" : "it was as last read";
  const now = live === null ? "it is gone" : "it has been changed";
  return staleIssue(work.wanted, `the plan saw that ${seen}; now ${now}`);
}

/** A role belongs to the whole cluster: the deploy of another of its databases may have made it meanwhile, just as it is wanted. */
function madeElsewhere({ wanted }: Work, live: Inspected | null): boolean {
  if (wanted.kind !== "role" || live?.kind !== "role" || live.problems.length > 0) return false;
  return diffDeclared({ kind: "role", model: live.model }, wanted, sameBySpellings({})).length === 0;
}

function staleIssue(wanted: Declared, text: string): Issue {
  return {
    severity: "error",
    code: "PG464",
    summary: `${wanted.kind} ${idOf(wanted)} is not as the plan saw it`,
    detail: `${text}; nothing was done; plan again (with a refresh), look at what it shows, and apply that`,
    attribute: null,
  };
}

/** Told afterwards, so that a deploy which takes longer than it should says why. */
function waited(wanted: Declared, { comment, tries, milliseconds }: Wait): Issue {
  return {
    severity: "warning",
    code: "PG471",
    summary: `${wanted.kind} ${idOf(wanted)}: a lock was waited for`,
    detail: `to ${comment} took ${tries} tries in ${(milliseconds / 1000).toFixed(1)} seconds, since others used the table; each try gave way after the provider's lockTimeout, so that they could go on`,
    attribute: null,
  };
}

function finish(work: Work, decision: Decision, after: Inspected | null, spellings: Memory["spellings"]): Applied {
  const { wanted, planned } = work;
  const learnt = { ...spellings, ...learn(wanted, after, decision) };
  const stored: Stored = {
    attributes: planned["ddl"] === UNKNOWN ? { ...planned, ddl: decision.shown.map(shownSql) } : planned,
    private: writeMemory(remember(after, { spellings: learnt, owner: work.declaredBy })),
  };
  const present = withFills(presentFrom(after, learnt), planned);
  const left = present === null ? null : diffDeclared(present.declared, wanted, sameBySpellings(learnt));
  if (left !== null && left.length === 0 && present!.memory.problems.length === 0) return { stored, issues: [] };
  const what = left === null ? "it is not there" : left.map((change) => change.kind).join(", ");
  const issue: Issue = {
    severity: "error",
    code: "PG467",
    summary: `${wanted.kind} ${idOf(wanted)} did not become what was asked for`,
    detail: `after all statements had run, this was left to do: ${what}; somebody else may have changed it meanwhile: plan again`,
    attribute: null,
  };
  return { stored: after === null || work.prior === null ? null : restate(work, after, learnt), issues: [issue] };
}

/**
 * What Postgres made of the expressions that this apply wrote, where their texts differ: from now on both spellings are known
 * to be one.
 */
function learn(wanted: Declared, after: Inspected | null, decision: Decision): Record<string, string> {
  if (wanted.kind === "publication" && after?.kind === "publication") return learnConditions(wanted.model, after.model);
  if (wanted.kind !== "table" || after?.kind !== "table") return {};
  const made = expressionsOf(after.model);
  const changes = decision.changes as readonly TableChange[];
  const pairs = [...expressionsOf(wanted.model)]
    .filter(([place]) => changes.some((change) => writes(change, place)))
    .map(([place, text]) => [text, made.get(place)] as const);
  return Object.fromEntries(
    pairs.filter((pair): pair is [string, string] => pair[1] !== undefined && pair[0] !== pair[1]),
  );
}

function learnConditions(wanted: PublicationModel, made: PublicationModel): Record<string, string> {
  const there = new Map(made.tables.map(({ name, where }) => [name, where]));
  const pairs = wanted.tables.map(({ name, where }) => [where, there.get(name)] as const);
  return Object.fromEntries(
    pairs.filter(
      (pair): pair is [string, string] => pair[0] !== null && typeof pair[1] === "string" && pair[0] !== pair[1],
    ),
  );
}

async function rereadAfterFailure(work: Work): Promise<Stored | null> {
  try {
    const after = await work.service.database.use((session) =>
      work.service.catalog.fresh(session, referenceTo(work.wanted)),
    );
    return after === null ? work.prior : restate(work, after, work.memory?.spellings ?? {});
  } catch {
    // The failure itself is reported already; without a connection the prior state is the best that is known.
    return work.prior;
  }
}

function restate(work: Work, after: Inspected, spellings: Memory["spellings"]): Stored {
  const kept = work.prior?.attributes ?? work.planned;
  const live = attributesOf(after, keptBeside(kept));
  return {
    attributes: respell(resourceSchemas[work.kind], live, kept, sameBySpellings(spellings)),
    private: writeMemory(remember(after, { spellings, owner: work.memory?.owner ?? null })),
  };
}
