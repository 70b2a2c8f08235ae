import type { PageDomain, PageItem } from "../page-data";
import { element, seen } from "./elements";

/** What the list shows of all there is. */
export interface ItemFilter {
  readonly words: string;
  readonly participant: string;
  readonly risk: string;
}

const SIGNS = { added: "+", changed: "~", removed: "−" } as const;
const RISKS = ["refused", "risky", "safe"] as const;

/** The list of a domain's items as a tree: one stop for Tab, arrow keys inside. */
export class ItemTree {
  private rows: { readonly item: PageItem; readonly text: string; readonly row: HTMLElement }[] = [];

  constructor(
    private readonly root: HTMLElement,
    private readonly choose: (item: PageItem) => void,
  ) {
    root.addEventListener("keydown", (event) => this.key(event));
    root.addEventListener("click", (event) => this.click(event.target as HTMLElement));
  }

  /** Shows another domain's items. */
  show(domain: PageDomain, isDiff: boolean): void {
    this.rows = [];
    const sections = new Map<string, PageItem[]>();
    const changed = domain.items.filter(({ change }) => change !== null);
    const rank = ({ change }: PageItem): number => RISKS.indexOf(change?.risk ?? "safe");
    if (isDiff)
      sections.set(
        "changes",
        [...changed].sort((one, other) => rank(one) - rank(other)),
      );
    for (const item of domain.items) {
      if (item.change !== null) continue;
      const found = sections.get(item.section);
      if (found === undefined) sections.set(item.section, [item]);
      else found.push(item);
    }
    this.root.replaceChildren(
      ...[...sections].map(([name, items]) => this.section(name, items, !isDiff || name === "changes")),
    );
    this.rove(this.visible()[0]);
  }

  /** Shows what fits alone, and says how many that are. */
  filter({ words, participant, risk }: ItemFilter): number {
    const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
    let found = 0;
    for (const { item, text, row } of this.rows) {
      const fits =
        wanted.every((each) => text.includes(each)) &&
        (participant === "" || item.participants.includes(participant)) &&
        (risk === "" || item.change?.risk === risk);
      row.hidden = !fits;
      if (fits) found += 1;
    }
    const isFiltered = wanted.length > 0 || participant !== "" || risk !== "";
    for (const section of this.root.querySelectorAll<HTMLElement>(".section")) {
      const shown = section.querySelectorAll(".row:not([hidden])").length;
      section.hidden = shown === 0;
      if (isFiltered) section.setAttribute("aria-expanded", "true");
      section.querySelector(".amount")!.textContent = String(shown);
    }
    const current = this.root.querySelector<HTMLElement>("[tabindex='0']");
    if (current === null || !this.visible().includes(current)) this.rove(this.visible()[0]);
    return found;
  }

  /** Marks the chosen one and brings it into view. */
  select(key: string | null): void {
    for (const each of this.root.querySelectorAll("[aria-selected=true]")) each.setAttribute("aria-selected", "false");
    const row = this.rows.find(({ item }) => item.key === key)?.row;
    if (row === undefined) return;
    row.setAttribute("aria-selected", "true");
    row.closest(".section")?.setAttribute("aria-expanded", "true");
    row.scrollIntoView({ block: "nearest" });
    this.rove(row);
  }

  focus(): void {
    this.root.querySelector<HTMLElement>("[tabindex='0']")?.focus();
  }

  private section(name: string, items: readonly PageItem[], open: boolean): HTMLElement {
    const rows = element("div", "rows", ...items.map((item) => this.row(item)));
    rows.setAttribute("role", "group");
    const head = element("div", "head-row", element("span", "", name), element("span", "amount", String(items.length)));
    const section = element("div", "section", head, rows);
    section.setAttribute("role", "treeitem");
    section.setAttribute("aria-label", name);
    section.setAttribute("aria-expanded", String(open));
    section.tabIndex = -1;
    return section;
  }

  private row(item: PageItem): HTMLElement {
    const { change, key, name } = item;
    const row = element("div", `row ${change?.mark ?? ""}`);
    if (change !== null) row.append(element("span", `sign ${change.mark}`, SIGNS[change.mark]));
    row.append(element("span", "name", seen(name)));
    if (change !== null) row.append(element("span", `chip ${change.risk}`, change.risk));
    row.setAttribute("role", "treeitem");
    row.setAttribute("aria-selected", "false");
    if (change !== null) row.setAttribute("aria-label", `${seen(name)}, ${change.mark}, ${change.risk}`);
    row.title = seen(name);
    row.dataset["key"] = key;
    row.tabIndex = -1;
    this.rows.push({ item, row, text: [name, key, item.path, item.section].join(" ").toLowerCase() });
    return row;
  }

  private visible(): HTMLElement[] {
    return [...this.root.querySelectorAll<HTMLElement>("[role=treeitem]")].filter((each) => {
      const section = each.closest<HTMLElement>(".section")!;
      return !each.hidden && !section.hidden && (each === section || section.getAttribute("aria-expanded") === "true");
    });
  }

  private rove(to: HTMLElement | undefined): void {
    for (const each of this.root.querySelectorAll<HTMLElement>("[tabindex='0']")) each.tabIndex = -1;
    if (to !== undefined) to.tabIndex = 0;
  }

  private click(target: HTMLElement): void {
    const item = target.closest<HTMLElement>("[role=treeitem]");
    if (item === null) return;
    this.rove(item);
    this.activate(item);
  }

  private activate(target: HTMLElement): void {
    const found = this.rows.find(({ row }) => row === target);
    if (found !== undefined) return this.choose(found.item);
    this.expand(target, target.getAttribute("aria-expanded") !== "true");
  }

  private expand(section: HTMLElement, open: boolean): void {
    if (section.hasAttribute("aria-expanded")) section.setAttribute("aria-expanded", String(open));
  }

  private key(event: KeyboardEvent): void {
    const current = event.target as HTMLElement;
    const all = this.visible();
    const at = all.indexOf(current);
    const moves: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 };
    const next = moves[event.key];
    if (next !== undefined) {
      const to = all[Math.max(0, Math.min(all.length - 1, next))];
      this.rove(to);
      to?.focus();
    } else if (event.key === "ArrowRight") this.expand(current, true);
    else if (event.key === "ArrowLeft") {
      const section = current.closest<HTMLElement>(".section")!;
      if (section === current) this.expand(section, false);
      this.rove(section);
      section.focus();
    } else if (event.key === "Enter" || event.key === " ") this.activate(current);
    else return;
    event.preventDefault();
  }
}
