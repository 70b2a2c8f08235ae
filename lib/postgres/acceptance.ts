import type { AcceptanceModel } from "./acceptance-model";
import type { Change, TableChange } from "./diff";
import type { PublicationChange } from "./diff-publication";
import type { PostgresIssue } from "./errors";
import type { ColumnModel, TableModel, TriggerModel } from "./model";
import { partitionColumns } from "./partitions";
import { quoteIdent } from "./quote";
import { constraintText } from "./sql-constraint";

/** What a change is a change of. */
export interface Accepting {
  /** The table's or publication's id: `shop.totals`. */
  readonly id: string;
  /** The table as it is asked for; null for anything else. */
  readonly table: TableModel | null;
}

/**
 * How an acceptance names a refused change: all of it, so that no other one is meant; null for one that nobody can accept.
 */
export function acceptanceText(change: Change, { id, table }: Accepting): string | null {
  const text = acceptedChange(change, table);
  return text === null ? null : of(id, text);
}

/** {@link acceptanceText} without what it is a change of. */
export function acceptedChange(change: Change, table: TableModel | null): string | null {
  return table === null ? publicationText(change as PublicationChange) : tableText(change as TableChange, table);
}

function of(id: string, text: string): string {
  return `${id}: ${text}`;
}

/**
 * What a domain accepts of one of its resources, as the provider is told it.
 *
 * @param key the resource's key, by which the domain names it: `projection/totals drop column "note" text`
 */
export function acceptedOf(accept: readonly AcceptanceModel[], key: string, id: string): readonly AcceptanceModel[] {
  return accept.flatMap(({ change, reason }) => {
    const text = change.startsWith(`${key} `) ? change.slice(key.length + 1) : "";
    // the others are risks, which only a preview knows
    return /^(add|change|drop|make|publish) /.test(text) ? [{ change: of(id, text), reason }] : [];
  });
}

function tableText(change: TableChange, table: TableModel): string | null {
  switch (change.kind) {
    case "add-column":
      return added(change.column);
    case "drop-column":
      return `drop column ${quoteIdent(change.column.name)} ${change.column.type}`;
    case "change-column-type":
      return retyped(change.to, table, `from ${change.from.type} to ${change.to.type}`);
    case "change-column-collation":
      return retyped(change.to, table, `from collation ${change.from.collation ?? "default"} to ${change.to.collation ?? "default"}`); // prettier-ignore
    case "change-column-nullable":
      return change.to.nullable ? `make column ${quoteIdent(change.to.name)} nullable` : null;
    case "change-column-identity":
      return change.from.identity === null ? null : `change the identity of column ${quoteIdent(change.to.name)} from ${change.from.identity} to ${change.to.identity ?? "none"}`; // prettier-ignore
    case "drop-check":
      return `drop check ${quoteIdent(change.check.name)}`;
    case "change-check":
      return `change check ${quoteIdent(change.to.name)} to (${change.to.expression})`;
    case "drop-constraint":
      return `drop ${oldConstraint({ attribute: change.attribute, from: change.constraint })}`;
    case "change-constraint":
      // made in the same transaction, so that no row comes in between; a unique constraint's index is not
      return change.attribute === "uniques" || table.partitioning !== null
        ? null
        : `change ${oldConstraint(change)} to ${constraintText(change.attribute, change.to)}`;
    case "add-exclusion":
      return `add ${constraintText("exclusions", change.exclusion)}`;
    case "drop-trigger":
      return `drop ${triggerText(change.trigger)}`;
    case "change-trigger":
      // Postgres gives leaves their own of one level alone
      return change.from.level === change.to.level ? `change ${triggerText(change.from)} to ${triggerText(change.to)}` : null; // prettier-ignore
    default:
      return null;
  }
}

/** Without expressions, which the server writes in another way than the declaration. */
function oldConstraint(
  change: Pick<Extract<TableChange, { kind: "change-constraint" }>, "attribute" | "from">,
): string {
  const { attribute, from } = change;
  return attribute === "exclusions" ? `exclusion constraint ${quoteIdent(from.name)}` : constraintText(attribute, from);
}

/** One that fills every row while writers wait; without a value there is nothing to fill it with. */
function added({ name, type, identity, generated, default: value }: ColumnModel): string | null {
  if (identity !== null) return `add column ${quoteIdent(name)} ${type}, an identity (${identity})`;
  if (generated !== null) return `add column ${quoteIdent(name)} ${type}, generated from (${generated})`;
  return value === null ? null : `add column ${quoteIdent(name)} ${type} with the default ${value}`;
}

/** Postgres changes no column that rows are spread by. */
function retyped({ name }: ColumnModel, table: TableModel, change: string): string | null {
  return partitionColumns(table).includes(name) ? null : `change column ${quoteIdent(name)} ${change}`;
}

function triggerText({ name, timing, events, level, functionSchema, functionName, enabled }: TriggerModel): string {
  const when = `${timing} ${events.join(" or ")} for each ${level}`;
  return `trigger ${quoteIdent(name)} ${when}, ${functionSchema}.${functionName}${enabled === "always" ? ", always" : ""}`;
}

function publicationText(change: PublicationChange): string | null {
  switch (change.kind) {
    case "change-published-tables":
      // Postgres can't leave one that had tables with none
      return change.to.tables.length + change.to.schemas.length === 0 ? null : `publish no longer ${change.lost.join(", ")}`; // prettier-ignore
    case "change-published-operations":
      return `publish no longer ${change.lost.join(", ")}`;
    case "change-partition-root":
      return `publish rows of partitions as ${change.to.viaPartitionRoot ? "the table's" : "the partitions'"}`;
    case "drop-publication":
      return "drop the publication";
    default:
      return null;
  }
}

/** What is approved now, and what was with an earlier deploy, whose change is done. */
export interface Acceptances {
  /** Reasons by what they approve. */
  readonly open: ReadonlyMap<string, string>;
  readonly used: ReadonlySet<string>;
}

export const NOTHING_ACCEPTED: Acceptances = { open: new Map(), used: new Set() };

/**
 * An acceptance approves changes of the deploy that brings it, and of no later one: the same change again needs another reason, or
 * an acceptance that was away for a deploy.
 *
 * @param before those of the last deploy
 */
export function openAcceptances(declared: readonly AcceptanceModel[], before: readonly AcceptanceModel[]): Acceptances {
  const known = (each: AcceptanceModel): boolean =>
    before.some(({ change, reason }) => change === each.change && reason === each.reason);
  const open = declared.filter((each) => !known(each)).map(({ change, reason }) => [change, reason] as const);
  return { open: new Map(open), used: new Set(declared.filter(known).map(({ change }) => change)) };
}

/** Without a change or a reason it approves nothing, and of two nobody knows which holds. */
export function validateAcceptances(accept: readonly AcceptanceModel[]): PostgresIssue[] {
  const issue = (path: string, message: string, received: string, fix: string): PostgresIssue => ({
    ...{ code: "PG444", path, message, received: JSON.stringify(received) },
    ...{ allowed: "the change as its refusal names it, once, and a reason", fix },
  });
  return accept.flatMap(({ change, reason }, at) => {
    const path = `accept[${at}]`;
    const twice = accept.findIndex((each) => each.change === change) !== at;
    return [
      ...(change.trim() === "" ? [issue(`${path}.change`, "names no change", change, "copy it from the refusal")] : []),
      ...(reason.trim() === "" ? [issue(`${path}.reason`, "gives no reason", reason, "say why it may be done")] : []),
      ...(twice ? [issue(`${path}.change`, "is accepted twice", change, "keep one of the two")] : []),
    ];
  });
}
