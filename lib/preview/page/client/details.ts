import type { PageDomain, PageFinding, PageItem } from "../page-data";
import { breakable, element, seen } from "./elements";

/** Something that a button of the panel leads to. */
export interface Link {
  readonly label: string;
  readonly follow: () => void;
}

/** How many buttons a list of boxes has. */
const MOST_LINKS = 100;

/** Fills the panel with everything that is known of one item. */
export function showDetails(panel: HTMLElement, item: PageItem, related: readonly Link[]): void {
  const { change, settings, schema, ddl, path, section, name, key } = item;
  fill(panel, seen(name), [
    element(
      "p",
      "kind-line",
      section,
      ...(path === "" ? [] : [", declared at ", element("code", "", ...breakable(path))]),
    ),
    ...(change === null ? [] : changeParts(change)),
    ...part("settings", settings.length === 0 ? null : settingsList(settings)),
    ...part("taken by", item.participants.length === 0 ? null : list(item.participants)),
    ...part(schema === null ? "contracts" : "goes through", linkList(related)),
    ...part("schema", schema === null ? null : element("pre", "", seen(schema))),
    ...part("DDL", ddl.length === 0 ? null : element("div", "", ...ddl.map((each) => element("pre", "", seen(each))))),
    ...part("key", element("code", "", ...breakable(key))),
  ]);
  for (const pre of panel.querySelectorAll("pre")) pre.tabIndex = 0;
}

/** The panel of a box that is not one item: what it is made of, and what goes in and out. */
export function showBox(panel: HTMLElement, label: string, links: readonly Link[], arrows: readonly string[]): void {
  fill(panel, seen(label), [
    ...(links.length === 0
      ? [element("p", "empty", "It has nothing of its own on the servers: it is your code.")]
      : []),
    ...part("made of", linkList(links)),
    ...part("messages", arrows.length === 0 ? null : list(arrows)),
  ]);
}

/** While nothing is chosen: the order to deploy in, or no panel. */
export function showSummary(panel: HTMLElement, { steps, items }: PageDomain, choose: (item: PageItem) => void): void {
  if (steps.length === 0) {
    panel.hidden = true;
    panel.replaceChildren();
    return;
  }
  const changes = items.flatMap(({ change }) => change ?? []);
  const chips = (["refused", "risky", "safe"] as const).flatMap((risk) => {
    const amount = changes.filter((each) => each.risk === risk).length;
    return amount === 0 ? [] : [element("span", `chip ${risk}`, `${amount} ${risk}`), " "];
  });
  const linksOf = (risk: string): readonly Link[] =>
    items
      .filter(({ change }) => change?.risk === risk)
      .map((item) => ({ label: headline(item), follow: () => choose(item) }));
  panel.hidden = false;
  panel.replaceChildren(
    element("h2", "", "What changes"),
    element("p", "", ...chips),
    ...part("cannot be done this way", linkList(linksOf("refused"))),
    ...part("think first", linkList(linksOf("risky"))),
    ...part("order to deploy", element("ol", "", ...steps.map((each) => element("li", "", ...breakable(each))))),
  );
}

/** An item, and the first thing that is found of its class. */
function headline({ name, change }: PageItem): string {
  const finding = change?.findings.find(({ risk }) => risk === change.risk);
  return finding === undefined ? name : `${name}: ${finding.title}`;
}

function fill(panel: HTMLElement, title: string, inside: readonly HTMLElement[]): void {
  const close = element("button", "close", "×");
  close.setAttribute("type", "button");
  close.setAttribute("aria-label", "Close the details");
  close.dataset["close"] = "";
  panel.hidden = false;
  panel.replaceChildren(close, element("h2", "", ...breakable(title)), ...inside);
}

function part(title: string, inside: HTMLElement | null): HTMLElement[] {
  return inside === null ? [] : [element("h3", "", title), inside];
}

function linkList(links: readonly Link[]): HTMLElement | null {
  if (links.length === 0) return null;
  const buttons = links.slice(0, MOST_LINKS).map(({ label, follow }) => {
    const button = element("button", "", ...breakable(label));
    button.setAttribute("type", "button");
    button.addEventListener("click", follow);
    return button;
  });
  const more = links.length - buttons.length;
  return element("div", "links", ...buttons, ...(more > 0 ? [`and ${more} more: search for them`] : []));
}

function settingsList(settings: PageItem["settings"]): HTMLElement {
  const entries = settings.flatMap(({ name, value, before }) => {
    const now = element("dd", "");
    if (before === null) now.append(...breakable(value));
    else now.append(element("del", "", seen(before)), " → ", element("ins", "", seen(value)));
    return [element("dt", "", ...breakable(name)), now];
  });
  return element("dl", "", ...entries);
}

function list(lines: readonly string[]): HTMLElement {
  return element("ul", "", ...lines.map((each) => element("li", "", ...breakable(each))));
}

function changeParts({ mark, action, risk, findings, affected }: NonNullable<PageItem["change"]>): HTMLElement[] {
  const line = element("p", "", element("span", `chip ${risk}`, risk), ` ${mark}: ${action}`);
  return [
    line,
    ...part("what changes", findings.length === 0 ? null : element("div", "", ...findings.map(finding))),
    ...part("whom it concerns", affected.length === 0 ? null : list(affected)),
  ];
}

function finding({ risk, code, title, happens, wayOut, source, accepted }: PageFinding): HTMLElement {
  const lines: readonly (readonly [string, string | null])[] = [
    ["", happens],
    ["the way out: ", wayOut],
    ["accepted: ", accepted],
    ["source: ", source],
  ];
  return element(
    "div",
    `finding ${risk}`,
    element("span", `chip ${risk}`, `${risk} ${code}`),
    element("strong", "", ...breakable(title)),
    ...lines.flatMap(([name, text]) =>
      text === null || text === ""
        ? []
        : [element("p", "", ...(name === "" ? [] : [element("b", "", name)]), ...breakable(text))],
    ),
  );
}
