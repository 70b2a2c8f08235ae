import type { Contract, Resource, SagaModel, Topology } from "../../topology/types";
import type { Change, TopologyDiff } from "../diff/types";
import { markOf } from "../graph/marks";
import type { Graph } from "../graph/types";
import { createStatements } from "../render-sql";
import type { PageChange, PageItem } from "./page-data";
import { settingsOf } from "./page-settings";
import { contractKey, type Related, relatedOf } from "./related";

/** In the order in which a list shows them. */
const SECTIONS: Readonly<Record<Change["kind"], readonly [section: string, what: string]>> = {
  "kafka-topic": ["Kafka topics", "topic"],
  "rabbitmq-queue": ["RabbitMQ queues", "queue"],
  "rabbitmq-exchange": ["RabbitMQ exchanges", "exchange"],
  "rabbitmq-binding": ["RabbitMQ bindings", "binding"],
  "rabbitmq-policy": ["RabbitMQ policies", "policy"],
  "postgres-table": ["Postgres tables", "table"],
  "postgres-function": ["Postgres functions", "function"],
  "postgres-sequence": ["Postgres sequences", "sequence"],
  "postgres-role": ["Postgres roles", "role"],
  "postgres-publication": ["Postgres publications", "publication"],
  "postgres-grants": ["Postgres grants", "grants"],
  "postgres-schema": ["Postgres schemas", "Postgres schema"],
  saga: ["sagas", "saga"],
  contract: ["published schemas", "schema"],
  rename: ["renamed", "renamed"],
};
const ORDER = Object.values(SECTIONS).map(([section]) => section);

function sectionOf(kind: Change["kind"]): Pick<PageItem, "section" | "what"> {
  const [section, what] = SECTIONS[kind];
  return { section, what };
}

/** Everything that a domain's list shows: resources, those that are gone too, published schemas and sagas. */
export function pageItems(topology: Topology, diff: TopologyDiff | null, graph: Graph): readonly PageItem[] {
  const changes = new Map((diff?.changes ?? []).map((each) => [each.key, each]));
  const nodes = new Map(graph.nodes.flatMap(({ id, keys }) => keys.map((key) => [key, id] as const)));
  const participants = participantsOf(topology, nodes);
  const related = relatedOf(topology);
  const boxes = new Set(graph.nodes.map(({ id }) => id));
  const gone = [...changes.values()].flatMap(({ from, to }) => (from !== null && to === null ? [from] : []));
  const resources = [...topology.resources, ...gone].map((each): PageItem => {
    const node = nodes.get(each.key) ?? null;
    const change = changes.get(each.key);
    return {
      ...{ key: each.key, ...sectionOf(each.kind), name: nameOf(each), path: each.path },
      ...{ node, message: null, related: related.ofResource(each.key) },
      participants: [...(participants.get(node ?? "") ?? [])].sort(),
      settings: settingsOf(each, change?.from ?? null),
      schema: null,
      ddl: change === undefined ? ddlOf(each, topology) : change.ddl,
      change: changeOf(change),
    };
  });
  const known = new Set(resources.map(({ key }) => key));
  const contracts = topology.contracts.map((each) => contractItem(each, topology, changes, related));
  const sagas = topology.sagas.map((each) => sagaItem(each, changes, boxes));
  for (const { key } of [...contracts, ...sagas]) known.add(key);
  const others = [...changes.values()].filter(({ key }) => !known.has(key)).map(otherItem);
  const rank = ({ section }: PageItem): number => ORDER.indexOf(section);
  return [...resources, ...contracts, ...sagas, ...others].sort((one, other) => rank(one) - rank(other));
}

/** A resource's physical name; a binding's is what it binds. */
export function nameOf(resource: Resource): string {
  if (resource.kind === "rabbitmq-binding")
    return `${resource.source} → ${resource.destination}${resource.routingKey === "" ? "" : ` (${resource.routingKey})`}`;
  if (resource.kind === "postgres-grants") return `${resource.definition.schema}: ${resource.definition.role}`;
  return "name" in resource ? resource.name : resource.definition.name;
}

