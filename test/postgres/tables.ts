import { plainColumn, plainIndex, plainKey, plainPartitioning, plainTable } from "../../lib/postgres/defaults";
import type {
  ColumnModel,
  ExclusionModel,
  ForeignKeyModel,
  FunctionModel,
  IndexModel,
  TableModel,
  TriggerModel,
  UniqueModel,
} from "../../lib/postgres/model";

export const column = (name: string, type = "bigint", more: Partial<ColumnModel> = {}): ColumnModel => ({
  ...plainColumn,
  name,
  type,
  ...more,
});

export const index = (name: string, columns: readonly string[], more: Partial<IndexModel> = {}): IndexModel => ({
  name,
  ...plainIndex,
  keys: columns.map((key) => ({ ...plainKey, column: key })),
  ...more,
});

export const unique = (name: string, columns: readonly string[], more: Partial<UniqueModel> = {}): UniqueModel => ({
  name,
  columns,
  include: [],
  nullsNotDistinct: false,
  deferrable: "no",
  ...more,
});

export const foreignKey = (name: string, more: Partial<ForeignKeyModel> = {}): ForeignKeyModel => ({
  name,
  columns: ["id"],
  referencesSchema: "s",
  referencesTable: "target",
  referencesColumns: ["id"],
  match: "simple",
  onUpdate: "no-action",
  onDelete: "no-action",
  deferrable: "no",
  validated: true,
  ...more,
});

export const exclusion = (name: string, more: Partial<ExclusionModel> = {}): ExclusionModel => ({
  name,
  method: "gist",
  elements: [{ ...plainKey, column: null, expression: "int8range(id, id, '[]')", operator: "&&" }],
  where: null,
  deferrable: "no",
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
  ...plainTable,
  schema: "s",
  name: "t",
  columns: [column("id"), column("note", "text", { nullable: true })],
  primaryKey: { name: "t_pkey", columns: ["id"] },
  ...more,
});

export const hash = (modulus: number, more: object = {}): NonNullable<TableModel["partitioning"]> => ({
  ...plainPartitioning,
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
