import { leanTable } from "../postgres/defaults";
import type { Contract, Flow, Resource, SagaModel, Topology } from "../topology/types";
import type { Lock } from "./types";

/**
 * The lock as a document. Things are members named by their identity, sorted, one to a line or a block: two branches that add
 * different things then change different lines.
 */
export interface LockDocument {
  readonly eventloom: "lock";
  readonly format: 1;
  readonly domain: string;
  /** By `event/OrderPaid`, then by version. */
  readonly published: Readonly<Record<string, Readonly<Record<string, Pick<Contract, "schema" | "upcast">>>>>;
  readonly resources: Readonly<Record<string, unknown>>;
  readonly flows: readonly Flow[];
  readonly sagas: Readonly<Record<string, Omit<SagaModel, "name">>>;
  /** By `event/OrderLost`: the reason. */
  readonly retired: Readonly<Record<string, string>>;
  /** By key. */
  readonly retiredResources: Readonly<Record<string, unknown>>;
  /** By `event/OrderSettled`: its former names, the oldest first. Left out where there are none. */
  readonly renamed?: Readonly<Record<string, readonly string[]>>;
  /** By former key: its kind and part then, and the key that came next. Left out where there are none. */
  readonly moved?: Readonly<Record<string, { kind: string; part: string; to: string }>>;
  /** By change: the reason. */
  readonly accepted: Readonly<Record<string, string>>;
}

/** Text order that no locale changes. */
export function byText<T>(textOf: (item: T) => string): (a: T, b: T) => number {
  return (a, b) => {
    const [x, y] = [textOf(a), textOf(b)];
    return x < y ? -1 : x > y ? 1 : 0;
  };
}

function record<T, V>(items: readonly T[], keyOf: (item: T) => string, valueOf: (item: T) => V): Record<string, V> {
  return Object.fromEntries([...items].sort(byText(keyOf)).map((each) => [keyOf(each), valueOf(each)]));
}

/**
 * A function's body is a list of lines, so that a change of one is a change of one. Of what came to tables later, only what is
 * said.
 */
function written(resource: Resource): unknown {
  const { key: _, ...rest } = resource;
  if (rest.kind === "postgres-table") return { ...rest, definition: leanTable(rest.definition) };
  if (rest.kind !== "postgres-function") return rest;
  return { ...rest, definition: { ...rest.definition, body: rest.definition.body.split("\n") } };
}

export function contractId({ kind, name }: Pick<Contract, "kind" | "name">): string {
  return `${kind}/${name}`;
}

export function flowId({ kind, message, from, to, via }: Flow): string {
  return `${kind} ${message} ${from} ${to} ${via}`;
}

/** Few locks have any: the others go without. */
function renameSections({ moved, renamed }: Topology): Pick<LockDocument, "renamed" | "moved"> {
  const names = record(
    renamed,
    ({ kind, name }) => `${kind}/${name}`,
    ({ from }) => from,
  );
  const places = record(
    moved,
    ({ from }) => from.key,
    ({ kind, from, to }) => ({ kind, part: from.part, to }),
  );
  return {
    ...(renamed.length === 0 ? {} : { renamed: names }),
    ...(moved.length === 0 ? {} : { moved: places }),
  };
}

export function documentOf({ domain, topology, published, retired }: Lock): LockDocument {
  const ids = [...new Set(published.map(contractId))];
  const versions = (id: string): LockDocument["published"][string] =>
    Object.fromEntries(
      published
        .filter((each) => contractId(each) === id)
        .sort((a, b) => a.version - b.version)
        .map(({ version, upcast, schema }) => [String(version), { upcast, schema }]),
    );
  return {
    eventloom: "lock",
    format: 1,
    domain,
    published: record(ids, (id) => id, versions),
    resources: record(topology.resources, ({ key }) => key, written),
    flows: [...topology.flows].sort(byText(flowId)),
    sagas: record(
      topology.sagas,
      ({ name }) => name,
      ({ startedBy, steps }) => ({ startedBy, steps }),
    ),
    retired: record(
      topology.retired,
      ({ kind, name }) => `${kind}/${name}`,
      ({ reason }) => reason,
    ),
    retiredResources: record(
      retired,
      ({ resource }) => resource.key,
      ({ reason, resource }) => ({ reason, resource: written(resource) }),
    ),
    ...renameSections(topology),
    accepted: record(
      topology.acceptances,
      ({ change }) => change,
      ({ reason }) => reason,
    ),
  };
}
