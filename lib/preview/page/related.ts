import type { Contract, Flow, Topology } from "../../topology/types";

/** How many are told: a shared exchange carries everything. */
const MOST = 40;

/** Which published schemas go through which resources, both ways. */
export interface Related {
  /** Keys of the contracts of what goes through a resource. */
  readonly ofResource: (key: string) => readonly string[];
  /** Keys of the topics and queues that a contract's messages go through. */
  readonly ofContract: (contract: Contract) => readonly string[];
}

export function contractKey({ kind, name, version }: Contract): string {
  return `contract/${kind}/${name}/${version}`;
}

/** Reads the flows once; a topic carries its event whether or not anybody takes it. */
export function relatedOf({ flows, contracts, resources }: Topology): Related {
  const passing = new Map<string, Set<string>>();
  const places = new Map<string, Set<string>>();
  const connect = (message: string, key: string): void => {
    passing.set(key, (passing.get(key) ?? new Set()).add(message));
    if (/^(topic|queue)\//.test(key)) places.set(message, (places.get(message) ?? new Set()).add(key));
  };
  for (const { message, through } of flows as readonly Flow[]) for (const key of through) connect(message, key);
  for (const { key } of resources) {
    const event = /^topic\/([^/.]+)/.exec(key)?.[1];
    if (event !== undefined) connect(event, key);
  }
  const versions = new Map<string, string[]>();
  for (const each of contracts) versions.set(each.name, [...(versions.get(each.name) ?? []), contractKey(each)]);
  return {
    ofResource: (key) => [...(passing.get(key) ?? [])].flatMap((each) => versions.get(each) ?? []).slice(0, MOST),
    ofContract: ({ name }) => [...(places.get(name) ?? [])].slice(0, MOST),
  };
}
