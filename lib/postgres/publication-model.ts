/** What changes of which rows a publication gives to those who replicate from it: another server, or a connector such as Debezium's. */

export const PUBLISHED_OPERATIONS = ["insert", "update", "delete", "truncate"] as const;
export type PublishedOperation = (typeof PUBLISHED_OPERATIONS)[number];

/** A table of a publication. */
export interface PublishedTableModel {
  /** With its schema, as an import id: `orders.outbox`, `"my app"."Orders"`. */
  readonly name: string;
  /** The columns that are published; empty for all, those that come later included. */
  readonly columns: readonly string[];
  /** The rows that are published: an SQL condition, or null for all. */
  readonly where: string | null;
}

/** A publication. */
export interface PublicationModel {
  readonly name: string;
  readonly tables: readonly PublishedTableModel[];
  /** Schemas of which every table is published, those that come later included. Takes a superuser. */
  readonly schemas: readonly string[];
  readonly operations: readonly PublishedOperation[];
  /** Whether the rows of a partitioned table are published as the table's own, and not as those of its leaves. */
  readonly viaPartitionRoot: boolean;
  readonly comment: string | null;
}
