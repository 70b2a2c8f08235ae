import { inputArguments } from "./canonical";
import type {
  ArgumentModel,
  CheckModel,
  ColumnModel,
  FunctionModel,
  IndexModel,
  SequenceModel,
  TableModel,
  TriggerModel,
} from "./model";
import { defaultExpression, isListSetting, normaliseType, settingElements } from "./normalise";
import { quoteDollar, quoteIdent, quoteLiteral, quoteName } from "./quote";

/** The text of every statement, one function each. Nothing else in the library writes DDL. */

type Storage = Readonly<Record<string, string>>;

const list = (names: readonly string[]): string => names.map(quoteIdent).join(", ");

export function createSchema(name: string): string {
  return `CREATE SCHEMA ${quoteIdent(name)}`;
}

export function dropSchema(name: string): string {
  return `DROP SCHEMA ${quoteIdent(name)}`;
}

export function createSequence(sequence: SequenceModel): string {
  return `CREATE SEQUENCE ${quoteName(sequence.schema, sequence.name)} AS bigint CACHE ${sequence.cache}`;
}

export function alterSequenceCache(sequence: SequenceModel): string {
  return `ALTER SEQUENCE ${quoteName(sequence.schema, sequence.name)} CACHE ${sequence.cache}`;
}

export function createTable(table: TableModel): string {
  const lines = [
    ...table.columns.map(columnDefinition),
    ...(table.primaryKey === null
      ? []
      : [`CONSTRAINT ${quoteIdent(table.primaryKey.name)} PRIMARY KEY (${list(table.primaryKey.columns)})`]),
    ...table.checks.map((check) => `CONSTRAINT ${quoteIdent(check.name)} CHECK (${check.expression})`),
  ];
  const partitioned = table.partitioning === null ? "" : ` PARTITION BY HASH (${list(table.partitioning.columns)})`;
  const name = quoteName(table.schema, table.name);
  return `CREATE TABLE ${name} (\n  ${lines.join(",\n  ")}\n)${partitioned}${withStorage(table.storage)}`;
}

/** A leaf for one remainder of a hash-partitioned table. */
export function createLeaf(table: TableModel, leaf: string, remainder: number): string {
  const { modulus, storage } = table.partitioning!;
  return (
    `CREATE TABLE ${quoteName(table.schema, leaf)} PARTITION OF ${quoteName(table.schema, table.name)} ` +
    `FOR VALUES WITH (MODULUS ${modulus}, REMAINDER ${remainder})${withStorage(storage)}`
  );
}

export function dropTable(schema: string, name: string): string {
  return `DROP TABLE ${quoteName(schema, name)}`;
}

export function addColumn(schema: string, table: string, column: ColumnModel): string {
  return `ALTER TABLE ${quoteName(schema, table)} ADD COLUMN ${columnDefinition(column)}`;
}

export function alterColumnDefault(schema: string, table: string, column: ColumnModel): string {
  const action = column.default === null ? "DROP DEFAULT" : `SET DEFAULT ${defaultExpression(column.default)}`;
  return `ALTER TABLE ${quoteName(schema, table)} ALTER COLUMN ${quoteIdent(column.name)} ${action}`;
}

export function alterColumnIdentity(schema: string, table: string, from: ColumnModel, to: ColumnModel): string {
  const kind = to.identity === "always" ? "ALWAYS" : "BY DEFAULT";
  const action = from.identity === null ? `ADD GENERATED ${kind} AS IDENTITY` : `SET GENERATED ${kind}`;
  return `ALTER TABLE ${quoteName(schema, table)} ALTER COLUMN ${quoteIdent(to.name)} ${action}`;
}

/** For values that are written from now on. */
export function alterColumnCompression(schema: string, table: string, column: ColumnModel): string {
  const action = `SET COMPRESSION ${column.compression ?? "default"}`;
  return `ALTER TABLE ${quoteName(schema, table)} ALTER COLUMN ${quoteIdent(column.name)} ${action}`;
}

