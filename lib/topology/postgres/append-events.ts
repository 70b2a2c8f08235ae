import type { HashPartitioning } from "../../domain/types";
import { bareName } from "../../postgres/bare-name";
import type { FunctionModel } from "../../postgres/model";
import { leafName } from "../../postgres/names";
import { quoteLiteral } from "../../postgres/quote";
import { lockOf } from "./aggregate-lock";
import { archivingsSoFar } from "./archive";
import { define, given, out, SAFE_PATH } from "./define-function";
import { epochOfAppends } from "./epochs";

/**
 * Lock, look, check, guard, write. The advisory lock comes before anything that assigns a transaction id: a writer that waited for
 * another one then has a later id than it. Transactions that had an id before they came are caught by the guard (40001).
 *
 * There is no row for an aggregate beside its events: its version, its type and who wrote last stand in its last event, which the
 * primary key finds. A head row would cost an update, and a third more write-ahead log (docs/decisions/0007).
 */
export function appendEvents(schema: string, partitioning: HashPartitioning): FunctionModel {
  return define(schema, "append_events", {
    comment:
      "Appends events to one aggregate. p_expected_version: NULL any, 0 a new aggregate, n exactly n. The same append again, with the same event ids and expected version, gives the first answer. " +
      "SQLSTATE ES001 wrong expected version (DETAIL: the actual one), ES002 archived, ES003 another aggregate type, 22023 nothing to append, or to no aggregate, 23505 some of the event ids are there already, 40001 repeat the whole transaction.",
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
    body: body(bareName(schema), tableOf(partitioning)),
  });
}

/** With a single leaf the table need not be asked for it. */
export function tableOf({ modulus }: HashPartitioning): string {
  return modulus === 1 ? leafName("event_store", 0, 1) : "event_store";
}

/** What an append gives; the rest comes by the columns' defaults. */
export const EVENT_COLUMNS =
  "version, transaction_id, event_id, epoch, schema_version, any_version, aggregate_id, aggregate_type, event_type, data, metadata";

/**
 * The fewer statements the better, and the fewer expressions: PL/pgSQL prepares each anew in every transaction. So one condition tells
 * whether all is well, and what is wrong is looked for only then.
 *
 * @param s the schema, quoted where it has to be
 * @param table where the events are
 */
function body(s: string, table: string): string {
  return `DECLARE
  n int := coalesce(cardinality(p_event_ids), 0);
  base bigint;
  fine boolean;
  last_type text;
  last_tx xid8;
  hits bigint;
BEGIN
  -- before any transaction id exists
  IF n = 0 OR ${lockOf("p_aggregate_id")} IS NULL THEN
    RAISE EXCEPTION 'nothing to append, or to no aggregate' USING ERRCODE = '22023',
      HINT = 'Give an aggregate''s id and at least one event.';
  END IF;
  ${lookAt(s, table)}
  base := coalesce(base, 0);
${repetition(s, table)}
  IF NOT coalesce(fine, true) OR ${archivingsSoFar(s)} IS NOT NULL THEN
${refusals(s, table)}
  END IF;
${writing(s, table)}
  last_version := base + n;
  last_position := currval(${quoteLiteral(`${s}.global_position`)});
  tx := pg_current_xact_id();
END`;
}

/**
 * The aggregate's last event, and whether another may follow it: its type is the same, and its transaction came before. All operators
 * are qualified, for {@link file://./append-event.ts}.
 */
export function lookAt(s: string, table: string): string {
  return `SELECT e.version,
         e.aggregate_type OPERATOR(pg_catalog.=) p_aggregate_type
         AND (e.transaction_id OPERATOR(pg_catalog.>) pg_catalog.pg_current_xact_id()
              AND e.epoch OPERATOR(pg_catalog.=) ${epochOfAppends(s)}) IS NOT TRUE
    INTO base, fine
    FROM ${s}.${table} e
   WHERE e.aggregate_id OPERATOR(pg_catalog.=) p_aggregate_id
   ORDER BY e.version DESC
   LIMIT 1;`;
}

