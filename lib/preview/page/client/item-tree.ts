import type { PageDomain, PageItem } from "../page-data";
import { element, seen } from "./elements";
import { filterItems, type ItemFilter, sectionsOf } from "./item-filter";

const SIGNS = { added: "+", changed: "~", removed: "−" } as const;

/** How many rows of a section are made at a time. */
const AT_ONCE = 200;
/** With more items than that, the sections begin folded. */
const FOLDED_FROM = 400;

interface Section {
  readonly name: string;
  readonly items: readonly PageItem[];
  readonly box: HTMLElement;
  readonly rows: HTMLElement;
  readonly amount: HTMLElement;
  /** What fits the filter. */
  fitting: readonly PageItem[];
  open: boolean;
  /** How many rows may be there. */
  limit: number;
}

/** The list of a domain's items as a tree: one stop for Tab, arrow keys inside. Rows are made when they can be seen. */
export class ItemTree {
  private sections: readonly Section[] = [];
  private chosen: string | null = null;

  constructor(
    private readonly root: HTMLElement,
    private readonly choose: (item: PageItem) => void,
  ) {
    root.addEventListener("keydown", (event) => this.key(event));
    root.addEventListener("click", (event) => this.click(event.target as HTMLElement));
  }

  /** Shows another domain's items. */
  show(domain: PageDomain, isDiff: boolean): void {
    const folded = domain.items.length > FOLDED_FROM;
    this.chosen = null;
    this.sections = [...sectionsOf(domain.items, isDiff)].map(([name, items]) =>
      this.section(name, items, name === "changes" || (!isDiff && !folded)),
    );
    this.root.replaceChildren(...this.sections.map(({ box }) => box));
    for (const each of this.sections) this.fill(each);
    this.rove(this.visible()[0]);
  }

  /** Shows what fits alone, and says how many that are. */
  filter(wanted: ItemFilter): number {
    const isFiltered = wanted.words !== "" || wanted.participant !== "" || wanted.risk !== "";
    let found = 0;
    for (const each of this.sections) {
      each.fitting = isFiltered ? filterItems(each.items, wanted) : each.items;
      found += each.fitting.length;
      each.limit = AT_ONCE;
      each.box.hidden = each.fitting.length === 0;
      each.amount.textContent = String(each.fitting.length);
      if (isFiltered) each.open = true;
      this.fill(each);
    }
    const current = this.root.querySelector<HTMLElement>("[tabindex='0']");
    if (current === null || !this.visible().includes(current)) this.rove(this.visible()[0]);
    return found;
  }

  /** Marks the chosen one and brings it into view. */
  select(key: string | null): void {
    this.chosen = key;
    for (const each of this.root.querySelectorAll("[aria-selected=true]")) each.setAttribute("aria-selected", "false");
    const section = this.sections.find(({ fitting }) => fitting.some((each) => each.key === key));
    if (section === undefined) return;
    section.open = true;
    section.limit = Math.max(section.limit, section.fitting.findIndex((each) => each.key === key) + 1);
    this.fill(section);
    const row = [...section.rows.children].find((each) => (each as HTMLElement).dataset["key"] === key);
    row?.setAttribute("aria-selected", "true");
    row?.scrollIntoView({ block: "nearest" });
    this.rove(row as HTMLElement | undefined);
  }

  focus(): void {
    this.root.querySelector<HTMLElement>("[tabindex='0']")?.focus();
  }

  /** Every row, for paper. */
  unfold(): void {
    for (const each of this.sections) {
      each.open = true;
      each.limit = Number.POSITIVE_INFINITY;
      this.fill(each);
    }
  }

  private section(name: string, items: readonly PageItem[], open: boolean): Section {
    const rows = element("div", "rows");
    rows.setAttribute("role", "group");
    const amount = element("span", "amount", String(items.length));
    const box = element("div", "section", element("div", "head-row", element("span", "", name), amount), rows);
    box.setAttribute("role", "treeitem");
    box.setAttribute("aria-label", name);
    box.tabIndex = -1;
    return { name, items, box, rows, amount, fitting: items, open, limit: AT_ONCE };
  }

