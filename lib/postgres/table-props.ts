import {
  exclusionModel,
  type ExclusionProps,
  foreignKeyModel,
  type ForeignKeyProps,
  indexModel,
  type IndexProps,
  triggerModel,
  type TriggerProps,
  uniqueModel,
  type UniqueProps,
} from "./constraint-props";
import type { PrimaryKeyModel, TableModel } from "./model";
import { shortenName } from "./names";
import { partitioningModel, type PartitioningProps } from "./partition-props";

export type {
  ExclusionProps,
  ForeignKeyProps,
  IndexProps,
  KeyOptions,
  KeyProps,
  TriggerProps,
  UniqueProps,
} from "./constraint-props";
export {
  type BoundLiteral,
  type HashPartitioningProps,
  type ListPartitioningProps,
  type ListPartitionProps,
  MAXVALUE,
  MINVALUE,
  type PartitioningProps,
  type RangePartitioningProps,
  type RangePartitionProps,
  type RollingProps,
  type SubPartitioningProps,
} from "./partition-props";

/** One column of a {@link TableProps}. */
export interface ColumnProps {
  /**
   * A Postgres type: `"bigint"`, `"text[]"`, `"numeric(12,2)"`, `"timestamptz"`. Aliases mean the same as the full name. An enum, a
   * domain or any other type that is not Postgres' own is named with its schema: `"app.mood"`, `"app.mood[]"`.
   */
  readonly type: string;
  /**
   * Whether it may be NULL.
   * @default false
   */
  readonly nullable?: boolean;
  /**
   * An SQL expression for rows that do not say: `"0"`, `"now()"`. A column that is added later and is not nullable needs one.
   * @default - none
   */
  readonly default?: string;
  /**
   * The name of a collation; one that is not Postgres' own with its schema, as `'"app"."german"'`. `"C"` compares byte by byte, and never needs a reindex when the server's libraries change.
   * @default - the type's own
   */
  readonly collation?: string;
  /**
   * Whether a sequence of the column's own numbers the rows: `"always"` takes no value from an insert, `"by-default"` takes one that is
   * given. Only for smallint, integer and bigint.
   * @default - no
   */
  readonly identity?: "always" | "by-default";
  /**
   * An SQL expression over the row's other columns that is worked out and stored with every row: `"lower(email)"`. Nobody writes it.
   * @default - the column is written
   */
  readonly generated?: string;
  /**
   * How long values are compressed. Planning says so where the server was built without it.
   * @default - the server's `default_toast_compression`
   */
  readonly compression?: "pglz" | "lz4";
  /**
   * An SQL expression over the row for rows that are there and have no value: `"customer"`, `"lower(email)"`. It is run by the deploy
   * that declares it or changes it, after the column is added and before it becomes NOT NULL: a column that is not nullable and has no
   * default may be added to a table with rows where it has one. A value that is there is never overwritten.
   *
   * Rows are written in batches of about a tenth of a second that commit by themselves. A writer waits for a batch at most, and only for
   * its rows; rows that others hold are passed over and taken later. What breaks off goes on with the next deploy. Row triggers
   * fire. Each row is written anew, so the table may become twice as large until autovacuum has cleaned up. Not on a column that rows are
   * spread over partitions by.
   * @default - rows that are there are left alone
   */
  readonly fill?: string;
  /**
   * Its comment.
   * @default - none
   */
  readonly comment?: string;
}

/** A primary key whose constraint has a name of its own. */
export interface PrimaryKeyProps<Column extends string = string> {
  /** The constraint's name, at most 63 bytes. */
  readonly name: string;
  /** Its columns in order. */
  readonly columns: readonly Column[];
}

/** A table as a person writes it, the same for every engine. */
export interface TableProps<Columns extends Readonly<Record<string, ColumnProps>>> {
  /** The schema that it is in; it has to exist. */
  readonly schema: string;
  /** Its name in the schema, at most 63 bytes. */
  readonly name: string;
  /** Its columns by name, in order. New columns are added at the end of the table. */
  readonly columns: Columns;
  /**
   * The primary key's columns in order; with the constraint's name where it is not `{table}_pkey`.
   * @default - no primary key
   */
  readonly primaryKey?: readonly (keyof Columns & string)[] | PrimaryKeyProps<keyof Columns & string>;
  /**
   * Unique constraints.
   * @default []
   */
  readonly uniques?: readonly UniqueProps<keyof Columns & string>[];
  /**
   * Foreign keys.
   * @default []
   */
  readonly foreignKeys?: readonly ForeignKeyProps<keyof Columns & string>[];
  /**
   * Exclusion constraints by name.
   * @default {}
   */
  readonly exclusions?: Readonly<Record<string, ExclusionProps<keyof Columns & string>>>;
  /**
   * Indexes besides the primary key's and the constraints'.
   * @default []
   */
  readonly indexes?: readonly IndexProps<keyof Columns & string>[];
  /**
   * SQL conditions that every row keeps, by the constraint's name: `{ positive: "amount > 0" }`.
   * @default {}
   */
  readonly checks?: Readonly<Record<string, string>>;
  /**
   * Triggers by name. One that is gone or weaker is refused: what it guards would no longer be guarded.
   * @default {}
   */
  readonly triggers?: Readonly<Record<string, TriggerProps>>;
  /**
   * How rows are spread over leaves: by hash, list or range, and those once more.
   * @default - not partitioned
   */
  readonly partitioning?: PartitioningProps<keyof Columns & string>;
  /**
   * Storage options: `{ fillfactor: "75" }`. A partitioned table has none; its leaves do.
   * @default {}
   */
  readonly storage?: Readonly<Record<string, string>>;
  /**
   * Its comment.
   * @default - none
   */
  readonly comment?: string;
}

/** What the props mean, everything said: the model that is validated, planned and created. */
export function tableModel<Columns extends Readonly<Record<string, ColumnProps>>>(
  props: TableProps<Columns>,
): TableModel {
  const { schema, name } = props;
  return {
    schema,
    name,
    columns: Object.entries<ColumnProps>(props.columns).map(([column, each]) => ({
      name: column,
      type: each.type,
      nullable: each.nullable ?? false,
      default: each.default ?? null,
      collation: each.collation ?? null,
      identity: each.identity ?? null,
      generated: each.generated ?? null,
      compression: each.compression ?? null,
      fill: each.fill ?? null,
      comment: each.comment ?? null,
    })),
    primaryKey: props.primaryKey === undefined ? null : primaryKeyModel(name, props.primaryKey),
    uniques: (props.uniques ?? []).map((each) => uniqueModel(props, each)),
    foreignKeys: (props.foreignKeys ?? []).map((each) => foreignKeyModel(props, each)),
    exclusions: Object.entries<ExclusionProps>(props.exclusions ?? {}).map(([each, exclusion]) =>
      exclusionModel(each, exclusion),
    ),
    checks: Object.entries(props.checks ?? {}).map(([check, expression]) => ({ name: check, expression })),
    indexes: (props.indexes ?? []).map((index) => indexModel(props, index)),
    partitioning: props.partitioning === undefined ? null : partitioningModel(props.partitioning),
    triggers: Object.entries(props.triggers ?? {}).map(([each, trigger]) => triggerModel(props, each, trigger)),
    storage: props.storage ?? {},
    comment: props.comment ?? null,
  };
}

function primaryKeyModel(table: string, key: readonly string[] | PrimaryKeyProps): PrimaryKeyModel {
  return "columns" in key
    ? { name: key.name, columns: [...key.columns] }
    : { name: shortenName(`${table}_pkey`), columns: [...key] };
}
