import type { RabbitmqBinding, RabbitmqExchange, RabbitmqPolicy, RabbitmqQueue } from "../../topology/types";
import { writtenArguments } from "../../topology/queue-arguments";
import type { Attributes } from "../defined-resource";
import type { Row } from "./row";

/** `cyrilgdn/rabbitmq`. */
const common = { provider: "rabbitmq", replacedWith: (): readonly string[] => [] } as const;

export const rabbitmqExchange: Row<RabbitmqExchange> = {
  ...common,
  type: "rabbitmq_exchange",
  attributes: ({ name, type }, { vhost }) => ({
    name,
    vhost,
    settings: [{ type, durable: true, auto_delete: false }],
  }),
};

export const rabbitmqQueue: Row<RabbitmqQueue> = {
  ...common,
  type: "rabbitmq_queue",
  attributes: (queue, { vhost }) => ({
    name: queue.name,
    vhost,
    settings: [{ durable: true, auto_delete: false, ...frozen(queue) }],
  }),
};

function frozen(queue: RabbitmqQueue): Attributes {
  const { as, value } = writtenArguments(queue.arguments);
  return as === "json" ? { arguments_json: value } : { arguments: value };
}

export const rabbitmqPolicy: Row<RabbitmqPolicy> = {
  ...common,
  type: "rabbitmq_policy",
  attributes: ({ name, pattern, priority, applyTo, definition }, { vhost }) => ({
    name,
    vhost,
    policy: [{ pattern, priority, apply_to: applyTo, definition }],
  }),
};

export const rabbitmqBinding: Row<RabbitmqBinding> = {
  ...common,
  type: "rabbitmq_binding",
  attributes: ({ sourceKey, destinationKey, routingKey }, { vhost, nameOf }) => ({
    source: nameOf(sourceKey),
    vhost,
    destination: nameOf(destinationKey),
    destination_type: "queue",
    routing_key: routingKey,
  }),
  // the server drops a queue's bindings with the queue, and their names do not change: Terraform would not see it
  replacedWith: ({ destinationKey }) => [destinationKey],
};
