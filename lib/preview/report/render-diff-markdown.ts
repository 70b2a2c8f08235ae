import type { Change, Finding, RiskClass, TopologyDiff } from "../diff/types";
import { escapeMarkdown, fence } from "./escape-markdown";
import { changeCount, countsOf, headline } from "./render-diff-text";
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
}

const LIMIT = 65_000;
const ICONS: Readonly<Record<RiskClass, string>> = { refused: "⛔", risky: "⚠️", safe: "✅" };

/**
 * A comment for a pull request: counts and the worst first, details folded, the SQL and the order to deploy. Empty where nothing
 * has changed. What does not fit is left out from the end, which holds what matters least, and that is said.
 */
export function renderDiffMarkdown(
  diffs: readonly TopologyDiff[],
  { limit = LIMIT, artifactUrl }: MarkdownOptions = {},
): string {
  const changed = diffs.filter(({ changes }) => changes.length > 0);
  if (changed.length === 0) return "";
  const blocks = changed
    .flatMap((diff) => diff.changes.map((change) => ({ risk: change.class, text: details(diff, change) })))
    .sort((a, b) => ORDER.indexOf(a.risk) - ORDER.indexOf(b.risk));
  const first = [`## ${title(changed)}`, summary(changed), ...changed.map(steps).filter((each) => each !== "")].join(
    "\n\n",
  );
  return fitted(first, blocks, limit, artifactUrl);
}

const ORDER: readonly RiskClass[] = ["refused", "risky", "safe"];

function fitted(
  first: string,
  blocks: readonly { readonly text: string }[],
  limit: number,
  artifactUrl: string | undefined,
): string {
  const left = (cut: number): string => {
    const where =
      artifactUrl === undefined
        ? ""
        : ` [All of it](${encodeURI(artifactUrl).replace(/[()]/g, (each) => (each === "(" ? "%28" : "%29"))})`;
    return cut === 0 ? "" : `\n\n_${cut} more not shown here, the least important ones._${where}`;
  };
  // the worst case of what is said about what is cut
  const room = limit - left(blocks.length).length - 1;
  let text = bytes(first) > room ? cutBytes(first, room) : first;
  let shown = 0;
  for (const block of blocks) {
    if (bytes(text) + bytes(block.text) + 2 > room) break;
    text += `\n\n${block.text}`;
    shown++;
  }
  return `${text}${left(blocks.length - shown)}\n`;
}

/** As UTF-8, which is never fewer than characters: safe whichever of the two a host counts. */
function bytes(text: string): number {
  let sum = 0;
  for (const each of text) {
    const point = each.codePointAt(0) ?? 0;
    sum += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return sum;
}

/** Whole lines alone: half a line may be half a character reference. */
function cutBytes(text: string, room: number): string {
  const lines = text.split("\n");
  while (lines.length > 1 && bytes(lines.join("\n")) > room) lines.pop();
  return lines.join("\n");
}

function title(diffs: readonly TopologyDiff[]): string {
  const worst = ORDER.find((risk) => diffs.some((each) => each.worst === risk)) ?? "safe";
  const words = { refused: "refused as it is", risky: "with risks", safe: "safe" };
  return `${ICONS[worst]} Topology: ${changeCount(diffs)}, ${words[worst]}`;
}

function summary(diffs: readonly TopologyDiff[]): string {
  const rows = diffs.map((diff) => {
    const losses = diff.changes.filter(({ findings }) =>
      findings.some(({ facts, accepted }) => facts.losesData && accepted === null),
    );
    const loud = losses.length === 0 ? "" : `**${losses.length} can lose data**`;
    return `| ${ICONS[diff.worst ?? "safe"]} ${escapeMarkdown(diff.domain)} | ${countsOf(diff)} | ${loud} |`;
  });
  return ["| domain | changes | |", "|---|---|---|", ...rows].join("\n");
}

function steps({ domain, steps: all }: TopologyDiff): string {
  if (all.length < 2) return "";
  const lines = all.map(({ sentence }, index) => `${index + 1}. ${escapeMarkdown(sentence)}`);
  return [`**Order to deploy ${escapeMarkdown(domain)}**`, "", ...lines].join("\n");
}

function details(diff: TopologyDiff, change: Change): string {
  const { findings, ddl, path } = change;
  const open = change.class === "safe" ? "<details>" : "<details open>";
  const head = `${open}<summary>${ICONS[change.class]} ${escapeMarkdown(headline(change))}: ${escapeMarkdown(findings.map((each) => each.title).join("; "))}</summary>`; // prettier-ignore
  const who = escapeMarkdown(concerned(change));
  const parts = [
    `Declared at ${escapeMarkdown(`${diff.domain}: ${path}`)}.${who === "" ? "" : ` Concerns ${who}.`}`,
    ...findings.map(finding),
    ...(ddl.length === 0 ? [] : [fence("sql", ddl.map((each) => `${each};`).join("\n"))]),
  ];
  return [head, "", parts.join("\n\n"), "", "</details>"].join("\n");
}

function finding({
  code,
  title: what,
  happens,
  wayOut,
  source,
  facts,
  pointer,
  accepted,
  class: risk,
  id,
}: Finding): string {
  const loud = lossesOf(facts).map((each) => `**${each}**`);
  const lines = [
    `- ${code} ${[...loud, escapeMarkdown(what)].join(" ")}${pointer === null ? "" : ` at ${escapeMarkdown(pointer)}`}: ${escapeMarkdown(happens)}`,
    ...(wayOut === null ? [] : [`  - Way out: ${escapeMarkdown(wayOut)}`]),
    ...(source === null ? [] : [`  - Source: ${escapeMarkdown(source)}`]),
    ...(accepted === null ? [] : [`  - Accepted: ${escapeMarkdown(accepted)}`]),
  ];
  if (risk === "risky" && accepted === null)
    lines.push(`  - To accept exactly this: ${escapeMarkdown(acceptance(id))}`);
  return lines.join("\n");
}