  /** Makes the rows that are to be seen, and no more. */
  private fill({ box, rows, fitting, open, limit }: Section): void {
    box.setAttribute("aria-expanded", String(open));
    const shown = open ? fitting.slice(0, limit) : [];
    const more = open ? fitting.length - shown.length : 0;
    const known = new Map(
      [...(rows.children as unknown as Iterable<HTMLElement>)].map((row) => [row.dataset["key"], row]),
    );
    const wanted = shown.map((item) => known.get(item.key) ?? this.row(item));
    if (more > 0) wanted.push(moreRow(more));
    // a row that stays keeps the focus
    const same = wanted.length === rows.children.length && wanted.every((row, index) => row === rows.children[index]);
    if (!same) rows.replaceChildren(...wanted);
  }

  private row({ change, key, name, what }: PageItem): HTMLElement {
    const row = element("div", `row ${change?.mark ?? ""}`);
    if (change !== null) row.append(element("span", `sign ${change.mark}`, SIGNS[change.mark]));
    row.append(element("span", "name", seen(name)));
    // what changes stands together, whatever it is
    if (change !== null) row.append(element("span", "what", what));
    if (change !== null) row.append(element("span", `chip ${change.risk}`, change.risk));
    row.setAttribute("role", "treeitem");
    row.setAttribute("aria-selected", String(key === this.chosen));
    if (change !== null) row.setAttribute("aria-label", `${what} ${seen(name)}, ${change.mark}, ${change.risk}`);
    row.title = seen(name);
    row.dataset["key"] = key;
    row.tabIndex = -1;
    return row;
  }

  private visible(): HTMLElement[] {
    return this.sections.flatMap(({ box, rows }) =>
      box.hidden ? [] : [box, ...(rows.children as unknown as Iterable<HTMLElement>)],
    );
  }

  private rove(to: HTMLElement | undefined): void {
    if (to === undefined) return;
    for (const each of this.root.querySelectorAll<HTMLElement>("[tabindex='0']")) each.tabIndex = -1;
    to.tabIndex = 0;
  }

  private click(target: HTMLElement): void {
    const item = target.closest<HTMLElement>("[role=treeitem]");
    if (item === null) return;
    this.rove(item);
    this.activate(item);
  }

  private activate(target: HTMLElement): void {
    const section = this.sectionOf(target);
    if (target === section.box) return this.expand(section, !section.open);
    if (target.dataset["more"] !== undefined) return this.showMore(section);
    const item = section.fitting.find(({ key }) => key === target.dataset["key"]);
    if (item !== undefined) this.choose(item);
  }

  private showMore(section: Section): void {
    const first = section.limit;
    section.limit += AT_ONCE;
    this.fill(section);
    const row = section.rows.children[first] as HTMLElement | undefined;
    this.rove(row);
    row?.focus();
  }

  private sectionOf(target: HTMLElement): Section {
    return this.sections.find(({ box }) => box.contains(target))!;
  }

  private expand(section: Section, open: boolean): void {
    if (section.open === open) return;
    section.open = open;
    this.fill(section);
  }

  private key(event: KeyboardEvent): void {
    const current = event.target as HTMLElement;
    const all = this.visible();
    const at = all.indexOf(current);
    if (at < 0) return;
    const section = this.sectionOf(current);
    const moves: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 };
    const next = moves[event.key];
    if (next !== undefined) {
      const to = all[Math.max(0, Math.min(all.length - 1, next))];
      this.rove(to);
      to?.focus();
    } else if (event.key === "ArrowRight") this.expand(section, true);
    else if (event.key === "ArrowLeft") {
      if (section.box === current) this.expand(section, false);
      this.rove(section.box);
      section.box.focus();
    } else if (event.key === "Enter" || event.key === " ") this.activate(current);
    else return;
    event.preventDefault();
  }
}

/** The last row of a section that has more than are made at once. */
function moreRow(amount: number): HTMLElement {
  const row = element("div", "row more", element("span", "name", `${amount} more…`));
  row.setAttribute("role", "treeitem");
  row.setAttribute("aria-label", `show more, ${amount} are not shown`);
  row.dataset["more"] = "";
  row.tabIndex = -1;
  return row;
}