/** Not checked against the rows that are there: {@link validateCheck} does that without stopping writers. */
export function addCheckNotValid(schema: string, table: string, check: CheckModel): string {
  return (
    `ALTER TABLE ${quoteName(schema, table)} ADD CONSTRAINT ${quoteIdent(check.name)} ` +
    `CHECK (${check.expression}) NOT VALID`
  );
}

export function validateCheck(schema: string, table: string, check: CheckModel): string {
  return `ALTER TABLE ${quoteName(schema, table)} VALIDATE CONSTRAINT ${quoteIdent(check.name)}`;
}

export interface IndexPlace {
  readonly schema: string;
  readonly table: string;
  readonly concurrently: boolean;
  /** On the partitioned parent alone, to be completed by {@link attachIndex}. */
  readonly only: boolean;
}

export function createIndex(index: IndexModel, name: string, place: IndexPlace): string {
  const keys = index.keys.map((key) => quoteIdent(key.column) + (key.descending ? " DESC" : "")).join(", ");
  return (
    `CREATE ${index.unique ? "UNIQUE " : ""}INDEX ${place.concurrently ? "CONCURRENTLY " : ""}${quoteIdent(name)} ` +
    `ON ${place.only ? "ONLY " : ""}${quoteName(place.schema, place.table)} USING ${index.method} (${keys})` +
    (index.include.length === 0 ? "" : ` INCLUDE (${list(index.include)})`) +
    (index.where === null ? "" : ` WHERE (${index.where})`)
  );
}

export function attachIndex(schema: string, parent: string, leafIndex: string): string {
  return `ALTER INDEX ${quoteName(schema, parent)} ATTACH PARTITION ${quoteName(schema, leafIndex)}`;
}

/** Postgres can't drop the index of a partitioned table concurrently (0A000). */
export function dropIndex(schema: string, name: string, concurrently: boolean): string {
  return `DROP INDEX ${concurrently ? "CONCURRENTLY " : ""}${quoteName(schema, name)}`;
}

export function createTrigger(trigger: TriggerModel, schema: string, table: string, replace: boolean): string {
  const order = ["insert", "update", "delete", "truncate"] as const;
  const events = order.filter((event) => trigger.events.includes(event)).map((event) => event.toUpperCase());
  return (
    `CREATE ${replace ? "OR REPLACE " : ""}TRIGGER ${quoteIdent(trigger.name)} ${trigger.timing.toUpperCase()} ` +
    `${events.join(" OR ")} ON ${quoteName(schema, table)} FOR EACH ${trigger.level.toUpperCase()} ` +
    `EXECUTE FUNCTION ${quoteName(trigger.functionSchema, trigger.functionName)}()`
  );
}

export function enableTrigger(trigger: TriggerModel, schema: string, table: string): string {
  const always = trigger.enabled === "always" ? "ALWAYS " : "";
  return `ALTER TABLE ${quoteName(schema, table)} ENABLE ${always}TRIGGER ${quoteIdent(trigger.name)}`;
}

/** The statements that lead from one set of storage options to the other: none, one or two. */
export function alterStorage(schema: string, table: string, from: Storage, to: Storage): string[] {
  const set = Object.entries(to).filter(([key, value]) => from[key] !== value);
  const reset = Object.keys(from).filter((key) => !Object.hasOwn(to, key));
  const alter = `ALTER TABLE ${quoteName(schema, table)}`;
  return [
    ...(set.length === 0 ? [] : [`${alter} SET (${storageList(Object.fromEntries(set))})`]),
    ...(reset.length === 0 ? [] : [`${alter} RESET (${list(reset)})`]),
  ];
}

