import { bareName } from "../../postgres/bare-name";
import type { ArgumentModel, FunctionModel } from "../../postgres/model";
import { quoteLiteral } from "../../postgres/quote";
import { given } from "./define-function";
import { messagesLock, relayLock } from "./store-locks";
import { defineForRoles, optional, type StoreFunction } from "./store-function";

/**
 * The order that is promised: messages about one thing (aggregatetype, aggregateid) are taken as they were committed. Who writes the
 * second one waits for who writes the first, so that their positions are in that order too. About different things, a message that
 * commits late is taken late: sent rows are deleted, and nothing is skipped by a position that was passed.
 */
export function outboxFunctions(schema: string): readonly StoreFunction[] {
  return [
    { definition: enqueue(schema), roles: ["writer", "projector"], tables: ["outbox"] },
    { definition: takeOutbox(schema), roles: ["relay"], tables: ["outbox"] },
    { definition: outboxSent(schema), roles: ["relay"], tables: ["outbox"] },
  ];
}

/** As the table has them, Debezium's columns first. */
const MESSAGE: readonly ArgumentModel[] = [
  given("p_id", "uuid"),
  given("p_aggregatetype", "text"),
  given("p_aggregateid", "text"),
  given("p_type", "text"),
  given("p_payload", "jsonb"),
  optional("p_headers", "jsonb", "'{}'::jsonb"),
];

function enqueue(schema: string): FunctionModel {
  const s = bareName(schema);
  return defineForRoles(schema, "enqueue", {
    comment:
      "Puts a message in the outbox, in the transaction that causes it: it is sent if, and only if, that commits. Messages about the same aggregate are sent in the order in which they commit. Returns false where the same message waits to be sent already. SQLSTATE ES021 where its id is that of another message.",
    arguments: MESSAGE,
    returns: "boolean",
    body: `BEGIN
  -- before the position is drawn
  PERFORM pg_advisory_xact_lock(${messagesLock("p_aggregatetype", "p_aggregateid")});
  INSERT INTO ${s}.outbox (id, aggregatetype, aggregateid, type, payload, headers)
  VALUES (p_id, p_aggregatetype, p_aggregateid, p_type, p_payload, coalesce(p_headers, '{}'))
  ON CONFLICT (id) DO NOTHING;
  IF FOUND THEN
    RETURN true;
  END IF;
  IF EXISTS (SELECT FROM ${s}.outbox o WHERE o.id = p_id
                AND (o.aggregatetype, o.aggregateid, o.type, o.payload, o.headers)
                    IS DISTINCT FROM (p_aggregatetype, p_aggregateid, p_type, p_payload, coalesce(p_headers, '{}'))) THEN
    RAISE EXCEPTION 'the outbox has another message with the id %', p_id USING ERRCODE = 'ES021',
      HINT = 'Give each message an id of its own; only a repetition has the same one.';
  END IF;
  RETURN false;
END`,
  });
}

/** Set for the rest of the transaction that holds the relay's lock, to the schema. */
const TAKEN = "'eventloom.outbox_taken'";

/** A lock and not FOR UPDATE: rows that are locked cost a transaction id, and while it is open every reader of the feed stands still. */
function takeOutbox(schema: string): FunctionModel {
  const s = bareName(schema);
  return defineForRoles(schema, "take_outbox", {
    comment:
      "The oldest messages that wait, for one relay at a time: another one gets none until this transaction is over. Begin, take, send, call outbox_sent, commit; after a crash in between they are taken again. SQLSTATE ES020 at another isolation than READ COMMITTED.",
    arguments: [given("p_limit", "integer")],
    returns: `SETOF ${s}.outbox`,
    body: `BEGIN
  -- an older snapshot still has what another relay has sent meanwhile
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'take_outbox at %', current_setting('transaction_isolation') USING ERRCODE = 'ES020',
      HINT = 'BEGIN ISOLATION LEVEL READ COMMITTED.';
  END IF;
  IF pg_try_advisory_xact_lock(${relayLock(schema)}) THEN
    PERFORM set_config(${TAKEN}, ${quoteLiteral(schema)}, true);
    RETURN QUERY SELECT o.* FROM ${s}.outbox o ORDER BY o.position LIMIT p_limit;
  END IF;
END`,
  });
}

/** What is gone already is no refusal: that would keep the others, which were sent too. */
function outboxSent(schema: string): FunctionModel {
  return defineForRoles(schema, "outbox_sent", {
    comment:
      "Deletes messages that were sent, in the transaction that took them. Returns how many of them were still there. SQLSTATE ES020 in another transaction, or outside of one: then a second relay may have taken them too.",
    arguments: [given("p_ids", "uuid[]")],
    returns: "bigint",
    body: `DECLARE
  deleted bigint;
BEGIN
  IF current_setting(${TAKEN}, true) IS DISTINCT FROM ${quoteLiteral(schema)} AND cardinality(p_ids) > 0 THEN
    RAISE EXCEPTION 'outbox_sent outside of the transaction that took the messages' USING ERRCODE = 'ES020',
      HINT = 'BEGIN, take_outbox, send, outbox_sent, COMMIT.';
  END IF;
  DELETE FROM ${bareName(schema)}.outbox o WHERE o.id = ANY (p_ids);
  GET DIAGNOSTICS deleted = ROW_COUNT;
  RETURN deleted;
END`,
  });
}
