import type {
  Deferrable,
  ExclusionElementModel,
  ExclusionModel,
  ForeignKeyModel,
  IndexKeyModel,
  IndexModel,
  ReferentialAction,
  TriggerModel,
  UniqueModel,
} from "./model";
import { shortenName } from "./names";

/** How one key of an index is ordered and compared. */
export interface KeyOptions {
  /**
   * Whether it runs from high to low.
   * @default false
   */
  readonly descending?: boolean;
  /**
   * Where nulls stand.
   * @default - last, and first where it runs from high to low
   */
  readonly nulls?: "first" | "last";
  /**
   * An operator class, with its schema where it is not Postgres' own: `"text_pattern_ops"`, `"public.gin_trgm_ops"`.
   * @default - the type's own
   */
  readonly opclass?: string;
  /**
   * The name of a collation.
   * @default - the column's own
   */
  readonly collation?: string;
}

/** A key of an index: a column, or an SQL expression such as `lower(email)`. */
export type KeyProps<Column extends string = string> = KeyOptions &
  (
    | { readonly column: Column; readonly expression?: undefined }
    | { readonly expression: string; readonly column?: undefined }
  );

/** One index of a table. */
export interface IndexProps<Column extends string = string> {
  /** What is indexed, in order: columns by name, or with how they are ordered and compared, or expressions. */
  readonly columns: readonly (Column | KeyProps<Column>)[];
  /**
   * Whether no two rows may agree in all of them.
   * @default false
   */
  readonly unique?: boolean;
  /**
   * Whether two rows of a unique index agree that both hold null.
   * @default false
   */
  readonly nullsNotDistinct?: boolean;
  /**
   * The access method.
   * @default "btree"
   */
  readonly method?: IndexModel["method"];
  /**
   * Columns stored beside the keys (`INCLUDE`).
   * @default []
   */
  readonly include?: readonly Column[];
  /**
   * Only rows for which this SQL condition holds are indexed.
   * @default - all rows
   */
  readonly where?: string;
  /**
   * Storage options: `{ fillfactor: "90" }`, `{ fastupdate: "off" }` for gin, `{ pages_per_range: "32" }` for brin.
   * @default {}
   */
  readonly storage?: Readonly<Record<string, string>>;
  /**
   * Its name: it identifies the index, so another name is another index.
   * @default - `{table}_{columns}_idx`, with `_key` at the end when unique; shortened with a hash above 63 bytes
   */
  readonly name?: string;
}

/** One unique constraint of a table: what foreign keys may refer to, unlike a unique index. */
export interface UniqueProps<Column extends string = string> {
  readonly columns: readonly Column[];
  /**
   * Columns stored beside them in its index.
   * @default []
   */
  readonly include?: readonly Column[];
  /**
   * Whether two rows agree that both hold null.
   * @default false
   */
  readonly nullsNotDistinct?: boolean;
  /**
   * When it is checked: with every statement (`"no"`), so too unless a transaction defers it, or when the transaction ends.
   * @default "no"
   */
  readonly deferrable?: Deferrable;
  /**
   * Its name, which identifies it.
   * @default - `{table}_{columns}_key`; shortened with a hash above 63 bytes
   */
  readonly name?: string;
}

/** One foreign key of a table. It is added for new rows at once, and validated for the others while writers go on. */
export interface ForeignKeyProps<Column extends string = string> {
  readonly columns: readonly Column[];
  /** The table that it refers to, with columns of its primary key or of a unique constraint, in the order of `columns`. */
  readonly references: {
    /**
     * The schema that it is in.
     * @default - the table's own
     */
    readonly schema?: string;
    readonly table: string;
    readonly columns: readonly string[];
  };
  /**
   * Whether a row that holds null in one of several columns refers to nothing, or has to hold null in all of them.
   * @default "simple"
   */
  readonly match?: ForeignKeyModel["match"];
  /**
   * What happens when the row is deleted that it refers to.
   * @default "no-action"
   */
  readonly onDelete?: ReferentialAction;
  /**
   * What happens when the row is changed that it refers to.
   * @default "no-action"
   */
  readonly onUpdate?: ReferentialAction;
  /**
   * When it is checked: with every statement (`"no"`), so too unless a transaction defers it, or when the transaction ends.
   * @default "no"
   */
  readonly deferrable?: Deferrable;
  /**
   * Whether the rows that are there when it is added are checked too. `false` leaves them as they are, for data that nobody can mend
   * (`NOT VALID`); new and changed rows are checked all the same. Not for a partitioned table.
   * @default true
   */
  readonly validated?: boolean;
  /**
   * Its name, which identifies it.
   * @default - `{table}_{columns}_fkey`; shortened with a hash above 63 bytes
   */
  readonly name?: string;
}

