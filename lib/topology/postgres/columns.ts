import { plainColumn, plainIndex, plainKey, plainTable } from "../../postgres/defaults";
import type { ColumnModel, IndexModel, PrimaryKeyModel, TableModel } from "../../postgres/model";

type ColumnOptions = Partial<Pick<ColumnModel, "nullable" | "default" | "collation" | "comment">>;

export function column(name: string, type: string, options: ColumnOptions = {}): ColumnModel {
  return { ...plainColumn, name, type, ...options };
}

/** Text that is compared byte by byte: half the cost of a language's collation, and no reindexing when the server's ICU changes. */
export function key(name: string, options: ColumnOptions = {}): ColumnModel {
  return column(name, "text", { collation: "C", ...options });
}

export function timestamp(name: string, options: ColumnOptions = { default: "now()" }): ColumnModel {
  return column(name, "timestamp with time zone", options);
}

export function primaryKey(table: string, ...columns: readonly string[]): PrimaryKeyModel {
  return { name: `${table}_pkey`, columns };
}

export function index(name: string, columns: readonly string[], options: Partial<IndexModel> = {}): IndexModel {
  return { ...plainIndex, name, keys: columns.map((each) => ({ ...plainKey, column: each })), ...options };
}

/** A table of the schema; what is not said is absent. */
export function table(
  schema: string,
  name: string,
  model: Partial<TableModel> & Pick<TableModel, "columns">,
): TableModel {
  return { ...plainTable, schema, name, ...model };
}
