import type { Decision, Direction, SentCommand } from "./saga-decision";
import { type Database, schema } from "./store";

export interface SagaRow {
  readonly id: string;
  readonly type: string;
  /** What it is about: the id of the aggregate whose event started it. */
  readonly correlationKey: string;
  /** Goes up with each change; a timeout that was set at an earlier one means nothing any more. */
  readonly version: number;
}

/** Adds a saga; false when it is there already. */
export async function addSaga(database: Database, saga: Omit<SagaRow, "version">): Promise<boolean> {
  const { rowCount } = await database.query(
    `INSERT INTO ${schema}.sagas (saga_id, saga_type, correlation_key, state) VALUES ($1, $2, $3, 'running')
     ON CONFLICT DO NOTHING`,
    [saga.id, saga.type, saga.correlationKey],
  );
  return rowCount === 1;
}

/** Which aggregate a saga is about: never changes, so it needs no lock. */
export async function correlationOf(database: Database, sagaId: string): Promise<string | null> {
  const { rows } = await database.query<{ correlation_key: string }>(
    `SELECT correlation_key FROM ${schema}.sagas WHERE saga_id = $1`,
    [sagaId],
  );
  return rows[0]?.correlation_key ?? null;
}

/** A saga for the rest of the transaction, with what it has sent. */
export async function lockSaga(
  database: Database,
  sagaId: string,
): Promise<{ saga: SagaRow; sent: readonly SentCommand[] } | null> {
  const found = await database.query<{ saga_type: string; correlation_key: string; version: string }>(
    `SELECT saga_type, correlation_key, version FROM ${schema}.sagas WHERE saga_id = $1 FOR UPDATE`,
    [sagaId],
  );
  const row = found.rows[0];
  if (!row) return null;
  const { rows } = await database.query<{
    seq: number;
    name: string;
    command_id: string;
    direction: Direction;
    status: SentCommand["status"];
  }>(`SELECT seq, name, command_id, direction, status FROM ${schema}.saga_steps WHERE saga_id = $1 ORDER BY seq`, [
    sagaId,
  ]);
  return {
    saga: { id: sagaId, type: row.saga_type, correlationKey: row.correlation_key, version: Number(row.version) },
    sent: rows.map(({ name, command_id, ...rest }) => ({ ...rest, command: name, commandId: command_id })),
  };
}

/** Writes down what was decided, all but the message that is to be sent. */
export async function saveDecision(
  database: Database,
  saga: SagaRow,
  { direction, send, settled, state }: Decision,
  result: unknown,
  commandId: string | null,
): Promise<void> {
  const version = saga.version + 1;
  await database.query(
    `UPDATE ${schema}.sagas SET version = $2, state = $3, direction = $4, step = $5, updated_at = now(),
            completed_at = CASE WHEN $3 = 'running' THEN NULL ELSE now() END
      WHERE saga_id = $1`,
    [saga.id, version, state, direction, send?.seq ?? settled?.seq ?? 0],
  );
  if (settled) {
    await database.query(
      `UPDATE ${schema}.saga_steps SET status = $3, result = $4, completed_at = now() WHERE saga_id = $1 AND seq = $2`,
      [saga.id, settled.seq, settled.status, JSON.stringify(result)],
    );
    await database.query(`DELETE FROM ${schema}.timeouts WHERE saga_id = $1`, [saga.id]);
  }
  if (!send) return;
  await database.query(
    `INSERT INTO ${schema}.saga_steps (saga_id, seq, command_id, name, direction, status) VALUES ($1, $2, $3, $4, $5, 'sent')`,
    [saga.id, send.seq, commandId, send.command, send.direction],
  );
  if (send.timeoutMs === null) return;
  await database.query(
    `INSERT INTO ${schema}.timeouts (due_at, id, saga_id, saga_type, token)
     VALUES (now() + $1 * interval '1 millisecond', $2, $3, $4, $5)`,
    [send.timeoutMs, commandId, saga.id, saga.type, version],
  );
}

export interface DueTimeout {
  readonly id: string;
  readonly sagaId: string;
  readonly token: number;
}

/** The oldest timeout of a kind of saga that is due, taken: no other instance gets it, unless the transaction fails. */
export async function takeDueTimeout(database: Database, sagaType: string): Promise<DueTimeout | null> {
  const { rows } = await database.query<{ id: string; saga_id: string; token: string }>(
    `DELETE FROM ${schema}.timeouts t
      USING (SELECT due_at, id FROM ${schema}.timeouts
              WHERE due_at <= now() AND saga_type = $1 ORDER BY due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED) due
      WHERE t.due_at = due.due_at AND t.id = due.id
      RETURNING t.id, t.saga_id, t.token`,
    [sagaType],
  );
  const [row] = rows;
  return row ? { id: row.id, sagaId: row.saga_id, token: Number(row.token) } : null;
}
