import type { Construct } from "constructs";
import type { AcceptanceInput } from "../domain/acceptance-input";
import { validateAcceptances } from "../postgres/acceptance";
import { formatPart } from "../postgres/import-id";
import { inputArguments } from "../postgres/canonical";
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
import {
  validateFunction,
  validateGrants,
  validatePublication,
  validateRole,
  validateSchema,
  validateSequence,
} from "../postgres/validate";
import type { Engine } from "./engine";
import { PostgresObjectBase, type PostgresObjectProps } from "./postgres-object";

/** What {@link PostgresSchemaBase PostgresSchema} takes. */
export interface PostgresSchemaProps extends SchemaProps, PostgresObjectProps {}
/** What {@link PostgresSequenceBase PostgresSequence} takes. */
export interface PostgresSequenceProps extends SequenceProps, PostgresObjectProps {}
/** What {@link PostgresFunctionBase PostgresFunction} takes. */
export interface PostgresFunctionProps extends FunctionProps, PostgresObjectProps {}
/** What {@link PostgresRoleBase PostgresRole} takes. */
export interface PostgresRoleProps extends RoleProps, PostgresObjectProps {}
/** What {@link PostgresGrantsBase PostgresGrants} takes. */
export interface PostgresGrantsProps extends GrantsProps, Pick<PostgresObjectProps, "providers"> {}
/** What {@link PostgresPublicationBase PostgresPublication} takes. */
export interface PostgresPublicationProps extends PublicationProps, PostgresObjectProps {
  /**
   * Changes that are refused by themselves, approved in writing: `{ change: "changes: publish no longer table app.orders", reason: "…" }`, as
   * the refusal names them. Each approves that change of that publication with the deploy that brings it, and nothing later: the same change
   * again needs another reason. `"changes: drop the publication"` has to be accepted by a deploy before the one that drops it.
   * @default []
   */
  readonly accept?: readonly AcceptanceInput[];
}

/** @see the classes of the same name in `eventloom/cdktf` and `eventloom/cdktn` */
export abstract class PostgresSchemaBase extends PostgresObjectBase<"postgres-schema"> {
  protected constructor(engine: Engine, scope: Construct, id: string, props: PostgresSchemaProps) {
    const definition = schemaModel(props);
    super(engine, scope, id, props, { kind: "postgres-schema", definition, issues: validateSchema(definition) });
  }

  /** Its name, as a reference: what uses it comes after the schema. */
  get name(): string {
    return this.handle.name;
  }
}

/** @see the classes of the same name in `eventloom/cdktf` and `eventloom/cdktn` */
export abstract class PostgresSequenceBase extends PostgresObjectBase<"postgres-sequence"> {
  protected constructor(engine: Engine, scope: Construct, id: string, props: PostgresSequenceProps) {
    const definition = sequenceModel(props);
    super(engine, scope, id, props, { kind: "postgres-sequence", definition, issues: validateSequence(definition) });
  }

  /** Its name, as a reference: what uses it comes after the sequence. */
  get name(): string {
    return this.handle.name;
  }
}

/** @see the classes of the same name in `eventloom/cdktf` and `eventloom/cdktn` */
export abstract class PostgresFunctionBase extends PostgresObjectBase<"postgres-function"> {
  protected constructor(engine: Engine, scope: Construct, id: string, props: PostgresFunctionProps) {
    const definition = functionModel(props);
    super(engine, scope, id, props, { kind: "postgres-function", definition, issues: validateFunction(definition) });
  }

  /** Its name, as a reference: what uses it comes after the function. */
  get name(): string {
    return this.handle.name;
  }

  /** Its name with the types that a caller passes, as a reference: what grants take. */
  get signature(): string {
    const { name } = this.model;
    // a name in quotes is written out, since what doubles its quotes is known here only
    const reference = formatPart(name) === name ? this.name : formatPart(name);
    return `${reference}(${inputArguments(this.model).map(({ type }) => normaliseType(type)).join(",")})`; // prettier-ignore
  }
}

/** @see the classes of the same name in `eventloom/cdktf` and `eventloom/cdktn` */
export abstract class PostgresRoleBase extends PostgresObjectBase<"postgres-role"> {
  protected constructor(engine: Engine, scope: Construct, id: string, props: PostgresRoleProps) {
    const definition = roleModel(props);
    super(engine, scope, id, props, { kind: "postgres-role", definition, issues: validateRole(definition) });
  }

  /** Its name, as a reference: what uses it comes after the role. */
  get name(): string {
    return this.handle.name;
  }
}

/** @see the classes of the same name in `eventloom/cdktf` and `eventloom/cdktn` */
export abstract class PostgresGrantsBase extends PostgresObjectBase<"postgres-grants"> {
  protected constructor(engine: Engine, scope: Construct, id: string, props: PostgresGrantsProps) {
    const definition = grantsModel(props);
    super(engine, scope, id, props, { kind: "postgres-grants", definition, issues: validateGrants(definition) });
  }
}

/** @see the classes of the same name in `eventloom/cdktf` and `eventloom/cdktn` */
export abstract class PostgresPublicationBase extends PostgresObjectBase<"postgres-publication"> {
  protected constructor(engine: Engine, scope: Construct, id: string, props: PostgresPublicationProps) {
    const { accept = [] } = props;
    const definition = publicationModel(props);
    const issues = [...validatePublication(definition), ...validateAcceptances(accept)];
    super(engine, scope, id, props, { kind: "postgres-publication", definition, issues, accept });
  }

  /** Its name, as a reference: what uses it comes after the publication. */
  get name(): string {
    return this.handle.name;
  }
}
