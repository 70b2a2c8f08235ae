import type { TableChange } from "../../postgres/diff";
import type { PartitionModel, TableModel } from "../../postgres/model";
import { type PlanContext, planTable, type Statement, strayRowsQuery, withSizes } from "../../postgres/plan";
import { mendDefault } from "../../postgres/plan-mend";
import { typedColumns } from "../../postgres/partitions";
import { quoteIdent, quoteLiteral, quoteName } from "../../postgres/quote";
import { namedByRule, rollPartitions } from "../../postgres/rolling";
import { type DefaultRows, leafOfDefault } from "../../postgres/rolling-default";
import { rollingIssues } from "../../postgres/validate-rolling";
import type { Session } from "./connection";
import type { InspectedTable } from "./inspected";
import { holdsRows } from "./rows";
import { readersBehind } from "./unread-leaves";

/** Something that was left to do by hand, or by a later run. */
export interface LeftToDo {
  readonly code: string;
  /** What is in the way, in one line. */
  readonly message: string;
  readonly fix: string;
}

/** What is due on a table that rolls. */
export interface Due {
  readonly statements: readonly Statement[];
  /** Names of leaves that are made. */
  readonly made: readonly string[];
  /** Leaves that the default partition becomes. */
  readonly mended: readonly string[];
  /** Names of leaves that are detached, and kept. */
  readonly detached: readonly string[];
  readonly left: readonly LeftToDo[];
}

const nothing: Due = { statements: [], made: [], mended: [], detached: [], left: [] };

/** Whether a table rolls, and so is one that is maintained. */
export function rollsOnServer({ model }: InspectedTable): boolean {
  return (model.partitioning?.rolling ?? null) !== null;
}

/**
 * What is due on one table by the rule in its comment: leaves ahead, leaves that are too old, what a run left that broke off, and rows
 * that went to the default partition since a run was missed. Reads the table's default partition, and changes nothing.
 *
 * @param now milliseconds since 1970 in UTC
 */
export async function dueOn(session: Session, found: InspectedTable, now: number): Promise<Due> {
  const { model, leaving, passingChecks, problems, sizes } = found;
  const wrong = [...problems, ...rollingIssues(model).map(({ message, received }) => `${message}: ${received}`)];
  if (wrong.length > 0) return { ...nothing, left: wrong.map(unmanaged) };
  const partitions = model.partitioning?.partitions ?? [];
  const others = partitions.filter((each) => !each.default);
  const fallback = partitions.find((each) => each.default) ?? null;
  const { create, detach } = rollPartitions(declaredAlone(model), now, others);
  const taken = await namesTaken(session, model.schema, create);
  const adds = create
    .filter(({ name }) => !taken.includes(name))
    .map((partition): Add => ({ kind: "add-partition", partition, parent: model.name, rolled: true }));
  const strays = await holding(session, adds, model);
  const made = adds.filter((each) => !strays.includes(each));
  const mended = fallback === null ? null : await mend(session, found, fallback, { now, made });
  const changes: readonly TableChange[] = [
    ...leaving.map((each) => ({ kind: "finish-detach", ...each }) as const),
    ...passingChecks.map((each) => ({ kind: "drop-passing-check", ...each }) as const),
    ...made,
  ];
  const { gone, kept } = await detachable(
    session,
    model,
    others.filter(({ name }) => detach.includes(name)),
  );
  const detaches = gone.map((partition) => ({ kind: "detach-partition", partition, parent: model.name }) as const);
  const context = contextOf(found);
  const statements = [
    ...planTable(changes, model, context),
    ...(mended?.leaf === undefined || fallback === null ? [] : mendDefault(fallback, mended.leaf, model, context)),
    ...planTable(detaches, model, context),
  ];
  return {
    statements: withSizes(statements, sizes),
    made: made.map(({ partition }) => partition.name),
    mended: mended?.leaf === undefined ? [] : [mended.leaf.name],
    detached: gone.map(({ name }) => name),
    left: [...taken.map((name) => takenName(model, name)), ...(mended?.left ?? []), ...kept],
  };
}

/** Those of old leaves that no reader of a feed still needs. */
async function detachable(
  session: Session,
  model: TableModel,
  old: readonly PartitionModel[],
): Promise<{ readonly gone: readonly PartitionModel[]; readonly kept: readonly LeftToDo[] }> {
  const gone: PartitionModel[] = [];
  const kept: LeftToDo[] = [];
  for (const leaf of old) {
    const behind = await readersBehind(session, model, leaf.name);
    if (behind.length === 0) gone.push(leaf);
    else kept.push(unread(leaf, behind));
  }
  return { gone, kept };
}

type Add = Extract<TableChange, { kind: "add-partition" }>;

