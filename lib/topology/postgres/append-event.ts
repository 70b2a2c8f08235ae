import { bareName } from "../../postgres/bare-name";
import type { FunctionModel } from "../../postgres/model";
import { eventColumns, lookAt } from "./append-events";
import { archivingsSoFar } from "./archive";
import { define, given, out } from "./define-function";
import { epochOfAppends } from "./epochs";
import { aggregateArguments, aggregateLock, aggregateNames, ofAggregate, type StoreLayout } from "./layout";
import { byLeaf } from "./leaf-choice";

/**
 * The short way of an append: one event, scalars, and the case that most appends are, where nothing stands against it. All else goes
 * to `append_events`, which says what it is; no refusal is decided here.
 *
 * Counted in instructions on the server: PL/pgSQL unpacks each array argument (30,000 in all of about 400,000), a look at a table more
 * costs 37,000, each expression 2,500, and setting a path and setting it back 13,000. Hence scalars, sequences in place of looks, few
 * expressions, and no SET: each name and operator is qualified instead, so that no path changes what the owner's rights are used for.
 */
export function appendEvent(schema: string, layout: StoreLayout): FunctionModel {
  return define(schema, "append_event", {
    comment:
      "Appends one event to one aggregate: as append_events with one event, which answers in its place whatever is out of the ordinary; faster.",
    arguments: [
      ...aggregateArguments(layout),
      given("p_aggregate_type", "text"),
      given("p_expected_version", "bigint"),
      given("p_event_id", "uuid"),
      given("p_event_type", "text"),
      given("p_schema_version", "smallint"),
      given("p_data", "jsonb"),
      given("p_metadata", "jsonb"),
      out("last_version", "bigint"),
      out("last_position", "bigint"),
      out("tx", "xid8"),
    ],
    securityDefiner: true,
    body: body(bareName(schema), layout),
  });
}

/** @param s the schema, quoted where it has to be */
function body(s: string, layout: StoreLayout): string {
  const table = layout.appendsTo;
  const look = byLeaf(layout, "p_aggregate_id", (leaf) => lookAt(s, layout, leaf ?? table));
  return `DECLARE
  base pg_catalog.int8;
  fine pg_catalog.bool;${look.declaration}
BEGIN
  -- before any transaction id exists
  IF ${aggregateLock(layout)} IS NULL THEN
    RAISE EXCEPTION 'no aggregate' USING ERRCODE = '22023', HINT = 'Give the id of one.';
  END IF;
  ${look.statement}
  IF coalesce(fine AND base ${EQUALS} p_expected_version,
              base IS NULL AND coalesce(p_expected_version, 0) ${EQUALS} 0)
     AND ${archivingsSoFar(s)} IS NULL AND ${READ_COMMITTED} THEN
    ${insert(s, layout)}
  ELSIF ${nothingAgainstIt(s, layout)} THEN
    ${insert(s, layout)}
  ELSE
    SELECT a.last_version, a.last_position, a.tx INTO last_version, last_position, tx
      FROM ${s}.append_events(${aggregateNames(layout)}, p_aggregate_type, p_expected_version, ARRAY[p_event_id], ARRAY[p_event_type],
                              ARRAY[p_schema_version], ARRAY[p_data], ARRAY[p_metadata]) a;
    RETURN;
  END IF;
  last_version := coalesce(base, 0) OPERATOR(pg_catalog.+) 1;
  last_position := pg_catalog.currval('${s}.global_position'::pg_catalog.regclass);
  tx := pg_catalog.pg_current_xact_id();
END`;
}

const EQUALS = "OPERATOR(pg_catalog.=)";

/** Only then the look saw what the lock let through. */
const READ_COMMITTED = `pg_catalog.current_setting('transaction_isolation') ${EQUALS} 'read committed'`;

/** Asked by a look at a table or two: where aggregates are archived, and where no version is expected. */
function nothingAgainstIt(s: string, layout: StoreLayout): string {
  return `coalesce(fine, true) AND ${READ_COMMITTED}
        AND coalesce(p_expected_version, base, 0) ${EQUALS} coalesce(base, 0)
        AND (${archivingsSoFar(s)} IS NULL
             OR NOT EXISTS (SELECT FROM ${s}.archived_aggregates a WHERE ${ofAggregate(layout, "a", EQUALS)}))
        AND (p_expected_version IS NOT NULL OR base IS NULL
             OR NOT EXISTS (SELECT FROM ${s}.${layout.appendsTo} e WHERE ${ofAggregate(layout, "e", EQUALS)}
                               AND e.event_id ${EQUALS} p_event_id AND e.any_version))`;
}

function insert(s: string, layout: StoreLayout): string {
  return `INSERT INTO ${s}.${layout.appendsTo} (${eventColumns(layout)})
    VALUES (coalesce(base, 0) OPERATOR(pg_catalog.+) 1, pg_catalog.pg_current_xact_id(), p_event_id, ${epochOfAppends(s)},
            p_schema_version, p_expected_version IS NULL, ${aggregateNames(layout)}, p_aggregate_type, p_event_type, p_data, p_metadata);`;
}
