import { openAcceptances } from "../postgres/acceptance";
import type { Removal } from "../postgres/model";
import { planDeclared, type Declared } from "./objects";
import { idOf, schemaOf, toDeclared } from "./objects";
import { judgeChange, judgeRemoval, type Situation } from "../postgres/safety";
import type { Applied, ApplyRequest, Planned, Stored } from "./contract";
import { acceptable, refusal, withAcceptance } from "./decision";
import { acceptedIn } from "./plan-change";
import type { Issue } from "./issue";
import { readMemory } from "./memory";
import type { Session } from "./postgres/connection";
import { execute } from "./postgres/execute";
import { membersOf } from "./postgres/inspect-access";
import { readersOf } from "./postgres/inspect-publication";
import type { Inspected, InspectedTable } from "./postgres/inspected";
import { referenceTo } from "./postgres/reader";
import { lockTableStatement } from "./postgres/rows";
import { errorCode, ProviderError } from "./postgres/server-error";
import { retireStatements, shownInPlan, shownRetire, wasShownInPlan } from "./retire";
import type { Kind } from "./schema";
import { rowsOf, textAttribute, type Service } from "./service";
import { diffGrants, type Change } from "../postgres/diff";
import { noGrants } from "../postgres/grants";

/**
 * What happens when a resource leaves the configuration. Only the prior state and the provider's own settings are at hand then,
 * so a table's `removal` is read from the prior state.
 */
export async function planRemoval(kind: Kind, prior: Stored, service: Service | null): Promise<Planned> {
  const declared = toDeclared(kind, prior.attributes);
  const nothing = { attributes: null, private: null, changed: [] };
  if (declared.kind === "publication") {
    const issues = service === null ? [] : await readIssues(declared, prior, (ask) => service.database.use(ask));
    if (issues.length > 0) return { ...nothing, action: "none", statements: null, issues };
  }
  if (declared.kind !== "table") {
    const action = kind === "sequence" ? "forget" : "drop";
    const statements = planDeclared(dropChanges(declared), declared, noContext).map((statement) => statement.sql);
    return { ...nothing, action, statements, issues: [] };
  }
  // An engine that creates first plans the removal of the other half while it applies.
  if (service?.made.has(madeAs(declared)) === true) return { ...nothing, action: "forget", statements: [], issues: [] };
  const removal = removalOf(prior);
  const rows = removal === "drop-if-empty" && service !== null ? await rowsIfThere(declared, service) : "unknown";
  const verdict = judgeRemoval(removal, { rows });
  if (!verdict.allowed) return { ...nothing, action: "none", statements: null, issues: [refusal(declared, verdict)] };
  if (removal === "retire") {
    const statements = shownRetire(declared, dayOf(service)).map((statement) => statement.sql);
    return { ...nothing, private: shownInPlan(prior.private), action: "retire", statements, issues: [] };
  }
  const drops = removal === "drop-if-empty";
  const statements = drops ? planDeclared(dropChanges(declared), declared, noContext) : [];
  return { ...nothing, action: drops ? "drop" : "forget", statements: statements.map((s) => s.sql), issues: [] };
}

/** A removal as the engine asks for it. */
export interface Removing extends Pick<ApplyRequest, "private"> {
  readonly prior: Stored;
}

export async function applyRemoval(kind: Kind, removing: Removing, service: Service): Promise<Applied> {
  const { prior } = removing;
  const declared = toDeclared(kind, prior.attributes);
  if (declared.kind === "sequence") return { stored: null, issues: [] };
  if (declared.kind === "table") {
    const removal = removalOf(prior);
    if (removal === "forget") return { stored: null, issues: [] };
    // Refused, the half that was replaced would stay in the state, where no later declaration reaches it.
    if (service.made.has(madeAs(declared))) return { stored: null, issues: [ownReplacement(declared)] };
    const verdict = judgeRemoval(removal, { rows: "unknown" });
    if (!verdict.allowed) return { stored: prior, issues: [refusal(declared, verdict)] };
    if (removal === "retire" && !wasShownInPlan(removing.private)) {
      return { stored: prior, issues: [refusal(declared, judgeRemoval("refuse", { rows: "unknown" }))] };
    }
  }
  try {
    return await service.locks.run(schemaOf(declared), (session) => drop(declared, prior, service, session));
  } catch (error) {
    return { stored: prior, issues: [service.describe(error, `remove ${kind} ${idOf(declared)}`)] };
  }
}

const noContext = { declaredBy: "", leaves: [], obstacles: [] };

async function drop(declared: Declared, prior: Stored, service: Service, session: Session): Promise<Applied> {
  const reference = referenceTo(declared);
  const live = await service.catalog.fresh(session, reference);
  if (live === null) return { stored: null, issues: [] };
  const owner = live.declaredBy ?? "";
  if (owner !== (readMemory(prior.private)?.owner ?? textAttribute(prior.attributes, "declaredBy"))) {
    return {
      stored: null,
      issues: [kept(declared, `its comment says that ${owner === "" ? "nobody" : `"${owner}"`} declares it`)],
    };
  }
  if (service.made.has(madeAs(declared))) return { stored: null, issues: [ownReplacement(declared)] };
  if (declared.kind === "publication") {
    const issues = await readIssues(declared, prior, (ask) => ask(session));
    if (issues.length > 0) return { stored: prior, issues };
  }
  const members = declared.kind === "role" ? await membersOf(session, declared.model.name) : [];
  if (members.length > 0) return { stored: null, issues: [kept(declared, membersText(members))] };
  if (live.kind === "table" && removalOf(prior) === "retire")
    return retire({ declared, live, prior }, service, session);
  try {
    await execute(planDeclared(dropChanges(leaving(declared, live)), declared, noContext), {
      database: service.database,
      session,
      ...(declared.kind === "table" ? { guard: (guarded: Session) => refuseRows(guarded, declared) } : {}),
    });
  } catch (error) {
    if (error instanceof HoldsRows) return { stored: prior, issues: [error.issue] };
    // 2BP01, dependent_objects_still_exist: for a table that is an error, since it was to be dropped and can't be.
    if (errorCode(error) !== "2BP01" || declared.kind === "table") throw error;
    return { stored: null, issues: [kept(declared, dependents(error))] };
  }
  await service.catalog.fresh(session, reference);
  return { stored: null, issues: [] };
}

