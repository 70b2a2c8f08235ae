import { inputArguments } from "./canonical";
import type { ArgumentModel, ColumnModel, FunctionModel, SequenceModel, TableModel, TriggerModel } from "./model";
import { defaultExpression, isListSetting, normaliseType, settingElements } from "./normalise";
import { quoteDollar, quoteIdent, quoteLiteral, quoteName } from "./quote";
import { constraintDefinitions } from "./sql-constraint";
import { partitionBy } from "./sql-partition";
import { collate, type Storage, storageChanges, withStorage } from "./sql-parts";

/** The text of every statement, one function each; of indexes and constraints beside this. Nothing else writes DDL. */

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
  const lines = [...table.columns.map(columnDefinition), ...constraintDefinitions(table)];
  const name = quoteName(table.schema, table.name);
  return `CREATE TABLE ${name} (\n  ${lines.join(",\n  ")}\n)${partitionBy(table.partitioning)}${withStorage(table.storage)}`;
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
  if (to.identity === null)
    return `ALTER TABLE ${quoteName(schema, table)} ALTER COLUMN ${quoteIdent(to.name)} DROP IDENTITY`;
  const action = from.identity === null ? `ADD GENERATED ${kind} AS IDENTITY` : `SET GENERATED ${kind}`;
  return `ALTER TABLE ${quoteName(schema, table)} ALTER COLUMN ${quoteIdent(to.name)} ${action}`;
}

export function setColumnNotNull(schema: string, table: string, column: string): string {
  return `ALTER TABLE ${quoteName(schema, table)} ALTER COLUMN ${quoteIdent(column)} SET NOT NULL`;
}

export function dropColumnNotNull(schema: string, table: string, column: string): string {
  return `ALTER TABLE ${quoteName(schema, table)} ALTER COLUMN ${quoteIdent(column)} DROP NOT NULL`;
}

/** With what depends on nothing else: its indexes and constraints go too, but a view that reads it stops the statement. */
export function dropColumn(schema: string, table: string, column: string): string {
  return `ALTER TABLE ${quoteName(schema, table)} DROP COLUMN ${quoteIdent(column)}`;
}

/** A default need not be of the new type: it is taken away before, and given anew. */
export function alterColumnType(schema: string, table: string, from: ColumnModel, to: ColumnModel): string {
  const column = `ALTER COLUMN ${quoteIdent(to.name)}`;
  const type = normaliseType(to.type);
  const actions = [
    ...(from.default === null ? [] : [`${column} DROP DEFAULT`]),
    `${column} TYPE ${type}${collate(to.collation)} USING ${quoteIdent(to.name)}::${type}`,
    ...(to.default === null ? [] : [`${column} SET DEFAULT ${defaultExpression(to.default)}`]),
  ];
  return `ALTER TABLE ${quoteName(schema, table)} ${actions.join(", ")}`;
}

/** Leaves may have theirs of the table, or of their own. */
export function dropTrigger(name: string, schema: string, table: string): string {
  return `DROP TRIGGER IF EXISTS ${quoteIdent(name)} ON ${quoteName(schema, table)}`;
}

/** For values that are written from now on. */
export function alterColumnCompression(schema: string, table: string, column: ColumnModel): string {
  const action = `SET COMPRESSION ${column.compression ?? "default"}`;
  return `ALTER TABLE ${quoteName(schema, table)} ALTER COLUMN ${quoteIdent(column.name)} ${action}`;
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
  return storageChanges(`ALTER TABLE ${quoteName(schema, table)}`, from, to);
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

function argumentDefinition(argument: ArgumentModel): string {
  const modes: Readonly<Record<ArgumentModel["mode"], string>> = {
    in: "",
    out: "OUT ",
    inout: "INOUT ",
    variadic: "VARIADIC ",
    table: "",
  };
  const name = argument.name === "" ? "" : `${quoteIdent(argument.name)} `;
  const preset = argument.default === null ? "" : ` DEFAULT ${defaultExpression(argument.default)}`;
  return `${modes[argument.mode]}${name}${normaliseType(argument.type)}${preset}`;
}

function settingValue(name: string, value: string): string {
  if (!isListSetting(name)) return quoteLiteral(value);
  const elements = settingElements(value);
  return elements.length === 0 ? "''" : elements.map(quoteLiteral).join(", ");
}
