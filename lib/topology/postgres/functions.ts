import { bareName } from "../../postgres/bare-name";
import { quoteLiteral } from "../../postgres/quote";
import type { ArgumentModel, FunctionModel } from "../../postgres/model";

/** A function of the schema; what is not said is Postgres' own default. */
function define(
  schema: string,
  name: string,
  model: Partial<FunctionModel> & Pick<FunctionModel, "body">,
): FunctionModel {
  return {
    schema,
    name,
    arguments: [],
    returns: null,
    language: "plpgsql",
    volatility: "volatile",
    parallel: "unsafe",
    strict: false,
    securityDefiner: false,
    settings: {},
    comment: null,
    ...model,
  };
}

function given(name: string, type: string): ArgumentModel {
  return { name, type, mode: "in", default: null };
}

function out(name: string, type: string): ArgumentModel {
  return { name, type, mode: "out", default: null };
}

/** A body with the rights of its owner must not find other people's objects. */
const SAFE_PATH = { search_path: "pg_catalog, pg_temp" };

/** What the tables' defaults and triggers call: before the tables. */
export function earlyFunctions(schema: string): readonly FunctionModel[] {
  return [
    define(schema, "current_epoch", {
      comment: "The epoch of this cluster: replaced by one that returns one more after a restore into another cluster.",
      returns: "smallint",
      language: "sql",
      volatility: "stable",
      parallel: "safe",
      body: "SELECT 0::smallint",
    }),
    define(schema, "refuse_change", {
      comment: "Refuses UPDATE, DELETE and TRUNCATE: events are facts. SQLSTATE ES009.",
      returns: "trigger",
      body: `BEGIN
  RAISE EXCEPTION '% on %.% refused: events are append-only', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME USING ERRCODE = 'ES009';
END`,
    }),
  ];
}

/** What writes and reads the tables: after them. */
export function storeFunctions(schema: string): readonly FunctionModel[] {
  return [appendEvents(schema), lockAggregates(schema), readAggregate(schema), readEvents(schema)];
}

/**
 * Lock, look, check, number, guard, write. The advisory lock comes before anything that assigns a transaction id: a writer that
 * waited for another one then has a later id than it. Transactions that had an id before they came are caught by the guard (40001).
 */
function appendEvents(schema: string): FunctionModel {
  return define(schema, "append_events", {
    comment:
      "Appends events to one aggregate. p_expected_version: NULL any, 0 a new aggregate, n exactly n. Appending the same event ids again gives the first answer. " +
      "SQLSTATE ES001 wrong expected version (DETAIL: the actual one), ES002 archived, ES003 another aggregate type, 22023 nothing to append, 40001 repeat the whole transaction.",
    arguments: [
      given("p_aggregate_id", "text"),
      given("p_aggregate_type", "text"),
      given("p_expected_version", "bigint"),
      given("p_event_ids", "uuid[]"),
      given("p_event_types", "text[]"),
      given("p_schema_versions", "smallint[]"),
      given("p_data", "jsonb[]"),
      given("p_metadata", "jsonb[]"),
      out("last_version", "bigint"),
      out("last_position", "bigint"),
      out("tx", "xid8"),
    ],
    securityDefiner: true,
    settings: SAFE_PATH,
    body: appendBody(schema),
  });
}

