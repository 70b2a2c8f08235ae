import { type Database, schema } from "./store";

/**
 * Notes that a consumer handles a message, in the transaction that does so.
 *
 * @returns whether it is the first time: otherwise the message was handled before, and there is nothing to do
 */
export async function firstTime(database: Database, consumer: string, messageId: string): Promise<boolean> {
  const { rowCount } = await database.query(
    `INSERT INTO ${schema}.inbox (consumer, message_id) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
    [consumer, messageId],
  );
  return rowCount === 1;
}
