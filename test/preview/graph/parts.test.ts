import { compile } from "eventloom";
import { largeDomain } from "../../../bench/synth/large-domain";
import { orders } from "../../../examples/orders/domain";
import { graphOf } from "../../../lib/preview/graph/graph-of";
import { groupGraph } from "../../../lib/preview/graph/group-graph";
import { placeForWindow, placeGraph } from "../../../lib/preview/graph/layout";
import { changedPart, partAround, wayPart } from "../../../lib/preview/graph/part-of-graph";
import { stacksOf } from "../../../lib/preview/graph/stacks";
import type { Graph } from "../../../lib/preview/graph/types";

const graph = graphOf(compile(orders));
const large = graphOf(compile(largeDomain(1)));

function ids({ nodes }: Graph): readonly string[] {
  return nodes.map(({ id }) => id).sort();
}

describe("a part of a graph", () => {
  test("around a box is what sends to it and what it sends to", () => {
    expect(ids(partAround(graph, new Set(["queue:consumer/billing"])))).toEqual([
      "consumer:billing",
      "exchange:events",
      "queue:consumer/billing",
    ]);
  });

  test("for a message is its way, without what else goes the same way", () => {
    const way = wayPart(graph, new Set(["OrderPaid"]));
    expect(ids(way)).toEqual(expect.arrayContaining(["topic:OrderPaid", "consumer:analytics", "consumer:billing"]));
    expect(ids(way)).not.toContain("consumer:notifications");
    expect(new Set(way.edges.flatMap(({ messages }) => messages))).toEqual(new Set(["OrderPaid"]));
  });

  test("of what changes is everything where nothing does", () => {
    expect(changedPart(graph)).toBe(graph);
  });

  test("of what changes has the boxes beside it too", () => {
    const nodes = graph.nodes.map((each) =>
      each.id === "topic:OrderPaid" ? { ...each, mark: "changed" as const } : each,
    );
    expect(ids(changedPart({ ...graph, nodes }))).toEqual(["consumer:analytics", "relay:", "topic:OrderPaid"]);
  });
});

describe("a graph with more boxes than can be read", () => {
  test("is left alone up to the limit, and grouped from there on", () => {
    expect(groupGraph(graph, graph.nodes.length).graph).toBe(graph);
    expect(groupGraph(graph, graph.nodes.length - 1).graph.nodes.length).toBeLessThan(graph.nodes.length);
  });

  test("has every box in exactly one that is shown, and every key still", () => {
    const { graph: small, boxOf } = groupGraph(large, 20);
    expect(small.nodes.length).toBeLessThanOrEqual(20);
    expect([...boxOf.keys()].sort()).toEqual(ids(large));
    expect(new Set(boxOf.values())).toEqual(new Set(ids(small)));
    expect(small.nodes.flatMap(({ keys }) => keys).sort()).toEqual(large.nodes.flatMap(({ keys }) => keys).sort());
  });

  test("leaves what a diff marks in a box of its own, unless that is too much as well", () => {
    const marked = (amount: number): Graph => ({
      ...large,
      nodes: large.nodes.map((each, index) => (index < amount ? { ...each, mark: "changed" as const } : each)),
    });
    const own = (amount: number): number =>
      groupGraph(marked(amount), 20).graph.nodes.filter(({ mark, size }) => mark !== null && size === 1).length;
    expect(own(10)).toBe(10);
    expect(own(100)).toBe(0);
  });
});

describe("boxes that have one sender in common and send nothing on", () => {
  test("stand below each other", () => {
    const stacked = stacksOf(graph).map(({ inside }) => inside.map(({ id }) => id));
    expect(stacked).toContainEqual(["topic:OrderCreated", "topic:OrderItemAdded", "topic:OrderShipped"]);
    const { nodes } = placeGraph(graph, "TB");
    const [first, second] = ["topic:OrderCreated", "topic:OrderItemAdded"].map((id) =>
      nodes.find((each) => each.id === id)!,
    );
    expect(second!.x).toBe(first!.x);
    expect(second!.y).toBeGreaterThan(first!.y + first!.height / 2 + second!.height / 2);
  });

  test("have an arrow each, that ends at their box", () => {
    const { nodes, edges } = placeGraph(graph, "TB");
    for (const { id } of stacksOf(graph).flatMap(({ inside }) => inside)) {
      const box = nodes.find((each) => each.id === id)!;
      for (const { points } of edges.filter(({ to }) => to === id))
        expect(points.at(-1)).toEqual({ x: box.x - box.width / 2, y: box.y });
    }
  });

  test("are not among them when a diff marks them or their arrow", () => {
    const edges = graph.edges.map((each) =>
      each.to === "topic:OrderShipped" ? { ...each, mark: "added" as const } : each,
    );
    const nodes = graph.nodes.map((each) =>
      each.id === "topic:OrderCreated" ? { ...each, mark: "changed" as const } : each,
    );
    const stacked = stacksOf({ ...graph, nodes, edges }).flatMap(({ inside }) => inside.map(({ id }) => id));
    expect(stacked).not.toContain("topic:OrderShipped");
    expect(stacked).not.toContain("topic:OrderCreated");
  });
});

test.each([
  ["the order system", graph],
  ["a large domain, grouped", groupGraph(large).graph],
])("no two boxes of %s lie on each other", (_, shown) => {
  const { nodes } = placeForWindow(shown);
  for (const [index, one] of nodes.entries())
    for (const other of nodes.slice(index + 1)) {
      const apart =
        Math.abs(one.x - other.x) >= (one.width + other.width) / 2 ||
        Math.abs(one.y - other.y) >= (one.height + other.height) / 2;
      expect([one.id, other.id, apart]).toEqual([one.id, other.id, true]);
    }
});
