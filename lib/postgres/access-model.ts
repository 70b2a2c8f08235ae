/**
 * Who may do what, as plain data. Roles belong to the whole cluster, and what they are granted to one database: so that a role and
 * its grants are two things.
 */

/** A group role: it can't log in, and login roles are made its members (`GRANT orders_writer TO my_service`). */
export interface RoleModel {
  readonly name: string;
  readonly comment: string | null;
}

/** The name that stands for everybody in the place of a role's: Postgres reserves it. */
export const PUBLIC = "public";

export const SCHEMA_PRIVILEGES = ["usage", "create"] as const;
export const TABLE_PRIVILEGES = [
  "select",
  "insert",
  "update",
  "delete",
  "truncate",
  "references",
  "trigger",
  "maintain",
] as const;
export const COLUMN_PRIVILEGES = ["select", "insert", "update", "references"] as const;
export const SEQUENCE_PRIVILEGES = ["usage", "select", "update"] as const;

export type SchemaPrivilege = (typeof SCHEMA_PRIVILEGES)[number];
/** `maintain` from Postgres 17 on. */
export type TablePrivilege = (typeof TABLE_PRIVILEGES)[number];
export type ColumnPrivilege = (typeof COLUMN_PRIVILEGES)[number];
export type SequencePrivilege = (typeof SEQUENCE_PRIVILEGES)[number];

/** What may be done with some columns of a table only. */
export interface ColumnGrantModel {
  readonly name: string;
  readonly privileges: readonly ColumnPrivilege[];
}

/** What may be done with a table, a partition of one, or a view. */
export interface TableGrantModel {
  readonly name: string;
  readonly privileges: readonly TablePrivilege[];
  /** Columns with more than the table's own privileges. */
  readonly columns: readonly ColumnGrantModel[];
}

export interface SequenceGrantModel {
  readonly name: string;
  readonly privileges: readonly SequencePrivilege[];
}

/** All that one role may do in one schema: what is not in it is revoked. What it owns is not looked at, since an owner may do everything. */
export interface GrantsModel {
  readonly schema: string;
  /** A role's name, or `public` for everybody. */
  readonly role: string;
  /** On the schema itself; without `usage` nothing in it can be reached. */
  readonly privileges: readonly SchemaPrivilege[];
  /** Tables and views. A partition has grants of its own: those of its table serve who reads and writes through the table. */
  readonly tables: readonly TableGrantModel[];
  readonly sequences: readonly SequenceGrantModel[];
  /** Functions and procedures that may be called, with the types that a caller passes: `append_events(text,bigint)`. */
  readonly functions: readonly string[];
}
