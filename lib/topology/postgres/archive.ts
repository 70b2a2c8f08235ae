import { bareName } from "../../postgres/bare-name";
import { quoteLiteral } from "../../postgres/quote";
import type { FunctionModel, TableModel } from "../../postgres/model";
import { key, primaryKey, table, timestamp } from "./columns";
import { define, SAFE_PATH } from "./define-function";
import { aggregateArguments, aggregateLock, aggregateNames, type StoreLayout } from "./layout";

/** Aggregates that take no more events. */
export function archivedAggregatesTable(schema: string, { aggregate, columns }: StoreLayout): TableModel {
  return table(schema, "archived_aggregates", {
    comment:
      "Aggregates that are over: append_events refuses them. Archive with archive_aggregate; delete the row to open one again.",
    columns: [timestamp("archived_at"), ...columns, key("aggregate_id")],
    primaryKey: primaryKey("archived_aggregates", ...aggregate),
  });
}

/** The sequence that counts how often something was archived. */
export const ARCHIVINGS = "archivings";

/**
 * How often something has been archived; NULL when never, which is so in most stores: then no append need look for its aggregate. To
 * look costs an append about a tenth.
 *
 * @param s the schema, quoted where it has to be
 */
export function archivingsSoFar(s: string): string {
  return `pg_catalog.pg_sequence_last_value(${quoteLiteral(`${s}.${ARCHIVINGS}`)}::pg_catalog.regclass)`;
}

/**
 * Under the aggregate's lock: what is being appended is over by then, and what comes later is refused. The sequence moves before the
 * lock is given back, and at once for everyone.
 */
export function archiveAggregate(schema: string, layout: StoreLayout): FunctionModel {
  const s = bareName(schema);
  return define(schema, "archive_aggregate", {
    comment:
      "Closes an aggregate: append_events refuses it from then on (ES002). Its events stay, and are read as before.",
    arguments: aggregateArguments(layout),
    returns: "void",
    securityDefiner: true,
    settings: SAFE_PATH,
    body: `BEGIN
  PERFORM ${aggregateLock(layout)};
  PERFORM nextval(${quoteLiteral(`${s}.${ARCHIVINGS}`)});
  INSERT INTO ${s}.archived_aggregates (${layout.aggregate.join(", ")}) VALUES (${aggregateNames(layout)}) ON CONFLICT DO NOTHING;
END`,
  });
}
