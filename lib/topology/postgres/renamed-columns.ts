import { postgresName } from "../../domain/names";
import { bareName } from "../../postgres/bare-name";
import type { ColumnModel, FunctionModel, IndexModel, TableModel, TriggerModel } from "../../postgres/model";
import { quoteIdent } from "../../postgres/quote";
import type { RenamedColumn } from "../types";
import { defineForRoles } from "./store-function";

/**
 * A renamed column is a new one beside the old one. Both hold the same as long as somebody may write either, and the old one stays with
 * its values when nobody does.
 */

/** The phases in their order; an environment goes from one to the next by a deploy. */
export const COLUMN_PHASES = ["add", "fill", "switch", "retire"] as const;

/**
 * Where an environment is on the way from a column's former name to the new one.
 *
 * - `add`: the new column is there, and both are kept the same from now on, whichever a service writes. Services read the old one.
 * - `fill`: rows from before get it too, in batches, and it becomes NOT NULL where that is declared. Services may read and write either.
 * - `switch`: services use the new name alone; the old one may be null. Who is late is still understood.
 * - `retire`: nothing keeps them the same any more; the old one stays with what it has.
 */
export type ColumnPhase = (typeof COLUMN_PHASES)[number];

export interface ColumnInPhase extends RenamedColumn {
  readonly phase: ColumnPhase;
}

/** What an index of a read table is called. */
export function readIndexName(
  table: string,
  { columns, unique }: { readonly columns: readonly string[]; readonly unique: boolean },
): string {
  return postgresName(`${table}_${columns.join("_")}_${unique ? "key" : "idx"}`);
}

/** A table as it is in the end: with the old columns, which nobody writes any more. */
export function withFormerColumns(table: TableModel, renamed: readonly RenamedColumn[]): TableModel {
  return tableInPhases(
    table,
    renamed.map((each): ColumnInPhase => ({ ...each, phase: "retire" })),
  );
}

/**
 * A table as it is in the phases of its renamed columns.
 *
 * @param table - as declared, with or without the old columns
 */
export function tableInPhases(table: TableModel, renamed: readonly ColumnInPhase[]): TableModel {
  const former = new Set(renamed.map(({ from }) => from));
  const byName = new Map(renamed.map((each) => [each.to, each]));
  const columns = table.columns
    .filter(({ name }) => !former.has(name))
    .flatMap((column) => pairOf(column, byName.get(column.name)));
  const mirrored = renamed.filter(isMirrored);
  if (mirrored.length === 0) return { ...table, columns };
  const twins = table.indexes.flatMap((each) => twinOf(each, table.name, mirrored));
  return { ...table, columns, indexes: [...twins, ...table.indexes], triggers: [...table.triggers, mirror(table)] };
}

export function isMirrored({ phase }: ColumnInPhase): boolean {
  return phase !== "retire";
}

/** One of the two has the default: a row that says nothing of either gets it in one, and then in the other. */
function pairOf(column: ColumnModel, renamed: ColumnInPhase | undefined): readonly ColumnModel[] {
  if (renamed === undefined) return [column];
  const { from, phase } = renamed;
  const former = phase === "add" || phase === "fill" ? column.nullable : true;
  return [
    { ...column, name: from, nullable: former, default: isMirrored(renamed) ? column.default : null, fill: null },
    {
      ...column,
      nullable: phase === "add" || column.nullable,
      default: isMirrored(renamed) ? null : column.default,
      // Said in every later phase: who has left one out gets it then, before NOT NULL.
      fill: phase === "add" ? null : quoteIdent(from),
    },
  ];
}

/** The index that services search by under the old name. */
function twinOf(index: IndexModel, table: string, mirrored: readonly ColumnInPhase[]): readonly IndexModel[] {
  const former = (name: string | null): string | null => mirrored.find(({ to }) => to === name)?.from ?? name;
  const keys = index.keys.map((key) => ({ ...key, column: former(key.column) }));
  if (keys.every(({ column }, at) => column === index.keys[at]!.column)) return [];
  const columns = keys.map(({ column }) => column ?? "");
  return [{ ...index, name: readIndexName(table, { columns, unique: index.unique }), keys }];
}

function functionName(table: string): string {
  return postgresName(`${table}_renamed_columns`);
}

function mirror({ schema, name }: TableModel): TriggerModel {
  return {
    ...{ name: "renamed_columns", timing: "before", events: ["insert", "update"], level: "row", enabled: "origin" },
    ...{ functionSchema: schema, functionName: functionName(name) },
  };
}

/**
 * The function of a table's trigger. With its owner's rights, so that it is nobody else's from the moment that it is made. It is there in
 * all phases: who takes away a trigger and its function at once, may begin with the function.
 */
export function mirrorFunction({ schema, name }: TableModel, renamed: readonly RenamedColumn[]): FunctionModel {
  const each = (line: (from: string, to: string) => string): string =>
    renamed.map(({ from, to }) => `    ${line(bareName(from), bareName(to))}`).join("\n");
  return defineForRoles(schema, functionName(name), {
    comment: `Keeps renamed columns of ${name} the same, whichever is written: ${renamed.map(({ from, to }) => `${from} is ${to} now`).join(", ")}.`,
    returns: "trigger",
    body: `BEGIN
  IF TG_OP = 'INSERT' THEN
${each((from, to) => `IF NEW.${to} IS NULL THEN NEW.${to} := NEW.${from}; ELSE NEW.${from} := NEW.${to}; END IF;`)}
  ELSE
${each((from, to) => `IF NEW.${to} IS DISTINCT FROM OLD.${to} THEN NEW.${from} := NEW.${to}; ELSE NEW.${to} := NEW.${from}; END IF;`)}
  END IF;
  RETURN NEW;
END`,
  });
}
