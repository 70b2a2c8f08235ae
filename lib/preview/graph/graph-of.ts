import { declaredName } from "../../topology/generation";
import type { Flow, Resource, Topology } from "../../topology/types";
import { count } from "../words";
import { nodeIdOf, nodeOfEnd, type Folding } from "./folding";
import { type Marks, marksOf, sameMark, worstOf } from "./marks";
import type { Graph, GraphEdge, GraphNode, Mark, NodeKind } from "./types";
import type { TopologyDiff } from "../diff/types";

/**
 * A topology as boxes and arrows. Retry and dead letter topics are in their consumer's box, parking queues in their queue's.
 *
 * @param diff - marks what differs, and brings back what is gone
 */
export function graphOf(topology: Topology, diff: TopologyDiff | null = null): Graph {
  const marks = marksOf(diff);
  const resources = [...topology.resources, ...marks.gone];
  const flows = [...topology.flows, ...(diff?.removedFlows ?? [])];
  const folding: Folding = { resources: new Map(resources.map((each) => [each.key, each])) };
  const keys = new Map<string, string[]>();
  const inside = (id: string): string[] => {
    const found = keys.get(id) ?? [];
    keys.set(id, found);
    return found;
  };
  for (const each of folding.resources.values()) inside(nodeIdOf(each, folding)).push(each.key);
  const steps = stepsOf(flows, folding, marks);
  for (const { from, to } of steps) [from, to].forEach(inside);
  const edges = edgesOf(steps);
  const nodes = [...keys].map(([id, each]) => node(id, each, folding, marks, edges));
  return { domain: topology.domain, nodes, edges };
}

/** One message on its way from one box to the next. */
interface Step {
  readonly from: string;
  readonly to: string;
  readonly kind: Flow["kind"];
  readonly message: string;
  readonly mark: Mark | null;
}

/** The boxes that a message passes on a flow, in order. */
export function wayOf(flow: Flow, folding: Folding): readonly string[] {
  const passed = flow.through.flatMap((key) => {
    const resource = folding.resources.get(key);
    return resource === undefined || resource.kind === "rabbitmq-binding" ? [] : [nodeIdOf(resource, folding)];
  });
  const way = [nodeOfEnd(flow.from), ...passed, nodeOfEnd(flow.to)];
  return way.filter((id, index) => id !== way[index - 1]);
}

/** The steps of all flows, those of the relay included: it reads every event from the store and sends it to its topic. */
function stepsOf(flows: readonly Flow[], folding: Folding, marks: Marks): readonly Step[] {
  const steps = flows.flatMap((flow) => {
    const [way, mark] = [wayOf(flow, folding), marks.ofFlow(flow) ?? marks.ofMessage(flow.message)];
    const { kind, message } = flow;
    return way.slice(1).map((to, index): Step => ({ from: way[index]!, to, kind, message, mark }));
  });
  const relayed = [...producedSteps(folding, marks), ...steps.filter(({ from }) => from === "relay:")];
  const rest = steps.filter(({ from }) => from !== "relay:");
  return folding.resources.has("table/event_store")
    ? [...readSteps(relayed, marks), ...relayed, ...rest]
    : [...relayed, ...rest];
}

function producedSteps(folding: Folding, marks: Marks): readonly Step[] {
  return [...folding.resources.values()].flatMap((each): Step[] => {
    if (each.kind !== "kafka-topic" || each.role !== "event") return [];
    const mark = marks.ofKey(each.key)?.mark ?? null;
    const kept = mark === "added" || mark === "removed" ? mark : null;
    const message = declaredName(each.key.slice("topic/".length));
    return [
      { from: "relay:", to: nodeIdOf(each, folding), kind: "event", message, mark: kept ?? marks.ofMessage(message) },
    ];
  });
}