function ddlOf(resource: Resource, topology: Topology): readonly string[] {
  if (!resource.kind.startsWith("postgres-")) return [];
  return createStatements({ ...topology, resources: [resource] }).map(({ sql }) => `${sql};`);
}

/** Who takes part, by box: both ends of each flow that passes it. */
function participantsOf(topology: Topology, nodes: ReadonlyMap<string, string>): ReadonlyMap<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  const add = (node: string, end: string): void => {
    if (!end.includes("/")) return;
    const names = found.get(node) ?? new Set<string>();
    found.set(node, names.add(end.slice(end.indexOf("/") + 1)));
  };
  for (const { from, to, through } of topology.flows)
    for (const node of [from.replace("/", ":"), to.replace("/", ":"), ...through.map((key) => nodes.get(key) ?? "")])
      [from, to].forEach((end) => add(node, end));
  return found;
}

/** Where a schema stands in the declaration. An event's topic comes from the same place. */
function placeOf({ kind, name, version }: Contract, { resources }: Topology): string {
  if (kind === "command") return `commands.${name}.schema`;
  const event = resources.find(({ key }) => key === `topic/${name}`)?.path ?? `events.${name}`;
  return `${event}.versions.${version}`;
}

function contractItem(
  contract: Contract,
  topology: Topology,
  changes: ReadonlyMap<string, Change>,
  related: Related,
): PageItem {
  const { kind, name, version, schema, upcast } = contract;
  const key = contractKey(contract);
  const words = upcast ? "the domain turns it into the next version" : "none";
  return {
    ...{
      key,
      ...sectionOf("contract"),
      name: `${name} v${version}`,
      path: placeOf(contract, topology),
      node: null,
      message: name,
      related: related.ofContract(contract),
    },
    participants: [],
    settings: [
      { name: "kind", value: kind, before: null },
      { name: "upcast", value: words, before: null },
    ],
    schema: JSON.stringify(schema, null, 2),
    ddl: [],
    change: changeOf(changes.get(key)),
  };
}

function sagaItem(
  { name, startedBy, steps }: SagaModel,
  changes: ReadonlyMap<string, Change>,
  boxes: ReadonlySet<string>,
): PageItem {
  const key = `saga/${name}`;
  const lines = steps.map(({ command, success, failure, compensate, timeoutMs }, index) => ({
    name: `step ${index + 1}`,
    value: [
      `${command} until ${success}`,
      ...(failure === null ? [] : [`or ${failure}`]),
      ...(compensate === null ? [] : [`undone by ${compensate}`]),
      ...(timeoutMs === null ? [] : [`at most ${timeoutMs} ms`]),
    ].join(", "),
    before: null,
  }));
  return {
    ...{
      key,
      ...sectionOf("saga"),
      name,
      path: `sagas.${name}`,
      node: boxes.has(`saga:${name}`) ? `saga:${name}` : null,
      message: null,
      related: [],
      participants: [name],
    },
    settings: [{ name: "started by", value: startedBy, before: null }, ...lines],
    ...{ schema: null, ddl: [], change: changeOf(changes.get(key)) },
  };
}

function otherItem(change: Change): PageItem {
  const { key, kind, name, path, ddl } = change;
  const settings = settingsOf(change.to ?? change.from, change.from);
  return {
    key,
    ...sectionOf(kind),
    name,
    path,
    node: null,
    message: null,
    related: [],
    participants: [],
    settings,
    schema: null,
    ddl,
    change: changeOf(change),
  };
}

function changeOf(change: Change | undefined): PageChange | null {
  if (change === undefined) return null;
  return {
    mark: markOf(change),
    action: change.action,
    risk: change.class,
    findings: change.findings.map((each) => ({
      ...{ risk: each.class, code: each.code, title: each.title, happens: each.happens },
      ...{ wayOut: each.wayOut, source: each.source, accepted: each.accepted },
    })),
    affected: change.affected.map(({ kind, name, how }) => `${kind} ${name} ${how}`),
  };
}
