/** What a picture tells of what its reader does. */
export interface PictureEvents {
  chooseNode(id: string): void;
  chooseMessages(messages: readonly string[]): void;
}

interface View {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Pan, zoom, keys and highlights of one drawn picture. */
export class Picture {
  private readonly whole: View;
  private view: View;
  private readonly nodes: SVGGElement[];
  private readonly edges: { readonly group: SVGGElement; readonly messages: readonly string[] }[];

  constructor(
    private readonly svg: SVGSVGElement,
    private readonly events: PictureEvents,
  ) {
    const { x, y, width, height } = svg.viewBox.baseVal;
    this.whole = this.view = { x, y, width, height };
    this.nodes = [...svg.querySelectorAll<SVGGElement>(".node")];
    this.edges = [...svg.querySelectorAll<SVGGElement>(".edge")].map((group) => ({
      group,
      messages: JSON.parse(group.dataset["messages"] ?? "[]") as string[],
    }));
    this.nodes[0]?.setAttribute("tabindex", "0");
    svg.addEventListener("click", (event) => this.click(event.target as Element));
    svg.addEventListener("keydown", (event) => this.key(event));
    svg.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    this.drag();
  }

  fit(): void {
    this.set(this.whole);
  }

  zoom(factor: number): void {
    const { x, y, width, height } = this.view;
    this.set({
      x: x + (width - width / factor) / 2,
      y: y + (height - height / factor) / 2,
      width: width / factor,
      height: height / factor,
    });
  }

  /** Sets one box off, and takes care that it is seen. */
  select(id: string | null): void {
    for (const node of this.nodes) node.classList.toggle("chosen", node.dataset["id"] === id);
  }

  /** Sets off the way of some messages; of none, everything is as before. */
  highlight(messages: readonly string[]): readonly string[] {
    const on = new Set<string>();
    for (const { group, messages: here } of this.edges) {
      const carries = here.some((each) => messages.includes(each));
      group.classList.toggle("on", carries);
      if (carries) on.add(group.dataset["from"] ?? "").add(group.dataset["to"] ?? "");
    }
    for (const node of this.nodes) node.classList.toggle("on", on.has(node.dataset["id"] ?? ""));
    this.svg.classList.toggle("faint", messages.length > 0);
    return this.nodes.filter((each) => each.classList.contains("on")).map((each) => labelOf(each));
  }

  /** Sets off some boxes, and what runs between them. */
  highlightNodes(ids: ReadonlySet<string>): void {
    for (const node of this.nodes) node.classList.toggle("on", ids.has(node.dataset["id"] ?? ""));
    for (const { group } of this.edges)
      group.classList.toggle("on", ids.has(group.dataset["from"] ?? "") && ids.has(group.dataset["to"] ?? ""));
    this.svg.classList.add("faint");
  }

  labelOf(id: string): string {
    const node = this.nodes.find((each) => each.dataset["id"] === id);
    return node === undefined ? id : labelOf(node);
  }

  private set(view: View): void {
    this.view = view;
    this.svg.setAttribute(
      "viewBox",
      [view.x, view.y, view.width, view.height].map((each) => each.toFixed(1)).join(" "),
    );
  }

  private click(target: Element): void {
    const node = target.closest<SVGGElement>(".node");
    if (node !== null) return this.events.chooseNode(node.dataset["id"] ?? "");
    const edge = this.edges.find(({ group }) => group.contains(target));
    this.events.chooseMessages(edge?.messages ?? []);
  }

  private key(event: KeyboardEvent): void {
    const current = (event.target as Element).closest<SVGGElement>(".node");
    if (current === null) return;
    if (event.key === "Enter" || event.key === " ") this.events.chooseNode(current.dataset["id"] ?? "");
    else if (event.key === "+" || event.key === "=") this.zoom(1.25);
    else if (event.key === "-") this.zoom(0.8);
    else if (event.key === "0") this.fit();
    else if (event.key.startsWith("Arrow")) this.walk(current, event.key);
    else return;
    event.preventDefault();
  }

  /** To the nearest box in a direction. */
  private walk(from: SVGGElement, key: string): void {
    const [dx, dy] = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[key] as [
      number,
      number,
    ];
    const start = middleOf(from);
    let best: { readonly node: SVGGElement; readonly cost: number } | undefined;
    for (const node of this.nodes) {
      const to = middleOf(node);
      const ahead = (to.x - start.x) * dx + (to.y - start.y) * dy;
      const aside = Math.abs((to.x - start.x) * dy) + Math.abs((to.y - start.y) * dx);
      const cost = ahead + aside * 2;
      if (node !== from && ahead > 4 && (best === undefined || cost < best.cost)) best = { node, cost };
    }
    if (best === undefined) return;
    from.setAttribute("tabindex", "-1");
    best.node.setAttribute("tabindex", "0");
    best.node.focus();
  }

  private wheel(event: WheelEvent): void {
    event.preventDefault();
    const factor = event.deltaY < 0 ? 1.15 : 1 / 1.15;
    const box = this.svg.getBoundingClientRect();
    const { x, y, width, height } = this.view;
    const [left, top] = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
    const next = { width: width / factor, height: height / factor };
    this.set({ x: x + (width - next.width) * left, y: y + (height - next.height) * top, ...next });
  }

  private drag(): void {
    let last: { readonly x: number; readonly y: number } | undefined;
    const stage = this.svg.closest<HTMLElement>("#stage")!;
    this.svg.addEventListener("pointerdown", (event) => {
      if ((event.target as Element).closest(".node,.edge") === null) last = { x: event.clientX, y: event.clientY };
    });
    this.svg.addEventListener("pointermove", (event) => {
      if (last === undefined) return;
      const scale = this.svg.getScreenCTM()?.a ?? 1;
      stage.classList.add("dragging");
      const { x, y } = this.view;
      this.set({ ...this.view, x: x - (event.clientX - last.x) / scale, y: y - (event.clientY - last.y) / scale });
      last = { x: event.clientX, y: event.clientY };
    });
    for (const end of ["pointerup", "pointerleave"])
      this.svg.addEventListener(end, () => {
        last = undefined;
        stage.classList.remove("dragging");
      });
  }
}

function labelOf(node: SVGGElement): string {
  return node.querySelector(".label")?.textContent ?? "";
}

/** Where a box lies in the picture, whatever part of it is seen. */
function middleOf(node: SVGGElement): { readonly x: number; readonly y: number } {
  const matrix = node.transform.baseVal.getItem(0).matrix;
  const width = node.querySelector<SVGRectElement>(".card")?.width.baseVal.value ?? 0;
  return { x: matrix.e + width / 2, y: matrix.f };
}
