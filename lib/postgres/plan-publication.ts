import type { PublicationChange } from "./diff-publication";
import { parseId } from "./import-id";
import { withMarker } from "./marker";
import { PUBLISHED_OPERATIONS, type PublicationModel, type PublishedTableModel } from "./publication-model";
import { quoteIdent, quoteName } from "./quote";
import { commentOn } from "./sql";
import { inside, type LockedTable, type Statement, type StatementFacts, type TableName } from "./statement";

export function planPublication(changes: readonly PublicationChange[], declaredBy: string): Statement[] {
  return changes.flatMap((change) => {
    switch (change.kind) {
      case "create-publication":
        return [create(change.publication), comment(change.publication, declaredBy)];
      case "change-published-tables":
        return [setTables(change.to)];
      case "change-published-operations":
      case "change-partition-root":
        return [setOption(change)];
      case "comment-publication":
        return [comment(change.publication, declaredBy)];
      case "drop-publication":
        return [inside(`DROP PUBLICATION ${quoteIdent(change.publication.name)}`, { comment: "drop the publication" })];
      case "rename-publication":
        throw new Error(`${change.kind} has no plan: it is refused`);
    }
  });
}

function create(publication: PublicationModel): Statement {
  const objects = objectsOf(publication);
  const text =
    `CREATE PUBLICATION ${quoteIdent(publication.name)}${objects === "" ? "" : ` FOR ${objects}`} ` +
    `WITH (${operations(publication)}, ${viaRoot(publication)})`;
  return inside(text, { comment: "create the publication", ...locks(publication) });
}

function setTables(publication: PublicationModel): Statement {
  const objects = objectsOf(publication);
  if (objects === "") throw new Error("a publication that had tables can't be left with none");
  const text = `ALTER PUBLICATION ${quoteIdent(publication.name)} SET ${objects}`;
  return inside(text, { comment: "set what is published", ...locks(publication) });
}

function setOption({ kind, to }: { readonly kind: string; readonly to: PublicationModel }): Statement {
  const option = kind === "change-partition-root" ? viaRoot(to) : operations(to);
  return inside(`ALTER PUBLICATION ${quoteIdent(to.name)} SET (${option})`, { comment: "set how it is published" });
}

function operations(publication: PublicationModel): string {
  return `publish = '${PUBLISHED_OPERATIONS.filter((each) => publication.operations.includes(each)).join(", ")}'`;
}

function viaRoot({ viaPartitionRoot }: PublicationModel): string {
  return `publish_via_partition_root = ${viaPartitionRoot}`;
}

function objectsOf({ tables, schemas }: PublicationModel): string {
  const parts = [
    ...(tables.length === 0 ? [] : [`TABLE ${tables.map(tableText).join(", ")}`]),
    ...(schemas.length === 0 ? [] : [`TABLES IN SCHEMA ${schemas.map(quoteIdent).join(", ")}`]),
  ];
  return parts.join(", ");
}

function tableText(table: PublishedTableModel): string {
  const { schema, name } = tableOf(table);
  const columns = table.columns.length === 0 ? "" : ` (${table.columns.map(quoteIdent).join(", ")})`;
  return `${quoteName(schema, name)}${columns}${table.where === null ? "" : ` WHERE (${table.where})`}`;
}

/** Nobody who reads or writes waits for it; other changes of the same tables do. */
function locks({ tables }: PublicationModel): Pick<StatementFacts, "lock" | "table" | "alsoLocks"> {
  const [first, ...others] = tables.map(tableOf);
  if (first === undefined) return {};
  const lock = "SHARE UPDATE EXCLUSIVE";
  return { lock, table: first, alsoLocks: others.map((each): LockedTable => ({ ...each, lock })) };
}

function tableOf({ name }: PublishedTableModel): TableName {
  const parsed = parseId(name, "object");
  // validated before: what is no name never comes to a plan
  if (parsed.kind !== "object") throw new Error(`${name} is no table's name with its schema`);
  return { schema: parsed.schema, name: parsed.name };
}

function comment(publication: PublicationModel, declaredBy: string): Statement {
  const object = `PUBLICATION ${quoteIdent(publication.name)}`;
  return inside(commentOn(object, withMarker(publication.comment, declaredBy)), { comment: "comment" });
}
