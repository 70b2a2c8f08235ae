import { plainColumn } from "../../lib/postgres/defaults";
import type { ColumnModel, FunctionModel, IndexModel, TableModel, TriggerModel } from "../../lib/postgres/model";

export const column = (name: string, type = "bigint", more: Partial<ColumnModel> = {}): ColumnModel => ({
  ...plainColumn,
  name,
  type,
  ...more,
});

export const index = (name: string, columns: readonly string[], more: Partial<IndexModel> = {}): IndexModel => ({
  name,
  keys: columns.map((key) => ({ column: key, descending: false })),
  unique: false,
  method: "btree",
  include: [],
  where: null,
  ...more,
});

export const trigger = (name: string, more: Partial<TriggerModel> = {}): TriggerModel => ({
  name,
  timing: "before",
  events: ["update", "delete"],
  level: "row",
  functionSchema: "s",
  functionName: "refuse",
  enabled: "origin",
  ...more,
});

export const table = (more: Partial<TableModel> = {}): TableModel => ({
  schema: "s",
  name: "t",
  columns: [column("id"), column("note", "text", { nullable: true })],
  primaryKey: { name: "t_pkey", columns: ["id"] },
  checks: [],
  indexes: [],
  partitioning: null,
  triggers: [],
  storage: {},
  comment: null,
  ...more,
});

export const hash = (modulus: number, more: object = {}): NonNullable<TableModel["partitioning"]> => ({
  strategy: "hash",
  columns: ["id"],
  modulus,
  storage: {},
  ...more,
});

export const fn = (more: Partial<FunctionModel> = {}): FunctionModel => ({
  schema: "s",
  name: "f",
  arguments: [],
  returns: "integer",
  language: "sql",
  volatility: "volatile",
  parallel: "unsafe",
  strict: false,
  securityDefiner: false,
  settings: {},
  body: "SELECT 1",
  comment: null,
  ...more,
});
