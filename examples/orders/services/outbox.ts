import type { Outgoing } from "./rabbitmq";
import { type Database, schema } from "./store";

/** What is kept of a message besides its columns. */
interface Envelope {
  readonly exchange: string;
  readonly routingKey: string;
  readonly correlationId: string | null;
  readonly headers: Readonly<Record<string, unknown>>;
}

/**
 * Puts messages in the outbox, in the transaction that causes them: they are sent if, and only if, it commits. The same message id
 * again changes nothing.
 *
 * @param about - the aggregate that they are about
 */
export async function putInOutbox(
  database: Database,
  about: { readonly type: string; readonly id: string },
  messages: readonly Outgoing[],
): Promise<void> {
  for (const { exchange, routingKey, messageId, type, correlationId = null, headers, body } of messages) {
    const envelope: Envelope = { exchange, routingKey, correlationId, headers };
    await database.query(`SELECT ${schema}.enqueue($1, $2, $3, $4, $5, $6)`, [
      messageId,
      about.type,
      about.id,
      type,
      JSON.stringify(body),
      JSON.stringify(envelope),
    ]);
  }
}

/** The oldest messages that wait to be sent: no other relay gets any until the transaction is over. */
export async function takeOutbox(database: Database, limit: number): Promise<Outgoing[]> {
  const { rows } = await database.query<{ id: string; type: string; payload: unknown; headers: Envelope }>(
    `SELECT id, type, payload, headers FROM ${schema}.take_outbox($1)`,
    [limit],
  );
  return rows.map(({ id, type, payload, headers: { correlationId, ...rest } }) => ({
    ...rest,
    messageId: id,
    type,
    body: payload,
    ...(correlationId === null ? {} : { correlationId }),
  }));
}

/** Forgets what was sent, in the transaction that took it. */
export async function outboxSent(database: Database, messages: readonly Outgoing[]): Promise<void> {
  await database.query(`SELECT ${schema}.outbox_sent($1)`, [messages.map((each) => each.messageId)]);
}
