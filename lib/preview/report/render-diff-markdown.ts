import type { Topology } from "../../topology/types";
import type { Action, Change, Finding, RiskClass, TopologyDiff } from "../diff/types";
import { count } from "../words";
import { escapeMarkdown, fence } from "./escape-markdown";
import { byteLength, fitSections, type Section } from "./fit";
import { pictures } from "./markdown-picture";
import { changeCount, headline, object, risksOf, workOf } from "./render-diff-text";
import { acceptance, concerned, lossesOf } from "./wording";

/** How a comment is written. */
export interface MarkdownOptions {
  /**
   * The most characters that it may have: GitHub refuses comments of 65,536 and more.
   * @default 65000
   */
  readonly limit?: number;
  /**
   * Where all of it can be read when some was cut.
   * @default - nowhere
   */
  readonly artifactUrl?: string;
  /**
   * What is drawn: of each domain that changes, the head's topology, or the base's where it leaves.
   * @default - nothing
   */
  readonly topologies?: readonly Topology[];
}

const LIMIT = 65_000;
const ICONS: Readonly<Record<RiskClass, string>> = { refused: "⛔", risky: "⚠️", safe: "✅" };
const ORDER: readonly RiskClass[] = ["refused", "risky", "safe"];

/** Which section is given room first. Where they stand is another thing. */
const RANKS = { title: 0, worst: 1, refused: 2, risky: 3, steps: 4, summary: 5, picture: 6, safe: 7, ddl: 8 } as const;

/**
 * A comment for a pull request: counts and the worst first, what loses data loud, a table by domain, the order to deploy, a picture,
 * and details folded. Empty where nothing has changed. What does not fit is left out by what matters least, and that is said.
 */
export function renderDiffMarkdown(
  diffs: readonly TopologyDiff[],
  { limit = LIMIT, artifactUrl, topologies = [] }: MarkdownOptions = {},
): string {
  const changed = diffs.filter(({ changes }) => changes.length > 0);
  if (changed.length === 0) return "";
  const sections = [
    section("title", "", [`## ${title(changed)}`]),
    worst(changed),
    summary(changed),
    ...changed.map(steps),
    ...pictures(changed, topologies).map((each) => section("picture", "", [each])),
    details(changed, "refused"),
    details(changed, "risky"),
    ...changed.map(safe),
    ...changed.map(safeStatements),
  ];
  // the worst case of what is said about what is cut
  const room = limit - byteLength(left(changeTotal(changed), artifactUrl)) - 1;
  const { text, cut } = fitSections(sections, room);
  return `${text}${left(cut, artifactUrl)}\n`;
}

function changeTotal(diffs: readonly TopologyDiff[]): number {
  return diffs.reduce((sum, each) => sum + each.changes.length, 0);
}

function left(cut: number, artifactUrl: string | undefined): string {
  if (cut === 0) return "";
  const where = artifactUrl === undefined ? "" : ` [All of it](${linked(artifactUrl)})`;
  return `\n\n_${cut} more not shown here, the least important ones._${where}`;
}

function linked(url: string): string {
  return encodeURI(url).replace(/[()]/g, (each) => (each === "(" ? "%28" : "%29"));
}

function section(
  what: keyof typeof RANKS,
  open: string,
  items: readonly (string | (() => string))[],
  { close = "", between = "\n", counted = false } = {},
): Section {
  return {
    rank: RANKS[what],
    open,
    close,
    between,
    counted,
    items: items.map((each) => ({ text: typeof each === "string" ? () => each : each })),
  };
}

function title(diffs: readonly TopologyDiff[]): string {
  const risk = ORDER.find((each) => diffs.some((diff) => diff.worst === each)) ?? "safe";
  const words = { refused: "refused as it is", risky: "with risks", safe: "safe" };
  return `${ICONS[risk]} Topology: ${changeCount(diffs)}, ${words[risk]}`;
}

/** How many findings are told before everything else. */
const MOST_WORST = 5;

/** What to see in ten seconds: the worst findings that nobody has accepted, those that lose something first. */
function worst(diffs: readonly TopologyDiff[]): Section {
  const open = diffs.flatMap(({ changes }) =>
    changes.flatMap((change) =>
      change.findings
        .filter((each) => each.class !== "safe" && each.accepted === null)
        .map((finding) => ({ change, finding })),
    ),
  );
  const severity = ({ finding }: (typeof open)[number]): number =>
    ORDER.indexOf(finding.class) * 2 + (lossesOf(finding.facts).length > 0 ? 0 : 1);
  const first = [...open].sort((a, b) => severity(a) - severity(b)).slice(0, MOST_WORST);
  const lines = first.map(({ change, finding }) => {
    const who = concerned(change);
    const what = [...loud(finding), VERBS[change.action], escapeMarkdown(`${object(change)}: ${finding.title}`)].join(
      " ",
    );
    return `- ${ICONS[finding.class]} ${what}${who === "" ? "" : `; concerns ${escapeMarkdown(who)}`}`;
  });
  const rest = open.length - first.length;
  return section("worst", "", [...lines, ...(rest > 0 ? [`- and ${rest} more below`] : [])]);
}