/** One exclusion constraint of a table: no two rows for which all operators hold. Added to an empty table only. */
export interface ExclusionProps<Column extends string = string> {
  /** What is compared, and what two rows may not both be: `{ column: "during", operator: "&&" }`. */
  readonly elements: readonly (KeyProps<Column> & { readonly operator: string })[];
  /**
   * The access method of its index.
   * @default "gist"
   */
  readonly method?: ExclusionModel["method"];
  /**
   * Only rows for which this SQL condition holds are compared.
   * @default - all rows
   */
  readonly where?: string;
  /**
   * When it is checked: with every statement (`"no"`), so too unless a transaction defers it, or when the transaction ends.
   * @default "no"
   */
  readonly deferrable?: Deferrable;
}

/** One trigger of a table. */
export interface TriggerProps {
  /** When it fires, with regard to the change. */
  readonly timing: TriggerModel["timing"];
  /** What it fires on. */
  readonly events: TriggerModel["events"];
  /** The function that it calls, which has to exist. */
  readonly function: {
    /**
     * The schema that it is in.
     * @default - the table's own
     */
    readonly schema?: string;
    readonly name: string;
  };
  /**
   * Whether it fires for each row or once for each statement.
   * @default "row"
   */
  readonly level?: TriggerModel["level"];
  /**
   * Whether it also fires for changes that are replicated to this server (`always`).
   * @default "origin"
   */
  readonly enabled?: TriggerModel["enabled"];
}

/** The table that a constraint, index or trigger is on. */
interface On {
  readonly schema: string;
  readonly name: string;
}

export function indexModel(table: On, index: IndexProps): IndexModel {
  const keys = index.columns.map((each) => keyModel(typeof each === "string" ? { column: each } : each));
  const unique = index.unique ?? false;
  const columns = keys.map((each) => each.column ?? "expr").join("_");
  return {
    name: index.name ?? shortenName(`${table.name}_${columns}_${unique ? "key" : "idx"}`),
    keys,
    unique,
    nullsNotDistinct: index.nullsNotDistinct ?? false,
    method: index.method ?? "btree",
    include: index.include ?? [],
    where: index.where ?? null,
    storage: index.storage ?? {},
  };
}

function keyModel(key: KeyProps): IndexKeyModel {
  return {
    column: key.column ?? null,
    expression: key.expression ?? null,
    opclass: key.opclass ?? null,
    collation: key.collation ?? null,
    descending: key.descending ?? false,
    nulls: key.nulls ?? null,
  };
}

export function uniqueModel(table: On, unique: UniqueProps): UniqueModel {
  return {
    name: unique.name ?? shortenName(`${table.name}_${unique.columns.join("_")}_key`),
    columns: unique.columns,
    include: unique.include ?? [],
    nullsNotDistinct: unique.nullsNotDistinct ?? false,
    deferrable: unique.deferrable ?? "no",
  };
}

export function foreignKeyModel(table: On, key: ForeignKeyProps): ForeignKeyModel {
  return {
    name: key.name ?? shortenName(`${table.name}_${key.columns.join("_")}_fkey`),
    columns: key.columns,
    referencesSchema: key.references.schema ?? table.schema,
    referencesTable: key.references.table,
    referencesColumns: key.references.columns,
    match: key.match ?? "simple",
    onUpdate: key.onUpdate ?? "no-action",
    onDelete: key.onDelete ?? "no-action",
    deferrable: key.deferrable ?? "no",
    validated: key.validated ?? true,
  };
}

export function exclusionModel(name: string, exclusion: ExclusionProps): ExclusionModel {
  return {
    name,
    method: exclusion.method ?? "gist",
    elements: exclusion.elements.map((each): ExclusionElementModel => ({ ...keyModel(each), operator: each.operator })),
    where: exclusion.where ?? null,
    deferrable: exclusion.deferrable ?? "no",
  };
}

export function triggerModel(table: On, name: string, trigger: TriggerProps): TriggerModel {
  return {
    name,
    timing: trigger.timing,
    events: trigger.events,
    level: trigger.level ?? "row",
    functionSchema: trigger.function.schema ?? table.schema,
    functionName: trigger.function.name,
    enabled: trigger.enabled ?? "origin",
  };
}
