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

/** From which scale on names can be read, and above which they only take room. */
const READABLE_SCALE = 0.8;
const LARGEST_SCALE = 1.25;

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
    this.fit();
  }

  /** Shows all of it. */
  fit(): void {
    this.set(this.roomy(this.whole));
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

  /** Whether anything is set off from the rest. */
  get isFaint(): boolean {
    return this.svg.classList.contains("faint");
  }

  /** Gives a box the keys. */
  focus(id: string): void {
    const node = this.nodes.find((each) => each.dataset["id"] === id) ?? this.nodes[0];
    if (node !== undefined) this.rove(node);
    node?.focus();
  }

  /** Sets one box off. */
  select(id: string | null): void {
    for (const node of this.nodes) node.classList.toggle("chosen", node.dataset["id"] === id);
    if (id !== null) this.frame((each) => each === id || this.areJoined(each, id));
  }

  /** Sets off the way of some messages. */
  highlight(messages: readonly string[]): void {
    const on = new Set<string>();
    for (const { group, messages: here } of this.edges) {
      const carries = here.some((each) => messages.includes(each));
      group.classList.toggle("on", carries);
      if (carries) on.add(group.dataset["from"] ?? "").add(group.dataset["to"] ?? "");
    }
    for (const node of this.nodes) node.classList.toggle("on", on.has(node.dataset["id"] ?? ""));
    this.svg.classList.add("faint");
    this.frame((id) => on.has(id));
  }

  /** Sets off some boxes, and what runs between them. */
  highlightNodes(ids: ReadonlySet<string>): void {
    for (const node of this.nodes) node.classList.toggle("on", ids.has(node.dataset["id"] ?? ""));
    for (const { group } of this.edges)
      group.classList.toggle("on", ids.has(group.dataset["from"] ?? "") && ids.has(group.dataset["to"] ?? ""));
    this.svg.classList.add("faint");
    this.frame((id) => ids.has(id));
  }

  labelOf(id: string): string {
    const node = this.nodes.find((each) => each.dataset["id"] === id);
    return node === undefined ? id : labelOf(node);
  }

  private areJoined(one: string, other: string): boolean {
    return this.edges.some(({ group: { dataset } }) => dataset["from"] === one && dataset["to"] === other || dataset["from"] === other && dataset["to"] === one); // prettier-ignore
  }

  /** Goes where some boxes are, if names cannot be read while all is shown. */
  private frame(wanted: (id: string) => boolean): void {
    const boxes = this.nodes.filter((each) => wanted(each.dataset["id"] ?? "")).map(boxOf);
    if (boxes.length === 0 || this.scaleOf(this.whole) >= READABLE_SCALE) return;
    const [x, y] = [
      Math.min(...boxes.map((each) => each.x)) - MARGIN,
      Math.min(...boxes.map((each) => each.y)) - MARGIN,
    ];
    const right = Math.max(...boxes.map((each) => each.x + each.width)) + MARGIN;
    const bottom = Math.max(...boxes.map((each) => each.y + each.height)) + MARGIN;
    this.set(this.roomy({ x, y, width: right - x, height: bottom - y }));
  }

  private scaleOf({ width, height }: View): number {
    const window = this.svg.getBoundingClientRect();
    return Math.min(window.width / width, window.height / height);
  }

  /** A view of the same middle that is not larger than life. */
  private roomy(view: View): View {
    const more = this.scaleOf(view) / LARGEST_SCALE;
    if (!(more > 1) || !Number.isFinite(more)) return view;
    const { x, y, width, height } = view;
    return {
      x: x - (width * (more - 1)) / 2,
      y: y - (height * (more - 1)) / 2,
      width: width * more,
      height: height * more,
    };
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
    this.rove(best.node);
    best.node.focus();
  }

  private rove(to: SVGGElement): void {
    for (const node of this.nodes) node.setAttribute("tabindex", node === to ? "0" : "-1");
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

/** Around boxes that are shown close to. */
const MARGIN = 36;

/** Where a box lies in the picture, whatever part of it is seen. */
function boxOf(node: SVGGElement): View {
  const { e, f } = node.transform.baseVal.getItem(0).matrix;
  const card = node.querySelector<SVGRectElement>(".card");
  return { x: e, y: f, width: card?.width.baseVal.value ?? 0, height: card?.height.baseVal.value ?? 0 };
}

function middleOf(node: SVGGElement): { readonly x: number; readonly y: number } {
  const { x, y, width } = boxOf(node);
  return { x: x + width / 2, y };
}