/** An append that did commit is told by the events that it wrote: under the versions that follow, or by their ids. */
function repetition(s: string, table: string): string {
  return `  IF p_expected_version <> base THEN
    ${repeatedAfter(s, table)}
    IF hits = n THEN
      last_version := p_expected_version + n;
      RETURN;
    END IF;
    RAISE EXCEPTION 'wrong expected version: % (actual %)', p_expected_version, base USING ERRCODE = 'ES001', DETAIL = base::text,
      HINT = 'Read the aggregate again and decide anew.';
  ELSIF p_expected_version IS NULL AND base > 0 THEN
    ${repeatedAnywhere(s, table)}
    IF hits = n THEN
      RETURN;
    END IF;
  END IF;`;
}

function refusals(s: string, table: string): string {
  return `    SELECT e.aggregate_type, e.transaction_id INTO last_type, last_tx
      FROM ${s}.${table} e WHERE e.aggregate_id = p_aggregate_id AND e.version = base;
    IF last_type <> p_aggregate_type THEN
      RAISE EXCEPTION 'aggregate % is of type %', p_aggregate_id, last_type USING ERRCODE = 'ES003',
        HINT = 'Give aggregates of different types different ids.';
    END IF;
    IF EXISTS (SELECT FROM ${s}.archived_aggregates a WHERE a.aggregate_id = p_aggregate_id) THEN
      RAISE EXCEPTION 'aggregate % is archived', p_aggregate_id USING ERRCODE = 'ES002',
        HINT = 'Begin a new aggregate; the owner of the schema opens this one again by deleting it from archived_aggregates.';
    END IF;
    IF NOT fine THEN
      RAISE EXCEPTION 'repeat the transaction: % is older than the aggregate''s last one, %', pg_current_xact_id(), last_tx
        USING ERRCODE = '40001', HINT = 'Append before any other write, or call lock_aggregates first.';
    END IF;`;
}

function writing(s: string, table: string): string {
  return `  IF current_setting('transaction_isolation') = 'read committed' THEN
    ${insert(s, table)};
  ELSE
    -- its snapshot may be older than the lock; Postgres sends it back (40001) when it meets what it did not see
    ${insert(s, "event_store")}
    ON CONFLICT (aggregate_id, version) DO NOTHING;
  END IF;`;
}

function repeatedAfter(s: string, table: string): string {
  return `SELECT count(*), max(w.global_position), (array_agg(w.transaction_id))[1] INTO hits, last_position, tx
        FROM (SELECT e.version, e.global_position, e.transaction_id, e.event_id FROM ${s}.${table} e
               WHERE e.aggregate_id = p_aggregate_id AND e.version > p_expected_version ORDER BY e.version LIMIT n) w
       WHERE w.event_id = p_event_ids[w.version - p_expected_version];`;
}

function repeatedAnywhere(s: string, table: string): string {
  return `SELECT count(*), max(e.version), max(e.global_position), (array_agg(e.transaction_id))[1]
        INTO hits, last_version, last_position, tx
        FROM ${s}.${table} e
       WHERE e.aggregate_id = p_aggregate_id AND e.event_id = ANY (p_event_ids) AND e.any_version;`;
}

function insert(s: string, table: string): string {
  return `INSERT INTO ${s}.${table} (${EVENT_COLUMNS})
    SELECT base + e.o, pg_current_xact_id(), e.i, ${epochOfAppends(s)}, e.s, p_expected_version IS NULL, p_aggregate_id,
           p_aggregate_type, e.t, e.d, e.m
      FROM unnest(p_event_ids, p_event_types, p_schema_versions, p_data, p_metadata) WITH ORDINALITY AS e(i, t, s, d, m, o)
     ORDER BY e.o`;
}
