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

/** Starts a saga; false when it is there already. */
export async function startSaga(database: Database, saga: Omit<SagaRow, "version">): Promise<boolean> {
  const { rows } = await database.query<{ started: boolean }>(
    `SELECT started FROM ${schema}.start_saga($1, $2, $3, 'running')`,
    [saga.id, saga.type, saga.correlationKey],
  );
  return rows[0]?.started ?? false;
}

/** A saga as it is: what is decided by it is refused when it has moved on by the time it is saved. */
export async function loadSaga(database: Database, sagaId: string): Promise<SagaRow | null> {
  const { rows } = await database.query<{ saga_type: string; correlation_key: string; version: string }>(
    `SELECT saga_type, correlation_key, version FROM ${schema}.load_saga($1)`,
    [sagaId],
  );
  const [row] = rows;
  return row
    ? { id: sagaId, type: row.saga_type, correlationKey: row.correlation_key, version: Number(row.version) }
    : null;
}

/** What a saga has sent, in order. */
export async function loadSagaSteps(database: Database, sagaId: string): Promise<readonly SentCommand[]> {
  const { rows } = await database.query<{
    seq: number;
    name: string;
    command_id: string;
    direction: Direction;
    status: SentCommand["status"];
  }>(`SELECT seq, name, command_id, direction, status FROM ${schema}.load_saga_steps($1)`, [sagaId]);
  return rows.map(({ name, command_id, ...rest }) => ({ ...rest, command: name, commandId: command_id }));
}

/** Writes down what was decided, all but the message that is to be sent. */
export async function saveDecision(
  database: Database,
  saga: SagaRow,
  sent: readonly SentCommand[],
  { direction, send, settled, state }: Decision,
  result: unknown,
  commandId: string | null,
): Promise<void> {
  const over = sent.find((each) => each.seq === settled?.seq);
  if (settled && over) {
    // before the saga is changed: a timeout that is being taken just now wants to change it too
    await database.query(`SELECT ${schema}.cancel_timeouts($1)`, [saga.id]);
    const settling = [over.commandId, settled.status, JSON.stringify(result)];
    await database.query(`SELECT ${schema}.complete_saga_step($1, $2, $3)`, settling);
  }
  const advance = direction === "forward" ? "advance_saga" : "compensate_saga";
  const step = send?.seq ?? settled?.seq ?? 0;
  await database.query(`SELECT ${schema}.${advance}($1, $2, $3, $4)`, [saga.id, saga.version, step, state]);
  const version = saga.version + 1;
  if (state !== "running")
    await database.query(`SELECT ${schema}.complete_saga($1, $2, $3)`, [saga.id, version, state]);
  if (!send) return;
  const recorded = [saga.id, send.seq, commandId, send.command];
  await database.query(`SELECT ${schema}.record_saga_step($1, $2, $3, $4)`, recorded);
  if (send.timeoutMs === null) return;
  const timeout = [saga.id, version, commandId, `${send.timeoutMs} milliseconds`];
  await database.query(`SELECT ${schema}.set_timeout($1, $2, $3, $4)`, timeout);
}

export interface DueTimeout {
  readonly sagaId: string;
  /** The saga's version when it was set: a later one makes it void. */
  readonly version: number;
}

/** The oldest timeout of a kind of saga that is due, taken: no other instance gets it, unless the transaction fails. */
export async function takeDueTimeout(database: Database, sagaType: string): Promise<DueTimeout | null> {
  const { rows } = await database.query<{ saga_id: string; token: string }>(
    `SELECT saga_id, token FROM ${schema}.due_timeouts($1, 1)`,
    [sagaType],
  );
  const [row] = rows;
  return row ? { sagaId: row.saga_id, version: Number(row.token) } : null;
}
