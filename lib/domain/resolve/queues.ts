import type { CommandDefinition, HandlerDefinition, QueueDefinition } from "../definition";
import type { Reader } from "./reader";

export const GENERATION = { min: 1, max: 999 };
/** RabbitMQ takes any number and starts no more replicas than there are nodes. */
const GROUP_SIZE = { min: 1, max: 99 };

/** The properties of whatever owns a queue that can have a successor. */
export const QUEUE_OWNER = ["queue", "generation"];

export function readQueue(owner: Reader): QueueDefinition {
  const queue = owner.at("queue");
  queue.isObjectOf(["singleActiveConsumer", "initialGroupSize"]);
  const size = queue.at("initialGroupSize");
  return {
    singleActiveConsumer: queue.at("singleActiveConsumer").boolean(false),
    initialGroupSize: size.absent ? null : size.number(GROUP_SIZE, GROUP_SIZE.min),
    generation: owner.at("generation").number(GENERATION, 1),
  };
}

/** A consumer group has no queue, and the topics that it reads have generations of their own. */
export function refuseQueue(owner: Reader): void {
  const queue = owner.at("queue");
  if (!queue.absent)
    queue.add("ED103", { detail: "a consumer group has no queue", fix: 'remove it, or consume via: "rabbitmq"' });
  const generation = owner.at("generation");
  if (!generation.absent) {
    generation.add("ED103", {
      detail: "a consumer group has no queue",
      fix: "give the event whose topic is to change a new generation",
    });
  }
}

/** Every service that handles a command, with what is declared of its queue. */
export function readHandlers(
  reader: Reader,
  commands: Readonly<Record<string, CommandDefinition>>,
): Record<string, HandlerDefinition> {
  const services = [...new Set(Object.values(commands).map(({ handledBy }) => handledBy))];
  for (const [name, each] of reader.named()) {
    if (!services.includes(name)) each.add("ED144", { received: name, allowed: services });
    each.isObjectOf(QUEUE_OWNER);
  }
  return Object.fromEntries(services.map((name) => [name, { name, queue: readQueue(reader.at(name)) }]));
}
