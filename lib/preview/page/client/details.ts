import type { PageFinding, PageItem } from "../page-data";
import { element, seen } from "./elements";

/** Fills the panel with everything that is known of one item. */
export function showDetails(panel: HTMLElement, item: PageItem): void {
  const { change, settings, schema, ddl, path, section, name, key } = item;
  panel.hidden = false;
  panel.replaceChildren(
    element("h2", "", seen(name)),
    element("p", "kind-line", section, ...(path === "" ? [] : [", declared at ", element("code", "", seen(path))])),
    ...(change === null ? [] : changeParts(change)),
    ...part("settings", settings.length === 0 ? null : settingsList(settings)),
    ...part("taken by", item.participants.length === 0 ? null : list(item.participants)),
    ...part("schema", schema === null ? null : element("pre", "", seen(schema))),
    ...part("DDL", ddl.length === 0 ? null : element("div", "", ...ddl.map((each) => element("pre", "", seen(each))))),
    ...part("key", element("code", "", seen(key))),
  );
  for (const pre of panel.querySelectorAll("pre")) pre.tabIndex = 0;
}

/** The panel of a box with several items: each is a button. */
export function showGroup(
  panel: HTMLElement,
  label: string,
  items: readonly PageItem[],
  choose: (item: PageItem) => void,
): void {
  const buttons = items.map((item) => {
    const button = element("button", "", seen(item.name)) as HTMLButtonElement;
    button.type = "button";
    button.addEventListener("click", () => choose(item));
    return button;
  });
  panel.hidden = false;
  panel.replaceChildren(
    element("h2", "", seen(label)),
    ...part(
      "made of",
      buttons.length === 0
        ? element("p", "empty", "nothing of its own: it is yours")
        : element("div", "links", ...buttons),
    ),
  );
}

/** While nothing is chosen there is no panel. */
export function showNothing(panel: HTMLElement): void {
  panel.hidden = true;
  panel.replaceChildren();
}

function part(title: string, inside: HTMLElement | null): HTMLElement[] {
  return inside === null ? [] : [element("h3", "", title), inside];
}

function settingsList(settings: PageItem["settings"]): HTMLElement {
  const entries = settings.flatMap(({ name, value, before }) => {
    const now = element("dd", "");
    if (before === null) now.append(seen(value));
    else now.append(element("del", "", seen(before)), " → ", element("ins", "", seen(value)));
    return [element("dt", "", seen(name)), now];
  });
  return element("dl", "", ...entries);
}

function list(lines: readonly string[]): HTMLElement {
  return element("ul", "", ...lines.map((each) => element("li", "", seen(each))));
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
    ["way out: ", wayOut],
    ["accepted: ", accepted],
    ["source: ", source],
  ];
  return element(
    "div",
    `finding ${risk}`,
    element("span", `chip ${risk}`, `${risk} ${code}`),
    element("strong", "", seen(title)),
    ...lines.flatMap(([name, text]) => (text === null || text === "" ? [] : [element("p", "", name + seen(text))])),
  );
}