/** What cannot be undone is said aloud. */
const VERBS: Readonly<Record<Action, string>> = {
  create: "create",
  update: "update",
  replace: "**REPLACE**",
  move: "rename",
  forget: "forget",
  destroy: "**DESTROY**",
};

function loud({ facts }: Finding): readonly string[] {
  return lossesOf(facts).map((each) => `**${each}**`);
}

function summary(diffs: readonly TopologyDiff[]): Section {
  const rows = diffs.map((diff) => {
    const losses = diff.changes.filter(({ findings }) =>
      findings.some(({ facts, accepted }) => facts.losesData && accepted === null),
    );
    const what = losses.length === 0 ? "" : `**${losses.length} can lose data**`;
    return `| ${ICONS[diff.worst ?? "safe"]} ${escapeMarkdown(diff.domain)} | ${risksOf(diff)} | ${workOf(diff)} | ${what} |`;
  });
  return section("summary", "| domain | risks | what is done | |\n|---|---|---|---|\n", rows, { counted: true });
}

function steps({ domain, steps: all }: TopologyDiff): Section {
  if (all.length < 2) return section("steps", "", []);
  const lines = all.map(({ sentence }, index) => `${index + 1}. ${escapeMarkdown(sentence)}`);
  return section("steps", `**Order to deploy ${escapeMarkdown(domain)}**\n\n`, lines);
}

function details(diffs: readonly TopologyDiff[], risk: RiskClass): Section {
  const items = diffs.flatMap((diff) =>
    diff.changes
      .filter((change) => change.class === risk)
      .map((change) => ({ text: () => detailsOf(diff, change, change.ddl), short: () => detailsOf(diff, change, []) })),
  );
  return { rank: RANKS[risk], open: "", close: "", between: "\n\n", counted: true, items };
}

function detailsOf({ domain }: TopologyDiff, change: Change, ddl: readonly string[]): string {
  const { findings, path } = change;
  const titles = findings.map((each) => each.title).join("; ");
  const head = `<details><summary>${ICONS[change.class]} ${escapeMarkdown(headline(change))}: ${escapeMarkdown(titles)}</summary>`;
  const who = escapeMarkdown(concerned(change));
  const parts = [
    `Declared at ${escapeMarkdown(`${domain}: ${path}`)}.${who === "" ? "" : ` Concerns ${who}.`}`,
    findings.map(finding).join("\n"),
    ...(ddl.length === 0 ? [] : [sqlOf(ddl)]),
  ];
  return [head, "", parts.join("\n\n"), "", "</details>"].join("\n");
}

function finding(each: Finding): string {
  const { code, title: what, happens, wayOut, source, pointer, accepted, class: risk, id } = each;
  const lines = [
    `- ${code} ${[...loud(each), escapeMarkdown(what)].join(" ")}${pointer === null ? "" : ` at ${escapeMarkdown(pointer)}`}: ${escapeMarkdown(happens)}`,
    ...(wayOut === null ? [] : [`  - Way out: ${escapeMarkdown(wayOut)}`]),
    ...(source === null ? [] : [`  - Source: ${escapeMarkdown(source)}`]),
    ...(accepted === null ? [] : [`  - Accepted: ${escapeMarkdown(accepted)}`]),
  ];
  if (risk === "risky" && accepted === null) lines.push("  - To accept exactly this:", "", copyable(acceptance(id)));
  return lines.join("\n");
}

/** A block of code in an entry of a list of the second level, to be copied as it is. */
function copyable(text: string): string {
  const lines = fence("ts", text).split("\n");
  return lines.map((line) => `    ${line}`).join("\n");
}

/** What is safe is a line each, folded together. */
function safe({ domain, changes }: TopologyDiff): Section {
  const lines = changes
    .filter((each) => each.class === "safe")
    .map((change) => (): string => {
      const titles = change.findings.map(({ title: what, pointer }) => (pointer === null || what.includes(pointer) ? what : `${what} at ${pointer}`)).join("; "); // prettier-ignore
      return `- ${escapeMarkdown(headline(change))}: ${escapeMarkdown(titles + forServices(change))} (${escapeMarkdown(change.path)})`;
    });
  const head = `<details><summary>${ICONS.safe} ${count(lines.length, "safe change")} of ${escapeMarkdown(domain)}</summary>\n\n`;
  return section("safe", head, lines, { close: "\n\n</details>", counted: true });
}

/** A rename is safe for servers; those who write the services have to know what stays. */
function forServices(change: Change): string {
  if (change.kind !== "rename") return "";
  const who = concerned(change);
  return [...change.findings.map(({ happens }) => `; ${happens}`), ...(who === "" ? [] : [`; concerns ${who}`])].join(
    "",
  );
}

function safeStatements({ domain, changes }: TopologyDiff): Section {
  const blocks = changes
    .filter((each) => each.class === "safe" && each.ddl.length > 0)
    .map(
      ({ ddl }) =>
        () =>
          sqlOf(ddl),
    );
  const head = `<details><summary>SQL of the safe changes of ${escapeMarkdown(domain)}</summary>\n\n`;
  return section("ddl", head, blocks, { close: "\n\n</details>", between: "\n\n", counted: true });
}

function sqlOf(ddl: readonly string[]): string {
  return fence("sql", ddl.map((each) => `${each};`).join("\n"));
}
