import type { ColumnModel, TableModel } from "./model";

/** A column of which nothing is said but its name and type. */
export const plainColumn = {
  nullable: false,
  default: null,
  collation: null,
  identity: null,
  generated: null,
  compression: null,
  comment: null,
} as const;

/** Fields that were not there from the beginning, with what they are in a table that doesn't say. */
const LATER = {
  column: { identity: null, generated: null, compression: null },
} as const;

type Without<T, D> = Omit<T, keyof D> & Partial<Pick<T, keyof D & keyof T>>;
type LeanColumn = Without<ColumnModel, (typeof LATER)["column"]>;

/** A table in which what came later is left out where it says nothing: as lock files and engines' programs hold it. */
export type LeanTable = Omit<TableModel, "columns"> & { readonly columns: readonly LeanColumn[] };

/** Leaves out what {@link wholeTable} fills in. */
export function leanTable(table: TableModel): LeanTable {
  return { ...table, columns: table.columns.map((each) => lean(LATER.column, each)) };
}

/** Fills in what a table that was written by an older version, or by {@link leanTable}, leaves out. */
export function wholeTable(table: LeanTable): TableModel {
  return { ...table, columns: table.columns.map((each) => ({ ...LATER.column, ...each })) };
}

function lean<D extends object, T extends object>(defaults: D, whole: T): Without<T, D> {
  const says = ([name, value]: [string, unknown]): boolean =>
    !Object.hasOwn(defaults, name) || JSON.stringify(defaults[name as keyof D]) !== JSON.stringify(value);
  return Object.fromEntries(Object.entries(whole).filter(says)) as Without<T, D>;
}
