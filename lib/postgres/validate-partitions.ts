import { bareType, type BoundColumn, hasBounds, readLiteral, readValue, WrongValue } from "./bound-value";
import type { PostgresIssue } from "./errors";
import type { LeafModel, LevelModel, PartitionModel, TableModel } from "./model";
import { leafNameBytes, maxNameBytes } from "./names";
import { levelOf, partitionNodes, typedColumns } from "./partitions";
import { overlapIssues } from "./validate-overlaps";
import { rollingIssues } from "./validate-rolling";
import { duplicates, issue, nameIssues, storageIssues, unknownColumns } from "./validate-parts";

/** The most leaves that we make of one hash: beyond some hundreds planning a query costs more than partitioning gains. */
export const maxModulus = 1024;

/** What Postgres would refuse in how a table is partitioned, or would do other than asked. */
export function partitioningIssues(table: TableModel): PostgresIssue[] {
  const { partitioning } = table;
  if (partitioning === null) return [];
  const path = "partitioning";
  const issues = levelIssues(partitioning, path, table, partitioning.rolling !== null);
  return [
    ...issues,
    ...(issues.length === 0 ? namesakes(table) : []),
    ...rollingIssues(table),
    ...storageIssues(`${path}.storage`, partitioning.storage),
    ...(Object.keys(table.storage).length === 0
      ? []
      : [
          issue(
            "PG425",
            "storage",
            "a partitioned table has no storage of its own",
            Object.keys(table.storage).join(", "),
            "none",
            "move the options to partitioning.storage",
          ),
        ]),
  ];
}

/** Tables and indexes share their names. */
function namesakes(table: TableModel): PostgresIssue[] {
  const { name, indexes, uniques, exclusions, primaryKey } = table;
  const others = [{ name }, ...indexes, ...uniques, ...exclusions, ...(primaryKey === null ? [] : [primaryKey])];
  const known = new Set(others.map((each) => each.name));
  const nodes = partitionNodes(table);
  const taken = nodes.filter((each) => known.has(each.name));
  return [
    ...duplicates("partitioning.partitions", nodes),
    ...duplicates("partitioning.partitions", [...taken, ...taken]),
  ];
}

function levelIssues(level: LevelModel, path: string, table: TableModel, rolling: boolean): PostgresIssue[] {
  const { strategy, columns } = level;
  const most = strategy === "list" ? 1 : 32;
  const own = [
    ...unknownColumns(`${path}.columns`, columns, table),
    ...generatedKeyIssues(`${path}.columns`, columns, table),
    ...(columns.length >= 1 && columns.length <= most
      ? []
      : [
          issue(
            "PG424",
            `${path}.columns`,
            columns.length === 0 ? "no column decides" : "too many columns decide",
            columns.length === 0 ? "none" : columns.join(", "),
            most === 1 ? "1 column" : "1 to 32 columns",
            columns.length === 0 ? "name a column" : "leave some out, or partition the partitions by them",
          ),
        ]),
  ];
  if (strategy === "hash") return [...own, ...modulusIssues(level, path)];
  return [...own, ...(own.length > 0 ? [] : boundedIssues(level, path, table, rolling))];
}

function modulusIssues({ modulus, partitions }: LevelModel, path: string): PostgresIssue[] {
  const whole = modulus !== null && Number.isInteger(modulus) && modulus >= 1 && modulus <= maxModulus;
  return [
    ...(whole
      ? []
      : [
          issue(
            "PG424",
            `${path}.modulus`,
            "the number of leaves is out of range",
            String(modulus),
            `1 to ${maxModulus}`,
            "write a whole number; it can't be changed later",
          ),
        ]),
    ...(partitions.length === 0
      ? []
      : [
          issue(
            "PG429",
            `${path}.partitions`,
            "the leaves of a hash have no bounds",
            partitions.map(({ name }) => name).join(", "),
            "none",
            "leave them out: modulus says how many there are",
          ),
        ]),
  ];
}

function boundedIssues(level: LevelModel, path: string, table: TableModel, rolling: boolean): PostgresIssue[] {
  const { modulus, partitions, strategy } = level;
  const columns = typedColumns(level.columns, table.columns);
  const incomparable = columns.filter(({ type }) => !hasBounds(type));
  if (incomparable.length > 0) {
    return incomparable.map(({ name, type }) =>
      issue(
        "PG429",
        `${path}.columns`,
        `bounds of column "${name}" can't be compared`,
        type,
        "whole numbers, numeric, text, boolean, uuid, date, timestamps, enums and domains",
        `partition by another column, or by hash`,
      ),
    );
  }
  return [
    ...(modulus === null
      ? []
      : [issue("PG429", `${path}.modulus`, `a ${strategy} has no modulus`, String(modulus), "none", "leave it out")]),
    ...(partitions.length > 0 || rolling
      ? []
      : [
          issue(
            "PG424",
            `${path}.partitions`,
            "without a partition every insert fails",
            "none",
            "1 or more",
            "declare one",
          ),
        ]),
    ...partitions.flatMap((each, at) => partitionIssues(each, `${path}.partitions[${at}]`, level, columns)),
    ...partitions.flatMap((each, at) => levelBelowIssues(each, `${path}.partitions[${at}]`, table)),
    ...overlapIssues(level, `${path}.partitions`, columns),
  ];
}

