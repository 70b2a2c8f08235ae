import type { RenamedFrom } from "./renamed-from";

export const COLUMN_TYPES = ["text", "uuid", "integer", "bigint", "numeric", "date", "timestamptz", "jsonb", "boolean"] as const; // prettier-ignore
/** The types that a read table's column may have. */
export type ColumnType = (typeof COLUMN_TYPES)[number];

/** A column of a read table. */
export interface ColumnInput<T> {
  readonly type: T extends ColumnType ? T : ColumnType;
  /**
   * Whether it may be NULL.
   * @default false
   */
  readonly nullable?: boolean;
  /**
   * An SQL expression for rows that do not say: `"0"`, `"now()"`. A column that is added later and not nullable needs one.
   * @default - none
   */
  readonly default?: string;
  /**
   * What it was called before. The old column stays beside the new one while services move over, in the phases that the environment's
   * profile says: `add`, `fill`, `switch`, `retire`. Type, `nullable` and `default` stay as they were; a column of the key is renamed by the
   * projection's next generation. Taken out again once the rename is done everywhere: the old column is then dropped, where that is accepted in writing.
   * @default - it was always called so
   */
  readonly renamedFrom?: string;
}

/** An index of a read table. */
export interface ProjectionIndexInput<Cols> {
  /** Key columns in order. */
  readonly columns: readonly (keyof Cols & string)[];
  /**
   * Whether no two rows may agree in all of them.
   * @default false
   */
  readonly unique?: boolean;
}

/** A read table. */
export interface ProjectionTableInput<Cols> {
  readonly columns: { readonly [X in keyof Cols]: ColumnInput<Cols[X]> };
  /**
   * The primary key's columns.
   * @default - the first column
   */
  readonly key?: readonly (keyof Cols & string)[];
  /**
   * Indexes besides the primary key.
   * @default []
   */
  readonly indexes?: readonly ProjectionIndexInput<Cols>[];
  /**
   * What happens when the table leaves the stack: `"refuse"` stops the plan, `"forget"` leaves the table on the server,
   * `"drop-if-empty"` drops it when it has no rows.
   * @default "refuse"
   */
  readonly removal?: "refuse" | "forget" | "drop-if-empty";
}

/** A read table and the events that it is made of. */
export interface ProjectionInput<Ev, Cols> {
  /** The events that it is made of. */
  readonly from: readonly Ev[];
  /** Its read table, in the store's schema; the table is named after the projection. */
  readonly table: ProjectionTableInput<Cols>;
  /**
   * What it was called before, the oldest name first. Its table with all rows and its checkpoint stay under what the oldest name
   * made them; names in code and in the engine's state move.
   * @default - it was always called so
   */
  readonly renamedFrom?: RenamedFrom;
  /**
   * Which generation of the read table this is: 1 to 999. The next one is a table of its own beside the old one
   * (`order_summary_v2`), with any columns and key, built from the events anew; environments go over to it step by step
   * (docs/generations.md).
   * @default 1
   */
  readonly generation?: number;
}
