import * as pulumi from "@pulumi/pulumi";
import type { AcceptanceInput } from "../domain/acceptance-input";
import type { GrantsModel, RoleModel } from "../postgres/access-model";
import type { PublicationModel } from "../postgres/publication-model";
import type { FunctionModel, Removal, SchemaModel, SequenceModel, TableModel } from "../postgres/model";

/**
 * The table provider's resources. Their inputs are the models of the core, where everything that may be null may be left out;
 * the provider checks them all, and says at preview what it would do.
 */

/** A model as a program may write it: null, empty and default values may be left out, and any value may be an output. */
type Written<T> = T extends string | number | boolean | null
  ? pulumi.Input<Exclude<T, null>>
  : T extends readonly (infer Item)[]
    ? pulumi.Input<readonly Written<Item>[]>
    : string extends keyof T
      ? pulumi.Input<{ readonly [key: string]: pulumi.Input<string> }>
      : pulumi.Input<WrittenObject<T>>;
type WrittenObject<T> = { readonly [X in OptionalKey<T>]?: Written<T[X]> | undefined } & {
  readonly [X in Exclude<keyof T, OptionalKey<T>>]: Written<T[X]>;
};
/** What the provider fills in besides nulls (its schema's defaulted attributes). */
type Defaulted =
  | "arguments" | "cache" | "checks" | "functions" | "privileges" | "sequences" | "tables" | "deferrable" | "descending" | "enabled" | "exclusions" | "foreignKeys" | "include" | "indexes"
  | "level" | "match" | "method" | "mode" | "nullable" | "nullsNotDistinct" | "onDelete" | "onUpdate" | "parallel" | "securityDefiner"
  | "settings" | "schemas" | "storage" | "strict" | "triggers" | "unique" | "uniques" | "viaPartitionRoot" | "volatility"; // prettier-ignore
type OptionalKey<T> = { [X in keyof T]: X extends Defaulted ? X : null extends T[X] ? X : never }[keyof T];

interface Declared {
  /** Who declares it, such as the domain's name: kept in the last line of the object's comment. */
  readonly declaredBy: pulumi.Input<string>;
}

interface Accepting {
  /**
   * Changes that are refused by themselves, approved in writing, as the refusal names them: each by the deploy that brings it.
   * @default []
   */
  readonly accept?: pulumi.Input<readonly pulumi.Input<AcceptanceInput>[]>;
}

export type SchemaArgs = WrittenObject<SchemaModel> & Declared;
export type SequenceArgs = WrittenObject<SequenceModel> & Declared;
export type FunctionArgs = WrittenObject<FunctionModel> & Declared;
export type RoleArgs = WrittenObject<RoleModel> & Declared;
export type PublicationArgs = WrittenObject<PublicationModel> & Declared & Accepting;
export type GrantsArgs = WrittenObject<GrantsModel>;
export type TableArgs = WrittenObject<TableModel> &
  Declared & {
    /**
     * What happens when it leaves the program: refused, forgotten (it stays as it is), retired (nobody may use it any more, and it
     * is moved into the schema `<schema>_retired` with its rows), or dropped when it has no rows.
     * @default "refuse"
     */
    readonly removal?: pulumi.Input<Removal>;
  } & Accepting;

abstract class PostgresResource extends pulumi.CustomResource {
  /** The statements of the last change; in a preview, of the coming one. */
  declare readonly ddl: pulumi.Output<readonly string[]>;
  /** Its name, without the schema. */
  declare readonly name: pulumi.Output<string>;

  constructor(token: string, name: string, args: object, opts: pulumi.CustomResourceOptions = {}) {
    const outputs = { ddl: undefined };
    // `--replace` would otherwise create first, which adopts what is there, and then delete just that
    const order = { deleteBeforeReplace: opts.deleteBeforeReplace ?? true };
    super(token, name, { ...(written(args) as object), ...outputs }, { ...opts, ...order });
  }
}

/** A Postgres schema. Removing it is refused while anything is in it. */
export class Schema extends PostgresResource {
  constructor(name: string, args: SchemaArgs, opts?: pulumi.CustomResourceOptions) {
    super("eventloom:postgres:Schema", name, args, opts);
  }
}

/** A sequence of `bigint`. */
export class Sequence extends PostgresResource {
  constructor(name: string, args: SequenceArgs, opts?: pulumi.CustomResourceOptions) {
    super("eventloom:postgres:Sequence", name, args, opts);
  }
}

/** A function in SQL or PL/pgSQL. */
export class Function extends PostgresResource {
  constructor(name: string, args: FunctionArgs, opts?: pulumi.CustomResourceOptions) {
    super("eventloom:postgres:Function", name, args, opts);
  }
}

/** A table with its columns, keys, checks, indexes, partitions and triggers. Only forward: what would lose rows is refused. */
export class Table extends PostgresResource {
  /** The schema that it is in. */
  declare readonly schema: pulumi.Output<string>;

  constructor(name: string, args: TableArgs, opts?: pulumi.CustomResourceOptions) {
    // Its removal would move it aside, and an empty one would take its place; taken over first, the provider keeps it.
    const removes = typeof (args.removal ?? "refuse") === "string" && args.removal !== "retire";
    super("eventloom:postgres:Table", name, args, { ...opts, deleteBeforeReplace: removes });
  }
}

/** A group role: it can't log in, and login roles are made its members. Removed only where nobody needs it. */
export class Role extends PostgresResource {
  constructor(name: string, args: RoleArgs, opts?: pulumi.CustomResourceOptions) {
    super("eventloom:postgres:Role", name, args, opts);
  }
}

/** All that one role may do in one schema: what is not in it is revoked. */
export class Grants extends PostgresResource {
  constructor(name: string, args: GrantsArgs, opts?: pulumi.CustomResourceOptions) {
    super("eventloom:postgres:Grants", name, args, opts);
  }
}

/** What is given to those who replicate from the database. It sends more when asked to, and less only while nobody reads. */
export class Publication extends PostgresResource {
  constructor(name: string, args: PublicationArgs, opts?: pulumi.CustomResourceOptions) {
    super("eventloom:postgres:Publication", name, args, opts);
  }
}

/** Without nulls, at any depth: the provider has the same meaning for null and for nothing, and a preview reads better. */
export function written(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(written);
  if (value === null || typeof value !== "object" || pulumi.Output.isInstance(value) || value instanceof Promise)
    return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== null)
      .map(([name, item]) => [name, written(item)]),
  );
}
