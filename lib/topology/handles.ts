import { definitionOf } from "./compile";
import { eventInKeys, projectionId, workQueueId } from "./generation";
import type { AnyDomain } from "../domain/types";
import type { Topology } from "./types";

/** Keys of a topology's resources by the names in the declaration: what constructs hand out. */
export interface HandleKeys {
  /** By event. */
  readonly topics: Readonly<Record<string, string>>;
  /** By consumer, those that are via RabbitMQ. */
  readonly consumerQueues: Readonly<Record<string, string>>;
  /** By command: its handler's queue. */
  readonly commandQueues: Readonly<Record<string, string>>;
  /** By saga. */
  readonly replyQueues: Readonly<Record<string, string>>;
  /** By projection. */
  readonly projections: Readonly<Record<string, string>>;
}

/** Which resource stands for which name of the declaration; names that have none (a consumer via the other broker) are left out. */
export function handleKeys(domain: AnyDomain, topology: Topology): HandleKeys {
  const definition = definitionOf(domain);
  const there = new Set(topology.resources.map((each) => each.key));
  const keys = (record: object, keyOf: (name: string) => string): Record<string, string> =>
    Object.fromEntries(
      Object.keys(record)
        .map((name): [string, string] => [name, keyOf(name)])
        .filter(([, key]) => there.has(key)),
    );
  return {
    topics: keys(definition.events, (name) => `topic/${eventInKeys(definition, name)}`),
    consumerQueues: keys(definition.consumers, (name) => `queue/${workQueueId(definition, "consumer", name)}`),
    commandQueues: keys(
      definition.commands,
      (name) => `queue/${workQueueId(definition, "handler", definition.commands[name]?.handledBy ?? "")}`,
    ),
    replyQueues: keys(definition.sagas, (name) => `queue/${workQueueId(definition, "saga", name)}`),
    projections: keys(definition.projections, (name) => projectionId(definition.projections[name]!)),
  };
}
