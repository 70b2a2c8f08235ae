import type { AcceptanceModel } from "../postgres/acceptance-model";
import { type Acceptances, NOTHING_ACCEPTED, openAcceptances } from "../postgres/acceptance";
import { fillDefaults, keepSpelling } from "./attributes";
import type { Action, Planned, PlanRequest, Stored } from "./contract";
import { decide, hasExpressionChange, type Decision, type Present } from "./decision";
import { hasErrors, type Issue } from "./issue";
import { emptyMemory, readMemory, sameBySpellings, writeMemory, type Memory } from "./memory";
import { idOf, plannedId, schemaOf, toDeclared, type Declared } from "./objects";
import { shownSql } from "../postgres/plan";
import { probeExpressions } from "./postgres/probe";
import type { Session } from "./postgres/connection";
import { readersOf } from "./postgres/inspect-publication";
import { serverFacts } from "./postgres/server-facts";
import { referenceTo } from "./postgres/reader";
import { resourceSchemas, type Kind } from "./schema";
import { holdsRows } from "./postgres/rows";
import { presentFrom, rowsOf, textAttribute, type Service } from "./service";
import { hasUnknown, sameValue, UNKNOWN, type Attributes } from "./value";

/**
 * What an apply would do to one object. A change is planned from what was read last, not from the server as it is now: engines
 * plan again right before the apply and want the same answer, and the apply itself looks whether the server still is so.
 */
export async function planChange(
  kind: Kind,
  request: PlanRequest & { readonly config: Attributes },
  service: Service | null,
): Promise<Planned> {
  const { prior, config } = request;
  const declaredAttributes = fillDefaults(resourceSchemas[kind], config);
  if (hasUnknown(declaredAttributes)) return later(kind, declaredAttributes, prior, []);
  if (service === null && prior === null) return later(kind, declaredAttributes, prior, []);
  const wanted = toDeclared(kind, declaredAttributes);
  const declaredBy = textAttribute(declaredAttributes, "declaredBy");
  const memory = prior === null ? null : readMemory(prior.private);
  const found = prior === null ? await findPresent(wanted, service!) : fromPrior(kind, prior, memory);
  const conflict = prior === null && found !== null ? conflictOf(found, wanted, declaredBy) : [];
  if (hasErrors(conflict)) return refused(conflict);
  const ask: Ask | null = service === null ? null : (work) => service.database.use(work);
  // When it was read, where it was: engines plan again while they apply, and want the same answer.
  const now = memory?.now ?? service?.now() ?? Date.now();
  const accepted = acceptancesOf(prior, declaredAttributes);
  const { decision, spellings } = await decideWithProbe(found, wanted, declaredBy, { ask, now, accepted });
  if (hasErrors(decision.issues)) {
    return refused(prior === null && found !== null ? differs(wanted, decision) : decision.issues);
  }
  const adoptsDroppable =
    prior === null && found !== null && kind === "table" && declaredAttributes["removal"] === "drop-if-empty";
  return planned({
    kind,
    prior,
    declaredAttributes,
    decision,
    memory: { ...(found?.memory ?? emptyMemory), spellings, now: rolls(wanted) ? now : null },
    action: prior !== null ? "update" : found === null ? "create" : "adopt",
    // The other half of a replacement may drop it first, so what there will be to do is not known yet.
    statementsKnown: !adoptsDroppable,
  });
}

interface PlanParts {
  readonly kind: Kind;
  readonly prior: Stored | null;
  readonly declaredAttributes: Attributes;
  readonly decision: Decision;
  readonly memory: Memory;
  readonly action: Action;
  readonly statementsKnown: boolean;
}

function planned(parts: PlanParts): Planned {
  const { kind, prior, decision, memory } = parts;
  const statements = decision.shown.map((statement) => statement.sql);
  const same = sameBySpellings(memory.spellings);
  const kept = keepSpelling(resourceSchemas[kind], parts.declaredAttributes, prior?.attributes ?? null, same);
  const unchanged = prior !== null && statements.length === 0;
  const attributes: Attributes = {
    ...kept,
    id: plannedId(kind, kept),
    ddl: unchanged ? (prior.attributes["ddl"] ?? []) : parts.statementsKnown ? decision.shown.map(shownSql) : UNKNOWN,
  };
  const changed = changedAttributes(attributes, prior);
  return {
    action: prior !== null && changed.length === 0 ? "none" : parts.action,
    attributes,
    private: writeMemory(memory),
    statements: parts.statementsKnown ? statements : null,
    changed,
    issues: decision.issues,
  };
}

function later(kind: Kind, declared: Attributes, prior: Stored | null, issues: readonly Issue[]): Planned {
  const attributes: Attributes = { ...declared, id: plannedId(kind, declared), ddl: UNKNOWN };
  return {
    action: "later",
    attributes,
    private: null,
    statements: null,
    changed: changedAttributes(attributes, prior),
    issues,
  };
}

