import * as pulumi from "@pulumi/pulumi";
import type { AcceptanceInput } from "../domain/acceptance-input";
import { inputArguments } from "../postgres/canonical";
import { formatPart } from "../postgres/import-id";
import type { FunctionModel, SchemaModel, SequenceModel } from "../postgres/model";
import type { GrantsModel, RoleModel } from "../postgres/access-model";
import type { PublicationModel } from "../postgres/publication-model";
import { normaliseType } from "../postgres/normalise";
import {
  functionModel,
  type FunctionProps,
  grantsModel,
  type GrantsProps,
  publicationModel,
  type PublicationProps,
  roleModel,
  type RoleProps,
  schemaModel,
  type SchemaProps,
  sequenceModel,
  type SequenceProps,
} from "../postgres/object-props";
import { withProviders, type Providers } from "./connections";
import { childName } from "./placement";
import {
  Function,
  type FunctionArgs,
  Grants,
  type GrantsArgs,
  Publication,
  type PublicationArgs,
  Role,
  type RoleArgs,
  Schema,
  type SchemaArgs,
  Sequence,
  type SequenceArgs,
} from "./postgres";

/** What every component of one Postgres object takes. */
export interface PostgresObjectArgs {
  /**
   * Who declares it: kept in the last line of the object's comment. What has another's mark is never touched.
   * @default - the component's name
   */
  readonly declaredBy?: string;
  /**
   * The database.
   * @default - the component's `opts.providers`, else the stack's configuration or the PG* variables
   */
  readonly providers?: Pick<Providers, "eventloom">;
}

/** What {@link PostgresSchema} takes. */
export interface PostgresSchemaArgs extends SchemaProps, PostgresObjectArgs {}
/** What {@link PostgresSequence} takes. */
export interface PostgresSequenceArgs extends SequenceProps, PostgresObjectArgs {}
/** What {@link PostgresFunction} takes. */
export interface PostgresFunctionArgs extends FunctionProps, PostgresObjectArgs {}
/** What {@link PostgresRole} takes. */
export interface PostgresRoleArgs extends RoleProps, PostgresObjectArgs {}
/** What {@link PostgresGrants} takes. */
export interface PostgresGrantsArgs extends GrantsProps, Pick<PostgresObjectArgs, "providers"> {}

/** What {@link PostgresPublication} takes. */
export interface PostgresPublicationArgs extends PublicationProps, PostgresObjectArgs {
  /**
   * Changes that are refused by themselves, approved in writing: `{ change: "changes: publish no longer table app.orders", reason: "…" }`, as
   * the refusal names them. Each approves that change of that publication with the deploy that brings it, and nothing later: the same change
   * again needs another reason. `"changes: drop the publication"` has to be accepted by a deploy before the one that drops it.
   * @default []
   */
  readonly accept?: readonly AcceptanceInput[];
}

/** The object itself comes after what the component comes after. */
function childOptions(
  parent: pulumi.ComponentResource,
  { dependsOn }: pulumi.ComponentResourceOptions,
): pulumi.CustomResourceOptions {
  return { parent, ...(dependsOn === undefined ? {} : { dependsOn }) };
}

/** A Postgres schema. Removing it is refused while anything is in it. */
export class PostgresSchema extends pulumi.ComponentResource {
  /** What the arguments mean, as plain data. */
  readonly model: SchemaModel;
  /** The schema itself, for `dependsOn`. */
  readonly schema: Schema;

  constructor(name: string, args: PostgresSchemaArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("eventloom:index:PostgresSchema", name, {}, withProviders(args.providers, opts));
    this.model = schemaModel(args);
    const declared = { ...this.model, declaredBy: args.declaredBy ?? name };
    this.schema = new Schema(childName(name, "schema"), declared as SchemaArgs, childOptions(this, opts));
    this.registerOutputs({});
  }

  /** Its name, as an output: what uses it comes after the schema. */
  get name(): pulumi.Output<string> {
    return this.schema.name;
  }
}

/** A sequence of `bigint`. It is forgotten, not dropped, when it leaves the program. */
export class PostgresSequence extends pulumi.ComponentResource {
  /** What the arguments mean, as plain data. */
  readonly model: SequenceModel;
  /** The sequence itself, for `dependsOn`. */
  readonly sequence: Sequence;

