import {
  diffFunction,
  diffGrants,
  diffPublication,
  diffRole,
  diffSchema,
  diffSequence,
  diffTable,
  type Change,
  type FunctionChange,
  type GrantsChange,
  type PublicationChange,
  type RoleChange,
  type SchemaChange,
  type SequenceChange,
  type TableChange,
} from "../postgres/diff";
import type { GrantsModel, RoleModel } from "../postgres/access-model";
import type { SameExpression } from "../postgres/canonical";
import type { PostgresIssue } from "../postgres/errors";
import { formatFunctionId, formatId, formatPart } from "../postgres/import-id";
import type { PublicationModel } from "../postgres/publication-model";
import type { FunctionModel, SchemaModel, SequenceModel, TableModel } from "../postgres/model";
import {
  planFunction,
  planGrants,
  planPublication,
  planRole,
  planSchema,
  planSequence,
  planTable,
  type PlanContext,
  type Statement,
} from "../postgres/plan";
import {
  validateFunction,
  validateGrants,
  validatePublication,
  validateRole,
  validateSchema,
  validateSequence,
  validateTable,
} from "../postgres/validate";
import type { Kind } from "./schema";
import { UNKNOWN, type Attributes } from "./value";

/** A model with its kind: what one resource declares. */
export type Declared =
  | { readonly kind: "schema"; readonly model: SchemaModel }
  | { readonly kind: "sequence"; readonly model: SequenceModel }
  | { readonly kind: "function"; readonly model: FunctionModel }
  | { readonly kind: "table"; readonly model: TableModel }
  | { readonly kind: "role"; readonly model: RoleModel }
  | { readonly kind: "grants"; readonly model: GrantsModel }
  | { readonly kind: "publication"; readonly model: PublicationModel };

/** The model in a resource's attributes, which are its fields and a few of ours. Everything must be known. */
export function toDeclared(kind: Kind, attributes: Attributes): Declared {
  const { declaredBy: _by, id: _id, ddl: _ddl, removal: _removal, accept: _accept, ...model } = attributes;
  return { kind, model: model as unknown } as Declared;
}

/** The schema that an object is in; a schema is in itself, and a role or a publication in none: an empty text. */
export function schemaOf(declared: Declared): string {
  if (declared.kind === "role" || declared.kind === "publication") return "";
  return declared.kind === "schema" ? declared.model.name : declared.model.schema;
}

export function idOf(declared: Declared): string {
  switch (declared.kind) {
    case "schema":
    case "role":
    case "publication":
      return formatPart(declared.model.name);
    case "grants":
      return formatId(declared.model.schema, declared.model.role);
    case "function":
      return formatFunctionId(declared.model);
    case "sequence":
    case "table":
      return formatId(declared.model.schema, declared.model.name);
  }
}

/** What an id is made of. */
const IDENTITY: Readonly<Record<Kind, readonly string[]>> = {
  schema: ["name"],
  role: ["name"],
  publication: ["name"],
  sequence: ["schema", "name"],
  table: ["schema", "name"],
  function: ["schema", "name", "arguments"],
  grants: ["schema", "role"],
};

/** The id as far as it is known before all values are. */
export function plannedId(kind: Kind, attributes: Attributes): string | typeof UNKNOWN {
  const known = IDENTITY[kind].every((name) => !JSON.stringify([attributes[name]], unknownToNull).includes("null"));
  return known ? idOf(toDeclared(kind, attributes)) : UNKNOWN;
}

function unknownToNull(_key: string, value: unknown): unknown {
  return value === UNKNOWN ? null : value === null ? 0 : value;
}

export function validateDeclared(declared: Declared): PostgresIssue[] {
  switch (declared.kind) {
    case "schema":
      return validateSchema(declared.model);
    case "sequence":
      return validateSequence(declared.model);
    case "function":
      return validateFunction(declared.model);
    case "table":
      return validateTable(declared.model);
    case "role":
      return validateRole(declared.model);
    case "grants":
      return validateGrants(declared.model);
    case "publication":
      return validatePublication(declared.model);
  }
}

/** What leads from one model to the other, of the kind of `to`. */
export function diffDeclared(from: Declared | null, to: Declared, same: SameExpression): Change[] {
  switch (to.kind) {
    case "schema":
      return diffSchema((from?.model ?? null) as SchemaModel | null, to.model);
    case "sequence":
      return diffSequence((from?.model ?? null) as SequenceModel | null, to.model);
    case "function":
      return diffFunction((from?.model ?? null) as FunctionModel | null, to.model);
    case "table":
      return diffTable((from?.model ?? null) as TableModel | null, to.model, same);
    case "role":
      return diffRole((from?.model ?? null) as RoleModel | null, to.model);
    case "grants":
      return diffGrants((from?.model ?? null) as GrantsModel | null, to.model);
    case "publication":
      return diffPublication((from?.model ?? null) as PublicationModel | null, to.model, same);
  }
}

/** The change that writes the comment, and with it the marker, alone; null where there is no place for one. */
export function commentChange(declared: Declared): Change | null {
  switch (declared.kind) {
    case "schema":
      return { kind: "comment-schema", schema: declared.model };
    case "sequence":
      return { kind: "comment-sequence", sequence: declared.model };
    case "function":
      return { kind: "comment-function", fn: declared.model };
    case "table":
      return { kind: "comment-table", comment: declared.model.comment };
    case "role":
      return { kind: "comment-role", role: declared.model };
    case "grants":
      return null;
    case "publication":
      return { kind: "comment-publication", publication: declared.model };
  }
}

export function planDeclared(changes: readonly Change[], declared: Declared, context: PlanContext): Statement[] {
  switch (declared.kind) {
    case "schema":
      return planSchema(changes as readonly SchemaChange[], context.declaredBy);
    case "sequence":
      return planSequence(changes as readonly SequenceChange[], context.declaredBy);
    case "function":
      return planFunction(changes as readonly FunctionChange[], context.declaredBy);
    case "table":
      return planTable(changes as readonly TableChange[], declared.model, context);
    case "role":
      return planRole(changes as readonly RoleChange[], context.declaredBy);
    case "grants":
      return planGrants(changes as readonly GrantsChange[]);
    case "publication":
      return planPublication(changes as readonly PublicationChange[], context.declaredBy);
  }
}
