import { bareName } from "../../postgres/bare-name";
import type { ArgumentModel, FunctionModel } from "../../postgres/model";
import { given, out } from "./define-function";
import { defineForRoles, optional, type StoreFunction } from "./store-function";

export function sagaFunctions(schema: string): readonly StoreFunction[] {
  const definitions = [
    startSaga(schema),
    loadSaga(schema),
    advanceSaga(schema),
    compensateSaga(schema),
    completeSaga(schema),
  ];
  return definitions.map((definition) => ({
    definition,
    roles: ["writer", "projector"],
    tables: ["sagas", "timeouts"],
  }));
}

/**
 * Says why a change of a saga was refused. Comes where no row was the one that was meant.
 *
 * @param s the schema, quoted where it has to be
 * @param version what was expected, or null where any version would do
 */
export function sagaRefusals(s: string, version: string | null): string {
  const moved = `
  RAISE EXCEPTION 'saga % is at version %, not %', p_saga_id, saga.version, ${version ?? ""} USING ERRCODE = 'ES042', DETAIL = saga.version::text,
    HINT = 'Roll back, load the saga again and decide anew.';`;
  return `SELECT * INTO saga FROM ${s}.sagas g WHERE g.saga_id = p_saga_id;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'there is no saga %', p_saga_id USING ERRCODE = 'ES041', HINT = 'Start it with start_saga.';
  END IF;
  IF saga.completed_at IS NOT NULL THEN
    RAISE EXCEPTION 'saga % is over', p_saga_id USING ERRCODE = 'ES043', DETAIL = saga.state, HINT = 'What comes late changes nothing.';
  END IF;${version === null ? "" : moved}`;
}

function startSaga(schema: string): FunctionModel {
  const s = bareName(schema);
  return defineForRoles(schema, "start_saga", {
    comment:
      "Starts a saga, one for each type and correlation key. Where there is one it gives that one's id and version, and started is false. SQLSTATE ES040 when the id is another saga's.",
    arguments: [
      given("p_saga_id", "uuid"),
      given("p_saga_type", "text"),
      given("p_correlation_key", "text"),
      given("p_state", "text"),
      optional("p_data", "jsonb", "'{}'::jsonb"),
      optional("p_definition_version", "integer", "1"),
      out("saga_id", "uuid"),
      out("version", "bigint"),
      out("started", "boolean"),
    ],
    body: `BEGIN
  INSERT INTO ${s}.sagas AS g (saga_id, saga_type, correlation_key, state, data, definition_version)
  VALUES (p_saga_id, p_saga_type, p_correlation_key, p_state, p_data, p_definition_version)
  ON CONFLICT DO NOTHING;
  started := FOUND;
  SELECT g.saga_id, g.version INTO saga_id, version FROM ${s}.sagas g
   WHERE g.saga_type = p_saga_type AND g.correlation_key = p_correlation_key;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'saga % is another one', p_saga_id USING ERRCODE = 'ES040',
      HINT = 'Make the id from the saga''s type and correlation key, or draw one.';
  END IF;
END`,
  });
}

function loadSaga(schema: string): FunctionModel {
  const s = bareName(schema);
  return defineForRoles(schema, "load_saga", {
    comment:
      "A saga as it is, or no row. What is decided by it is written with its version: advance_saga refuses when it has moved on.",
    arguments: [given("p_saga_id", "uuid")],
    returns: `SETOF ${s}.sagas`,
    language: "sql",
    volatility: "stable",
    body: `SELECT * FROM ${s}.sagas g WHERE g.saga_id = p_saga_id`,
  });
}

const SEEN: readonly ArgumentModel[] = [given("p_saga_id", "uuid"), given("p_version", "bigint")];
const PROGRESS: readonly ArgumentModel[] = [
  ...SEEN,
  given("p_step", "integer"),
  given("p_state", "text"),
  optional("p_data", "jsonb", "NULL::jsonb"),
];
const REFUSED =
  "SQLSTATE ES041 there is none, ES042 it is at another version (DETAIL: the actual one), ES043 it is over (DETAIL: its last state).";

function advanceSaga(schema: string): FunctionModel {
  return defineForRoles(schema, "advance_saga", {
    comment: `Writes down how far a saga has come, from the version that was loaded; data stays as it is where none is given. Returns the new version, with which earlier timeouts are void. ${REFUSED}`,
    arguments: PROGRESS,
    ...changing(schema, "step = p_step, state = p_state, data = coalesce(p_data, g.data)"),
  });
}

function compensateSaga(schema: string): FunctionModel {
  return defineForRoles(schema, "compensate_saga", {
    comment: `As advance_saga, for a saga that goes back: its direction is compensating from now on, and that of the steps recorded then. Undo what load_saga_steps gives as done, from the last one to the first. ${REFUSED}`,
    arguments: PROGRESS,
    ...changing(schema, "direction = 'compensating', step = p_step, state = p_state, data = coalesce(p_data, g.data)"),
  });
}

/** Timeouts that are being taken are left to their taker: it finds out that the saga is over, and waiting for it could be for ever. */
function completeSaga(schema: string): FunctionModel {
  const s = bareName(schema);
  const after = `DELETE FROM ${s}.timeouts t
     USING (SELECT w.due_at, w.id FROM ${s}.timeouts w WHERE w.saga_id = p_saga_id FOR UPDATE SKIP LOCKED) free
     WHERE t.due_at = free.due_at AND t.id = free.id;
    `;
  return defineForRoles(schema, "complete_saga", {
    comment: `Ends a saga in a last state, forward or compensated; its timeouts go. Returns the last version. ${REFUSED}`,
    arguments: [...SEEN, given("p_state", "text")],
    ...changing(schema, "state = p_state, completed_at = now()", after),
  });
}

/** A change of a saga that is not over, from the version that was seen. */
function changing(schema: string, assignments: string, after = ""): Pick<FunctionModel, "body" | "returns"> {
  const s = bareName(schema);
  return {
    returns: "bigint",
    body: `DECLARE
  saga ${s}.sagas%ROWTYPE;
BEGIN
  UPDATE ${s}.sagas g SET version = g.version + 1, updated_at = now(), ${assignments}
   WHERE g.saga_id = p_saga_id AND g.version = p_version AND g.completed_at IS NULL;
  IF FOUND THEN
    ${after}RETURN p_version + 1;
  END IF;
  ${sagaRefusals(s, "p_version")}
END`,
  };
}
