import type { PageData, PageDomain, PageItem } from "../page-data";
import { showDetails, showGroup, showNothing } from "./details";
import { byId, fillSelect, seen } from "./elements";
import { ItemTree } from "./item-tree";
import { Picture } from "./picture";

const data = JSON.parse(byId("data").textContent ?? "") as PageData;
const scenes = [...document.querySelectorAll<HTMLElement>(".scene")];
const panel = byId("details");
const search = byId<HTMLInputElement>("search");
const [domainSelect, participant, risk, message, theme] = ["domain", "participant", "risk", "message", "theme"].map(
  (id) => byId<HTMLSelectElement>(id),
) as [HTMLSelectElement, HTMLSelectElement, HTMLSelectElement, HTMLSelectElement, HTMLSelectElement];
const tree = new ItemTree(byId("tree"), (item) => choose(item));
const pictures = scenes.map((scene) => new Picture(scene.querySelector("svg")!, { chooseNode, chooseMessages }));
let at = 0;
let returnTo: HTMLElement | SVGElement | null = null;

function domain(): PageDomain {
  return data.domains[at]!;
}

function say(words: string): void {
  byId("said").textContent = words;
}

function choose(item: PageItem): void {
  remember();
  showDetails(panel, item);
  tree.select(item.key);
  pictures[at]?.select(item.node);
  history.replaceState(null, "", `#${encodeURIComponent(item.key)}`);
  say(`details of ${seen(item.name)}`);
  panel.focus({ preventScroll: true });
  panel.scrollTop = 0;
}

function chooseNode(id: string): void {
  const items = domain().items.filter(({ node }) => node === id);
  const changed = items.filter(({ change }) => change !== null);
  const own = changed.length === 1 ? changed : items;
  if (own.length === 1) return choose(own[0]!);
  remember();
  showGroup(panel, pictures[at]?.labelOf(id) ?? id, changed.length > 1 ? changed : items, choose);
  pictures[at]?.select(id);
  say(`${items.length} things in ${seen(pictures[at]?.labelOf(id) ?? id)}`);
  panel.focus({ preventScroll: true });
}

function remember(): void {
  const active = document.activeElement as HTMLElement | SVGElement | null;
  if (active !== null && !panel.contains(active)) returnTo = active;
}

function chooseMessages(messages: readonly string[]): void {
  message.value = messages.length === 1 ? messages[0]! : "";
  const passed = pictures[at]?.highlight(messages) ?? [];
  if (messages.length > 0) say(`${messages.map(seen).join(", ")} pass ${passed.join(", ")}`);
}

function filter(): void {
  const wanted = { words: search.value, participant: participant.value, risk: risk.value };
  const found = tree.filter(wanted);
  byId("found").textContent = `${found} of ${domain().items.length} shown`;
  if (wanted.participant === "" && wanted.risk === "") return chooseMessages([]);
  const fitting = domain().items.filter(
    (each) =>
      (wanted.participant === "" || each.participants.includes(wanted.participant)) &&
      (wanted.risk === "" || each.change?.risk === wanted.risk),
  );
  pictures[at]?.highlightNodes(new Set(fitting.flatMap(({ node }) => node ?? [])));
}

function showDomain(index: number): void {
  at = index;
  for (const [position, scene] of scenes.entries()) scene.hidden = position !== index;
  const { items, messages, participants } = domain();
  tree.show(domain(), data.mode === "diff");
  fillSelect(participant, "anyone", participants);
  fillSelect(message, "no message", messages);
  fillSelect(risk, "any", ["refused", "risky", "safe"]);
  const changes = items.flatMap(({ change }) => change ?? []);
  const words = (["refused", "risky", "safe"] as const).flatMap((each) => {
    const amount = changes.filter((change) => change.risk === each).length;
    return amount === 0 ? [] : [`${amount} ${each}`];
  });
  byId("counts").textContent =
    data.mode === "diff"
      ? `${changes.length} changes${words.length === 0 ? "" : `: ${words.join(", ")}`}`
      : `${items.length} things, ${messages.length} messages`;
  filter();
  showNothing(panel);
}

function openLink(): void {
  const key = decodeURIComponent(location.hash.slice(1));
  for (const [index, { items }] of data.domains.entries()) {
    const item = items.find((each) => each.key === key);
    if (item === undefined) continue;
    if (index !== at) showDomain(index);
    domainSelect.selectedIndex = index;
    return choose(item);
  }
}

function escape(): void {
  if (document.activeElement === search && search.value !== "") {
    search.value = "";
    return filter();
  }
  showNothing(panel);
  tree.select(null);
  pictures[at]?.select(null);
  filter();
  if (returnTo?.isConnected) returnTo.focus();
  else tree.focus();
}

document.addEventListener("keydown", (event) => {
  const typing = (event.target as Element).closest("input,select,textarea") !== null;
  if (event.key === "/" && !typing) {
    event.preventDefault();
    search.focus();
    search.select();
  } else if (event.key === "Escape") escape();
});
search.addEventListener("input", filter);
search.addEventListener("keydown", (event) => {
  if (event.key !== "ArrowDown" && event.key !== "Enter") return;
  event.preventDefault();
  tree.focus();
});
participant.addEventListener("change", filter);
risk.addEventListener("change", filter);
message.addEventListener("change", () => chooseMessages(message.value === "" ? [] : [message.value]));
domainSelect.addEventListener("change", () => showDomain(domainSelect.selectedIndex));
theme.addEventListener("change", () => (document.documentElement.dataset["theme"] = theme.value));
byId("zoom-in").addEventListener("click", () => pictures[at]?.zoom(1.25));
byId("zoom-out").addEventListener("click", () => pictures[at]?.zoom(0.8));
byId("zoom-fit").addEventListener("click", () => pictures[at]?.fit());
addEventListener("hashchange", openLink);
byId("domain-field").hidden = data.domains.length < 2;
risk.closest<HTMLElement>(".field")!.hidden = data.mode !== "diff";
if (data.domains.length > 0) showDomain(0);
openLink();
// after the first paint, with every key and click answered
requestAnimationFrame(() => setTimeout(() => (document.documentElement.dataset["ready"] = "true")));
