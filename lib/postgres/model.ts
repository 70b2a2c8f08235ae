/**
 * Postgres objects as plain data: what a declaration asks for and what a server has are both written in this model, so that
 * one diff serves the preview, the plan and the refusals. Every field is always there (`null` where there is none): a missing
 * field and an absent thing must never be confused.
 *
 * The table provider's attributes are these names in snake_case, one to one.
 */

/** What happens when a table leaves the configuration: refused, forgotten (kept on the server), or dropped when it has no rows. */
export type Removal = "refuse" | "forget" | "retire" | "drop-if-empty";

/** A schema. */
export interface SchemaModel {
  readonly name: string;
  readonly comment: string | null;
}

/** A sequence of `bigint`. */
export interface SequenceModel {
  readonly schema: string;
  readonly name: string;
  /** How many numbers a session reserves at once (`CACHE`), 1 or more. */
  readonly cache: number;
  readonly comment: string | null;
}

/** A column of a table. */
export interface ColumnModel {
  readonly name: string;
  /** A type as Postgres writes it (`format_type`): `bigint`, `timestamp with time zone`, `text[]`; aliases are normalised. */
  readonly type: string;
  readonly nullable: boolean;
  /** An SQL expression, or null. */
  readonly default: string | null;
  /** The name of a collation (`C`; `"app"."german"` for one of another schema), or null for the type's own. */
  readonly collation: string | null;
  /** Whether a sequence of its own gives the value: for every row, or only for rows that do not say. Null for neither. */
  readonly identity: "always" | "by-default" | null;
  /** The SQL expression that is worked out and stored for every row (`GENERATED ALWAYS AS … STORED`), or null. */
  readonly generated: string | null;
  /** How long values are compressed, or null for the server's `default_toast_compression`. */
  readonly compression: "pglz" | "lz4" | null;
  /**
   * An SQL expression over the row that rows which are there and have no value get one from, or null. The catalog does not know
   * it: a server's table always has null.
   */
  readonly fill: string | null;
  readonly comment: string | null;
}

/** The primary key of a table. */
export interface PrimaryKeyModel {
  readonly name: string;
  readonly columns: readonly string[];
}

/** A check constraint of a table. */
export interface CheckModel {
  readonly name: string;
  /** An SQL condition without the outer parentheses. */
  readonly expression: string;
}

/**
 * When a constraint is checked: with every statement, so too unless a transaction defers it (`DEFERRABLE`), or when the
 * transaction ends (`INITIALLY DEFERRED`).
 */
export type Deferrable = "no" | "immediate" | "deferred";

/** A unique constraint of a table: what foreign keys may refer to, unlike a unique index. */
export interface UniqueModel {
  readonly name: string;
  readonly columns: readonly string[];
  /** Columns stored beside them in the index (`INCLUDE`). */
  readonly include: readonly string[];
  /** Whether two rows agree that both hold null. */
  readonly nullsNotDistinct: boolean;
  readonly deferrable: Deferrable;
}

/** What happens to rows that refer to a row that is changed or deleted. */
export type ReferentialAction = "no-action" | "restrict" | "cascade" | "set-null" | "set-default";

/** A foreign key of a table. */
export interface ForeignKeyModel {
  readonly name: string;
  readonly columns: readonly string[];
  readonly referencesSchema: string;
  readonly referencesTable: string;
  /** Columns of a primary key or a unique constraint there, in the order of `columns`. */
  readonly referencesColumns: readonly string[];
  /** Whether a row that holds null in one of several columns refers to nothing, or has to hold null in all of them. */
  readonly match: "simple" | "full";
  readonly onUpdate: ReferentialAction;
  readonly onDelete: ReferentialAction;
  readonly deferrable: Deferrable;
  /** Whether the rows from before it were checked; false leaves them as they are, for ever (`NOT VALID`). */
  readonly validated: boolean;
}

/** A column or an expression of an index, in order. */
export interface IndexKeyModel {
  /** Null where an expression is indexed. */
  readonly column: string | null;
  /** An SQL expression, or null where a column is indexed. */
  readonly expression: string | null;
  /** An operator class (`text_pattern_ops`, `public.gin_trgm_ops`), or null for the type's own. */
  readonly opclass: string | null;
  /** A collation as in {@link ColumnModel.collation}, or null for the column's own. */
  readonly collation: string | null;
  readonly descending: boolean;
  /** Where nulls stand, or null for Postgres' own: last, and first where it runs from high to low. */
  readonly nulls: "first" | "last" | null;
}

/** One part of an exclusion constraint. */
export interface ExclusionElementModel extends IndexKeyModel {
  /** What two rows may not both be, such as `=` or `&&`; of another schema than `pg_catalog` as `app.&&`. */
  readonly operator: string;
}

/** An exclusion constraint: no two rows for which all operators hold. */
export interface ExclusionModel {
  readonly name: string;
  readonly method: "gist" | "btree" | "hash";
  readonly elements: readonly ExclusionElementModel[];
  /** The rows that it is about, or null for all of them. */
  readonly where: string | null;
  readonly deferrable: Deferrable;
}

