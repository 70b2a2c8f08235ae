import { bareName } from "../../postgres/bare-name";
import type { FunctionModel } from "../../postgres/model";
import { given } from "./define-function";
import { sagaRefusals } from "./sagas";
import { defineForRoles, optional, type StoreFunction } from "./store-function";

export function sagaStepFunctions(schema: string): readonly StoreFunction[] {
  const definitions = [recordSagaStep(schema), completeSagaStep(schema), loadSagaSteps(schema)];
  return definitions.map((definition) => ({
    definition,
    roles: ["writer", "projector"],
    tables: ["sagas", "saga_steps"],
  }));
}

function recordSagaStep(schema: string): FunctionModel {
  const s = bareName(schema);
  return defineForRoles(schema, "record_saga_step", {
    comment:
      "Notes that a saga sends a command, in the direction that the saga has, before its answer can come: in the transaction that enqueues it. Returns false where that is noted already. SQLSTATE ES041 there is no such saga, ES043 it is over, ES044 another command has that number or that id.",
    arguments: [
      given("p_saga_id", "uuid"),
      given("p_seq", "integer"),
      given("p_command_id", "uuid"),
      given("p_name", "text"),
    ],
    returns: "boolean",
    body: `DECLARE
  saga ${s}.sagas%ROWTYPE;
BEGIN
  INSERT INTO ${s}.saga_steps (saga_id, seq, command_id, name, direction, status)
  SELECT p_saga_id, p_seq, p_command_id, p_name, g.direction, 'sent' FROM ${s}.sagas g
   WHERE g.saga_id = p_saga_id AND g.completed_at IS NULL
  ON CONFLICT DO NOTHING;
  IF FOUND THEN
    RETURN true;
  END IF;
  IF EXISTS (SELECT FROM ${s}.saga_steps k WHERE k.saga_id = p_saga_id AND k.seq = p_seq AND k.command_id = p_command_id AND k.name = p_name) THEN
    RETURN false;
  END IF;
  ${sagaRefusals(s, null)}
  RAISE EXCEPTION 'step % of saga % is another command', p_seq, p_saga_id USING ERRCODE = 'ES044',
    HINT = 'Number the steps of a saga one after the other, and make each command''s id from the saga and the number.';
END`,
  });
}

/** The first outcome counts: an answer after the timeout comes too late, and so does the timeout after an answer. */
function completeSagaStep(schema: string): FunctionModel {
  const s = bareName(schema);
  return defineForRoles(schema, "complete_saga_step", {
    comment:
      "Notes how a command ended: done, failed or timed-out, with what was answered. Returns false where that is noted already: a repetition, or too late. SQLSTATE ES045 no saga has sent it, 22023 another status.",
    arguments: [given("p_command_id", "uuid"), given("p_status", "text"), optional("p_result", "jsonb", "NULL::jsonb")],
    returns: "boolean",
    body: `BEGIN
  IF p_status IS NULL OR p_status NOT IN ('done', 'failed', 'timed-out') THEN
    RAISE EXCEPTION 'no command ends as %', p_status USING ERRCODE = '22023', HINT = 'Give done, failed or timed-out.';
  END IF;
  UPDATE ${s}.saga_steps k SET status = p_status, result = p_result, completed_at = now()
   WHERE k.command_id = p_command_id AND k.status = 'sent';
  IF NOT FOUND AND NOT EXISTS (SELECT FROM ${s}.saga_steps k WHERE k.command_id = p_command_id) THEN
    RAISE EXCEPTION 'no saga has sent the command %', p_command_id USING ERRCODE = 'ES045',
      HINT = 'Send back the id of the command that is answered.';
  END IF;
  RETURN FOUND;
END`,
  });
}

function loadSagaSteps(schema: string): FunctionModel {
  const s = bareName(schema);
  return defineForRoles(schema, "load_saga_steps", {
    comment: "What a saga has sent, in order, and how it ended.",
    arguments: [given("p_saga_id", "uuid")],
    returns: `SETOF ${s}.saga_steps`,
    language: "sql",
    volatility: "stable",
    body: `SELECT * FROM ${s}.saga_steps k WHERE k.saga_id = p_saga_id ORDER BY k.seq`,
  });
}
