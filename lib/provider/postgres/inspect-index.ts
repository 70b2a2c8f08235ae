import type { ExclusionModel, IndexKeyModel, IndexModel, UniqueModel } from "../../postgres/model";
import { stripOuterParentheses } from "../../postgres/normalise";
import type { IndexObstacle } from "../../postgres/plan";
import { bareParts } from "../../postgres/qualified";
import { quoteName } from "../../postgres/quote";
import type { ConstraintRow, IndexKeyRow, IndexRow } from "./catalog";
import { deferrableOf } from "./inspect-constraint";
import { toStorage } from "./storage-options";

/** What the indexes of a table are in the model: indexes, constraints, or in the way. */
export interface InspectedIndexes {
  readonly indexes: readonly IndexModel[];
  readonly uniques: readonly UniqueModel[];
  readonly exclusions: readonly ExclusionModel[];
  readonly obstacles: readonly IndexObstacle[];
}

const METHODS: readonly string[] = ["btree", "hash", "gin", "gist", "brin"];

export function toIndexes(
  table: string,
  rows: readonly IndexRow[],
  constraints: readonly ConstraintRow[],
): InspectedIndexes {
  const known = rows.filter((row) => row.leaf === null && row.valid && !row.special && METHODS.includes(row.method));
  const constraintOf = ({ leaf, name }: IndexRow): ConstraintRow | undefined =>
    constraints.find((each) => each.leaf === leaf && each.name === name);
  const ofKind = (kind: string | null): readonly IndexRow[] => known.filter((row) => row.constraint === kind);
  return {
    indexes: ofKind(null).map(toIndex),
    uniques: ofKind("u").flatMap((row) => constraintFor(row, constraintOf(row), toUnique)),
    exclusions: ofKind("x").flatMap((row) => constraintFor(row, constraintOf(row), toExclusion)),
    obstacles: rows
      .filter((row) => !known.includes(row))
      .map((row) => ({
        name: row.name,
        partitioned: row.partitioned,
        constraintOf: row.constraint === null ? null : (row.leaf ?? table),
        valid: row.valid,
      })),
  };
}

function constraintFor<T>(
  row: IndexRow,
  constraint: ConstraintRow | undefined,
  make: (row: IndexRow, constraint: ConstraintRow) => T,
): readonly T[] {
  return constraint === undefined ? [] : [make(row, constraint)];
}

function toIndex(row: IndexRow): IndexModel {
  return {
    name: row.name,
    keys: toKeys(row),
    unique: row.unique,
    nullsNotDistinct: row.nulls_not_distinct,
    method: row.method as IndexModel["method"],
    include: row.include,
    where: row.where === null ? null : stripOuterParentheses(row.where),
    storage: toStorage(row.options),
  };
}

function toUnique(row: IndexRow, constraint: ConstraintRow): UniqueModel {
  return {
    name: row.name,
    columns: constraint.columns,
    include: row.include,
    nullsNotDistinct: row.nulls_not_distinct,
    deferrable: deferrableOf(constraint),
  };
}

function toExclusion(row: IndexRow, constraint: ConstraintRow): ExclusionModel {
  const operators = (constraint.operators ?? []).map(({ schema, name }) =>
    schema === "pg_catalog" ? name : `${schema}.${name}`,
  );
  return {
    name: row.name,
    method: row.method as ExclusionModel["method"],
    elements: toKeys(row).map((key, at) => ({ ...key, operator: operators[at] ?? "" })),
    where: row.where === null ? null : stripOuterParentheses(row.where),
    deferrable: deferrableOf(constraint),
  };
}

function toKeys(row: IndexRow): readonly IndexKeyModel[] {
  const collations = expressionCollations(row);
  return row.keys.map((key, at) => {
    const descending = (key.option & 1) !== 0;
    const nulls = (key.option & 2) !== 0 ? "first" : "last";
    const { column, collation, opclass } = key;
    return {
      column,
      expression: column === null ? stripOuterParentheses(key.text) : null,
      opclass: opclass === null ? null : bareParts(opclass.schema, opclass.name),
      collation: column === null ? (collations[at] ?? null) : collation && collationText(collation),
      descending,
      nulls: nulls === (descending ? "first" : "last") ? null : nulls,
    };
  });
}

function collationText({ schema, name }: NonNullable<IndexKeyRow["collation"]>): string {
  return schema === "pg_catalog" ? name : quoteName(schema, name);
}

/**
 * The collations of keys that are expressions, by place. Whether one is the expression's own is not in the catalog: only the whole
 * definition has it, and only where it is not.
 */
function expressionCollations(row: IndexRow): readonly (string | null)[] {
  const { definition, method, keys } = row;
  if (definition === null) return [];
  const opening = ` USING ${method} (`;
  let at = definition.indexOf(opening) + opening.length;
  return keys.map((key) => {
    const begins = definition.indexOf(key.text, at);
    at = begins + key.text.length;
    const named = /^ COLLATE ((?:"(?:[^"]|"")+"|[\w$]+)(?:\.(?:"(?:[^"]|"")+"|[\w$]+))?)/.exec(definition.slice(at));
    return named === null ? null : collationName(named[1]!);
  });
}

/** As the model has it: a name of `pg_catalog` without its quotes. */
function collationName(text: string): string {
  const parts = [...text.matchAll(/"((?:[^"]|"")+)"|([\w$]+)/g)].map(([, quoted, bare]) =>
    quoted === undefined ? bare! : quoted.replace(/""/g, '"'),
  );
  return parts.length === 1 ? parts[0]! : quoteName(parts[0]!, parts[1]!);
}
