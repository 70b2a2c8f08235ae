import type { Issue } from "../../domain/issues";
import { diffTable } from "../../postgres/diff";
import { formatId, formatPart } from "../../postgres/import-id";
import { type AnyTableProps, propsFromModel } from "../../postgres/props-from-model";
import { tableModel } from "../../postgres/table-props";
import { validateTable } from "../../postgres/validate";
import type { InspectedTable, Survey } from "../../provider/postgres/survey";
import { commandIssue } from "../issues";

/** What a schema becomes: the tables that are declared, and everything else. */
export interface Takeover {
  readonly taken: readonly { readonly id: string; readonly props: AnyTableProps }[];
  /** What there is of tables and is not declared. */
  readonly left: readonly Issue[];
  /** What else the schema holds. */
  readonly others: readonly Issue[];
}

/** Decides what of a schema is declared. What is not is named: nothing is left out in silence. */
export function takeover(schema: string, survey: Survey): Takeover {
  const judged = survey.tables.map((table) => judge(table, survey));
  const left = judged.flatMap(({ issues }) => issues);
  const { others } = survey;
  const foreign = others.filter(({ isTable }) => isTable);
  return {
    taken: judged.flatMap(({ id, props }) => (props === null ? [] : [{ id, props }])),
    left: [
      ...left,
      ...foreign.map(({ kind, name }) => commandIssue("CL550", formatId(schema, name), `it is a ${kind}`)),
    ],
    others: others
      .filter(({ isTable }) => !isTable)
      .map(({ kind, name }) => commandIssue("CL552", `${formatPart(schema)}: ${kind} ${name}`)),
  };
}

interface Judged {
  readonly id: string;
  /** Null for a table that is not declared. */
  readonly props: AnyTableProps | null;
  readonly issues: readonly Issue[];
}

function judge(table: InspectedTable, survey: Survey): Judged {
  const { model } = table;
  const id = formatId(model.schema, model.name);
  const props = propsFromModel(model);
  const own = survey.traits.filter((each) => each.table === model.name);
  const bars = [...own.filter((each) => each.bars).map(({ text }) => text), ...unsayable(table, props)];
  if (bars.length > 0) return { id, props: null, issues: bars.map((why) => commandIssue("CL550", id, why)) };
  const beside = [...own.map(({ text }) => text), ...partsBeside(table, survey)];
  return {
    id,
    props,
    issues: [
      ...beside.map((what) => commandIssue("CL551", id, what)),
      ...model.checks
        .filter(({ name }) => table.unvalidated.includes(name))
        .map(({ name }) => commandIssue("CL553", id, `check "${name}"`)),
    ],
  };
}

/** Why the declaration would not be the table: somebody else's, not allowed in a declaration, or not the same again. */
function unsayable({ model, declaredBy, problems }: InspectedTable, props: AnyTableProps): readonly string[] {
  if (problems.length > 0) return problems;
  if (declaredBy !== null) return [`"${declaredBy}" declares it already`];
  const mistakes = validateTable(model);
  if (mistakes.length > 0) return mistakes.map(({ path, message, received }) => `${path}: ${message} (${received})`);
  const changes = diffTable(model, tableModel(props));
  return changes.length === 0 ? [] : [`the declaration would ask for ${changes.map(({ kind }) => kind).join(", ")}`];
}

/** Constraints, indexes and triggers of which the model knows nothing. */
function partsBeside({ model, obstacles }: InspectedTable, { parts }: Survey): readonly string[] {
  const constraints = [model.primaryKey, ...model.uniques, ...model.foreignKeys, ...model.exclusions, ...model.checks];
  const known = {
    constraint: new Set(constraints.map((each) => each?.name)),
    index: new Set([...constraints, ...model.indexes].map((each) => each?.name)),
    trigger: new Set(model.triggers.map(({ name }) => name)),
  };
  const own = parts
    .filter(({ table, kind, name }) => table === model.name && !known[kind].has(name))
    .map(({ kind, name }) => `${kind} "${name}"`);
  const onLeaves = obstacles.map(({ name }) => `index "${name}"`);
  return [...new Set([...own, ...onLeaves])];
}
