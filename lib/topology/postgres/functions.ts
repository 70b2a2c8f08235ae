import { bareName } from "../../postgres/bare-name";
import type { FunctionModel } from "../../postgres/model";
import { appendEvent } from "./append-event";
import { appendEvents } from "./append-events";
import { archiveAggregate } from "./archive";
import { epochFunctions, epochNow } from "./epochs";
import { define, given, SAFE_PATH } from "./define-function";
import { aggregateArguments, aggregateLockKey, ofAggregate, type StoreLayout } from "./layout";

/** What the tables' triggers call: before the tables. */
export function earlyFunctions(schema: string): readonly FunctionModel[] {
  return [
    define(schema, "refuse_change", {
      comment: "Refuses UPDATE, DELETE and TRUNCATE: events are facts. SQLSTATE ES009.",
      returns: "trigger",
      body: `BEGIN
  RAISE EXCEPTION '% on %.% refused: events are append-only', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME USING ERRCODE = 'ES009',
    HINT = 'Append an event that corrects it.';
END`,
    }),
  ];
}

/** What writes and reads the tables: after them. */
export function storeFunctions(schema: string, layout: StoreLayout): readonly FunctionModel[] {
  return [
    appendEvents(schema, layout),
    appendEvent(schema, layout),
    archiveAggregate(schema, layout),
    ...epochFunctions(schema),
    lockAggregates(schema, layout),
    readAggregate(schema, layout),
    readEvents(schema),
    ...(layout.aggregate.includes("tenant") ? [readTenantEvents(schema)] : []),
  ];
}

function lockAggregates(schema: string, layout: StoreLayout): FunctionModel {
  const others = aggregateArguments(layout).slice(0, -1);
  return define(schema, "lock_aggregates", {
    comment:
      "For a transaction that writes other things first or appends to several aggregates: takes their locks in one order, before any write. SQLSTATE ES004 when it comes late.",
    arguments: [...others, given("p_aggregate_ids", "text[]")],
    returns: "void",
    securityDefiner: true,
    settings: SAFE_PATH,
    body: `DECLARE
  k bigint;
BEGIN
  IF pg_current_xact_id_if_assigned() IS NOT NULL THEN
    RAISE EXCEPTION 'lock_aggregates must come before any write of the transaction' USING ERRCODE = 'ES004',
      HINT = 'Call it first in the transaction.';
  END IF;
  FOR k IN SELECT DISTINCT ${aggregateLockKey(layout, "i")} AS h FROM unnest(p_aggregate_ids) AS i ORDER BY h LOOP
    PERFORM pg_advisory_xact_lock(k);
  END LOOP;
END`,
  });
}

function readAggregate(schema: string, layout: StoreLayout): FunctionModel {
  const s = bareName(schema);
  return define(schema, "read_aggregate", {
    comment: `The events of one aggregate after a version, in order${layout.inKeys.length === 0 ? "; touches one leaf" : ""}.`,
    arguments: [...aggregateArguments(layout), given("p_after_version", "bigint"), given("p_limit", "integer")],
    returns: `SETOF ${s}.event_store`,
    language: "sql",
    volatility: "stable",
    body: `SELECT * FROM ${s}.event_store e
 WHERE ${ofAggregate(layout, "e")} AND e.version > p_after_version
 ORDER BY e.version
 LIMIT p_limit`,
  });
}

function readEvents(schema: string): FunctionModel {
  return define(schema, "read_events", {
    comment:
      "The feed of one epoch after a place in it, in the order that never changes: no event is skipped, also under concurrent writers. " +
      "When an epoch before the current one gives no more, go on with the next one from ('0', 0).",
    ...feed(schema),
  });
}

function readTenantEvents(schema: string): FunctionModel {
  return define(schema, "read_tenant_events", {
    comment: "As read_events, the events of one tenant alone; touches one leaf.",
    ...feed(schema, "tenant"),
  });
}

/**
 * Only what no running transaction can still come before: below the oldest transaction that writes. In an epoch that is over
 * nothing comes any more. The bound is an index condition in this form (a filter would read all that is held back on each poll).
 *
 * @param only a column that has to be what an argument says
 */
function feed(
  schema: string,
  only?: string,
): Pick<FunctionModel, "arguments" | "returns" | "language" | "volatility" | "body"> {
  const s = bareName(schema);
  return {
    arguments: [
      ...(only === undefined ? [] : [given(`p_${only}`, "text")]),
      given("p_epoch", "smallint"),
      given("p_after_transaction_id", "xid8"),
      given("p_after_position", "bigint"),
      given("p_limit", "integer"),
    ],
    returns: `SETOF ${s}.event_store`,
    language: "sql",
    volatility: "stable",
    body: `SELECT * FROM ${s}.event_store e
 WHERE ${only === undefined ? "" : `e.${only} = p_${only} AND `}e.epoch = p_epoch
   AND (e.transaction_id, e.global_position) > (p_after_transaction_id, p_after_position)
   AND e.transaction_id < CASE WHEN p_epoch < (SELECT ${epochNow(s)}) THEN '18446744073709551615'::xid8
                               ELSE pg_snapshot_xmin(pg_current_snapshot()) END
 ORDER BY e.epoch, e.transaction_id, e.global_position
 LIMIT p_limit`,
  };
}
