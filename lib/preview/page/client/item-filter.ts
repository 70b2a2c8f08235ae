import type { PageItem } from "../page-data";

/** What the list shows of all there is. */
export interface ItemFilter {
  readonly words: string;
  readonly participant: string;
  readonly risk: string;
}

const RISKS = ["refused", "risky", "safe"] as const;

/** Items by the part of the list that they stand in; in a diff what changes comes first, the worst first. */
export function sectionsOf(items: readonly PageItem[], isDiff: boolean): ReadonlyMap<string, readonly PageItem[]> {
  const sections = new Map<string, PageItem[]>();
  const rank = ({ change }: PageItem): number => RISKS.indexOf(change?.risk ?? "safe");
  const changed = items.filter(({ change }) => change !== null);
  if (isDiff)
    sections.set(
      "changes",
      changed.sort((one, other) => rank(one) - rank(other)),
    );
  for (const item of items) {
    if (item.change !== null) continue;
    const found = sections.get(item.section);
    if (found === undefined) sections.set(item.section, [item]);
    else found.push(item);
  }
  return sections;
}

const texts = new WeakMap<PageItem, string>();

function textOf(item: PageItem): string {
  const known = texts.get(item);
  if (known !== undefined) return known;
  const text = [item.name, item.key, item.path, item.section].join(" ").toLowerCase();
  texts.set(item, text);
  return text;
}

/** Whether an item has a part in what was asked for, whatever it is called. */
export function takesPart({ participants, change }: PageItem, { participant, risk }: ItemFilter): boolean {
  return (participant === "" || participants.includes(participant)) && (risk === "" || change?.risk === risk);
}

/** Those that have every word in their name, key, place or section. */
export function filterItems(items: readonly PageItem[], wanted: ItemFilter): readonly PageItem[] {
  const words = wanted.words.toLowerCase().split(/\s+/).filter(Boolean);
  return items.filter((item) => takesPart(item, wanted) && words.every((each) => textOf(item).includes(each)));
}
