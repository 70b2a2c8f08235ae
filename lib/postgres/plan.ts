import type { Change, FunctionChange, SchemaChange, SequenceChange } from "./diff";
import { withMarker } from "./marker";
import type { FunctionModel } from "./model";
import { quoteIdent, quoteName } from "./quote";
import * as sql from "./sql";
import { inside, type Statement } from "./statement";

export { type IndexObstacle, type PlanContext, planTable } from "./plan-table";
export { isOfPublicFunctions, planGrants, planRole, scriptLine } from "./plan-access";
export { planPublication } from "./plan-publication";
export { passingCheckPrefix, strayRowsQuery, withoutNewDefaults } from "./plan-partition";
export {
  lockText,
  shownSql,
  type Statement,
  strongestLock,
  type TableLock,
  type TableSize,
  withSizes,
} from "./statement";

/** The statements for changes of a function; `CREATE OR REPLACE` keeps its grants. */
export function planFunction(changes: readonly FunctionChange[], declaredBy: string): Statement[] {
  return changes.flatMap((change) => {
    switch (change.kind) {
      case "create-function":
        return [
          inside(sql.createFunction(change.fn), { comment: "create the function" }),
          ...(change.fn.securityDefiner ? [revoke(change.fn)] : []),
          commentFunction(change.fn, declaredBy),
        ];
      case "replace-function":
        return [
          inside(sql.createFunction(change.to), { comment: "replace the function" }),
          ...(change.to.securityDefiner && !change.from.securityDefiner ? [revoke(change.to)] : []),
        ];
      case "comment-function":
        return [commentFunction(change.fn, declaredBy)];
      case "drop-function":
        return [inside(sql.dropFunction(change.fn), { comment: "drop the function" })];
      case "change-function-signature":
        return noPlan(change);
      default:
        return assertNever(change);
    }
  });
}

export function planSequence(changes: readonly SequenceChange[], declaredBy: string): Statement[] {
  return changes.flatMap((change) => {
    switch (change.kind) {
      case "create-sequence":
        return [
          inside(sql.createSequence(change.sequence), { comment: "create the sequence" }),
          commentSequence(change.sequence, declaredBy),
        ];
      case "change-sequence-cache":
        return [inside(sql.alterSequenceCache(change.to), { comment: "change the cache" })];
      case "comment-sequence":
        return [commentSequence(change.sequence, declaredBy)];
      case "drop-sequence":
      case "rename-sequence":
        return noPlan(change);
      default:
        return assertNever(change);
    }
  });
}

export function planSchema(changes: readonly SchemaChange[], declaredBy: string): Statement[] {
  return changes.flatMap((change) => {
    switch (change.kind) {
      case "create-schema":
        return [
          inside(sql.createSchema(change.schema.name), { comment: "create the schema" }),
          commentSchema(change.schema, declaredBy),
        ];
      case "comment-schema":
        return [commentSchema(change.schema, declaredBy)];
      case "drop-schema":
        return [inside(sql.dropSchema(change.schema.name), { comment: "drop the empty schema" })];
      case "rename-schema":
        return noPlan(change);
      default:
        return assertNever(change);
    }
  });
}

function commentFunction(fn: FunctionModel, declaredBy: string): Statement {
  const object = `FUNCTION ${sql.functionReference(fn)}`;
  return inside(sql.commentOn(object, withMarker(fn.comment, declaredBy)), { comment: "comment" });
}

function commentSequence(
  sequence: { readonly schema: string; readonly name: string; readonly comment: string | null },
  declaredBy: string,
): Statement {
  const object = `SEQUENCE ${quoteName(sequence.schema, sequence.name)}`;
  return inside(sql.commentOn(object, withMarker(sequence.comment, declaredBy)), { comment: "comment" });
}

function commentSchema(
  schema: { readonly name: string; readonly comment: string | null },
  declaredBy: string,
): Statement {
  const object = `SCHEMA ${quoteIdent(schema.name)}`;
  return inside(sql.commentOn(object, withMarker(schema.comment, declaredBy)), { comment: "comment" });
}

function revoke(fn: FunctionModel): Statement {
  return inside(sql.revokeFromPublic(fn), { comment: "it runs with its owner's rights: nobody may call it unasked" });
}

function noPlan(change: Change): never {
  throw new Error(`${change.kind} has no plan: it is refused`);
}

function assertNever(value: never): never {
  throw new Error(`unexpected ${JSON.stringify(value)}`);
}
