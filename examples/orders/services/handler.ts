import { orders } from "../domain";
import { at, type CommandName, commandOfType, type CommandPayload, type ReplyOf } from "./addresses";
import type { Connections } from "./connections";
import { idOf } from "./identity";
import { firstTime } from "./inbox";
import { Lifetime, type Service } from "./lifetime";
import type { ReplyBody } from "./order-fulfillment";
import { putInOutbox } from "./outbox";
import { type Incoming, Rabbitmq } from "./rabbitmq";
import { HEADER_COMMAND_ID, HEADER_REPLY_EXCHANGE, HEADER_REPLY_KEY } from "./request-headers";
import { openPool, transaction } from "./store";

interface Answer<R> extends ReplyBody {
  readonly reply: R;
}

/** What a service answers to each of its commands. */
export type Answers<C extends CommandName> = {
  readonly [N in C]: (command: CommandPayload<N>) => Answer<ReplyOf<N>>;
};

/**
 * Takes a service's commands from its queue and answers each once: the inbox entry and the answer in the outbox are one
 * transaction, so a command that comes again changes nothing.
 *
 * @param answers - for all commands that the service handles
 */
export function startHandler<C extends CommandName>(connections: Connections, answers: Answers<C>): Promise<Service> {
  const name = serviceOf(Object.keys(answers));
  const work = at.handlers[name];
  if (!work) throw new Error(`the domain ${orders.name} has no queue for ${name}`);
  return Lifetime.open(async (life) => {
    const pool = await openPool(life, connections);
    const rabbitmq = await Rabbitmq.open(life, connections.rabbitmq.url);
    await rabbitmq.consume(work, (message) =>
      transaction(pool, async (database) => {
        if (!(await firstTime(database, name, message.messageId))) return;
        const { reply, ...body } = answer(answers, message);
        await putInOutbox(database, { type: message.type, id: body.orderId }, [replyTo(message, reply, body)]);
      }),
    );
  });
}

function serviceOf(commands: readonly string[]): string {
  const services = new Set(commands.map((each) => orders.definition.commands[each]?.handledBy));
  const [name] = services;
  const all = Object.values(orders.definition.commands).filter((each) => each.handledBy === name);
  if (services.size !== 1 || !name || all.length !== commands.length) {
    throw new Error(`answers for all commands of one service are needed, not for ${commands.join(", ")}`);
  }
  return name;
}

function answer<C extends CommandName>(answers: Answers<C>, { body, type }: Incoming): Answer<string> {
  const name = commandOfType(type);
  if (name === undefined || !Object.hasOwn(answers, name)) throw new Error(`${type} is no command of this service`);
  // the command's name says what its payload is
  return (answers[name as C] as (command: unknown) => Answer<string>)(body);
}

function replyTo({ correlationId, headers, messageId }: Incoming, reply: string, body: ReplyBody) {
  return {
    exchange: String(headers[HEADER_REPLY_EXCHANGE]),
    routingKey: String(headers[HEADER_REPLY_KEY]),
    messageId: idOf(messageId, reply),
    type: reply,
    correlationId,
    headers: { [HEADER_COMMAND_ID]: messageId },
    body,
  };
}