/** What the relay sends it reads first; new to it is what it sends to new places alone. */
function readSteps(relayed: readonly Step[], { ofMessage }: Marks): readonly Step[] {
  const byMessage = new Map<string, (Mark | null)[]>();
  for (const { message, mark } of relayed) byMessage.set(message, [...(byMessage.get(message) ?? []), mark]);
  return [...byMessage].map(([message, marks]): Step => {
    const mark = sameMark(marks);
    return {
      from: "store:",
      to: "relay:",
      kind: "event",
      message,
      mark: mark === "changed" ? ofMessage(message) : mark,
    };
  });
}

function edgesOf(steps: readonly Step[]): readonly GraphEdge[] {
  const found = new Map<string, Step[]>();
  for (const step of steps) {
    const id = JSON.stringify([step.from, step.to, step.kind]);
    const together = found.get(id);
    if (together === undefined) found.set(id, [step]);
    else together.push(step);
  }
  return [...found.values()].map((together) => {
    const { from, to, kind } = together[0]!;
    const messages = [...new Set(together.map(({ message }) => message))].sort();
    return { from, to, kind, messages, mark: sameMark(together.map(({ mark }) => mark)) };
  });
}

function node(
  id: string,
  keys: readonly string[],
  { resources }: Folding,
  marks: Marks,
  edges: readonly GraphEdge[],
): GraphNode {
  const inside = keys.flatMap((key) => resources.get(key) ?? []);
  const kind = (id.split(":", 1)[0] ?? "store") as NodeKind;
  const touching = edges.filter(({ from, to }) => keys.length === 0 && (from === id || to === id));
  const all = keys.length > 0 ? keys.map((key) => marks.ofKey(key)?.mark ?? null) : touching.map(({ mark }) => mark);
  const saga = kind === "saga" ? marks.ofKey(id.replace(":", "/")) : undefined;
  const mark = saga?.mark ?? sameMark(all);
  const risk = worstOf([...keys.flatMap((key) => marks.ofKey(key)?.risk ?? []), ...(saga ? [saga.risk] : [])]);
  if (saga !== undefined)
    return { id, kind, keys, ...words(kind, id.slice(kind.length + 1), inside), size: 1, mark, risk };
  // a box without resources is new or gone with all of its arrows; one more arrow does not change it
  const shown = keys.length === 0 && mark === "changed" ? null : mark;
  return { id, kind, keys, ...words(kind, id.slice(kind.length + 1), inside), size: 1, mark: shown, risk };
}

/** What a box is called, and a few words about it. */
function words(kind: NodeKind, name: string, inside: readonly Resource[]): { label: string; detail: string } {
  const amount = (wanted: Resource["kind"]): number => inside.filter((each) => each.kind === wanted).length;
  switch (kind) {
    case "relay":
      return { label: "relay", detail: "sends what is stored" };
    case "store":
      return { label: "event store", detail: count(amount("postgres-table"), "table") };
    case "outbox":
      return { label: "outbox", detail: "commands, replies" };
    case "unrouted":
      return { label: "unrouted", detail: "what no queue is bound for" };
    case "ladder":
      return { label: "retries and parking", detail: `${count(amount("rabbitmq-queue"), "level")}, shared` };
    case "consumer": {
      const topics = amount("kafka-topic");
      return { label: name, detail: topics === 0 ? "consumer" : count(topics, "retry topic") };
    }
    case "saga":
    case "handler":
      return { label: name, detail: kind };
    default:
      return wordsOfResource(name, inside);
  }
}

/** Of a box that stands for one resource and what serves it. */
function wordsOfResource(name: string, inside: readonly Resource[]): { label: string; detail: string } {
  for (const each of inside) {
    if (each.kind === "kafka-topic") return { label: each.name, detail: count(each.partitions, "partition") };
    if (each.kind === "rabbitmq-exchange") return { label: each.name, detail: `${each.type} exchange` };
    if (each.kind === "postgres-table") return { label: name, detail: `table ${each.definition.name}` };
    if (each.kind !== "rabbitmq-queue" || each.role === "parking") continue;
    const parking = inside.some((other) => other.kind === "rabbitmq-queue" && other.role === "parking");
    return { label: each.name, detail: parking ? "queue, with parking" : "queue" };
  }
  return { label: name, detail: "" };
}
