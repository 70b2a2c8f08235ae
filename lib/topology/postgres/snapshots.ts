import { bareName } from "../../postgres/bare-name";
import { given } from "./define-function";
import { aggregateArguments, aggregateNames, ofAggregate, type StoreLayout } from "./layout";
import { defineForRoles, type StoreFunction } from "./store-function";

export function snapshotFunctions(schema: string, layout: StoreLayout): readonly StoreFunction[] {
  return [saveSnapshot(schema, layout), loadSnapshot(schema, layout)];
}

const OF_WHAT = [given("p_snapshot_type", "text"), given("p_schema_version", "smallint")];

/** Two writers at once: whichever comes last, the newer state stays. */
function saveSnapshot(schema: string, layout: StoreLayout): StoreFunction {
  const s = bareName(schema);
  const aggregate = layout.aggregate.join(", ");
  const definition = defineForRoles(schema, "save_snapshot", {
    comment:
      "Keeps the state of an aggregate at a version, once for each schema version of the state. Returns false, and keeps what is there, where that is as new or newer. SQLSTATE ES010 for a version that the aggregate does not have.",
    arguments: [...aggregateArguments(layout), ...OF_WHAT, given("p_version", "bigint"), given("p_data", "jsonb")],
    returns: "boolean",
    body: `DECLARE
  newest bigint := coalesce((SELECT e.version FROM ${s}.event_store e WHERE ${ofAggregate(layout, "e")}
                              ORDER BY e.version DESC LIMIT 1), 0);
BEGIN
  IF p_version < 1 OR p_version > newest THEN
    RAISE EXCEPTION 'no snapshot of version % of aggregate %: it has %', p_version, p_aggregate_id, newest
      USING ERRCODE = 'ES010', DETAIL = newest::text, HINT = 'Append first, and save the state that the committed events give.';
  END IF;
  INSERT INTO ${s}.snapshots AS k (${aggregate}, snapshot_type, schema_version, version, data)
  VALUES (${aggregateNames(layout)}, p_snapshot_type, p_schema_version, p_version, p_data)
  ON CONFLICT (${aggregate}, snapshot_type, schema_version) DO UPDATE
     SET version = excluded.version, data = excluded.data, taken_at = excluded.taken_at
   WHERE k.version < excluded.version;
  RETURN FOUND;
END`,
  });
  return { definition, roles: ["writer"], tables: ["event_store", "snapshots"] };
}

function loadSnapshot(schema: string, layout: StoreLayout): StoreFunction {
  const s = bareName(schema);
  const definition = defineForRoles(schema, "load_snapshot", {
    comment:
      "The snapshot of an aggregate in one schema version, or no row: read the events after its version, or all of them.",
    arguments: [...aggregateArguments(layout), ...OF_WHAT],
    returns: `SETOF ${s}.snapshots`,
    language: "sql",
    volatility: "stable",
    body: `SELECT * FROM ${s}.snapshots k
 WHERE ${ofAggregate(layout, "k")} AND k.snapshot_type = p_snapshot_type AND k.schema_version = p_schema_version`,
  });
  return { definition, roles: ["writer", "reader"], tables: ["snapshots"] };
}
