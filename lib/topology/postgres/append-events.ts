import type { HashPartitioning } from "../../domain/types";
import { bareName } from "../../postgres/bare-name";
import type { FunctionModel } from "../../postgres/model";
import { leafName } from "../../postgres/names";
import { quoteLiteral } from "../../postgres/quote";
import { define, given, out, SAFE_PATH } from "./define-function";

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
      "SQLSTATE ES001 wrong expected version (DETAIL: the actual one), ES002 archived, ES003 another aggregate type, 22023 nothing to append, 23505 some of the event ids are there already, 40001 repeat the whole transaction.",
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
    body: body(bareName(schema), partitioning.modulus),
  });
}

/** @param s the schema, quoted where it has to be */
function body(s: string, modulus: number): string {
  return `DECLARE
  n int := cardinality(p_event_ids);
  ep smallint;
  base bigint;
  last_type text;
  last_tx xid8;
  last_epoch smallint;
  hits bigint;${leafVariable(modulus)}
BEGIN
  IF coalesce(n, 0) = 0 THEN
    RAISE EXCEPTION 'nothing to append' USING ERRCODE = '22023';
  END IF;
  -- before any transaction id exists
  PERFORM pg_advisory_xact_lock(hashtextextended(p_aggregate_id, 7331));
  ${inLeaf(modulus, (leaf) => lastEvent(`${s}.${leaf}`))}
  base := coalesce(base, 0);
  SELECT coalesce(max(c.epoch), 0) INTO ep FROM ${s}.epochs c;
${repetition(s, modulus)}
${refusals(s)}
${writing(s, modulus)}
  last_version := base + n;
  last_position := currval(${quoteLiteral(`${s}.global_position`)});
END`;
}

/** An append that did commit is told by the events that it wrote: under the versions that follow, or by their ids. */
function repetition(s: string, modulus: number): string {
  return `  IF p_expected_version <> base THEN
    ${repeatedAfter(s)}
    IF hits = n THEN
      last_version := p_expected_version + n;
      RETURN;
    END IF;
    RAISE EXCEPTION 'wrong expected version: % (actual %)', p_expected_version, base USING ERRCODE = 'ES001', DETAIL = base::text;
  ELSIF p_expected_version IS NULL AND base > 0 THEN
    ${inLeaf(modulus, (leaf) => repeatedAnywhere(`${s}.${leaf}`))}
    IF hits = n THEN
      RETURN;
    END IF;
  END IF;`;
}

function refusals(s: string): string {
  return `  IF last_type <> p_aggregate_type THEN
    RAISE EXCEPTION 'aggregate % is of type %', p_aggregate_id, last_type USING ERRCODE = 'ES003';
  END IF;
  IF EXISTS (SELECT FROM ${s}.archived_aggregates a WHERE a.aggregate_id = p_aggregate_id) THEN
    RAISE EXCEPTION 'aggregate % is archived', p_aggregate_id USING ERRCODE = 'ES002';
  END IF;
  tx := pg_current_xact_id();
  IF last_epoch = ep AND last_tx > tx THEN
    RAISE EXCEPTION 'repeat the transaction: % is older than the aggregate''s last one, %', tx, last_tx USING ERRCODE = '40001';
  END IF;`;
}

function writing(s: string, modulus: number): string {
  return `  IF current_setting('transaction_isolation') = 'read committed' THEN
    ${inLeaf(modulus, (leaf) => `${insert(`${s}.${leaf}`)};`)}
  ELSE
    -- its snapshot may be older than the lock; Postgres sends it back (40001) when it meets what it did not see
    ${insert(`${s}.event_store`)}
    ON CONFLICT (aggregate_id, version) DO NOTHING;
  END IF;`;
}

/** The most leaves that are addressed one by one: of more the function would be too long to read. */
const MOST_ADDRESSED = 16;

/**
 * The leaf of a text key, as Postgres computes it: HASH_PARTITION_SEED of partitioning/partbounds.h, and what hash_combine64 adds to
 * a single key's hash, of which only the low bits count for a power of 2. It is part of what is on disk, so it cannot change; and a
 * row that goes to the wrong leaf is refused (23514).
 */
function leafVariable(modulus: number): string {
  if (modulus === 1 || modulus > MOST_ADDRESSED) return "";
  return `\n  leaf int := ((hashtextextended(p_aggregate_id, 8816678312871386365) & 255) + 227) & ${modulus - 1};`;
}

/**
 * A statement on the one leaf that it concerns. By way of the parent, each execution opens and locks all leaves to read, and sets up
 * routing to write: a third of the time of an append.
 */
function inLeaf(modulus: number, statement: (table: string) => string): string {
  if (modulus > MOST_ADDRESSED) return statement("event_store");
  const leaves = Array.from({ length: modulus }, (_, remainder) => leafName("event_store", remainder, modulus));
  if (modulus === 1) return leaves.map(statement).join("");
  return `CASE leaf\n${leaves.map((leaf, remainder) => `    WHEN ${remainder} THEN ${statement(leaf)}\n`).join("")}  END CASE;`;
}

function lastEvent(table: string): string {
  return (
    "SELECT e.version, e.aggregate_type, e.transaction_id, e.epoch INTO base, last_type, last_tx, last_epoch " +
    `FROM ${table} e WHERE e.aggregate_id = p_aggregate_id ORDER BY e.version DESC LIMIT 1;`
  );
}

function repeatedAfter(s: string): string {
  return `SELECT count(*), max(w.global_position), (array_agg(w.transaction_id))[1] INTO hits, last_position, tx
      FROM (SELECT e.version, e.global_position, e.transaction_id, e.event_id FROM ${s}.event_store e
             WHERE e.aggregate_id = p_aggregate_id AND e.version > p_expected_version ORDER BY e.version LIMIT n) w
     WHERE w.event_id = p_event_ids[w.version - p_expected_version];`;
}

function repeatedAnywhere(table: string): string {
  return (
    "SELECT count(*), max(e.version), max(e.global_position), (array_agg(e.transaction_id))[1] INTO hits, last_version, last_position, tx " +
    `FROM ${table} e WHERE e.aggregate_id = p_aggregate_id AND e.event_id = ANY (p_event_ids) AND e.any_version;`
  );
}

function insert(table: string): string {
  return (
    `INSERT INTO ${table} (version, transaction_id, event_id, epoch, schema_version, any_version, aggregate_id, aggregate_type, event_type, data, metadata) ` +
    "SELECT base + e.o, tx, e.i, ep, e.s, p_expected_version IS NULL, p_aggregate_id, p_aggregate_type, e.t, e.d, e.m " +
    "FROM unnest(p_event_ids, p_event_types, p_schema_versions, p_data, p_metadata) WITH ORDINALITY AS e(i, t, s, d, m, o) ORDER BY e.o"
  );
}
