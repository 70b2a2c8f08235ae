import type { Change } from "./diff";
import { formatFunctionId, formatId, formatPart } from "./import-id";
import type { Removal, TriggerModel } from "./model";
import { judgeGrantsChange, judgeRoleChange } from "./safety-access";
import { judgeChangedConstraint, judgeDroppedConstraint, judgeNewExclusion } from "./safety-constraints";
import { judgePublicationChange } from "./safety-publication";
import { judgePartitionChange } from "./safety-partitions";
import { fillsRows, judgeGenerated, judgeIdentity, judgeNewColumn, judgeNullable } from "./safety-columns";
import { allow, brief, destroying, harmless, refuse, replacing, type Situation, type Verdict } from "./verdict";

export type { ChangeFacts, Situation, Verdict } from "./verdict";

/**
 * The one place that says which change of the store is allowed. The provider's refusals and the previews' risks both come from
 * here: a preview can never promise what a deploy refuses.
 */

/** Says whether a change is allowed, and if not, why and what to do instead. */
export function judgeChange(change: Change, situation: Situation): Verdict {
  const name = (text: string): string => `"${text}"`;
  switch (change.kind) {
    case "create-table":
      return allow(null, `create table ${formatId(change.table.schema, change.table.name)}`, harmless);
    case "create-function":
      return allow(null, `create function ${formatFunctionId(change.fn)}`, harmless);
    case "create-sequence":
      return allow(null, `create sequence ${formatId(change.sequence.schema, change.sequence.name)}`, harmless);
    case "create-schema":
      return allow(null, `create schema ${formatPart(change.schema.name)}`, harmless);
    case "add-column":
      return judgeNewColumn(change.column, situation);
    case "drop-column":
      return refuse(
        "PG401",
        "columns",
        `drop column ${name(change.column.name)}`,
        destroying,
        `its values would be lost; keep the column in the declaration (nullable when it is no longer written), or drop it by hand once nothing reads it, and then leave it out`,
      );
    case "change-column-type":
      return refuse(
        "PG402",
        "columns",
        `change column ${name(change.to.name)} from ${change.from.type} to ${change.to.type}`,
        replacing,
        "add a column of the new type beside it and move readers over",
      );
    case "change-column-collation":
      return refuse(
        "PG402",
        "columns",
        `change column ${name(change.to.name)} from collation ${change.from.collation ?? "default"} to ${change.to.collation ?? "default"}`,
        replacing,
        "add a column with the new collation beside it and move readers over",
      );
    case "change-column-nullable":
      return judgeNullable(change.to);
    case "change-column-default":
      return allow(
        "columns",
        `change the default of column ${name(change.to.name)} to ${change.to.default ?? "none"}`,
        brief,
      );
    case "change-column-identity":
      return judgeIdentity(change.from, change.to, situation);
    case "change-column-generated":
      return judgeGenerated(change.from, change.to);
    case "change-column-compression":
      return allow(
        "columns",
        `compress column ${name(change.to.name)} by ${change.to.compression ?? "default"}`,
        brief,
      );
    case "fill-column":
      return allow("columns", `fill column ${name(change.column.name)} from (${change.column.fill})`, brief);
    case "comment-column":
      return allow("columns", `comment on column ${name(change.column.name)}`, harmless);
    case "change-primary-key":
      return refuse(
        "PG405",
        "primaryKey",
        `change the primary key from ${keyText(change.from)} to ${keyText(change.to)}`,
        replacing,
        "keep the key; declare a new table with the new key and copy the rows, or add a unique index",
      );
    case "add-check":
    case "validate-check":
      return allow("checks", `add check ${name(change.check.name)}`, brief);
    case "drop-check":
      return refuse(
        "PG408",
        "checks",
        `drop check ${name(change.check.name)}`,
        brief,
        "rows that break it could come in; keep it in the declaration, or drop it by hand and then leave it out",
      );
    case "change-check":
      return refuse(
        "PG408",
        "checks",
        `change check ${name(change.to.name)} from (${change.from.expression}) to (${change.to.expression})`,
        brief,
        "keep the check as it is and add a second one under another name",
      );
    case "add-unique":
      return allow("uniques", `add unique constraint ${name(change.unique.name)}`, brief);
    case "add-foreign-key":
    case "validate-foreign-key":
      return allow("foreignKeys", `add foreign key ${name(change.foreignKey.name)}`, brief);
    case "defer-foreign-key":
      return allow("foreignKeys", `change when foreign key ${name(change.to.name)} is checked`, brief);
    case "add-exclusion":
      return judgeNewExclusion(change, situation);
    case "drop-constraint":
      return judgeDroppedConstraint(change);
    case "change-constraint":
      return judgeChangedConstraint(change);
    case "change-index-storage":
      return allow("indexes", `change the storage options of index ${name(change.to.name)}`, harmless);
    case "add-index":
      return allow("indexes", `add index ${name(change.index.name)}`, harmless);
    case "drop-index":
      return allow("indexes", `drop index ${name(change.index.name)}`, brief);
    case "change-index":
      return allow("indexes", `rebuild index ${name(change.to.name)}`, brief);
    case "change-partitioning":
    case "add-partition":
    case "drop-partition":
    case "change-partition":
    case "detach-partition":
    case "finish-detach":
    case "drop-passing-check":
      return judgePartitionChange(change, situation);
    case "change-leaf-storage":
      return allow("partitioning", "change the storage options of the leaves", brief);
    case "change-storage":
      return allow("storage", "change the storage options", brief);
    case "add-trigger":
      return allow("triggers", `add trigger ${name(change.trigger.name)}`, brief);
    case "drop-trigger":
      return refuse(
        "PG407",
        "triggers",
        `drop trigger ${name(change.trigger.name)}`,
        brief,
        "what it guards would no longer be guarded; keep it in the declaration, or drop it by hand and then leave it out",
      );
    case "change-trigger":
      return judgeTrigger(change.from, change.to);
    case "comment-table":
    case "comment-function":
    case "comment-sequence":
    case "comment-schema":
      return allow("comment", "change the comment", harmless);
    case "replace-function":
      return allow("body", "replace the function", harmless);
    case "change-function-signature":
      return refuse(
        "PG409",
        "arguments",
        `change the function from ${formatFunctionId(change.from)} to ${formatFunctionId(change.to)}, or its results or argument names`,
        { ...harmless, replaces: true },
        "callers would break; declare the new version under a new name, move callers over, then remove the old one",
      );
    case "change-sequence-cache":
      return allow("cache", `change the cache from ${change.from.cache} to ${change.to.cache}`, brief);
    case "rename-table":
    case "rename-sequence":
      return renamed(formatId(change.from.schema, change.from.name), formatId(change.to.schema, change.to.name));
    case "rename-schema":
      return renamed(formatPart(change.from.name), formatPart(change.to.name));
    case "drop-table":
      return refuse(
        "PG411",
        null,
        `drop table ${formatId(change.table.schema, change.table.name)}`,
        destroying,
        removalWayOut,
      );
    case "drop-function":
      return allow(null, `drop function ${formatFunctionId(change.fn)}`, harmless);
    case "drop-sequence":
      return refuse(
        "PG411",
        null,
        `drop sequence ${formatId(change.sequence.schema, change.sequence.name)}`,
        destroying,
        "numbers would be given out twice; it is forgotten instead",
      );
    case "drop-schema":
      return allow(null, `drop schema ${formatPart(change.schema.name)} when it is empty`, harmless);
    case "create-role":
    case "comment-role":
    case "drop-role":
    case "rename-role":
      return judgeRoleChange(change);
    case "grant":
    case "revoke":
    case "revoke-functions-from-public":
    case "move-grants":
      return judgeGrantsChange(change);
    case "create-publication":
    case "drop-publication":
    case "rename-publication":
    case "change-published-tables":
    case "change-published-operations":
    case "change-partition-root":
    case "comment-publication":
      return judgePublicationChange(change, situation);
    default:
      return assertNever(change);
  }
}

