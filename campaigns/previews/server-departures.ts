import type { Deployment } from "../../lib/lock/deployment";
import { idInEngine, idsIn } from "../../lib/preview/engine-plan/identity";
import type { Resource } from "../../lib/topology/types";
import { withKafkaAdmin } from "../../tools/servers/kafka-client";
import { manage } from "../../tools/servers/rabbitmq";
import type { Connections } from "../../tools/servers/state";

/**
 * Where the servers and the engine's state are not what a deployment says: the arguments that each queue was declared with, every
 * binding, the partitions of each topic; and in the engine's books what is deployed, nothing else.
 *
 * @param held the engine's own names of all resources in its state
 */
export async function departures(
  target: Connections,
  { resources, forgotten }: Deployment,
  held: readonly string[],
): Promise<readonly string[]> {
  // what the engine has forgotten stays on the servers as it was
  const expected = [...new Map([...forgotten, ...resources].map((each) => [whatServersCall(each), each])).values()];
  const there = new Map([...(await onRabbitmq(target)), ...(await onKafka(target))]);
  const wanted = new Map(expected.flatMap((each) => inServersWords(each)));
  return [
    ...[...wanted].filter(([name, is]) => there.get(name) !== is).map(([name, is]) => `${name} should be ${is}, and is ${there.get(name) ?? "not there"}`), // prettier-ignore
    ...[...there].filter(([name]) => !wanted.has(name)).map(([name]) => `${name} is on the server, and should not be`),
    ...inBooks(resources, held),
  ];
}

/** Both ways: what is deployed is in the engine's state, and nothing that is not. */
function inBooks(resources: readonly Resource[], held: readonly string[]): readonly string[] {
  const left = new Set(resources.map(({ key }) => idInEngine(key)));
  const others = held.filter((label) => ![...idsIn(label)].some((id) => left.delete(id)));
  return [
    ...[...left].map((id) => `${id} should be in the engine's state`),
    ...others.map((label) => `${label} is still in the engine's state`),
  ];
}

function whatServersCall(resource: Resource): string {
  return inServersWords(resource)[0]?.[0] ?? resource.key;
}

/** What servers tell of themselves: each thing's name, and what of it is fixed. */
function inServersWords(resource: Resource): readonly (readonly [name: string, is: string])[] {
  switch (resource.kind) {
    case "kafka-topic":
      return [[`topic ${resource.name}`, `of ${resource.partitions} partitions`]];
    case "rabbitmq-queue":
      return [[`queue ${resource.name}`, argumentsOf(resource.arguments)]];
    case "rabbitmq-binding":
      return [[bindingName(resource.source, resource.destination, resource.routingKey), "there"]];
    default:
      return [];
  }
}

function argumentsOf(all: object): string {
  return JSON.stringify(Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1))));
}

function bindingName(source: string, destination: string, routingKey: string): string {
  return `binding ${source} -> ${destination} (${routingKey})`;
}

async function onRabbitmq({ rabbitmq }: Connections): Promise<readonly (readonly [string, string])[]> {
  const [queues, bindings] = (await Promise.all(
    ["queues", "bindings"].map((what) => manage(rabbitmq, "GET", `/${what}/${rabbitmq.vhost}`)),
  )) as [
    readonly { readonly name: string; readonly arguments: object }[],
    readonly { readonly source: string; readonly destination: string; readonly routing_key: string }[],
  ];
  return [
    ...queues.map((each) => [`queue ${each.name}`, argumentsOf(each.arguments)] as const),
    // every queue is bound to the default exchange
    ...bindings.filter(({ source }) => source !== "").map((each) => [bindingName(each.source, each.destination, each.routing_key), "there"] as const), // prettier-ignore
  ];
}

async function onKafka({ kafka }: Connections): Promise<readonly (readonly [string, string])[]> {
  return withKafkaAdmin(kafka.bootstrapServers, async (admin) => {
    const names = (await admin.listTopics()).filter((each) => each.startsWith("orders."));
    const { topics } = await admin.metadata({ topics: names });
    return [...topics].map(([name, { partitionsCount }]) => [`topic ${name}`, `of ${partitionsCount} partitions`] as const); // prettier-ignore
  });
}
