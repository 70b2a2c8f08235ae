import type {
  ColumnPrivilege,
  GrantsModel,
  RoleModel,
  SchemaPrivilege,
  SequencePrivilege,
  TablePrivilege,
} from "./access-model";
import { PUBLISHED_OPERATIONS, type PublicationModel, type PublishedOperation } from "./publication-model";
import type { ArgumentModel, FunctionModel, SchemaModel, SequenceModel } from "./model";

/** A schema as a person writes it, the same for every engine. */
export interface SchemaProps {
  /** Its name, at most 63 bytes. */
  readonly name: string;
  /**
   * Its comment.
   * @default - none
   */
  readonly comment?: string;
}

/** A sequence of `bigint`, from 1 in steps of 1. */
export interface SequenceProps {
  /** The schema that it is in; it has to exist. */
  readonly schema: string;
  /** Its name in the schema, at most 63 bytes. */
  readonly name: string;
  /**
   * How many numbers a session reserves at once, 1 or more: what it does not use is lost.
   * @default 1
   */
  readonly cache?: number;
  /**
   * Its comment.
   * @default - none
   */
  readonly comment?: string;
}

/** An argument of a function. */
export interface ArgumentProps {
  /**
   * Its name; an empty text for none.
   * @default ""
   */
  readonly name?: string;
  /** A Postgres type: `"bigint"`, `"text[]"`; one that is not Postgres' own with its schema. */
  readonly type: string;
  /**
   * Which way it goes: given (`"in"`, `"variadic"`), given back (`"out"`), both (`"inout"`), or a column of the rows that are given
   * back (`"table"`).
   * @default "in"
   */
  readonly mode?: ArgumentModel["mode"];
  /**
   * An SQL expression for callers who leave it out.
   * @default - callers give it
   */
  readonly default?: string;
}

/** A function in SQL or PL/pgSQL. Its signature stays: a new one is a new function. */
export interface FunctionProps {
  /** The schema that it is in; it has to exist. */
  readonly schema: string;
  /** Its name in the schema, at most 63 bytes. */
  readonly name: string;
  /**
   * Its arguments in order.
   * @default []
   */
  readonly arguments?: readonly ArgumentProps[];
  /**
   * The type that it gives: `"void"`, `"trigger"`, `"SETOF app.orders"`.
   * @default - what its `out` and `table` arguments say
   */
  readonly returns?: string;
  /** The language of the body. */
  readonly language: "sql" | "plpgsql";
  /** The body, without the quotes around it. */
  readonly body: string;
  /**
   * What the planner may assume: `"immutable"` gives the same for the same arguments for ever, `"stable"` within one statement.
   * @default "volatile"
   */
  readonly volatility?: FunctionModel["volatility"];
  /**
   * Whether a parallel plan may call it.
   * @default "unsafe"
   */
  readonly parallel?: FunctionModel["parallel"];
  /**
   * Whether a null argument gives null without a call.
   * @default false
   */
  readonly strict?: boolean;
  /**
   * Whether it runs with its owner's rights. Then set `search_path` in `settings`; everybody's right to call it is revoked when it
   * is made.
   * @default false
   */
  readonly securityDefiner?: boolean;
  /**
   * Settings while it runs: `{ search_path: "pg_catalog, pg_temp" }`.
   * @default {}
   */
  readonly settings?: Readonly<Record<string, string>>;
  /**
   * Its comment.
   * @default - none
   */
  readonly comment?: string;
}

/** A group role: it can't log in; login roles are made its members. It belongs to the whole cluster. */
export interface RoleProps {
  /** Its name, at most 63 bytes; not `public`, `none` or one that begins with `pg_`. */
  readonly name: string;
  /**
   * Its comment.
   * @default - none
   */
  readonly comment?: string;
}

/** What a role may do with some columns of a table. */
export interface ColumnGrantProps {
  readonly name: string;
  readonly privileges: readonly ColumnPrivilege[];
}

/** What a role may do with a table or a view. */
export interface TableGrantProps {
  /** Its name in the schema. */
  readonly name: string;
  /**
   * What may be done with all its columns. `maintain` from Postgres 17 on.
   * @default []
   */
  readonly privileges?: readonly TablePrivilege[];
  /**
   * Columns with more than that.
   * @default []
   */
  readonly columns?: readonly ColumnGrantProps[];
}

