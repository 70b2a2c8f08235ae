import type { PageData, PageDomain, PageItem } from "../page-data";
import { type Link, showBox, showDetails, showSummary } from "./details";
import { byId, fillSelect, seen } from "./elements";
import { takesPart } from "./item-filter";
import { ItemTree } from "./item-tree";
import { type Shown, Stage } from "./stage";

const data = JSON.parse(byId("data").textContent ?? "") as PageData;
const isDiff = data.mode === "diff";
const scenes = [...document.querySelectorAll<HTMLElement>(".scene")];
const panel = byId("details");
const search = byId<HTMLInputElement>("search");
const [domainSelect, participant, risk, message, theme, show] = [
  ...["domain", "participant", "risk", "message", "theme", "show"],
].map((id) => byId<HTMLSelectElement>(id)) as [
  HTMLSelectElement,
  HTMLSelectElement,
  HTMLSelectElement,
  HTMLSelectElement,
  HTMLSelectElement,
  HTMLSelectElement,
];
const tree = new ItemTree(byId("tree"), (item) => choose(item));
const stages: (Stage | undefined)[] = [];
let at = 0;
let returnTo: HTMLElement | SVGElement | null = null;

function domain(): PageDomain {
  return data.domains[at]!;
}

/** Each domain's picture is taken over when it is first seen. */
function stage(): Stage {
  return (stages[at] ??= new Stage(scenes[at]!, domain().graph, isDiff, { chooseNode, chooseMessages }));
}

function say(words: string): void {
  byId("said").textContent = words;
}

function choose(item: PageItem): void {
  remember();
  showDetails(panel, item, relatedOf(item));
  tree.select(item.key);
  if (item.message !== null && domain().messages.includes(item.message)) {
    message.value = item.message;
    stage().showWay([item.message]);
  } else stage().select(item.node);
  drawn();
  history.replaceState(null, "", `#${encodeURIComponent(item.key)}`);
  say(`details of ${seen(item.name)}`);
  panel.focus({ preventScroll: true });
  panel.scrollTop = 0;
}

function relatedOf({ related }: PageItem): readonly Link[] {
  const wanted = new Set(related);
  return linksTo(domain().items.filter(({ key }) => wanted.has(key)));
}

function linksTo(items: readonly PageItem[]): readonly Link[] {
  return items.map((item) => ({ label: item.name, follow: () => choose(item) }));
}

function chooseNode(id: string): void {
  const boxes = stage().boxesIn(id);
  if (boxes.length > 1) {
    const links = boxes.map((box) => ({ label: box.label, follow: () => chooseNode(box.id) }));
    return openBox(id, `${boxes.length} things in ${seen(stage().labelOf(id))}`, links, []);
  }
  const items = domain().items.filter(({ node }) => node === id);
  const changed = items.filter(({ change }) => change !== null);
  const own = changed.length === 1 ? changed : items;
  if (own.length === 1) return choose(own[0]!);
  const told = changed.length > 1 ? changed : items;
  stage().select(id);
  openBox(id, `${told.length} things in ${seen(stage().labelOf(id))}`, linksTo(told), stage().arrowsOf(id));
}

function openBox(id: string, words: string, links: readonly Link[], arrows: readonly string[]): void {
  remember();
  showBox(panel, stage().labelOf(id), links, arrows);
  tree.select(null);
  stage().select(id);
  drawn();
  say(words);
  panel.focus({ preventScroll: true });
}

function remember(): void {
  const active = document.activeElement as HTMLElement | SVGElement | null;
  if (active !== null && !panel.contains(active)) returnTo = active;
}

function chooseMessages(messages: readonly string[]): void {
  message.value = messages.length === 1 ? messages[0]! : "";
  const passed = stage().showWay(messages);
  drawn();
  if (messages.length > 0) say(`${messages.map(seen).join(", ")} pass ${passed.map(seen).join(", ")}`);
}

/** Keeps the choice of what is shown in step with the picture. */
function drawn(): void {
  show.value = stage().isShowing;
  show.options[show.options.length - 1]!.hidden = stage().isShowing !== "chosen";
}

function filter(): void {
  const wanted = { words: search.value, participant: participant.value, risk: risk.value };
  const found = tree.filter(wanted);
  byId("found").textContent = `${found} of ${domain().items.length} shown`;
}