function refused(issues: readonly Issue[]): Planned {
  return { action: "none", attributes: null, private: null, statements: null, changed: [], issues };
}

function changedAttributes(attributes: Attributes, prior: Stored | null): string[] {
  return Object.keys(attributes).filter(
    (name) => prior === null || !sameValue(attributes[name] ?? null, prior.attributes[name] ?? null),
  );
}

async function findPresent(wanted: Declared, service: Service): Promise<Present | null> {
  return presentFrom(await service.catalog.find(referenceTo(wanted)), {});
}

export function fromPrior(kind: Kind, prior: Stored, memory: Memory | null): Present {
  return {
    declared: toDeclared(kind, prior.attributes),
    declaredBy: textAttribute(prior.attributes, "declaredBy"),
    memory: memory ?? emptyMemory,
  };
}

/** Runs a question on a session: any for a plan, the one that holds the lock for an apply. */
export interface Around {
  /** Null where there is no server yet. */
  readonly ask: Ask | null;
  /** The time that a rolling rule goes by, in milliseconds since 1970. */
  readonly now: number;
  readonly accepted: Acceptances;
}

/**
 * What the declaration approves that the state does not have yet. What is taken over without a state approves nothing: nobody
 * knows which of its acceptances were used.
 */
export function acceptancesOf(prior: Stored | null, declared: Attributes): Acceptances {
  return prior === null ? NOTHING_ACCEPTED : openAcceptances(acceptedIn(declared), acceptedIn(prior.attributes));
}

/** The acceptances that a resource has. */
export function acceptedIn({ accept }: Attributes): readonly AcceptanceModel[] {
  return (accept ?? []) as unknown as readonly AcceptanceModel[];
}

type Ask = <T>(question: (session: Session) => Promise<T>) => Promise<T>;

/** Decides by the texts, and asks the server what it makes of the expressions only when they differ in their text. */
export async function decideWithProbe(
  present: Present | null,
  wanted: Declared,
  declaredBy: string,
  { ask, now, accepted }: Around,
): Promise<{ decision: Decision; spellings: Memory["spellings"] }> {
  const attempt = (spellings: Memory["spellings"]): Promise<Decision> =>
    decide({
      present,
      wanted,
      declaredBy,
      same: sameBySpellings(spellings),
      rows: () => (ask === null ? Promise.resolve("unknown") : ask((session) => rowsOf(session, wanted))),
      readers: () => (ask === null ? Promise.resolve("unknown") : ask(readersOf)),
      server: () => (ask === null ? Promise.resolve(null) : ask(serverFacts)),
      holds: (partition, condition) =>
        ask === null
          ? Promise.resolve(false)
          : ask((session) => holdsRows(session, schemaOf(wanted), partition, condition)),
      now,
      accepted,
    });
  const known = present?.memory.spellings ?? {};
  const decision = await attempt(known);
  if (ask === null || wanted.kind !== "table" || !hasExpressionChange(decision.changes)) {
    return { decision, spellings: known };
  }
  const probed = await ask((session) => probeExpressions(session, wanted.model));
  const spellings = { ...known, ...probed };
  return { decision: await attempt(spellings), spellings };
}

/** Whether the time matters to it. */
export function rolls(declared: Declared): boolean {
  return declared.kind === "table" && (declared.model.partitioning?.rolling ?? null) !== null;
}

/** Why an object that is already there can't be taken over. */
export function conflictOf(present: Present, wanted: Declared, declaredBy: string): Issue[] {
  if (present.declaredBy === declaredBy) return [];
  // an administrator may have made it, for who deploys may not; whether it is a group at all is looked at in any case
  if (present.declaredBy === "" && wanted.kind === "role") return [];
  const id = idOf(wanted);
  if (present.declaredBy === "") {
    return [
      {
        severity: "error",
        code: "PG461",
        summary: `${wanted.kind} ${id} exists, and its comment doesn't say that "${declaredBy}" declares it`,
        detail: `import it with the id ${id} (terraform import, an import block, or pulumi import), or declare another name`,
        attribute: "name",
      },
    ];
  }
  return [
    {
      severity: "error",
      code: "PG462",
      summary: `${wanted.kind} ${id} is declared by "${present.declaredBy}", not by "${declaredBy}"`,
      detail: `leave it to "${present.declaredBy}", or remove it there (without dropping it) and import it here with the id ${id}`,
      attribute: "declaredBy",
    },
  ];
}

/** An object with our marker that can't become what is declared. */
export function differs(wanted: Declared, decision: Decision): Issue[] {
  const id = idOf(wanted);
  return decision.issues.map((found) => ({
    ...found,
    code: found.code === "PG465" ? found.code : "PG463",
    summary: `${wanted.kind} ${id} exists and differs from its declaration: ${found.summary.replace(/^.*?: /, "")}`,
    detail: `it carries the marker of this declaration, so it would be taken over if it differed in additions only; ${found.detail}`,
  }));
}