function madeAs(declared: Declared): string {
  return `${declared.kind} ${referenceTo(declared).id}`;
}

function ownReplacement(declared: Declared): Issue {
  return kept(declared, "it was made or taken over by this same run, as a replacement of itself");
}

/** Why a publication can't be dropped: somebody may be reading it. */
async function readIssues(
  declared: Declared & { readonly kind: "publication" },
  prior: Stored,
  ask: (question: typeof readersOf) => ReturnType<typeof readersOf>,
): Promise<Issue[]> {
  const change = { kind: "drop-publication", publication: declared.model } as const;
  const verdict = judgeChange(change, { rows: "unknown", readers: await ask(readersOf) });
  // what an earlier deploy has brought: there is no declaration any more that could
  const accepted = openAcceptances(acceptedIn(prior.attributes), []);
  const text = acceptable(change, declared);
  if (verdict.allowed || (text !== null && accepted.open.has(text))) return [];
  return [withAcceptance(refusal(declared, verdict), text, accepted)];
}

interface Leaving {
  readonly declared: Declared;
  readonly live: InspectedTable;
  readonly prior: Stored;
}

async function retire({ declared, live, prior }: Leaving, service: Service, session: Session): Promise<Applied> {
  const statements = await retireStatements(session, live, dayOf(service));
  if ("allowed" in statements) return { stored: prior, issues: [refusal(declared, statements)] };
  await execute(statements, { database: service.database, session });
  await service.catalog.fresh(session, referenceTo(declared));
  return { stored: null, issues: [] };
}

function membersText(members: readonly string[]): string {
  const some = members
    .slice(0, 3)
    .map((each) => `"${each}"`)
    .join(", ");
  const more = members.length > 3 ? ` and ${members.length - 3} more` : "";
  return `its members would lose what it is granted: ${some}${more}; revoke it from them, and then drop it by hand`;
}

/** What is there of it to be removed: a table that is gone already can't have anything revoked on it. */
function leaving(declared: Declared, live: Inspected): Declared {
  return declared.kind === "grants" && live.kind === "grants" ? { kind: "grants", model: live.model } : declared;
}

class HoldsRows extends Error {
  constructor(readonly issue: Issue) {
    super(issue.summary);
  }
}

async function refuseRows(session: Session, declared: Declared & { readonly kind: "table" }): Promise<void> {
  await session.query(lockTableStatement(declared.model.schema, declared.model.name));
  const rows = await rowsOf(session, declared);
  const verdict = judgeRemoval("drop-if-empty", { rows });
  if (!verdict.allowed) throw new HoldsRows(refusal(declared, verdict));
}

/** One session after the other: a call that held one while it asks for the next could wait for itself. */
async function rowsIfThere(declared: Declared, service: Service): Promise<Situation["rows"]> {
  const live = await service.catalog.find(referenceTo(declared));
  return live === null ? "none" : service.database.use((session) => rowsOf(session, declared));
}

function dropChanges(declared: Declared): Change[] {
  switch (declared.kind) {
    case "table":
      return [{ kind: "drop-table", table: declared.model }];
    case "function":
      return [{ kind: "drop-function", fn: declared.model }];
    case "schema":
      return [{ kind: "drop-schema", schema: declared.model }];
    case "sequence":
      return [];
    case "role":
      return [{ kind: "drop-role", role: declared.model }];
    case "publication":
      return [{ kind: "drop-publication", publication: declared.model }];
    case "grants":
      return diffGrants(declared.model, noGrants(declared.model));
  }
}

function removalOf(prior: Stored): Removal {
  const removal = textAttribute(prior.attributes, "removal");
  return removal === "forget" || removal === "retire" || removal === "drop-if-empty" ? removal : "refuse";
}

/** The day by the provider's clock, as `2026-11-25`. */
function dayOf(service: Service | null): string {
  return new Date(service?.now() ?? Date.now()).toISOString().slice(0, 10);
}

function kept(declared: Declared, why: string): Issue {
  return {
    severity: "warning",
    code: "PG468",
    summary: `${declared.kind} ${idOf(declared)} is kept on the server, and forgotten here`,
    detail: why,
    attribute: null,
  };
}

function dependents(error: unknown): string {
  const detail = (error as { detail?: string }).detail ?? "";
  const lines = detail.split("\n").filter((line) => line !== "");
  const shown = lines.slice(0, 3).join("; ");
  return lines.length > 3 ? `${shown}; and ${lines.length - 3} more` : shown;
}

/** Thrown nowhere else: a removal needs a server to ask. */
export function noServer(): ProviderError {
  return new ProviderError(
    "PG469",
    "the server is not known yet",
    "a value of the provider's configuration is known only after an apply: apply what it comes from first",
  );
}