/** What the list leaves out is faint in the picture too. */
function filterPicture(): void {
  const wanted = { words: "", participant: participant.value, risk: risk.value };
  filter();
  message.value = "";
  if (wanted.participant === "" && wanted.risk === "") stage().reset();
  else {
    const fitting = domain().items.filter((each) => takesPart(each, wanted));
    stage().showBoxes(new Set(fitting.flatMap(({ node }) => node ?? [])));
  }
  drawn();
}

function showDomain(index: number): void {
  at = index;
  for (const [position, scene] of scenes.entries()) scene.hidden = position !== index;
  const { items, messages, participants } = domain();
  // first, since it takes room from the picture
  showSummary(panel, domain(), choose);
  tree.show(domain(), isDiff);
  fillSelect(participant, "anyone", participants);
  fillSelect(message, "no message", messages);
  fillSelect(risk, "any", ["refused", "risky", "safe"]);
  fillShow();
  byId("counts").textContent = isDiff ? changeCounts(items) : `${items.length} things, ${messages.length} messages`;
  search.value = "";
  filter();
  stage().fit();
  drawn();
}

function fillShow(): void {
  const choices: readonly (readonly [string, Shown])[] = [
    ["everything", "all"],
    ...(isDiff && stage().hasChanges ? [["what changes", "changes"] as const] : []),
    ["what is chosen", "chosen"],
  ];
  show.replaceChildren(...choices.map(([words, value]) => new Option(words, value)));
}

function changeCounts(items: readonly PageItem[]): string {
  const changes = items.flatMap(({ change }) => change ?? []);
  const words = (["refused", "risky", "safe"] as const).flatMap((each) => {
    const amount = changes.filter((change) => change.risk === each).length;
    return amount === 0 ? [] : [`${amount} ${each}`];
  });
  const total = changes.length === 1 ? "1 change" : `${changes.length} changes`;
  return `${total}${words.length === 0 ? "" : `: ${words.join(", ")}`}`;
}

function openLink(): void {
  const key = linked();
  for (const [index, { items }] of data.domains.entries()) {
    const item = items.find((each) => each.key === key);
    if (item === undefined) continue;
    if (index !== at) showDomain(index);
    domainSelect.selectedIndex = index;
    return choose(item);
  }
}

/** The key that the address names; what is no text is no key. */
function linked(): string | null {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    return null;
  }
}

function leave(): void {
  if (document.activeElement === search && search.value !== "") {
    search.value = "";
    return filter();
  }
  showSummary(panel, domain(), choose);
  tree.select(null);
  stage().select(null);
  filterPicture();
  history.replaceState(null, "", location.pathname + location.search);
  if (returnTo?.isConnected) returnTo.focus();
  else tree.focus();
}

document.addEventListener("keydown", (event) => {
  const typing = (event.target as Element).closest("input,select,textarea") !== null;
  if (event.key === "/" && !typing) {
    event.preventDefault();
    search.focus();
    search.select();
  } else if (event.key === "Escape") leave();
});
panel.addEventListener("click", (event) => {
  if ((event.target as HTMLElement).dataset["close"] !== undefined) leave();
});
search.addEventListener("input", filter);
search.addEventListener("keydown", (event) => {
  if (event.key !== "ArrowDown" && event.key !== "Enter") return;
  event.preventDefault();
  tree.focus();
});
participant.addEventListener("change", filterPicture);
risk.addEventListener("change", filterPicture);
message.addEventListener("change", () => chooseMessages(message.value === "" ? [] : [message.value]));
show.addEventListener("change", () => {
  if (show.value !== "chosen") stage().show(show.value as "all" | "changes");
  drawn();
});
domainSelect.addEventListener("change", () => showDomain(domainSelect.selectedIndex));
theme.addEventListener("change", () => (document.documentElement.dataset["theme"] = theme.value));
byId("zoom-in").addEventListener("click", () => stage().zoom(1.25));
byId("zoom-out").addEventListener("click", () => stage().zoom(0.8));
byId("zoom-fit").addEventListener("click", () => stage().fit());
addEventListener("hashchange", openLink);
addEventListener("beforeprint", () => tree.unfold());
byId("domain-field").hidden = data.domains.length < 2;
risk.closest<HTMLElement>(".field")!.hidden = !isDiff;
if (data.domains.length > 0) showDomain(0);
openLink();
// after the first paint, with every key and click answered
requestAnimationFrame(() => setTimeout(() => (document.documentElement.dataset["ready"] = "true")));
