import type { DomainDefinition, QueueDefinition, RetryDefinition } from "../domain/definition";
import { workQueueId } from "./generation";
import { consumersVia, handlersOf, type Names } from "./names";
import type { Part, RabbitmqBinding, RabbitmqExchange, RabbitmqPolicy, RabbitmqQueue } from "./types";
import { shortDuration } from "../domain/duration";

type RabbitmqResource = RabbitmqBinding | RabbitmqExchange | RabbitmqPolicy | RabbitmqQueue;

/**
 * A crash counts for every prefetched message, so a low limit parks innocent ones; RabbitMQ before 4.0 never gives up without a
 * limit, 4.0 has 20 by default.
 */
const DELIVERY_LIMIT = 20;
/** Above what a person adds by hand without a thought; equal priorities are undefined between versions. */
const PRIORITY = 10;

const QUORUM: RabbitmqQueue["arguments"] = { "x-queue-type": "quorum" };

interface WorkQueue {
  /** The identity: `consumer/billing`. */
  readonly id: string;
  readonly name: string;
  readonly path: string;
  /** What decides how long a failed message is parked. */
  readonly parkPath: string;
  /** Which construct holds the queue itself. */
  readonly part: Part;
  readonly deadLetterPart: Part;
  readonly retry: RetryDefinition;
  readonly arguments: RabbitmqQueue["arguments"];
  readonly bindings: readonly {
    readonly id: string;
    readonly exchange: "events" | "commands" | "replies";
    readonly routingKey: string;
  }[];
}

/** Exchanges, queues, policies and bindings, each after what it needs. Empty where nobody uses RabbitMQ. */
export function rabbitmqResources(domain: DomainDefinition, names: Names): readonly RabbitmqResource[] {
  const work = workQueues(domain, names);
  if (work.length === 0) return [];
  const used = new Set(work.flatMap((queue) => queue.bindings.map((each) => each.exchange)));
  const levels = [...new Set(work.flatMap((queue) => queue.retry.delaysMs))].sort((a, b) => a - b);
  return [
    ...unrouted(names),
    ...(["events", "commands", "replies"] as const)
      .filter((each) => used.has(each))
      .flatMap((each) => exchange(names, each)),
    ...(["return", "dead"] as const).flatMap((each) => exchange(names, each)),
    ...levels.flatMap((delayMs) => retryLevel(names, delayMs)),
    ...work.flatMap((queue) => [...parking(names, queue), ...workQueue(names, queue)]),
  ];
}

function workQueues(domain: DomainDefinition, names: Names): readonly WorkQueue[] {
  return [...consumerQueues(domain, names), ...handlerQueues(domain, names), ...sagaQueues(domain, names)];
}

function consumerQueues(domain: DomainDefinition, names: Names): readonly WorkQueue[] {
  return consumersVia(domain, "rabbitmq").map((each): WorkQueue => ({
    id: workQueueId(domain, "consumer", each.name),
    name: names.consumerQueue(each.name),
    path: `consumers.${each.name}`,
    parkPath: `consumers.${each.name}`,
    part: "domain",
    deadLetterPart: `dead-letter/${each.name}`,
    retry: each.retry,
    arguments: frozenArguments(each.queue),
    bindings: each.on.map((event) => ({
      id: `event/${event}`,
      exchange: "events",
      routingKey: names.routingKey(event),
    })),
  }));
}

function handlerQueues(domain: DomainDefinition, names: Names): readonly WorkQueue[] {
  return [...handlersOf(domain)].map(([handler, commands]): WorkQueue => ({
    id: workQueueId(domain, "handler", handler),
    name: names.commandQueue(handler),
    path: `commands.${commands[0]}.handledBy`,
    parkPath: "retry.park",
    part: "domain",
    deadLetterPart: `dead-letter/${handler}`,
    retry: domain.retry,
    arguments: frozenArguments(domain.handlers[handler]?.queue),
    bindings: commands.map((each) => ({
      id: `command/${each}`,
      exchange: "commands",
      routingKey: names.commandKey(each),
    })),
  }));
}

function sagaQueues(domain: DomainDefinition, names: Names): readonly WorkQueue[] {
  return Object.values(domain.sagas).map((each): WorkQueue => ({
    id: workQueueId(domain, "saga", each.name),
    name: names.replyQueue(each.name),
    path: `sagas.${each.name}`,
    parkPath: `sagas.${each.name}`,
    part: `saga/${each.name}`,
    deadLetterPart: `dead-letter/${each.name}`,
    retry: each.retry,
    arguments: frozenArguments(each.queue),
    bindings: [{ id: "replies", exchange: "replies", routingKey: names.replyKey(each.name) }],
  }));
}

/** Nothing that is RabbitMQ's default is said: a queue that is there already keeps its arguments. */
function frozenArguments(queue: QueueDefinition | undefined): RabbitmqQueue["arguments"] {
  return {
    ...QUORUM,
    ...(queue?.singleActiveConsumer ? { "x-single-active-consumer": true } : {}),
    ...(queue?.initialGroupSize == null ? {} : { "x-quorum-initial-group-size": queue.initialGroupSize }),
  };
}

interface Placed {
  readonly path: string;
  readonly part: Part;
}

function policy(
  key: string,
  target: string,
  applyTo: "queues" | "exchanges",
  definition: Readonly<Record<string, string>>,
  placed: Placed,
  dependsOn: readonly string[] = [],
): RabbitmqPolicy {
  return {
    kind: "rabbitmq-policy",
    key,
    ...placed,
    protect: false,
    dependsOn,
    // a queue and an exchange may have the same name, and policies share one name space
    name: applyTo === "exchanges" ? `exchange ${target}` : target,
    pattern: `^${target.replace(/[.\\+*?()[\]{}|^$]/g, "\\$&")}$`,
    priority: PRIORITY,
    applyTo,
    definition,
  };
}

