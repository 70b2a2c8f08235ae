import { acceptedChange } from "../../postgres/acceptance";
import {
  type Change,
  diffFunction,
  diffGrants,
  diffPublication,
  diffRole,
  diffSchema,
  diffSequence,
  diffTable,
  type TableChange,
} from "../../postgres/diff";
import { leavesOf, partitionNodes } from "../../postgres/partitions";
import {
  lockText,
  type PlanContext,
  planFunction,
  planGrants,
  planPublication,
  planRole,
  planSchema,
  planSequence,
  planTable,
  shownSql,
  type Statement,
} from "../../postgres/plan";
import { judgeChange } from "../../postgres/safety";
import type {
  PostgresFunction,
  PostgresGrants,
  PostgresPublication,
  PostgresRole,
  PostgresSchema,
  PostgresSequence,
  PostgresTableResource,
} from "../../topology/types";
import { type Judged, nextGeneration } from "./rule";

export type PostgresResource =
  | PostgresFunction
  | PostgresGrants
  | PostgresPublication
  | PostgresRole
  | PostgresSchema
  | PostgresSequence
  | PostgresTableResource;

const LOCKS = {
  none: "writers are not held up",
  brief: "writers wait for an instant, once the lock is had",
  long: "writers wait for as long as all rows take",
};

/** What the table provider would plan, which knows as much of the rows as a preview does: nothing. */
export function judgePostgres(from: PostgresResource, to: PostgresResource): readonly Judged[] {
  const removal =
    from.kind === "postgres-table" && to.kind === "postgres-table" && from.removal !== to.removal
      ? [removalChange(from, to)]
      : [];
  const found = changesOf(from, to).map((change) =>
    judged(change, locksOf(change, from, to), acceptedText(change, to)),
  );
  return [...found.map((each) => orNextGeneration(to.key, each)), ...removal];
}

function acceptedText(change: Change, to: PostgresResource): string | null {
  if (to.kind === "postgres-table") return acceptedChange(change, to.definition);
  return to.kind === "postgres-publication" ? acceptedChange(change, null) : null;
}

/**
 * The statements that lead from one to the other, from nothing where there was none; empty where any change is refused.
 *
 * @param accepted whether somebody has accepted what is refused otherwise, as {@link acceptedChange} names it
 */
export function statementsFor(
  from: PostgresResource | null,
  to: PostgresResource,
  declaredBy: string,
  accepted: (change: string) => boolean,
): readonly string[] {
  const changes = changesOf(from, to);
  const planned = (each: Change): boolean =>
    judgeChange(each, { rows: "unknown" }).allowed || accepted(acceptedText(each, to) ?? "");
  if (!changes.every(planned)) return [];
  const statements = plan(from, to, declaredBy);
  return [...statements.filter((each) => each.transactional), ...statements.filter((each) => !each.transactional)].map(
    shownSql,
  );
}

/** What its statements lock, each said once. */
function locksOf(change: Change, from: PostgresResource, to: PostgresResource): readonly string[] {
  if (to.kind !== "postgres-table" || !judgeChange(change, { rows: "unknown" }).allowed) return [];
  const statements = planTable([change as TableChange], to.definition, tableContext(from, to, ""));
  return [...new Set(statements.map(lockText).filter((each) => each !== null))];
}

function tableContext(from: PostgresResource | null, to: PostgresTableResource, declaredBy: string): PlanContext {
  const there = from?.kind === "postgres-table" ? partitionNodes(from.definition) : [];
  return { declaredBy, ...leavesOf(there), obstacles: [] };
}

function changesOf(from: PostgresResource | null, to: PostgresResource): readonly Change[] {
  switch (to.kind) {
    case "postgres-schema":
      return diffSchema((from as PostgresSchema | null)?.definition ?? null, to.definition);
    case "postgres-sequence":
      return diffSequence((from as PostgresSequence | null)?.definition ?? null, to.definition);
    case "postgres-function":
      return diffFunction((from as PostgresFunction | null)?.definition ?? null, to.definition);
    case "postgres-table":
      return withoutRenames(diffTable((from as PostgresTableResource | null)?.definition ?? null, to.definition), to);
    case "postgres-role":
      return diffRole((from as PostgresRole | null)?.definition ?? null, to.definition);
    case "postgres-grants":
      return diffGrants((from as PostgresGrants | null)?.definition ?? null, to.definition);
    case "postgres-publication":
      return diffPublication((from as PostgresPublication | null)?.definition ?? null, to.definition);
  }
}