/** As it was declared, as far as the server tells: leaves with a rule's name are the rule's. */
function declaredAlone(model: TableModel): TableModel {
  const { partitioning, columns } = model;
  if (partitioning === null) return model;
  const type = typedColumns(partitioning.columns, columns)[0]?.type ?? "";
  const declared = partitioning.partitions.filter((each) => !namedByRule(model.name, each, type));
  return { ...model, partitioning: { ...partitioning, partitions: declared } };
}

/** Those of which the default partition has rows. */
async function holding(session: Session, adds: readonly Add[], model: TableModel): Promise<readonly Add[]> {
  const found: Add[] = [];
  for (const each of adds) {
    const query = strayRowsQuery(each, model);
    if (query !== null && (await holdsRows(session, model.schema, query.from, query.where))) found.push(each);
  }
  return found;
}

/** What becomes of the rows of a default partition: nothing where it has none. */
async function mend(
  session: Session,
  { model }: InspectedTable,
  fallback: PartitionModel,
  { now, made }: { readonly now: number; readonly made: readonly Add[] },
): Promise<{ readonly leaf?: PartitionModel; readonly left: readonly LeftToDo[] }> {
  const rows = await rowsOfDefault(session, model, fallback);
  if (rows.first === null && !rows.withoutTime) return { left: [] };
  const others = (model.partitioning?.partitions ?? []).filter((each) => !each.default);
  const leaf = leafOfDefault(model, now, [...others, ...made.map(({ partition }) => partition)], rows);
  if (leaf === null || fallback.partitioning !== null) return { left: [unmended(model, fallback, rows)] };
  const taken = await namesTaken(session, model.schema, [leaf]);
  return taken.length > 0 ? { left: [takenName(model, leaf.name)] } : { leaf, left: [] };
}

/** Names of leaves to be that are names of something else already: of a leaf that was detached, most likely. */
async function namesTaken(
  session: Session,
  schema: string,
  leaves: readonly PartitionModel[],
): Promise<readonly string[]> {
  if (leaves.length === 0) return [];
  const rows = await session.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = $1 AND c.relname = ANY ($2) ORDER BY 1`,
    [schema, leaves.map(({ name }) => name)],
  );
  return rows.map(({ name }) => name);
}

async function rowsOfDefault(session: Session, model: TableModel, fallback: PartitionModel): Promise<DefaultRows> {
  const key = quoteIdent(model.partitioning?.columns[0] ?? "");
  const from = quoteName(model.schema, fallback.name);
  const end = (direction: string): string =>
    `(SELECT ${key}::text FROM ${from} WHERE ${key} IS NOT NULL ORDER BY ${key} ${direction} LIMIT 1)`;
  const [row] = await session.query<{ first: string | null; last: string | null; nulls: boolean }>(
    `SELECT ${end("ASC")} AS first, ${end("DESC")} AS last, EXISTS (SELECT FROM ${from} WHERE ${key} IS NULL) AS nulls`,
  );
  const literal = (text: string | null | undefined): string | null =>
    text === null || text === undefined ? null : quoteLiteral(text);
  return { first: literal(row?.first), last: literal(row?.last), withoutTime: row?.nulls === true };
}

function contextOf({ declaredBy, leaves, branches, obstacles }: InspectedTable): PlanContext {
  return { declaredBy: declaredBy ?? "", leaves, branches, obstacles };
}

function unmanaged(text: string): LeftToDo {
  return {
    code: "PG465",
    message: `it can't be managed as it stands: ${text}`,
    fix: "put that right by hand, and run it again",
  };
}

function unmended({ name }: TableModel, fallback: PartitionModel, { first, last, withoutTime }: DefaultRows): LeftToDo {
  const what = withoutTime
    ? "rows without a time"
    : `rows from ${first ?? ""} to ${last ?? ""}, with other leaves in between`;
  return {
    code: "PG431",
    message: `the default partition ${fallback.name} holds ${what}: they stay there, and are never detached`,
    fix: `move those that belong to no leaf of ${name} elsewhere, and run it again`,
  };
}

function takenName({ schema, name: table }: TableModel, name: string): LeftToDo {
  return {
    code: "PG431",
    message: `leaf ${name} of ${table} is not made: something else of schema ${schema} is called so`,
    fix: `where that is a leaf that was detached, archive it and drop it, or rename it; then run it again`,
  };
}

function unread({ name }: PartitionModel, readers: readonly string[]): LeftToDo {
  return {
    code: "PG472",
    message: `leaf ${name} is not detached: ${readers.join(", ")} ${readers.length === 1 ? "has" : "have"} not read all of it`,
    fix: "let them catch up, or delete the checkpoint of one that is no more; then run it again",
  };
}
