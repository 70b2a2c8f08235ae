import type { Pool } from "pg";
import { orders } from "../domain";
import { at, isCommandName, type SagaName } from "./addresses";
import type { Connections } from "./connections";
import { current, type WrittenEvent } from "./event-message";
import { followFeed } from "./feed";
import { idOf } from "./identity";
import { firstTime } from "./inbox";
import { Lifetime, type Service } from "./lifetime";
import { orderOf, type Order } from "./order";
import { COMMAND_PAYLOADS, EVENTS_OF_REPLIES, type ReplyBody } from "./order-fulfillment";
import { putInOutbox } from "./outbox";
import { type Incoming, Rabbitmq } from "./rabbitmq";
import { HEADER_COMMAND_ID, HEADER_REPLY_EXCHANGE, HEADER_REPLY_KEY } from "./request-headers";
import { decide, type Occurrence, type SagaStep } from "./saga-decision";
import { loadSaga, loadSagaSteps, saveDecision, startSaga as addSaga, takeDueTimeout } from "./saga-store";
import { append, type Database, lockAggregate, openPool, readAggregate, transaction } from "./store";

const TIMEOUT_PAUSE_MS = 250;

/**
 * Runs a saga as it is declared: starts one for each starting event of the feed, sends commands through the outbox, goes on with
 * the replies, compensates after a failure or a timeout. Each step is one transaction with what caused it.
 */
export function startSaga(connections: Connections, name: SagaName): Promise<Service> {
  const { startedBy, steps } = orders.definition.sagas[name] ?? missing(name);
  return Lifetime.open(async (life) => {
    const pool = await openPool(life, connections);
    const rabbitmq = await Rabbitmq.open(life, connections.rabbitmq.url);
    const saga: Saga = { name, steps, pool };
    followFeed(life, pool, at.sagas[name].processor, async (database, events) => {
      for (const event of events.filter((each) => each.type === startedBy)) await start(database, saga, event);
    });
    await rabbitmq.consume(at.sagas[name].work, (message) => takeReply(saga, message));
    life.poll(TIMEOUT_PAUSE_MS, () => takeTimeout(saga));
  });
}

function missing(name: string): never {
  throw new Error(`the domain ${orders.name} has no saga ${name}`);
}

interface Saga {
  readonly name: SagaName;
  readonly steps: readonly SagaStep[];
  readonly pool: Pool;
}

async function start(database: Database, saga: Saga, { aggregateId }: WrittenEvent): Promise<void> {
  const { type } = at.sagas[saga.name];
  const id = idOf(type, aggregateId);
  if (await addSaga(database, { id, type, correlationKey: aggregateId })) {
    await goOn(database, saga, id, { kind: "started" });
  }
}

async function takeReply(saga: Saga, message: Incoming): Promise<void> {
  const { correlationId = "", headers, messageId, type } = message;
  await transaction(saga.pool, async (database) => {
    const waiting = await loadSaga(database, correlationId);
    if (waiting === null) throw new Error(`no saga ${correlationId} waits for ${type}`);
    await lockAggregate(database, waiting.correlationKey);
    if (!(await firstTime(database, at.sagas[saga.name].inbox, messageId))) return;
    const occurrence = { kind: "replied", commandId: String(headers[HEADER_COMMAND_ID]), reply: type } as const;
    await goOn(database, saga, correlationId, occurrence, message.body as ReplyBody);
  });
}

async function takeTimeout(saga: Saga): Promise<boolean> {
  return transaction(saga.pool, async (database) => {
    const due = await takeDueTimeout(database, at.sagas[saga.name].type);
    if (due) await goOn(database, saga, due.sagaId, { kind: "timed-out" }, null, due.version);
    return due !== null;
  });
}

/** Decides what comes next and does it, all in the transaction of what has happened. */
async function goOn(
  database: Database,
  { name, steps }: Saga,
  sagaId: string,
  occurrence: Occurrence,
  reply: ReplyBody | null = null,
  version: number | null = null,
): Promise<void> {
  const saga = await loadSaga(database, sagaId);
  if (!saga || (version !== null && version !== saga.version)) return;
  const sent = await loadSagaSteps(database, sagaId);
  const decision = decide(steps, sent, occurrence);
  if (!decision) return;
  const written = await readAggregate(database, saga.correlationKey);
  const order = orderOf(written.map(current));
  if (occurrence.kind === "replied" && reply && decision.settled?.status === "done") {
    await appendWhatFollows(database, order, written.length, occurrence.reply, reply);
  }
  const { send } = decision;
  const commandId = send && idOf(sagaId, send.seq, send.direction);
  await saveDecision(database, saga, sent, decision, reply, commandId);
  if (send && commandId) await sendCommand(database, name, sagaId, commandId, send.command, order);
}

async function appendWhatFollows(
  database: Database,
  order: Order,
  version: number,
  reply: string,
  body: ReplyBody,
): Promise<void> {
  const eventOf = Object.hasOwn(EVENTS_OF_REPLIES, reply)
    ? EVENTS_OF_REPLIES[reply as keyof typeof EVENTS_OF_REPLIES]
    : undefined;
  if (eventOf) await append(database, order.orderId, version, [eventOf(order, body)]);
}

async function sendCommand(
  database: Database,
  name: SagaName,
  sagaId: string,
  commandId: string,
  command: string,
  order: Order,
): Promise<void> {
  if (!isCommandName(command)) throw new Error(`the domain ${orders.name} has no command ${command}`);
  const { exchange, routingKey, type } = at.commands[command];
  const { replyExchange, replyRoutingKey, type: sagaType } = at.sagas[name];
  const headers = { [HEADER_REPLY_EXCHANGE]: replyExchange, [HEADER_REPLY_KEY]: replyRoutingKey };
  const body = COMMAND_PAYLOADS[command](order);
  await putInOutbox(database, { type: sagaType, id: sagaId }, [
    { exchange, routingKey, messageId: commandId, type, correlationId: sagaId, headers, body },
  ]);
}