/** What the lock has of a renamed column is how it is in the end; on the way there it is added as nullable, and nothing is refused. */
function withoutRenames(
  changes: readonly TableChange[],
  { renamedColumns = [] }: PostgresTableResource,
): readonly TableChange[] {
  const former = new Set(renamedColumns.map(({ from }) => from));
  const now = new Set(renamedColumns.map(({ to }) => to));
  return changes.flatMap((each): readonly TableChange[] => {
    if (each.kind === "add-column" && now.has(each.column.name))
      return [{ ...each, column: { ...each.column, nullable: true, default: null, fill: null } }];
    const ofFormer = each.kind === "change-column-nullable" || each.kind === "change-column-default";
    return ofFormer && former.has(each.to.name) ? [] : [each];
  });
}

function plan(from: PostgresResource | null, to: PostgresResource, declaredBy: string): readonly Statement[] {
  switch (to.kind) {
    case "postgres-schema":
      return planSchema(diffSchema((from as PostgresSchema | null)?.definition ?? null, to.definition), declaredBy);
    case "postgres-sequence":
      return planSequence(
        diffSequence((from as PostgresSequence | null)?.definition ?? null, to.definition),
        declaredBy,
      );
    case "postgres-function":
      return planFunction(
        diffFunction((from as PostgresFunction | null)?.definition ?? null, to.definition),
        declaredBy,
      );
    case "postgres-role":
      return planRole(diffRole((from as PostgresRole | null)?.definition ?? null, to.definition), declaredBy);
    case "postgres-grants":
      return planGrants(diffGrants((from as PostgresGrants | null)?.definition ?? null, to.definition));
    case "postgres-publication":
      return planPublication(diffPublication((from as PostgresPublication | null)?.definition ?? null, to.definition), declaredBy); // prettier-ignore
    case "postgres-table": {
      const before = (from as PostgresTableResource | null)?.definition ?? null;
      return planTable(diffTable(before, to.definition), to.definition, tableContext(from, to, declaredBy));
    }
  }
}

function judged(change: Change, locks: readonly string[], acceptAs: string | null): Judged {
  const verdict = judgeChange(change, { rows: "unknown" });
  const { locksTable } = verdict.facts;
  return {
    code: verdict.code ?? "PG400",
    attribute: verdict.attribute,
    ...sidesOf(change),
    class: verdict.allowed ? (locksTable === "long" || verdict.facts.losesData ? "risky" : "safe") : "refused",
    facts: { ...verdict.facts, locks },
    title: verdict.change,
    happens: verdict.allowed ? LOCKS[locksTable] : refusedText(acceptAs),
    ...(verdict.allowed || acceptAs === null ? {} : { acceptAs }),
    ...(verdict.wayOut === null ? {} : { wayOut: verdict.wayOut }),
  };
}

function refusedText(acceptAs: string | null): string {
  const always = "the table provider refuses it, at plan and again at apply";
  return acceptAs === null ? always : `${always}, unless it is accepted`;
}

/** What a table cannot become in place, the next one can be: of a read model, which is made of events that are still there. */
function orNextGeneration(key: string, judgement: Judged): Judged {
  const next = judgement.class === "refused" ? nextGeneration(key) : null;
  if (next === null) return judgement;
  const { wayOut } = judgement;
  return { ...judgement, wayOut: wayOut === undefined ? next : `${wayOut}; or ${next}` };
}

/** Both values of a change: an acceptance names them, and so never approves another one. */
function sidesOf({ kind, ...rest }: Change): Pick<Judged, "from" | "to"> {
  if ("from" in rest) return { from: rest.from, to: rest.to };
  const [what] = Object.values(rest);
  return kind.startsWith("drop-") || kind === "revoke" ? { from: what, to: null } : { from: null, to: what };
}

function removalChange(from: PostgresTableResource, to: PostgresTableResource): Judged {
  const weaker = to.removal !== "refuse";
  return {
    code: "PG400",
    attribute: "removal",
    from: from.removal,
    to: to.removal,
    class: weaker ? "risky" : "safe",
    title: `removal changes from ${from.removal} to ${to.removal}`,
    happens: weaker
      ? "the next deploy without the table is not refused any more"
      : "a deploy without the table is refused",
    ...(weaker ? { wayOut: "see that it is meant to leave" } : {}),
  };
}
