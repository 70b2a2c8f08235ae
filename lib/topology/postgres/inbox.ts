import { bareName } from "../../postgres/bare-name";
import { given } from "./define-function";
import { defineForRoles, type StoreFunction } from "./store-function";

/** The key makes a second one wait until the first has committed or not: the answer is never a guess. */
export function inboxFunctions(schema: string): readonly StoreFunction[] {
  const definition = defineForRoles(schema, "handle_once", {
    comment:
      "In the transaction that handles a message: true the first time, false where the consumer has handled it. While another transaction handles the same message it waits for how that ends. SQLSTATE 22023 without a consumer or a message id.",
    arguments: [given("p_consumer", "text"), given("p_message_id", "text")],
    returns: "boolean",
    body: `BEGIN
  -- all messages without an id would be one
  IF coalesce(p_consumer, '') = '' OR coalesce(p_message_id, '') = '' THEN
    RAISE EXCEPTION 'a message is known by its consumer and its id' USING ERRCODE = '22023',
      HINT = 'Let the producer give each message an id; a repetition has the same one.';
  END IF;
  INSERT INTO ${bareName(schema)}.inbox (consumer, message_id) VALUES (p_consumer, p_message_id) ON CONFLICT DO NOTHING;
  RETURN FOUND;
END`,
  });
  return [{ definition, roles: ["writer", "projector"], tables: ["inbox"] }];
}
