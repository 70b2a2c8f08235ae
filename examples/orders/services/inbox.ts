import { type Database, schema } from "./store";

/**
 * Notes that a consumer handles a message, in the transaction that does so.
 *
 * @returns whether it is the first time: otherwise the message was handled before, and there is nothing to do
 */
export async function firstTime(database: Database, consumer: string, messageId: string): Promise<boolean> {
  const { rows } = await database.query<{ first: boolean }>(`SELECT ${schema}.handle_once($1, $2) AS first`, [
    consumer,
    messageId,
  ]);
  return rows[0]?.first ?? false;
}