export function createFunction(fn: FunctionModel): string {
  const passed = fn.arguments.filter((argument) => argument.mode !== "table").map(argumentDefinition);
  const columns = fn.arguments.filter((argument) => argument.mode === "table").map(argumentDefinition);
  const lines = [
    `CREATE OR REPLACE FUNCTION ${quoteName(fn.schema, fn.name)}(${passed.join(", ")})`,
    ...(columns.length > 0 ? [`RETURNS TABLE(${columns.join(", ")})`] : []),
    ...(columns.length === 0 && fn.returns !== null ? [`RETURNS ${normaliseType(fn.returns)}`] : []),
    `LANGUAGE ${fn.language} ${fn.volatility.toUpperCase()} PARALLEL ${fn.parallel.toUpperCase()}` +
      (fn.strict ? " STRICT" : "") +
      (fn.securityDefiner ? " SECURITY DEFINER" : ""),
    ...Object.entries(fn.settings).map(([name, value]) => `SET ${quoteIdent(name)} = ${settingValue(name, value)}`),
    `AS ${quoteDollar(fn.body)}`,
  ];
  return lines.join("\n");
}

export function dropFunction(fn: FunctionModel): string {
  return `DROP FUNCTION ${functionReference(fn)}`;
}

export function revokeFromPublic(fn: FunctionModel): string {
  return `REVOKE ALL ON FUNCTION ${functionReference(fn)} FROM PUBLIC`;
}

export function functionReference(fn: FunctionModel): string {
  const types = inputArguments(fn).map((argument) => normaliseType(argument.type));
  return `${quoteName(fn.schema, fn.name)}(${types.join(", ")})`;
}

/** @param object such as `TABLE "a"."b"` or `COLUMN "a"."b"."c"` */
export function commentOn(object: string, comment: string | null): string {
  return `COMMENT ON ${object} IS ${comment === null ? "NULL" : quoteLiteral(comment)}`;
}

function columnDefinition(column: ColumnModel): string {
  return (
    `${quoteIdent(column.name)} ${normaliseType(column.type)}` +
    (column.compression === null ? "" : ` COMPRESSION ${column.compression}`) +
    collate(column.collation) +
    (column.nullable ? "" : " NOT NULL") +
    (column.identity === null
      ? ""
      : ` GENERATED ${column.identity === "always" ? "ALWAYS" : "BY DEFAULT"} AS IDENTITY`) +
    (column.generated === null ? "" : ` GENERATED ALWAYS AS (${column.generated}) STORED`) +
    (column.default === null ? "" : ` DEFAULT ${defaultExpression(column.default)}`)
  );
}

/** A collation of `pg_catalog` by its bare name, whatever is in it; one of another schema as `"schema"."name"`. */
function collate(collation: string | null): string {
  if (collation === null) return "";
  const qualified = /^("(?:[^"]|"")+"\."(?:[^"]|"")+")$/.exec(collation);
  return ` COLLATE ${qualified?.[1] ?? quoteIdent(collation)}`;
}

function argumentDefinition(argument: ArgumentModel): string {
  const modes: Readonly<Record<ArgumentModel["mode"], string>> = {
    in: "",
    out: "OUT ",
    inout: "INOUT ",
    variadic: "VARIADIC ",
    table: "",
  };
  const name = argument.name === "" ? "" : `${quoteIdent(argument.name)} `;
  const preset = argument.default === null ? "" : ` DEFAULT ${argument.default}`;
  return `${modes[argument.mode]}${name}${normaliseType(argument.type)}${preset}`;
}

function settingValue(name: string, value: string): string {
  if (!isListSetting(name)) return quoteLiteral(value);
  const elements = settingElements(value);
  return elements.length === 0 ? "''" : elements.map(quoteLiteral).join(", ");
}

function withStorage(storage: Storage): string {
  return Object.keys(storage).length === 0 ? "" : ` WITH (${storageList(storage)})`;
}

function storageList(storage: Storage): string {
  return Object.entries(storage)
    .map(([key, value]) => `${quoteIdent(key)} = ${quoteLiteral(value)}`)
    .join(", ");
}
