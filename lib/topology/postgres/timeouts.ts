import { bareName } from "../../postgres/bare-name";
import type { FunctionModel } from "../../postgres/model";
import { given } from "./define-function";
import { sagaRefusals } from "./sagas";
import { defineForRoles, optional, type StoreFunction } from "./store-function";

/** So many times one call looks further when all that it has taken is void; the rest is for the next call. */
const ROUNDS = 100;

/** The server's clock alone counts: those of services may differ. */
export function timeoutFunctions(schema: string): readonly StoreFunction[] {
  const definitions = [settingTimeout(schema), dueTimeouts(schema), cancelTimeouts(schema)];
  return definitions.map((definition) => ({
    definition,
    roles: ["writer", "projector"],
    tables: ["sagas", "timeouts"],
  }));
}

function settingTimeout(schema: string): FunctionModel {
  const s = bareName(schema);
  return defineForRoles(schema, "set_timeout", {
    comment:
      "Sets a timeout for a saga, as long as it is at this version: the next one makes it void. Returns false where it is set already. SQLSTATE ES041, ES042, ES043 as advance_saga.",
    arguments: [
      given("p_saga_id", "uuid"),
      given("p_version", "bigint"),
      given("p_id", "uuid"),
      given("p_after", "interval"),
      optional("p_payload", "jsonb", "'{}'::jsonb"),
    ],
    returns: "boolean",
    body: `DECLARE
  saga ${s}.sagas%ROWTYPE;
BEGIN
  IF EXISTS (SELECT FROM ${s}.timeouts t WHERE t.saga_id = p_saga_id AND t.id = p_id AND t.token = p_version) THEN
    RETURN false;
  END IF;
  INSERT INTO ${s}.timeouts (due_at, id, saga_id, saga_type, token, payload)
  SELECT clock_timestamp() + p_after, p_id, p_saga_id, g.saga_type, p_version, coalesce(p_payload, '{}') FROM ${s}.sagas g
   WHERE g.saga_id = p_saga_id AND g.version = p_version AND g.completed_at IS NULL;
  IF FOUND THEN
    RETURN true;
  END IF;
  ${sagaRefusals(s, "p_version")}
END`,
  });
}

/**
 * The condition that a timeout still means something: its saga is as it was when it was set. Else it is void.
 *
 * @param saga the row of the saga
 * @param timeout that of the timeout
 */
export function isMeant(saga: string, timeout: string): string {
  return `${saga}.version = ${timeout}.token AND ${saga}.completed_at IS NULL`;
}

/** Who takes one and then advances its saga finds out, by the version, when somebody else was faster. */
function dueTimeouts(schema: string): FunctionModel {
  const s = bareName(schema);
  return defineForRoles(schema, "due_timeouts", {
    comment:
      "Takes the timeouts of a type of saga that are due, the oldest first, in the transaction that handles them: no other one gets them unless it fails. Those whose saga has moved on since are void, and cleared away; where there are many of them a call may give fewer than are due.",
    arguments: [given("p_saga_type", "text"), given("p_limit", "integer")],
    returns: `SETOF ${s}.timeouts`,
    body: `DECLARE
  wanted bigint := p_limit;
  batch ${s}.timeouts[];
  given bigint;
BEGIN
  FOR round IN 1..${ROUNDS} LOOP
    EXIT WHEN wanted = 0;
    WITH due AS (
      SELECT w.due_at, w.id FROM ${s}.timeouts w
       WHERE w.due_at <= statement_timestamp() AND w.saga_type = p_saga_type
       ORDER BY w.due_at, w.id LIMIT wanted FOR UPDATE SKIP LOCKED),
    gone AS (
      DELETE FROM ${s}.timeouts t USING due WHERE t.due_at = due.due_at AND t.id = due.id RETURNING t)
    SELECT array_agg(gone.t) INTO batch FROM gone;
    EXIT WHEN batch IS NULL;
    RETURN QUERY
      SELECT b.* FROM unnest(batch) b JOIN ${s}.sagas g ON g.saga_id = b.saga_id
       WHERE ${isMeant("g", "b")}
       ORDER BY b.due_at, b.id;
    GET DIAGNOSTICS given = ROW_COUNT;
    wanted := wanted - given;
  END LOOP;
END`,
  });
}

function cancelTimeouts(schema: string): FunctionModel {
  return defineForRoles(schema, "cancel_timeouts", {
    comment:
      "Deletes the timeouts of a saga that stays at its version; one that moves on needs none of it. Waits for those that are being taken. Returns how many there were.",
    arguments: [given("p_saga_id", "uuid")],
    returns: "bigint",
    body: `DECLARE
  deleted bigint;
BEGIN
  DELETE FROM ${bareName(schema)}.timeouts t WHERE t.saga_id = p_saga_id;
  GET DIAGNOSTICS deleted = ROW_COUNT;
  RETURN deleted;
END`,
  });
}
