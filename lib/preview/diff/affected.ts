import { groupBy } from "../group-by";
import { declaredName } from "../../topology/generation";
import type { Flow, Topology } from "../../topology/types";
import type { Affected } from "./types";

/** Finds whom something concerns, along the flows of both sides. */
export interface Concern {
  readonly ofKey: (key: string) => readonly Affected[];
  readonly ofMessage: (name: string) => readonly Affected[];
  readonly ofSaga: (name: string) => readonly Affected[];
}

/** Nothing is looked up before somebody asks: most pull requests change little. */
export function concernOf(sides: readonly (Topology | null)[]): Concern {
  const flows = once(() => sides.flatMap((each) => each?.flows ?? []));
  const through = once(() => byResource(flows()));
  const byMessage = once(() => groupBy(flows(), ({ message }) => message));
  const known = new Map<string, readonly Affected[]>();
  const ofKey = (key: string): readonly Affected[] =>
    unique([...receivers(carriers(key).flatMap((each) => through().get(each) ?? [])), ...ownerOf(key)]);
  return {
    ofKey: (key) => {
      const found = known.get(key) ?? ofKey(key);
      known.set(key, found);
      return found;
    },
    ofMessage: (name) => unique(receivers(byMessage().get(name) ?? [])),
    ofSaga: (name) =>
      unique(receivers(flows().filter(({ from, to }) => from === `saga/${name}` || to === `saga/${name}`))),
  };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

function byResource(flows: readonly Flow[]): ReadonlyMap<string, readonly Flow[]> {
  const found = new Map<string, Flow[]>();
  for (const flow of flows) {
    for (const key of flow.through) {
      const others = found.get(key);
      if (others === undefined) found.set(key, [flow]);
      else others.push(flow);
    }
  }
  return found;
}

/** A policy concerns whom its queue or exchange does. */
function carriers(key: string): readonly string[] {
  if (!key.startsWith("policy/")) return [key];
  const policy = key.slice("policy/".length);
  return policy.startsWith("exchange/") ? [policy] : [`queue/${policy}`];
}

/** Retry topics, parking queues and bindings have their receiver in their key. */
function ownerOf(key: string): readonly Affected[] {
  const topic = /^topic\/[^/]+\/([^/]+)\//.exec(key)?.[1];
  if (topic !== undefined) return [{ kind: "consumer", name: declaredName(topic), how: "its failed messages" }];
  const queue = /^(?:queue|policy|binding)\/(consumer|handler|saga)\/([^/]+)/.exec(key);
  if (queue === null) return [];
  return [{ kind: queue[1] as Affected["kind"], name: declaredName(queue[2] ?? ""), how: "its queue" }];
}

function receivers(flows: readonly Flow[]): readonly Affected[] {
  return flows.map(({ to, message, kind }) => {
    const [role, name] = to.split("/") as [Affected["kind"], string];
    return { kind: role, name, how: `takes the ${kind} ${message}` };
  });
}

/** Each once, with the first that is said of it. */
function unique(all: readonly Affected[]): readonly Affected[] {
  if (all.length < 2) return all;
  const found = new Map<string, Affected>();
  for (const each of all) {
    const id = `${each.kind}/${each.name}`;
    if (!found.has(id)) found.set(id, each);
  }
  return [...found.values()];
}