function appendBody(schema: string): string {
  const s = bareName(schema);
  return `DECLARE
  n int := cardinality(p_event_ids);
  cur ${s}.aggregates%ROWTYPE;
  ep smallint := ${s}.current_epoch();
  hits bigint;
  base bigint;
BEGIN
  IF coalesce(n, 0) = 0 THEN
    RAISE EXCEPTION 'nothing to append' USING ERRCODE = '22023';
  END IF;
  -- before any transaction id exists
  PERFORM pg_advisory_xact_lock(hashtextextended(p_aggregate_id, 7331));
  SELECT * INTO cur FROM ${s}.aggregates a WHERE a.aggregate_id = p_aggregate_id;
  base := coalesce(cur.version, 0);
  IF p_expected_version IS NOT NULL AND p_expected_version <> base THEN
    -- a repetition of an append that did commit: the same ids, one after the other, in one transaction
    SELECT max(e.version), max(e.global_position), (array_agg(e.transaction_id))[1],
           CASE WHEN count(DISTINCT e.transaction_id) = 1 AND max(e.version) - min(e.version) = n - 1 THEN count(*) END
      INTO last_version, last_position, tx, hits
      FROM ${s}.event_store e
     WHERE e.aggregate_id = p_aggregate_id AND e.event_id = ANY (p_event_ids);
    IF hits = n THEN
      RETURN;
    END IF;
    RAISE EXCEPTION 'wrong expected version: % (actual %)', p_expected_version, base USING ERRCODE = 'ES001', DETAIL = base::text;
  END IF;
  tx := pg_current_xact_id();
  IF cur.version IS NULL THEN
    INSERT INTO ${s}.aggregates (aggregate_id, aggregate_type, version, last_tx, last_epoch)
    VALUES (p_aggregate_id, p_aggregate_type, n, tx, ep);
  ELSE
    IF cur.aggregate_type <> p_aggregate_type THEN
      RAISE EXCEPTION 'aggregate % is of type %', p_aggregate_id, cur.aggregate_type USING ERRCODE = 'ES003';
    END IF;
    IF cur.archived_at IS NOT NULL THEN
      RAISE EXCEPTION 'aggregate % is archived', p_aggregate_id USING ERRCODE = 'ES002';
    END IF;
    IF cur.last_epoch = ep AND cur.last_tx > tx THEN
      RAISE EXCEPTION 'repeat the transaction: % is older than the aggregate''s last one, %', tx, cur.last_tx USING ERRCODE = '40001';
    END IF;
    UPDATE ${s}.aggregates a SET version = base + n, last_tx = tx, last_epoch = ep WHERE a.aggregate_id = p_aggregate_id;
  END IF;
  IF n = 1 THEN
    INSERT INTO ${s}.event_store (aggregate_id, aggregate_type, version, event_id, event_type, schema_version, data, metadata)
    VALUES (p_aggregate_id, p_aggregate_type, base + 1, p_event_ids[1], p_event_types[1], p_schema_versions[1], p_data[1], p_metadata[1])
    RETURNING global_position INTO last_position;
  ELSE
    INSERT INTO ${s}.event_store (aggregate_id, aggregate_type, version, event_id, event_type, schema_version, data, metadata)
    SELECT p_aggregate_id, p_aggregate_type, base + e.o, e.i, e.t, e.s, e.d, e.m
      FROM unnest(p_event_ids, p_event_types, p_schema_versions, p_data, p_metadata) WITH ORDINALITY AS e(i, t, s, d, m, o)
     ORDER BY e.o;
    last_position := currval(${quoteLiteral(`${s}.global_position`)});
  END IF;
  last_version := base + n;
END`;
}

function lockAggregates(schema: string): FunctionModel {
  return define(schema, "lock_aggregates", {
    comment:
      "For a transaction that writes other things first or appends to several aggregates: takes their locks in one order, before any write. SQLSTATE ES004 when it comes late.",
    arguments: [given("p_aggregate_ids", "text[]")],
    returns: "void",
    securityDefiner: true,
    settings: SAFE_PATH,
    body: `DECLARE
  k bigint;
BEGIN
  IF pg_current_xact_id_if_assigned() IS NOT NULL THEN
    RAISE EXCEPTION 'lock_aggregates must come before any write of the transaction' USING ERRCODE = 'ES004';
  END IF;
  FOR k IN SELECT DISTINCT hashtextextended(i, 7331) AS h FROM unnest(p_aggregate_ids) AS i ORDER BY h LOOP
    PERFORM pg_advisory_xact_lock(k);
  END LOOP;
END`,
  });
}

function readAggregate(schema: string): FunctionModel {
  const s = bareName(schema);
  return define(schema, "read_aggregate", {
    comment: "The events of one aggregate after a version, in order; touches one leaf.",
    arguments: [given("p_aggregate_id", "text"), given("p_after_version", "bigint"), given("p_limit", "integer")],
    returns: `SETOF ${s}.event_store`,
    language: "sql",
    volatility: "stable",
    body: `SELECT * FROM ${s}.event_store e
 WHERE e.aggregate_id = p_aggregate_id AND e.version > p_after_version
 ORDER BY e.version
 LIMIT p_limit`,
  });
}

/**
 * Only what no running transaction can still come before: below the oldest transaction that writes. In an epoch that is over
 * nothing comes any more. The bound is an index condition in this form (a filter would read all that is held back on each poll).
 */
function readEvents(schema: string): FunctionModel {
  const s = bareName(schema);
  return define(schema, "read_events", {
    comment:
      "The feed of one epoch after a place in it, in the order that never changes: no event is skipped, also under concurrent writers. " +
      "When an epoch before the current one gives no more, go on with the next one from ('0', 0).",
    arguments: [
      given("p_epoch", "smallint"),
      given("p_after_transaction_id", "xid8"),
      given("p_after_position", "bigint"),
      given("p_limit", "integer"),
    ],
    returns: `SETOF ${s}.event_store`,
    language: "sql",
    volatility: "stable",
    body: `SELECT * FROM ${s}.event_store e
 WHERE e.epoch = p_epoch
   AND (e.transaction_id, e.global_position) > (p_after_transaction_id, p_after_position)
   AND e.transaction_id < CASE WHEN p_epoch < ${s}.current_epoch() THEN '18446744073709551615'::xid8
                               ELSE pg_snapshot_xmin(pg_current_snapshot()) END
 ORDER BY e.epoch, e.transaction_id, e.global_position
 LIMIT p_limit`,
  });
}