/** Whether {@link judgeChange} would say something else of an empty table. */
export function dependsOnRows(change: Change): boolean {
  if (change.kind === "add-column") return fillsRows(change.column);
  if (change.kind === "add-exclusion") return true;
  return change.kind === "change-column-identity" && change.to.identity !== null;
}

const removalWayOut =
  'set removal to "retire" (nobody may use it any more, and it is moved aside with its rows), "forget" (it stays as it is) or "drop-if-empty", apply that, and then remove it; or take it out of the state alone with a removed block (terraform state rm, pulumi state delete)';

function judgeRetiring({ aside = null }: Situation): Verdict {
  const change = "retire it: nobody may use it, and it is moved aside with its rows";
  if (aside === null) return allow("removal", change, brief);
  const wayOut = `${aside} is there from an earlier time: drop it or rename it, and then apply again`;
  return refuse("PG411", "removal", change, brief, wayOut);
}

/** Says whether a table may leave the configuration. */
export function judgeRemoval(removal: Removal, situation: Situation): Verdict {
  switch (removal) {
    case "forget":
      return allow("removal", "forget it: it stays on the server", harmless);
    case "retire":
      return judgeRetiring(situation);
    case "refuse":
      return refuse("PG411", "removal", "remove it", destroying, `its removal is "refuse"; ${removalWayOut}`);
    case "drop-if-empty":
      return situation.rows === "some"
        ? refuse(
            "PG412",
            "removal",
            "drop it",
            destroying,
            'it holds rows and its removal is "drop-if-empty"; delete the rows, or set removal to "forget", apply that, and then remove it',
          )
        : allow("removal", "drop it, which is empty", { ...destroying, losesData: false });
    default:
      return assertNever(removal);
  }
}

function judgeTrigger(from: TriggerModel, to: TriggerModel): Verdict {
  const change = `change trigger "${to.name}"`;
  const stronger =
    from.timing === to.timing &&
    from.level === to.level &&
    from.functionSchema === to.functionSchema &&
    from.functionName === to.functionName &&
    from.events.every((event) => to.events.includes(event)) &&
    (from.enabled === to.enabled || to.enabled === "always");
  return stronger
    ? allow("triggers", change, brief)
    : refuse(
        "PG407",
        "triggers",
        change,
        brief,
        "it would fire for less, at another time or with another function; add a second trigger under another name, or change it by hand first",
      );
}

function renamed(from: string, to: string): Verdict {
  return refuse(
    "PG410",
    "name",
    `rename ${from} to ${to}`,
    { ...harmless, replaces: true },
    `keep the name; to manage ${to} beside it, declare it as a resource of its own`,
  );
}

function keyText(key: { readonly name: string; readonly columns: readonly string[] } | null): string {
  return key === null ? "none" : `"${key.name}" (${key.columns.join(", ")})`;
}

function assertNever(value: never): never {
  throw new Error(`unexpected ${JSON.stringify(value)}`);
}
