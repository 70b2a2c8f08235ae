import { groupGraph, READABLE } from "../../graph/group-graph";
import { changedPart, partAround, wayPart } from "../../graph/part-of-graph";
import { descriptionOf, renderSvg } from "../../graph/render-svg";
import type { Graph, GraphNode } from "../../graph/types";
import { Picture, type PictureEvents } from "./picture";

/** What the picture shows: all there is, what a diff marks, or what was chosen and what is beside it. */
export type Shown = "all" | "changes" | "chosen";

/** One domain's picture. What is shown is laid out when it is asked for, in the browser. */
export class Stage {
  private picture: Picture;
  private boxOf: ReadonlyMap<string, string>;
  /** What is shown while nothing is chosen. */
  private base: Shown;
  private shown: Shown;
  private readonly inside = new Map<string, readonly GraphNode[]>();

  constructor(
    private readonly scene: HTMLElement,
    private readonly graph: Graph,
    isDiff: boolean,
    private readonly events: PictureEvents,
  ) {
    // as the page was written
    this.base = this.shown = isDiff && changedPart(graph) !== graph ? "changes" : "all";
    this.boxOf = this.grouped(this.base === "all" ? graph : changedPart(graph));
    this.picture = new Picture(scene.querySelector("svg")!, events);
  }

  get isShowing(): Shown {
    return this.shown;
  }

  /** Whether a diff has marked anything. */
  get hasChanges(): boolean {
    return this.graph.nodes.some(({ mark }) => mark !== null) || this.graph.edges.some(({ mark }) => mark !== null);
  }

  /** Shows everything, or the changes, until something is chosen. */
  show(base: "all" | "changes"): void {
    this.base = base;
    this.reset();
  }

  /** Back to what was shown before anything was chosen. */
  reset(): void {
    if (this.shown !== this.base || this.picture.isFaint)
      this.draw(this.base === "all" ? this.graph : changedPart(this.graph), this.base); // prettier-ignore
    else this.picture.fit();
  }

  /** Sets off a box, and draws what is beside it where it has none of its own in the picture. */
  select(id: string | null): void {
    if (id !== null && this.knows(id) && !this.isApart(id)) this.draw(partAround(this.graph, new Set([id])), "chosen");
    this.picture.select(id === null ? null : (this.boxOf.get(id) ?? id));
  }

  /** Sets off the way of some messages. Says the boxes that they pass. */
  showWay(messages: readonly string[]): readonly string[] {
    if (messages.length === 0) {
      this.reset();
      return [];
    }
    const way = wayPart(this.graph, new Set(messages));
    if (!way.nodes.every(({ id }) => this.isApart(id))) this.draw(way, "chosen");
    this.picture.highlight(messages);
    return way.nodes.map(({ label }) => label);
  }

  /** Sets off some boxes. */
  showBoxes(ids: ReadonlySet<string>): void {
    const known = new Set([...ids].filter((id) => this.knows(id)));
    if (![...known].every((id) => this.isApart(id))) this.draw(partAround(this.graph, known), "chosen");
    this.picture.highlightNodes(new Set([...known].map((id) => this.boxOf.get(id) ?? id)));
  }

  /** The boxes that a box of the picture stands for. */
  boxesIn(id: string): readonly GraphNode[] {
    return this.inside.get(id) ?? this.graph.nodes.filter((each) => each.id === id);
  }

  labelOf(id: string): string {
    return this.picture.labelOf(id);
  }

  /** What goes into and comes out of a box, in words. */
  arrowsOf(id: string): readonly string[] {
    const labels = new Map(this.graph.nodes.map((each) => [each.id, each.label]));
    return this.graph.edges.flatMap(({ from, to, messages }) =>
      from === id
        ? [`sends ${named(messages)} to ${labels.get(to)}`]
        : to === id
          ? [`takes ${named(messages)} from ${labels.get(from)}`]
          : [],
    );
  }

  zoom(factor: number): void {
    this.picture.zoom(factor);
  }

  fit(): void {
    this.picture.fit();
  }

  private knows(id: string): boolean {
    return this.graph.nodes.some((each) => each.id === id);
  }

  /** Whether a box can be seen by itself. */
  private isApart(id: string): boolean {
    return this.boxOf.get(id) === id;
  }

  private grouped(part: Graph): ReadonlyMap<string, string> {
    const { boxOf } = groupGraph(part, READABLE);
    this.inside.clear();
    for (const node of part.nodes) {
      const box = boxOf.get(node.id) ?? node.id;
      this.inside.set(box, [...(this.inside.get(box) ?? []), node]);
    }
    return boxOf;
  }

  private draw(part: Graph, shown: Shown): void {
    const { graph } = groupGraph(part, READABLE);
    const held = this.scene.contains(document.activeElement)
      ? (document.activeElement as SVGGElement).dataset["id"]
      : undefined;
    const drawn = new DOMParser().parseFromString(renderSvg(graph, { use: "page" }), "image/svg+xml");
    this.scene.querySelector("svg")!.replaceWith(document.importNode(drawn.documentElement, true));
    this.scene.querySelector(".unseen")!.textContent = descriptionOf(graph);
    this.boxOf = this.grouped(part);
    this.shown = shown;
    this.picture = new Picture(this.scene.querySelector("svg")!, this.events);
    if (held !== undefined) this.picture.focus(this.boxOf.get(held) ?? held);
  }
}

function named(messages: readonly string[]): string {
  return messages.length > 6 ? `${messages.length} messages` : messages.join(", ");
}
