import type {
  ExclusionModel,
  ForeignKeyModel,
  IndexKeyModel,
  IndexModel,
  TableModel,
  TriggerModel,
  UniqueModel,
} from "./model";
import { propsFromPartitioning } from "./partition-props-from-model";
import {
  tableModel,
  type ColumnProps,
  type ExclusionProps,
  type ForeignKeyProps,
  type IndexProps,
  type KeyProps,
  type TableProps,
  type TriggerProps,
  type UniqueProps,
} from "./table-props";

/** The props of a table, whatever its columns are called. */
export type AnyTableProps = TableProps<Readonly<Record<string, ColumnProps>>>;

/**
 * The props that a person would write for a table: what {@link tableModel} makes of them is the model again, and what it fills in
 * by itself is left out.
 */
export function propsFromModel(model: TableModel): AnyTableProps {
  const { schema, name, primaryKey, partitioning } = model;
  const columns = model.columns.map(({ name: column, type, ...rest }): [string, ColumnProps] => [
    column,
    { type, ...said(rest) },
  ]);
  const bare: AnyTableProps = { schema, name, columns: Object.fromEntries(columns) };
  return {
    ...bare,
    ...(primaryKey === null ? {} : { primaryKey: keyProps(bare, primaryKey) }),
    ...some(
      "uniques",
      model.uniques.map((each) => uniqueProps(bare, each)),
    ),
    ...some(
      "foreignKeys",
      model.foreignKeys.map((each) => foreignKeyProps(bare, each)),
    ),
    ...named("exclusions", model.exclusions, exclusionProps),
    ...named("checks", model.checks, ({ expression }) => expression),
    ...some(
      "indexes",
      model.indexes.map((each) => indexProps(bare, each)),
    ),
    ...named("triggers", model.triggers, (each) => triggerProps(bare, each)),
    ...(partitioning === null ? {} : { partitioning: propsFromPartitioning(partitioning) }),
    ...(Object.keys(model.storage).length === 0 ? {} : { storage: model.storage }),
    ...(model.comment === null ? {} : { comment: model.comment }),
  };
}

/**
 * Leaves out what is null, false, empty or as it would be anyway.
 *
 * @param implied what it would be if nothing were said
 */
function said<T extends object>(whole: T, implied: Partial<T> = {}): Said<T> {
  const empty = (value: unknown): boolean =>
    value === null || value === false || (typeof value === "object" && Object.keys(value as object).length === 0);
  const says = ([name, value]: [string, unknown]): boolean =>
    Object.hasOwn(implied, name) ? JSON.stringify(value) !== JSON.stringify(implied[name as keyof T]) : !empty(value);
  return Object.fromEntries(Object.entries(whole).filter(says)) as Said<T>;
}

type Said<T> = { readonly [K in keyof T]?: NonNullable<T[K]> };

function some<T>(name: string, list: readonly T[]): Readonly<Record<string, readonly T[]>> {
  return list.length === 0 ? {} : { [name]: list };
}

function named<T extends { readonly name: string }, P>(
  name: string,
  list: readonly T[],
  props: (each: T) => P,
): Readonly<Record<string, Readonly<Record<string, P>>>> {
  return list.length === 0 ? {} : { [name]: Object.fromEntries(list.map((each) => [each.name, props(each)])) };
}

function keyProps(
  bare: AnyTableProps,
  key: NonNullable<TableModel["primaryKey"]>,
): NonNullable<AnyTableProps["primaryKey"]> {
  const implied = tableModel({ ...bare, primaryKey: key.columns }).primaryKey;
  return implied?.name === key.name ? key.columns : key;
}

function uniqueProps(bare: AnyTableProps, { name, columns, ...rest }: UniqueModel): UniqueProps {
  const props: UniqueProps = { columns, ...said(rest, { deferrable: "no" }) };
  const implied = tableModel({ ...bare, uniques: [props] }).uniques[0]?.name;
  return implied === name ? props : { ...props, name };
}

function foreignKeyProps(bare: AnyTableProps, key: ForeignKeyModel): ForeignKeyProps {
  const { name, columns, referencesSchema: schema, referencesTable: table, referencesColumns, ...rest } = key;
  const implied = {
    match: "simple",
    onUpdate: "no-action",
    onDelete: "no-action",
    deferrable: "no",
    validated: true,
  } as const;
  const references = { ...(schema === bare.schema ? {} : { schema }), table, columns: referencesColumns };
  const props: ForeignKeyProps = { columns, references, ...said(rest, implied) };
  return tableModel({ ...bare, foreignKeys: [props] }).foreignKeys[0]?.name === name ? props : { ...props, name };
}

function exclusionProps({ name: _, elements, ...rest }: ExclusionModel): ExclusionProps {
  return {
    elements: elements.map(({ operator, ...key }) => ({ ...longKeyProps(key), operator })),
    ...said(rest, { method: "gist", deferrable: "no" }),
  };
}

function indexProps(bare: AnyTableProps, { name, keys, ...rest }: IndexModel): IndexProps {
  const props: IndexProps = { columns: keys.map(indexKeyProps), ...said(rest, { method: "btree" }) };
  return tableModel({ ...bare, indexes: [props] }).indexes[0]?.name === name ? props : { ...props, name };
}

function indexKeyProps(key: IndexKeyModel): string | KeyProps {
  const props = longKeyProps(key);
  return props.column !== undefined && Object.keys(props).length === 1 ? props.column : props;
}

function longKeyProps({ column, expression, ...options }: IndexKeyModel): KeyProps {
  return { ...(column === null ? { expression: expression ?? "" } : { column }), ...said(options) };
}

function triggerProps(bare: AnyTableProps, trigger: TriggerModel): TriggerProps {
  const { timing, events, level, functionSchema: schema, functionName: name, enabled } = trigger;
  const calls = { function: { ...(schema === bare.schema ? {} : { schema }), name } };
  return { timing, events, ...calls, ...said({ level, enabled }, { level: "row", enabled: "origin" }) };
}