function queue(
  key: string,
  role: RabbitmqQueue["role"],
  name: string,
  placed: Placed,
  dependsOn: readonly string[],
  fixed: RabbitmqQueue["arguments"] = QUORUM,
): RabbitmqQueue {
  return {
    kind: "rabbitmq-queue",
    role,
    key,
    ...placed,
    // every queue of ours may hold messages that exist nowhere else, the retry levels too
    protect: true,
    dependsOn,
    name,
    arguments: fixed,
  };
}

function binding(
  key: string,
  source: readonly [key: string, name: string],
  destination: readonly [key: string, name: string],
  routingKey: string,
  placed: Placed,
): RabbitmqBinding {
  return {
    kind: "rabbitmq-binding",
    key,
    ...placed,
    protect: false,
    dependsOn: [source[0], destination[0]],
    source: source[1],
    sourceKey: source[0],
    destination: destination[1],
    destinationKey: destination[0],
    routingKey,
  };
}

const SHARED: Placed = { path: "brokers", part: "domain" };

/** Where the alternate exchanges lead: what nobody is bound for stays visible instead of being dropped. */
function unrouted(names: Names): readonly RabbitmqResource[] {
  const name = names.exchange("unrouted");
  return [
    {
      kind: "rabbitmq-exchange",
      key: "exchange/unrouted",
      ...SHARED,
      protect: false,
      dependsOn: [],
      name,
      type: "fanout",
    },
    queue("queue/unrouted", "unrouted", name, SHARED, []),
    binding("binding/unrouted", ["exchange/unrouted", name], ["queue/unrouted", name], "", SHARED),
  ];
}

/**
 * An exchange and, before it, its alternate exchange: by policy, since the Terraform provider cannot update an exchange. The
 * return exchange needs one too: 32 undeliverable messages stop a shared retry level otherwise.
 */
function exchange(
  names: Names,
  role: "events" | "commands" | "replies" | "return" | "dead",
): readonly RabbitmqResource[] {
  const name = names.exchange(role);
  const alternate = { "alternate-exchange": names.exchange("unrouted") };
  return [
    policy(`policy/exchange/${role}`, name, "exchanges", alternate, SHARED, ["binding/unrouted"]),
    {
      kind: "rabbitmq-exchange",
      key: `exchange/${role}`,
      ...SHARED,
      protect: false,
      dependsOn: [`policy/exchange/${role}`],
      name,
      type: role === "events" ? "topic" : "direct",
    },
  ];
}

/** Dead-lettering that loses nothing needs all three (RabbitMQ, quorum queues: at-least-once dead lettering). */
const AT_LEAST_ONCE = { "dead-letter-strategy": "at-least-once", overflow: "reject-publish" };

/**
 * A queue in which messages wait, shared by all: published to with the own queue's name as routing key, they come back through
 * the return exchange to that queue alone.
 */
function retryLevel(names: Names, delayMs: number): readonly RabbitmqResource[] {
  const name = names.retryLevel(delayMs);
  const id = `retry/${shortDuration(delayMs)}`;
  const placed: Placed = { path: "retry.backoff", part: "domain" };
  const definition = {
    "message-ttl": String(delayMs),
    "dead-letter-exchange": names.exchange("return"),
    ...AT_LEAST_ONCE,
  };
  return [
    policy(`policy/${id}`, name, "queues", definition, placed, ["exchange/return"]),
    {
      kind: "rabbitmq-exchange",
      key: `exchange/${id}`,
      ...placed,
      protect: false,
      dependsOn: [],
      name,
      type: "fanout",
    },
    queue(`queue/${id}`, "retry-level", name, placed, [`policy/${id}`]),
    binding(`binding/${id}`, [`exchange/${id}`, name], [`queue/${id}`, name], "", placed),
  ];
}

/** Where a message waits for a person: without a dead letter exchange on purpose, so after the retention it is gone. */
function parking(names: Names, work: WorkQueue): readonly RabbitmqResource[] {
  const name = names.parkingQueue(work.name);
  const id = `${work.id}/parking`;
  const placed: Placed = { path: work.parkPath, part: work.deadLetterPart };
  return [
    policy(`policy/${id}`, name, "queues", { "message-ttl": String(work.retry.parkRetentionMs) }, placed),
    queue(`queue/${id}`, "parking", name, placed, [`policy/${id}`]),
    binding(`binding/${id}`, ["exchange/dead", names.exchange("dead")], [`queue/${id}`, name], work.name, placed),
  ];
}

function workQueue(names: Names, work: WorkQueue): readonly RabbitmqResource[] {
  const placed: Placed = { path: work.path, part: work.part };
  const destination = [`queue/${work.id}`, work.name] as const;
  const definition = {
    "delivery-limit": String(DELIVERY_LIMIT),
    "dead-letter-exchange": names.exchange("dead"),
    "dead-letter-routing-key": work.name,
    ...AT_LEAST_ONCE,
  };
  const bind = (id: string, role: "events" | "commands" | "replies" | "return", routingKey: string): RabbitmqBinding =>
    binding(`binding/${work.id}/${id}`, [`exchange/${role}`, names.exchange(role)], destination, routingKey, placed);
  return [
    // in force before the first message: the policy before the queue, the parking place before the policy that names it
    policy(`policy/${work.id}`, work.name, "queues", definition, placed, [`binding/${work.id}/parking`]),
    queue(`queue/${work.id}`, "work", work.name, placed, [`policy/${work.id}`], work.arguments),
    // the way back first: no message may come in before it can be retried
    bind("return", "return", work.name),
    ...work.bindings.map((each) => bind(each.id, each.exchange, each.routingKey)),
  ];
}