/** What a role may do with a sequence. */
export interface SequenceGrantProps {
  /** Its name in the schema. */
  readonly name: string;
  readonly privileges: readonly SequencePrivilege[];
}

/** All that one role may do in one schema: what is not said is revoked, whoever granted it. What the role owns is not looked at. */
export interface GrantsProps {
  /** The schema; it has to exist. */
  readonly schema: string;
  /** A role's name, or `public` for everybody. */
  readonly role: string;
  /**
   * On the schema itself. Without `usage` nothing in it can be reached.
   * @default []
   */
  readonly privileges?: readonly SchemaPrivilege[];
  /**
   * Tables and views. A table's partitions need none, unless somebody goes past the table.
   * @default []
   */
  readonly tables?: readonly TableGrantProps[];
  /**
   * Sequences.
   * @default []
   */
  readonly sequences?: readonly SequenceGrantProps[];
  /**
   * Functions and procedures that may be called, with the types that a caller passes: `"append_events(text,bigint)"`. Everybody may
   * call a function that Postgres has made: grants of `public` take that back.
   * @default []
   */
  readonly functions?: readonly string[];
}

/** A table of a publication. */
export interface PublishedTableProps {
  /** With its schema: `"orders.outbox"`; what is no plain lower-case name in double quotes. */
  readonly name: string;
  /**
   * The columns that are published; a replica needs the key among them. Not beside whole `schemas`.
   * @default - all, those that come later included
   */
  readonly columns?: readonly string[];
  /**
   * The rows that are published: an SQL condition over columns of the replica identity, where updates and deletes are published.
   * @default - all
   */
  readonly where?: string;
}

/** A publication: what replicas and connectors (change data capture) are sent. */
export interface PublicationProps {
  /** Its name, at most 63 bytes. */
  readonly name: string;
  /**
   * Tables that are published.
   * @default []
   */
  readonly tables?: readonly PublishedTableProps[];
  /**
   * Schemas of which every table is published, those that come later included. Takes a superuser.
   * @default []
   */
  readonly schemas?: readonly string[];
  /**
   * What is published.
   * @default ["insert", "update", "delete", "truncate"]
   */
  readonly operations?: readonly PublishedOperation[];
  /**
   * Whether the rows of a partitioned table are published as its own. Postgres' default is false: a connector then sees each leaf as a
   * table of its own, and a row filter of the partitioned table is refused.
   * @default true
   */
  readonly viaPartitionRoot?: boolean;
  /**
   * Its comment.
   * @default - none
   */
  readonly comment?: string;
}

export function publicationModel(props: PublicationProps): PublicationModel {
  return {
    name: props.name,
    tables: (props.tables ?? []).map(({ name, columns, where }) => ({
      name,
      columns: columns ?? [],
      where: where ?? null,
    })),
    schemas: props.schemas ?? [],
    operations: props.operations ?? PUBLISHED_OPERATIONS,
    viaPartitionRoot: props.viaPartitionRoot ?? true,
    comment: props.comment ?? null,
  };
}

export function schemaModel({ name, comment }: SchemaProps): SchemaModel {
  return { name, comment: comment ?? null };
}

export function sequenceModel({ schema, name, cache, comment }: SequenceProps): SequenceModel {
  return { schema, name, cache: cache ?? 1, comment: comment ?? null };
}

export function functionModel(props: FunctionProps): FunctionModel {
  const { schema, name, language, body } = props;
  return {
    schema,
    name,
    arguments: (props.arguments ?? []).map((each) => ({
      name: each.name ?? "",
      type: each.type,
      mode: each.mode ?? "in",
      default: each.default ?? null,
    })),
    returns: props.returns ?? null,
    language,
    volatility: props.volatility ?? "volatile",
    parallel: props.parallel ?? "unsafe",
    strict: props.strict ?? false,
    securityDefiner: props.securityDefiner ?? false,
    settings: props.settings ?? {},
    body,
    comment: props.comment ?? null,
  };
}

export function roleModel({ name, comment }: RoleProps): RoleModel {
  return { name, comment: comment ?? null };
}

export function grantsModel(props: GrantsProps): GrantsModel {
  return {
    schema: props.schema,
    role: props.role,
    privileges: props.privileges ?? [],
    tables: (props.tables ?? []).map(({ name, privileges, columns }) => ({
      name,
      privileges: privileges ?? [],
      columns: columns ?? [],
    })),
    sequences: props.sequences ?? [],
    functions: props.functions ?? [],
  };
}