function levelBelowIssues(partition: LeafModel | PartitionModel, path: string, table: TableModel): PostgresIssue[] {
  const level = levelOf(partition);
  if (level === null) return [];
  const bytes = level.modulus === null ? 0 : leafNameBytes(partition.name, level.modulus);
  return [
    ...levelIssues(level, `${path}.partitioning`, table, false),
    ...(bytes <= maxNameBytes
      ? []
      : [
          issue(
            "PG420",
            `${path}.name`,
            "the leaves' names would be too long",
            partition.name,
            `at most ${maxNameBytes - (bytes - Buffer.byteLength(partition.name))} bytes`,
            "shorten it",
          ),
        ]),
  ];
}

function partitionIssues(
  partition: LeafModel,
  path: string,
  level: LevelModel,
  columns: readonly BoundColumn[],
): PostgresIssue[] {
  return [
    ...nameIssues(`${path}.name`, partition.name),
    ...detachedIssues(partition, path),
    ...(partition.default
      ? strangers(partition, path, "default", ["values", "from", "to"])
      : level.strategy === "list"
        ? listIssues(partition, path, columns[0]!)
        : rangeIssues(partition, path, columns)),
  ];
}

function detachedIssues({ detached }: LeafModel, path: string): PostgresIssue[] {
  if (detached === null || /\S/.test(detached)) return [];
  return [
    issue(
      "PG429",
      `${path}.detached`,
      "the reason is empty",
      JSON.stringify(detached),
      "why it is detached",
      "say why",
    ),
  ];
}

type Side = "values" | "from" | "to";

function strangers(partition: LeafModel, path: string, kind: string, sides: readonly Side[]): PostgresIssue[] {
  return sides
    .filter((side) => partition[side].length > 0)
    .map((side) =>
      issue("PG429", `${path}.${side}`, `a ${kind} has none`, partition[side].join(", "), "none", "leave it out"),
    );
}

function listIssues(partition: LeafModel, path: string, column: BoundColumn): PostgresIssue[] {
  const { values } = partition;
  return [
    ...strangers(partition, path, "list", ["from", "to"]),
    ...(values.length > 0
      ? []
      : [issue("PG429", `${path}.values`, "there is no value", "none", "1 or more, or default", "name its values")]),
    ...values.flatMap((sql, at) => literalIssues(sql, `${path}.values[${at}]`, column, ["null"])),
  ];
}

function rangeIssues(partition: LeafModel, path: string, columns: readonly BoundColumn[]): PostgresIssue[] {
  const sides = (["from", "to"] as const).flatMap((side): PostgresIssue[] => {
    const bounds = partition[side];
    if (bounds.length !== columns.length) {
      const names = columns.map(({ name }) => name).join(", ");
      const received = bounds.length === 0 ? "none" : bounds.join(", ");
      return [
        issue(
          "PG429",
          `${path}.${side}`,
          "the bound needs a value for each column",
          received,
          names,
          "name one for each",
        ),
      ];
    }
    return [
      ...bounds.flatMap((sql, at) =>
        literalIssues(sql, `${path}.${side}[${at}]`, columns[at]!, ["minvalue", "maxvalue"]),
      ),
      ...afterEndIssues(bounds, `${path}.${side}`),
    ];
  });
  return [...strangers(partition, path, "range", ["values"]), ...sides];
}

/** Behind MINVALUE or MAXVALUE the other columns say nothing, and Postgres wants the same word for them. */
function afterEndIssues(bounds: readonly string[], path: string): PostgresIssue[] {
  const kinds = bounds.map((sql) => readLiteral(sql)?.kind ?? "value");
  const end = kinds.findIndex((kind) => kind === "minvalue" || kind === "maxvalue");
  if (end < 0 || kinds.slice(end).every((kind) => kind === kinds[end])) return [];
  const word = kinds[end]!.toUpperCase();
  return [
    issue(
      "PG429",
      path,
      `a value follows ${word}`,
      bounds.join(", "),
      `${word} to the end`,
      `write ${word} for the others too`,
    ),
  ];
}

function literalIssues(
  sql: string,
  path: string,
  column: BoundColumn,
  words: readonly ("null" | "minvalue" | "maxvalue")[],
): PostgresIssue[] {
  const written = readLiteral(sql);
  const wrong = (message: string, allowed: string, fix: string): PostgresIssue[] => [
    issue("PG429", path, message, sql, allowed, fix),
  ];
  if (written === null) return wrong("this is not one literal", "such as 42, 'acme' or MINVALUE", "write one literal");
  if (written.kind !== "value") {
    const allowed = words.map((word) => word.toUpperCase()).join(" or ");
    const kind = words.includes("null") ? "list" : "range";
    return words.includes(written.kind)
      ? []
      : wrong(`a ${kind} has no ${written.kind.toUpperCase()}`, `a value, or ${allowed}`, "write a value");
  }
  const value = readValue(written.text, column);
  if (!(value instanceof WrongValue)) return [];
  return wrong(
    `this is no value of column "${column.name}"`,
    `${value.allowed} (${bareType(column.type).name})`,
    "correct it",
  );
}

function generatedKeyIssues(path: string, columns: readonly string[], table: TableModel): PostgresIssue[] {
  const generated = table.columns.filter(({ name, generated: from }) => from !== null && columns.includes(name));
  return generated.map(({ name }) =>
    issue(
      "PG427",
      path,
      "a generated column can't decide where its row goes",
      name,
      "a column that is written",
      "name the columns that it is generated from",
    ),
  );
}
