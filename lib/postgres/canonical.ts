import type { ArgumentModel, FunctionModel, IndexKeyModel, IndexModel, SequenceModel, TableModel } from "./model";
import { normaliseExpression, normaliseSetting, normaliseType } from "./normalise";
import { canonicalPartitioning } from "./partitions";

/**
 * Whether two expressions mean the same. Without a server: {@link sameSpelling}. With one, also what it said that it made of a
 * declared expression.
 */
export type SameExpression = (a: string, b: string) => boolean;

/** Equal after {@link normaliseExpression}. */
export const sameSpelling: SameExpression = (a, b) => a === b || normaliseExpression(a) === normaliseExpression(b);

/** The table in the server's own spelling of types, with the parts whose order means nothing sorted by name. */
export function canonicalTable(table: TableModel): TableModel {
  return {
    ...table,
    columns: table.columns.map((column) => ({ ...column, type: normaliseType(column.type) })),
    uniques: byName(table.uniques),
    foreignKeys: byName(table.foreignKeys),
    exclusions: byName(table.exclusions.map((each) => ({ ...each, elements: each.elements.map(canonicalKey) }))),
    checks: byName(table.checks),
    indexes: byName(table.indexes.map(canonicalIndex)),
    triggers: byName(table.triggers.map((trigger) => ({ ...trigger, events: [...trigger.events].sort() }))),
    storage: sortedKeys(table.storage),
    partitioning: table.partitioning && {
      ...canonicalPartitioning(table.partitioning, table.columns),
      storage: sortedKeys(table.partitioning.storage),
    },
    comment: canonicalComment(table.comment),
  };
}

export function canonicalIndex(index: IndexModel): IndexModel {
  return { ...index, keys: index.keys.map(canonicalKey), storage: sortedKeys(index.storage) };
}

function canonicalKey<K extends IndexKeyModel>(key: K): K {
  return key.nulls === (key.descending ? "first" : "last") ? { ...key, nulls: null } : key;
}

export function canonicalFunction(fn: FunctionModel): FunctionModel {
  return {
    ...fn,
    arguments: fn.arguments.map((argument) => ({
      ...argument,
      type: normaliseType(argument.type),
      default: argument.default === null ? null : normaliseExpression(argument.default),
    })),
    returns: canonicalReturns(fn),
    settings: sortedKeys(
      Object.fromEntries(Object.entries(fn.settings).map(([name, value]) => [name, normaliseSetting(name, value)])),
    ),
    comment: canonicalComment(fn.comment),
  };
}

/** Where OUT or TABLE arguments give the result, Postgres works the type out itself. */
function canonicalReturns(fn: FunctionModel): string | null {
  if (fn.returns === null) return null;
  const returns = normaliseType(fn.returns);
  const given = fn.arguments.some((argument) => argument.mode !== "in" && argument.mode !== "variadic");
  return given && !returns.startsWith("SETOF ") ? null : returns;
}

export function canonicalSequence(sequence: SequenceModel): SequenceModel {
  return { ...sequence, comment: canonicalComment(sequence.comment) };
}

/** To Postgres an empty comment is none. */
export function canonicalComment(comment: string | null): string | null {
  return comment === "" ? null : comment;
}

/** Arguments that a caller passes: what tells functions of one name apart. */
export function inputArguments(fn: FunctionModel): readonly ArgumentModel[] {
  return fn.arguments.filter((argument) => argument.mode !== "out" && argument.mode !== "table");
}

function byName<T extends { readonly name: string }>(items: readonly T[]): readonly T[] {
  return [...items].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

function sortedKeys(map: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
}
