import { compile, defineDomain, event, jsonSchema } from "eventloom";
import { diffTopologies } from "../../../lib/preview/diff/diff-locks";
import { graphOf } from "../../../lib/preview/graph/graph-of";
import { renderMermaid } from "../../../lib/preview/graph/render-mermaid";
import { renderSvg } from "../../../lib/preview/graph/render-svg";
import type { Graph } from "../../../lib/preview/graph/types";
import { orders } from "../../../examples/orders/domain";

const HOSTILE = `"]; click x "javascript:alert(1)" <script>alert(1)</script> \u202eevil\u001b[31m`;

function hostileGraph(): Graph {
  const node = { detail: HOSTILE, keys: [], size: 1, mark: null, risk: null };
  return {
    domain: HOSTILE,
    nodes: [
      { ...node, id: HOSTILE, kind: "topic", label: HOSTILE },
      { ...node, id: "b", kind: "consumer", label: "x".repeat(300) },
    ],
    edges: [{ from: HOSTILE, to: "b", kind: "event", messages: [HOSTILE], mark: null }],
  };
}

describe("a topology as a graph", () => {
  const topology = compile(orders);
  const graph = graphOf(topology);

  test("has every resource in exactly one box", () => {
    const inside = graph.nodes.flatMap(({ keys }) => keys);
    expect([...inside].sort()).toEqual(topology.resources.map(({ key }) => key).sort());
  });

  test("folds retry topics into their consumer and parking queues into their queue", () => {
    const keysOf = (id: string) => graph.nodes.find((each) => each.id === id)?.keys;
    expect(keysOf("consumer:analytics")).toContain("topic/OrderPaid/analytics/retry-1");
    expect(keysOf("queue:consumer/billing")).toContain("queue/consumer/billing/parking");
    expect(keysOf("exchange:events")).toContain("policy/exchange/events");
  });

  test("leads each message from the store to whoever takes it", () => {
    const steps = graph.edges
      .filter(({ messages }) => messages.includes("OrderPaid"))
      .map(({ from, to }) => [from, to]);
    expect(steps).toEqual(
      expect.arrayContaining([
        ["store:", "relay:"],
        ["relay:", "topic:OrderPaid"],
        ["topic:OrderPaid", "consumer:analytics"],
        ["exchange:events", "queue:consumer/billing"],
        ["queue:consumer/billing", "consumer:billing"],
        ["store:", "projection:dailySales"],
      ]),
    );
  });
});

describe("a diff of schemas and sagas", () => {
  const topology = compile(orders);
  const paid = topology.contracts.find(({ name }) => name === "OrderPaid")!;
  const next = { ...topology, contracts: [...topology.contracts, { ...paid, version: 2 }] };

  test("marks the way of the message whose version is new, and no box", () => {
    const { nodes, edges } = graphOf(next, diffTopologies(topology, next));
    expect(edges.filter(({ mark }) => mark !== null).map(({ to }) => to)).toEqual(
      edges.filter(({ messages }) => messages.includes("OrderPaid")).map(({ to }) => to),
    );
    expect(nodes.filter(({ mark }) => mark !== null)).toEqual([]);
  });

  test("marks a saga that changes with its risk", () => {
    const [saga] = topology.sagas;
    const less = { ...topology, sagas: [{ ...saga!, steps: saga!.steps.slice(1) }] };
    const { nodes } = graphOf(less, diffTopologies(topology, less));
    expect(nodes.find(({ id }) => id === "saga:OrderFulfillment")).toMatchObject({ mark: "changed", risk: "risky" });
  });
});

describe("Mermaid", () => {
  test("keeps to the limit and says how much was left out", () => {
    const text = renderMermaid(graphOf(compile(orders)), { limit: 5 });
    expect(text.match(/^ {2}n\d+[[({]/gm)).toHaveLength(5);
    expect(text).toMatch(/rest\["and \d+ more"\]/);
  });

  test("lets no name end its label", () => {
    const text = renderMermaid(hostileGraph());
    expect(text).not.toMatch(/[<\u202e\u001b]|#8238;|#27;/);
    expect(text.replace(/"[^"\n]*"/g, "")).toBe("flowchart LR\n  n0[[]]\n  n1()\n  n0 -->|| n1\n");
  });
});

describe("SVG", () => {
  test("has a title, a description, and nothing of elsewhere", () => {
    const svg = renderSvg(graphOf(compile(orders)));
    expect(svg).toContain("<title id=");
    expect(svg).toContain("relay sends OrderPaid to orders.paid");
    expect(svg.replace("http://www.w3.org/2000/svg", "")).not.toMatch(/https?:|href|@import|url\((?!#)/);
  });

  test("lets no name become markup", () => {
    const svg = renderSvg(hostileGraph());
    expect(svg).not.toContain("<script");
    expect(svg).not.toMatch(/[\u202e\u001b]/);
  });

  test("is the same for the same topology", () => {
    expect(renderSvg(graphOf(compile(orders)))).toBe(renderSvg(graphOf(compile(orders))));
  });
});

test("a domain without a flow is a picture too", () => {
  const payload = jsonSchema<{ id: string }>({ properties: { id: {} }, required: ["id"] });
  const events = { CartOpened: event({ versions: { 1: payload } }) };
  const alone = defineDomain("alone", {
    store: "none",
    brokers: ["kafka"],
    aggregates: { Cart: { id: "id", events } },
  });
  expect(renderSvg(graphOf(compile(alone)))).toContain("alone.cart-opened");
});
