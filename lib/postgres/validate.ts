import type { PostgresIssue } from "./errors";
import { inputArguments } from "./canonical";
import type { FunctionModel, SchemaModel, SequenceModel, TableModel, TriggerModel } from "./model";
import { leafNameBytes, maxNameBytes, nameBytes } from "./names";
export { validateGrants, validateRole } from "./validate-access";
export { validatePublication } from "./validate-publication";
import { columnIssues } from "./validate-columns";
import { constraintIssues } from "./validate-constraints";
import { indexIssues } from "./validate-indexes";
import { partitioningIssues } from "./validate-partitions";
import {
  duplicates,
  expressionIssues,
  issue,
  missingPartitionColumns,
  nameIssues,
  settingNameIssues,
  storageIssues,
  typeIssues,
  unknownColumns,
} from "./validate-parts";

/** What Postgres would refuse, or would do other than asked, in a declared table: all of it at once. */
export function validateTable(table: TableModel): PostgresIssue[] {
  // Constraints that are made of an index have a name among both.
  const key = table.primaryKey === null ? [] : [table.primaryKey];
  const indexed = [...key, ...table.uniques, ...table.exclusions];
  return [
    ...nameIssues("schema", table.schema),
    ...tableNameIssues(table),
    ...columnIssues(table),
    ...keyIssues(table),
    ...table.checks.flatMap((check, i) => [
      ...nameIssues(`checks[${i}].name`, check.name),
      ...expressionIssues(`checks[${i}].expression`, check.expression),
    ]),
    ...table.indexes.flatMap((index, i) => indexIssues(index, `indexes[${i}]`, table)),
    ...table.triggers.flatMap((trigger, i) => triggerIssues(trigger, `triggers[${i}]`)),
    ...duplicates("columns", table.columns),
    ...constraintIssues(table),
    ...duplicates("checks", [...table.checks, ...table.foreignKeys, ...indexed]),
    ...duplicates("indexes", [...table.indexes, ...indexed, { name: table.name }]),
    ...duplicates("triggers", table.triggers),
    ...partitioningIssues(table),
    ...storageIssues("storage", table.storage),
  ];
}

export function validateFunction(fn: FunctionModel): PostgresIssue[] {
  const named = inputArguments(fn).filter((argument) => argument.name !== "");
  const results = fn.arguments.some((argument) => argument.mode !== "in" && argument.mode !== "variadic");
  return [
    ...nameIssues("schema", fn.schema),
    ...nameIssues("name", fn.name),
    ...fn.arguments.flatMap((argument, i) => [
      ...(argument.name === "" ? [] : nameIssues(`arguments[${i}].name`, argument.name)),
      ...typeIssues(`arguments[${i}].type`, argument.type),
      ...expressionIssues(`arguments[${i}].default`, argument.default),
    ]),
    ...duplicates("arguments", named),
    ...(fn.returns === null
      ? results
        ? []
        : [issue("PG425", "returns", "the result type is missing", "null", "a type", "write returns, void for none")]
      : typeIssues("returns", fn.returns)),
    ...Object.keys(fn.settings).flatMap((name) => settingNameIssues("settings", name)),
  ];
}

export function validateSequence(sequence: SequenceModel): PostgresIssue[] {
  const { cache } = sequence;
  return [
    ...nameIssues("schema", sequence.schema),
    ...nameIssues("name", sequence.name),
    ...(Number.isSafeInteger(cache) && cache >= 1
      ? []
      : [issue("PG424", "cache", "the cache is out of range", String(cache), "1 or more", "write a whole number")]),
  ];
}

export function validateSchema(schema: SchemaModel): PostgresIssue[] {
  const reserved = schema.name.startsWith("pg_") || schema.name === "information_schema";
  return [
    ...nameIssues("name", schema.name),
    ...(reserved
      ? [issue("PG420", "name", "the name is Postgres' own", schema.name, "a name without pg_", "choose another name")]
      : []),
  ];
}

function tableNameIssues(table: TableModel): PostgresIssue[] {
  const { modulus = null } = table.partitioning ?? {};
  const leaf = modulus !== null && modulus > 0 ? leafNameBytes(table.name, modulus) : 0;
  if (nameBytes(table.name) > maxNameBytes || leaf <= maxNameBytes) return nameIssues("name", table.name);
  const room = maxNameBytes - (leaf - nameBytes(table.name));
  return [
    issue("PG420", "name", "the leaves' names would be too long", table.name, `at most ${room} bytes`, "shorten it"),
  ];
}

function keyIssues(table: TableModel): PostgresIssue[] {
  const key = table.primaryKey;
  if (key === null) return [];
  const nullable = table.columns.filter((column) => column.nullable && key.columns.includes(column.name));
  return [
    ...nameIssues("primaryKey.name", key.name),
    ...unknownColumns("primaryKey.columns", key.columns, table),
    ...(key.columns.length === 0
      ? [issue("PG424", "primaryKey.columns", "the key has no column", "none", "1 to 32 columns", "name a column")]
      : []),
    ...nullable.map((column) =>
      issue(
        "PG425",
        "primaryKey.columns",
        "a key's column can't be nullable",
        column.name,
        "NOT NULL",
        "drop nullable",
      ),
    ),
    ...missingPartitionColumns("primaryKey.columns", key.columns, table),
  ];
}

function triggerIssues(trigger: TriggerModel, path: string): PostgresIssue[] {
  const known = ["insert", "update", "delete", "truncate"];
  const events = trigger.events as readonly string[];
  const unknown = events.filter((event) => !known.includes(event));
  const truncatesRows = trigger.level === "row" && events.includes("truncate");
  return [
    ...nameIssues(`${path}.name`, trigger.name),
    ...nameIssues(`${path}.functionSchema`, trigger.functionSchema),
    ...nameIssues(`${path}.functionName`, trigger.functionName),
    ...(events.length === 0 || unknown.length > 0 || new Set(events).size < events.length
      ? [
          issue(
            "PG426",
            `${path}.events`,
            "the events are not ones that a trigger fires on",
            events.join(", "),
            `some of ${known.join(", ")}, each once`,
            "name what it fires on",
          ),
        ]
      : []),
    ...(truncatesRows
      ? [issue("PG426", `${path}.level`, "no row fires on truncate", "row", "statement", 'make a second, "statement"')]
      : []),
  ];
}
