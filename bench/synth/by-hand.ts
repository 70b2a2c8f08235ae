import type { TerraformResource, TerraformStack } from "cdktf";
import type { Resource } from "eventloom";
import { Binding, Exchange, Policy, Queue, Topic } from "./by-hand-classes";

/**
 * The same resources as a person writes them with generated classes: names by reference where one resource names another, what
 * comes first in `dependsOn`, the same guards.
 */
export function createByHand(stack: TerraformStack, resources: readonly Resource[]): void {
  const made = new Map<string, TerraformResource>();
  const vhost = "/";
  for (const each of resources) {
    const id = each.key.replace(/\//g, "-");
    const first = each.dependsOn.map((key) => made.get(key) as TerraformResource);
    made.set(each.key, create(each, id, first.length > 0 ? { dependsOn: first } : {}));
  }

  function create(each: Resource, id: string, first: { dependsOn?: TerraformResource[] }): TerraformResource {
    switch (each.kind) {
      case "kafka-topic":
        return new Topic(stack, id, {
          ...first,
          lifecycle: { preventDestroy: true },
          name: each.name,
          partitions: each.partitions,
          replicationFactor: each.replicationFactor,
          config: each.config,
        });
      case "rabbitmq-exchange":
        return new Exchange(stack, id, {
          ...first,
          name: each.name,
          vhost,
          settings: { type: each.type, durable: true, autoDelete: false },
        });
      case "rabbitmq-queue":
        return new Queue(stack, id, {
          ...first,
          lifecycle: { preventDestroy: true },
          name: each.name,
          vhost,
          settings: { durable: true, autoDelete: false, arguments: each.arguments as Readonly<Record<string, string>> },
        });
      case "rabbitmq-policy": {
        const { pattern, priority, applyTo, definition } = each;
        return new Policy(stack, id, {
          ...first,
          name: each.name,
          vhost,
          policy: { pattern, priority, applyTo, definition },
        });
      }
      case "rabbitmq-binding": {
        const queue = made.get(each.destinationKey) as Queue;
        return new Binding(stack, id, {
          ...first,
          lifecycle: { replaceTriggeredBy: [queue] },
          source: (made.get(each.sourceKey) as Exchange).name,
          vhost,
          destination: queue.name,
          destinationType: "queue",
          routingKey: each.routingKey,
        });
      }
      default:
        throw new Error(`the benchmark has no ${each.kind}`);
    }
  }
}
