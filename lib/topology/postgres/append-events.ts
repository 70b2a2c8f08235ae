import { bareName } from "../../postgres/bare-name";
import type { FunctionModel } from "../../postgres/model";
import { quoteLiteral } from "../../postgres/quote";
import { archivingsSoFar } from "./archive";
import { define, given, out, SAFE_PATH } from "./define-function";
import { epochOfAppends } from "./epochs";
import { aggregateArguments, aggregateLock, aggregateNames, ofAggregate, type StoreLayout } from "./layout";

/**
 * Lock, look, check, guard, write. The advisory lock comes before anything that assigns a transaction id: a writer that waited for
 * another one then has a later id than it. Transactions that had an id before they came are caught by the guard (40001).
 *
 * There is no row for an aggregate beside its events: its version, its type and who wrote last stand in its last event, which the
 * primary key finds. A head row would cost an update, and a third more write-ahead log (docs/decisions/0007).
 */
export function appendEvents(schema: string, layout: StoreLayout): FunctionModel {
  return define(schema, "append_events", {
    comment:
      "Appends events to one aggregate. p_expected_version: NULL any, 0 a new aggregate, n exactly n. The same append again, with the same event ids and expected version, gives the first answer. " +
      "SQLSTATE ES001 wrong expected version (DETAIL: the actual one), ES002 archived, ES003 another aggregate type, 22023 nothing to append, or to no aggregate, 23505 some of the event ids are there already, 40001 repeat the whole transaction.",
    arguments: [
      ...aggregateArguments(layout),
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
    body: body(bareName(schema), layout),
  });
}

/** What an append gives; the rest comes by the columns' defaults. */
export function eventColumns({ aggregate }: StoreLayout): string {
  return `version, transaction_id, event_id, epoch, schema_version, any_version, ${aggregate.join(", ")}, aggregate_type, event_type, data, metadata`;
}

/**
 * The fewer statements the better, and the fewer expressions: PL/pgSQL prepares each anew in every transaction. So one condition tells
 * whether all is well, and what is wrong is looked for only then.
 *
 * @param s the schema, quoted where it has to be
 */
function body(s: string, layout: StoreLayout): string {
  return `DECLARE
  n int := coalesce(cardinality(p_event_ids), 0);
  base bigint;
  fine boolean;
  last_type text;
  last_tx xid8;
  hits bigint;
BEGIN
  -- before any transaction id exists
  IF n = 0 OR ${aggregateLock(layout)} IS NULL THEN
    RAISE EXCEPTION 'nothing to append, or to no aggregate' USING ERRCODE = '22023',
      HINT = 'Give an aggregate''s id and at least one event.';
  END IF;${isolation(layout)}
  ${lookAt(s, layout)}
  base := coalesce(base, 0);
${repetition(s, layout)}
  IF NOT coalesce(fine, true) OR ${archivingsSoFar(s)} IS NOT NULL THEN
${refusals(s, layout)}
  END IF;
${writing(s, layout)}
  last_version := base + n;
  last_position := currval(${quoteLiteral(`${s}.global_position`)});
  tx := pg_current_xact_id();
END`;
}

/**
 * The aggregate's last event, and whether another may follow it: its type is the same, and its transaction came before. All operators
 * are qualified, for {@link file://./append-event.ts}.
 */
export function lookAt(s: string, layout: StoreLayout, table = layout.appendsTo): string {
  return `SELECT e.version,
         e.aggregate_type OPERATOR(pg_catalog.=) p_aggregate_type
         AND (e.transaction_id OPERATOR(pg_catalog.>) pg_catalog.pg_current_xact_id()
              AND e.epoch OPERATOR(pg_catalog.=) ${epochOfAppends(s)}) IS NOT TRUE
    INTO base, fine
    FROM ${s}.${table} e
   WHERE ${ofAggregate(layout, "e", "OPERATOR(pg_catalog.=)")}
   ORDER BY e.version DESC
   LIMIT 1;`;
}

/** An append that did commit is told by the events that it wrote: under the versions that follow, or by their ids. */
function repetition(s: string, layout: StoreLayout): string {
  return `  IF p_expected_version <> base THEN
    ${repeatedAfter(s, layout)}
    IF hits = n THEN
      last_version := p_expected_version + n;
      RETURN;
    END IF;
    RAISE EXCEPTION 'wrong expected version: % (actual %)', p_expected_version, base USING ERRCODE = 'ES001', DETAIL = base::text,
      HINT = 'Read the aggregate again and decide anew.';
  ELSIF p_expected_version IS NULL AND base > 0 THEN
    ${repeatedAnywhere(s, layout)}
    IF hits = n THEN
      RETURN;
    END IF;${partOf(layout)}
  END IF;`;
}

/** Elsewhere the unique index of event ids says so. */
function partOf(layout: StoreLayout): string {
  if (isKeyOfAll(layout)) return "";
  return `
    IF hits > 0 THEN
      RAISE EXCEPTION 'some of the event ids are there already, others are not' USING ERRCODE = '23505',
        HINT = 'Give new events new ids, and append the same ones together when they come again.';
    END IF;`;
}

function refusals(s: string, layout: StoreLayout): string {
  return `    SELECT e.aggregate_type, e.transaction_id INTO last_type, last_tx
      FROM ${s}.${layout.appendsTo} e WHERE ${ofAggregate(layout, "e")} AND e.version = base;
    IF last_type <> p_aggregate_type THEN
      RAISE EXCEPTION 'aggregate % is of type %', p_aggregate_id, last_type USING ERRCODE = 'ES003',
        HINT = 'Give aggregates of different types different ids.';
    END IF;
    IF EXISTS (SELECT FROM ${s}.archived_aggregates a WHERE ${ofAggregate(layout, "a")}) THEN
      RAISE EXCEPTION 'aggregate % is archived', p_aggregate_id USING ERRCODE = 'ES002',
        HINT = 'Begin a new aggregate; the owner of the schema opens this one again by deleting it from archived_aggregates.';
    END IF;
    IF NOT fine THEN
      RAISE EXCEPTION 'repeat the transaction: % is older than the aggregate''s last one, %', pg_current_xact_id(), last_tx
        USING ERRCODE = '40001', HINT = 'Append before any other write, or call lock_aggregates first.';
    END IF;`;
}

function writing(s: string, layout: StoreLayout): string {
  if (!isKeyOfAll(layout)) return `  ${insert(s, layout, layout.appendsTo)};`;
  return `  IF current_setting('transaction_isolation') = 'read committed' THEN
    ${insert(s, layout, layout.appendsTo)};
  ELSE
    -- its snapshot may be older than the lock; Postgres sends it back (40001) when it meets what it did not see
    ${insert(s, layout, "event_store")}
    ON CONFLICT (${[...layout.aggregate, "version"].join(", ")}) DO NOTHING;
  END IF;`;
}

/** Whether the primary key is unique over all leaves, and so catches what the lock does not. */
function isKeyOfAll({ inKeys }: StoreLayout): boolean {
  return inKeys.length === 0;
}

/** Without a key of all leaves, a snapshot from before the lock could write a version a second time. */
function isolation(layout: StoreLayout): string {
  if (isKeyOfAll(layout)) return "";
  return `
  IF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
    RAISE EXCEPTION 'a store in leaves of time takes appends at READ COMMITTED alone, not at %', current_setting('transaction_isolation')
      USING ERRCODE = '0A000', HINT = 'BEGIN ISOLATION LEVEL READ COMMITTED.';
  END IF;`;
}

function repeatedAfter(s: string, layout: StoreLayout): string {
  return `SELECT count(*), max(w.global_position), (array_agg(w.transaction_id))[1] INTO hits, last_position, tx
        FROM (SELECT e.version, e.global_position, e.transaction_id, e.event_id FROM ${s}.${layout.appendsTo} e
               WHERE ${ofAggregate(layout, "e")} AND e.version > p_expected_version ORDER BY e.version LIMIT n) w
       WHERE w.event_id = p_event_ids[w.version - p_expected_version];`;
}

function repeatedAnywhere(s: string, layout: StoreLayout): string {
  return `SELECT count(*), max(e.version), max(e.global_position), (array_agg(e.transaction_id))[1]
        INTO hits, last_version, last_position, tx
        FROM ${s}.${layout.appendsTo} e
       WHERE ${ofAggregate(layout, "e")} AND e.event_id = ANY (p_event_ids) AND e.any_version;`;
}

function insert(s: string, layout: StoreLayout, table: string): string {
  return `INSERT INTO ${s}.${table} (${eventColumns(layout)})
    SELECT base + e.o, pg_current_xact_id(), e.i, ${epochOfAppends(s)}, e.s, p_expected_version IS NULL, ${aggregateNames(layout)},
           p_aggregate_type, e.t, e.d, e.m
      FROM unnest(p_event_ids, p_event_types, p_schema_versions, p_data, p_metadata) WITH ORDINALITY AS e(i, t, s, d, m, o)
     ORDER BY e.o`;
}
