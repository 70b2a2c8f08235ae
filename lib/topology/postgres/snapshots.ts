import { bareName } from "../../postgres/bare-name";
import { given } from "./define-function";
import { defineForRoles, type StoreFunction } from "./store-function";

export function snapshotFunctions(schema: string): readonly StoreFunction[] {
  return [saveSnapshot(schema), loadSnapshot(schema)];
}

const WHICH = [
  given("p_aggregate_id", "text"),
  given("p_snapshot_type", "text"),
  given("p_schema_version", "smallint"),
];

/** Two writers at once: whichever comes last, the newer state stays. */
function saveSnapshot(schema: string): StoreFunction {
  const s = bareName(schema);
  const definition = defineForRoles(schema, "save_snapshot", {
    comment:
      "Keeps the state of an aggregate at a version, once for each schema version of the state. Returns false, and keeps what is there, where that is as new or newer. SQLSTATE ES010 for a version that the aggregate does not have.",
    arguments: [...WHICH, given("p_version", "bigint"), given("p_data", "jsonb")],
    returns: "boolean",
    body: `DECLARE
  newest bigint := coalesce((SELECT e.version FROM ${s}.event_store e WHERE e.aggregate_id = p_aggregate_id
                              ORDER BY e.version DESC LIMIT 1), 0);
BEGIN
  IF p_version < 1 OR p_version > newest THEN
    RAISE EXCEPTION 'no snapshot of version % of aggregate %: it has %', p_version, p_aggregate_id, newest
      USING ERRCODE = 'ES010', DETAIL = newest::text, HINT = 'Append first, and save the state that the committed events give.';
  END IF;
  INSERT INTO ${s}.snapshots AS k (aggregate_id, snapshot_type, schema_version, version, data)
  VALUES (p_aggregate_id, p_snapshot_type, p_schema_version, p_version, p_data)
  ON CONFLICT (aggregate_id, snapshot_type, schema_version) DO UPDATE
     SET version = excluded.version, data = excluded.data, taken_at = excluded.taken_at
   WHERE k.version < excluded.version;
  RETURN FOUND;
END`,
  });
  return { definition, roles: ["writer"], tables: ["event_store", "snapshots"] };
}

function loadSnapshot(schema: string): StoreFunction {
  const s = bareName(schema);
  const definition = defineForRoles(schema, "load_snapshot", {
    comment:
      "The snapshot of an aggregate in one schema version, or no row: read the events after its version, or all of them.",
    arguments: WHICH,
    returns: `SETOF ${s}.snapshots`,
    language: "sql",
    volatility: "stable",
    body: `SELECT * FROM ${s}.snapshots k
 WHERE k.aggregate_id = p_aggregate_id AND k.snapshot_type = p_snapshot_type AND k.schema_version = p_schema_version`,
  });
  return { definition, roles: ["writer", "reader"], tables: ["snapshots"] };
}
