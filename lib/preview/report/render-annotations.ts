import type { Change, Finding } from "../diff/types";
import { count } from "../words";
import { legible } from "./escape-markdown";
import { type Place, placesOf, type SourcedDiff } from "./places";
import { countsOf } from "./render-diff-text";
import { type Level, levelOf, reportLines } from "./reported";

const COMMANDS: Readonly<Record<Level, string>> = { error: "error", warning: "warning", note: "notice" };
const ORDER: readonly Level[] = ["error", "warning", "note"];

/**
 * Workflow commands of GitHub Actions, one a line, that annotate the lines of a pull request: the worst first, since GitHub shows
 * ten of a kind for each step. What is safe is one notice a domain. Empty where nothing has changed; else ends with a line feed.
 */
export function renderAnnotations(diffs: readonly SourcedDiff[]): string {
  const all = diffs.flatMap(annotationsOf).sort((a, b) => ORDER.indexOf(a.level) - ORDER.indexOf(b.level));
  return all.map((each) => `${written(each)}\n`).join("");
}

interface Annotation {
  readonly level: Level;
  readonly place: Place;
  readonly title: string;
  readonly lines: readonly string[];
}

function annotationsOf(source: SourcedDiff): readonly Annotation[] {
  const { diff } = source;
  const places = placesOf(source);
  const told = diff.changes.flatMap((change) =>
    change.findings
      .filter((finding) => finding.class !== "safe")
      .map((finding): Annotation => {
        const place = places.inModule(change) ?? places.inLock(change, finding);
        return { level: levelOf(finding), place, title: titleOf(change, finding), lines: reportLines(change, finding) };
      }),
  );
  const safe = diff.changes.filter((each) => each.class === "safe").length;
  if (safe === 0) return told;
  const lines = [`${count(safe, "safe change")} of ${diff.domain}`, countsOf(diff)];
  return [...told, { level: "note", place: places.top, title: `eventloom: ${diff.domain}`, lines }];
}

function titleOf({ name }: Change, { code }: Finding): string {
  return `${code} ${name}`;
}

/** GitHub takes titles of at most 255 characters. */
const LONGEST_TITLE = 200;

function written({ level, place, title, lines }: Annotation): string {
  const properties = [
    `file=${property(place.file)}`,
    `line=${place.line}`,
    `title=${property([...title].slice(0, LONGEST_TITLE).join(""))}`,
  ];
  return `::${COMMANDS[level]} ${properties.join(",")}::${data(lines.map(legible).join("\n"))}`;
}

/** As the runner reads it back: actions/toolkit, packages/core/src/command.ts. */
function data(text: string): string {
  return text.replace(/%/g, "%25").replace(/\r/g, "%0D").replace(/\n/g, "%0A");
}

function property(text: string): string {
  return data(legible(text)).replace(/:/g, "%3A").replace(/,/g, "%2C");
}