/** An index of a table. */
export interface IndexModel {
  readonly name: string;
  readonly keys: readonly IndexKeyModel[];
  readonly unique: boolean;
  /** Whether two rows of a unique index agree that both hold null. */
  readonly nullsNotDistinct: boolean;
  readonly method: "btree" | "hash" | "gin" | "gist" | "brin";
  /** Columns stored beside the keys (`INCLUDE`). */
  readonly include: readonly string[];
  /** The condition of a partial index, or null. */
  readonly where: string | null;
  /** Storage options (`WITH`), values as text: `{ fillfactor: "90" }`, `{ pages_per_range: "32" }`. */
  readonly storage: Readonly<Record<string, string>>;
}

/** How the rows of a table, or of one of its partitions, are spread. */
export interface LevelModel {
  readonly strategy: "hash" | "list" | "range";
  /** What decides where a row goes: one column for a list, up to 32 for the others. */
  readonly columns: readonly string[];
  /** Of a hash, how many leaves: fixed for ever, since rows do not move by themselves. They are named `{table}_p00`, `{table}_p01`, …. */
  readonly modulus: number | null;
  /** Of a list or a range. */
  readonly partitions: readonly LeafModel[];
}

/** A partition of a list or a range. Its bounds are SQL literals: `42`, `'acme'`, `NULL`, `MINVALUE`. */
export interface LeafModel {
  /** Its name as a table, in the schema of the table that it is of. */
  readonly name: string;
  /** Of a list: the values of its rows. */
  readonly values: readonly string[];
  /** Of a range: the first value that is in it, one for each column. */
  readonly from: readonly string[];
  /** Of a range: the first value that is above it, one for each column. */
  readonly to: readonly string[];
  /** Whether it takes the rows that no other one takes. */
  readonly default: boolean;
  /** Why it is no longer attached: the table is kept on the server. Null for one that is. */
  readonly detached: string | null;
}

/** A partition whose rows may be spread once more. */
export interface PartitionModel extends LeafModel {
  readonly partitioning: LevelModel | null;
}

/** A rule by which leaves of time are made ahead and, when they are old, detached. */
export interface RollingModel {
  /** `day`, `week` (from Monday), `month`, or hours that divide a day: `1 hour`, `6 hours`. All in UTC. */
  readonly interval: string;
  /** How many leaves there are to be after the one of now, 1 or more. */
  readonly ahead: number;
  /** How long a leaf is kept attached after its last row could be written, such as `90 days`; null for ever. */
  readonly retain: string | null;
}

/** `PARTITION BY`: how the rows of a table are spread over leaves. */
export interface PartitioningModel extends LevelModel {
  readonly partitions: readonly PartitionModel[];
  readonly rolling: RollingModel | null;
  /** Storage options of the leaves (a partitioned parent has none): `{ fillfactor: "100" }`. */
  readonly storage: Readonly<Record<string, string>>;
}

/** A trigger of a table. */
export interface TriggerModel {
  readonly name: string;
  readonly timing: "before" | "after";
  readonly events: readonly ("insert" | "update" | "delete" | "truncate")[];
  /** Row triggers of a partitioned table are cloned to its leaves by Postgres; statement triggers are not, so we make them on each leaf. */
  readonly level: "row" | "statement";
  readonly functionSchema: string;
  readonly functionName: string;
  /** `always` also fires under `session_replication_role = replica`. */
  readonly enabled: "origin" | "always";
}

/** A table with everything that belongs to it. */
export interface TableModel {
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly ColumnModel[];
  readonly primaryKey: PrimaryKeyModel | null;
  readonly uniques: readonly UniqueModel[];
  readonly foreignKeys: readonly ForeignKeyModel[];
  readonly exclusions: readonly ExclusionModel[];
  readonly checks: readonly CheckModel[];
  readonly indexes: readonly IndexModel[];
  readonly partitioning: PartitioningModel | null;
  readonly triggers: readonly TriggerModel[];
  /** Storage options (`WITH`), values as text: `{ fillfactor: "75" }`. */
  readonly storage: Readonly<Record<string, string>>;
  readonly comment: string | null;
}

/** An argument of a function. */
export interface ArgumentModel {
  readonly name: string;
  readonly type: string;
  readonly mode: "in" | "out" | "inout" | "variadic" | "table";
  readonly default: string | null;
}

/** A function. */
export interface FunctionModel {
  readonly schema: string;
  readonly name: string;
  readonly arguments: readonly ArgumentModel[];
  /** The result type; null where OUT or TABLE arguments give it. */
  readonly returns: string | null;
  readonly language: "sql" | "plpgsql";
  readonly volatility: "immutable" | "stable" | "volatile";
  readonly parallel: "unsafe" | "restricted" | "safe";
  readonly strict: boolean;
  /** Runs with its owner's rights; EXECUTE is then revoked from PUBLIC when it is created. */
  readonly securityDefiner: boolean;
  /** `SET` clauses: `{ search_path: "pg_catalog, pg_temp" }`. */
  readonly settings: Readonly<Record<string, string>>;
  readonly body: string;
  readonly comment: string | null;
}