  constructor(name: string, args: PostgresSequenceArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("eventloom:index:PostgresSequence", name, {}, withProviders(args.providers, opts));
    this.model = sequenceModel(args);
    const declared = { ...this.model, declaredBy: args.declaredBy ?? name };
    this.sequence = new Sequence(childName(name, "sequence"), declared as SequenceArgs, childOptions(this, opts));
    this.registerOutputs({});
  }

  /** Its name, as an output: what uses it comes after the sequence. */
  get name(): pulumi.Output<string> {
    return this.sequence.name;
  }
}

/** A function in SQL or PL/pgSQL, for triggers (see `triggers` of {@link PostgresTable}) and callers. */
export class PostgresFunction extends pulumi.ComponentResource {
  /** What the arguments mean, as plain data. */
  readonly model: FunctionModel;
  /** The function itself, for `dependsOn`. */
  readonly function: Function;

  constructor(name: string, args: PostgresFunctionArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("eventloom:index:PostgresFunction", name, {}, withProviders(args.providers, opts));
    this.model = functionModel(args);
    const declared = { ...this.model, declaredBy: args.declaredBy ?? name };
    this.function = new Function(childName(name, "function"), declared as FunctionArgs, childOptions(this, opts));
    this.registerOutputs({});
  }

  /** Its name, as an output: what uses it comes after the function. */
  get name(): pulumi.Output<string> {
    return this.function.name;
  }

  /** Its name with the types that a caller passes: what grants take. */
  get signature(): string {
    return `${formatPart(this.model.name)}(${inputArguments(this.model).map(({ type }) => normaliseType(type)).join(",")})`; // prettier-ignore
  }
}

/**
 * A group role without a login, which belongs to the whole cluster: where another database's deploy has made it, or an administrator,
 * it is taken over. It is dropped with the program's resource only where nobody needs it.
 */
export class PostgresRole extends pulumi.ComponentResource {
  /** What the arguments mean, as plain data. */
  readonly model: RoleModel;
  /** The role itself, for `dependsOn`. */
  readonly role: Role;

  constructor(name: string, args: PostgresRoleArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("eventloom:index:PostgresRole", name, {}, withProviders(args.providers, opts));
    this.model = roleModel(args);
    const declared = { ...this.model, declaredBy: args.declaredBy ?? name };
    this.role = new Role(childName(name, "role"), declared as RoleArgs, childOptions(this, opts));
    this.registerOutputs({});
  }

  /** Its name, as an output: what uses it comes after the role. */
  get name(): pulumi.Output<string> {
    return this.role.name;
  }
}

/**
 * All that one role, or everybody, may do in one schema: what is not said is revoked. Name in `dependsOn` the components whose objects
 * it names.
 */
export class PostgresGrants extends pulumi.ComponentResource {
  /** What the arguments mean, as plain data. */
  readonly model: GrantsModel;
  /** The grants themselves, for `dependsOn`. */
  readonly grants: Grants;

  constructor(name: string, args: PostgresGrantsArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("eventloom:index:PostgresGrants", name, {}, withProviders(args.providers, opts));
    this.model = grantsModel(args);
    this.grants = new Grants(childName(name, "grants"), this.model as unknown as GrantsArgs, childOptions(this, opts));
    this.registerOutputs({});
  }
}

/**
 * What replicas and connectors are sent. It sends more when it is asked to; less, or nothing, only while no logical slot of the
 * database is there: who reads would lose changes and not notice. Name in `dependsOn` the components of the tables.
 */
export class PostgresPublication extends pulumi.ComponentResource {
  /** What the arguments mean, as plain data. */
  readonly model: PublicationModel;
  /** The publication itself, for `dependsOn`. */
  readonly publication: Publication;

  constructor(name: string, args: PostgresPublicationArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("eventloom:index:PostgresPublication", name, {}, withProviders(args.providers, opts));
    this.model = publicationModel(args);
    const { declaredBy = name, accept = [] } = args;
    const declared = { ...this.model, declaredBy, ...(accept.length === 0 ? {} : { accept }) } as unknown as PublicationArgs; // prettier-ignore
    this.publication = new Publication(childName(name, "publication"), declared, childOptions(this, opts));
    this.registerOutputs({});
  }

  /** Its name, as an output: what uses it comes after the publication. */
  get name(): pulumi.Output<string> {
    return this.publication.name;
  }
}
