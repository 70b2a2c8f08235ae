import type { Profile, Resource } from "eventloom";
import { deploymentOf } from "../../lib/lock/deployment";
import { locked, type Deploy } from "./deploy";
import { topologyOf } from "./shop";
import { withKafkaAdmin } from "../../tools/servers/kafka-client";
import { manage } from "../../tools/servers/rabbitmq";
import type { Connections } from "../../tools/servers/state";

type Target = Pick<Connections, "kafka" | "rabbitmq">;

/** Does to the servers what a deployment says, as an engine would: creates what is new, and takes away what is in neither list. */
export function plainDeploy(target: Target): Deploy {
  let before: readonly Resource[] = [];
  return async (shop, lock, profile: Profile) => {
    const { resources, forgotten } = deploymentOf(topologyOf(shop), lock, profile);
    const known = new Set(before.map(({ key }) => key));
    const told = new Set([...resources, ...forgotten].map(({ key }) => key));
    for (const each of resources) if (!known.has(each.key)) await create(target, each);
    for (const each of before) if (!told.has(each.key)) await takeAway(target, each);
    before = resources;
    return locked(topologyOf(shop), lock);
  };
}

async function create({ kafka, rabbitmq }: Target, each: Resource): Promise<void> {
  const vhost = encodeURIComponent(rabbitmq.vhost);
  const put = (path: string, body: object): Promise<unknown> => manage(rabbitmq, "PUT", path, body);
  switch (each.kind) {
    case "kafka-topic":
      return withKafkaAdmin(kafka.bootstrapServers, async (admin) => {
        const configs = Object.entries(each.config).map(([name, value]) => ({ name, value }));
        await admin.createTopics({ topics: [each.name], partitions: each.partitions, replicas: each.replicationFactor, configs }); // prettier-ignore
      });
    case "rabbitmq-exchange":
      return void (await put(`/exchanges/${vhost}/${each.name}`, { type: each.type, durable: true }));
    case "rabbitmq-queue":
      return void (await put(`/queues/${vhost}/${each.name}`, { durable: true, arguments: each.arguments }));
    case "rabbitmq-policy": {
      const { pattern, priority, applyTo } = each;
      const definition = Object.fromEntries(Object.entries(each.definition).map(([name, value]) => [name, /^\d+$/.test(value) ? Number(value) : value])); // prettier-ignore
      return void (await put(`/policies/${vhost}/${encodeURIComponent(each.name)}`, { pattern, priority, "apply-to": applyTo, definition })); // prettier-ignore
    }
    case "rabbitmq-binding": {
      const path = `/bindings/${vhost}/e/${each.source}/q/${each.destination}`;
      return void (await manage(rabbitmq, "POST", path, { routing_key: each.routingKey }));
    }
    default:
      throw new Error(`${each.key} belongs to no broker`);
  }
}

async function takeAway({ rabbitmq }: Target, each: Resource): Promise<void> {
  if (each.kind !== "rabbitmq-binding") throw new Error(`${each.key} would be destroyed`);
  const key = each.routingKey === "" ? "~" : encodeURIComponent(each.routingKey);
  const path = `/bindings/${encodeURIComponent(rabbitmq.vhost)}/e/${each.source}/q/${each.destination}/${key}`; // prettier-ignore
  // what somebody else has taken away is gone
  await manage(rabbitmq, "DELETE", path).catch((error: unknown) => {
    if (!(error instanceof Error && error.message.includes(": 404 "))) throw error;
  });
}
