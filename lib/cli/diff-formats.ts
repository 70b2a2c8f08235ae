import type { TopologyDiff } from "../preview/diff/types";
import type { SourcedDiff } from "../preview/report/places";
import { renderAnnotations } from "../preview/report/render-annotations";
import { renderDiffMarkdown } from "../preview/report/render-diff-markdown";
import { renderDiffText } from "../preview/report/render-diff-text";
import { renderSarif } from "../preview/report/render-sarif";
import type { Topology } from "../topology/types";
import type { TextStyle } from "../preview/tree";
import type { Pair } from "./diff-sides";
import type { DiffFormat } from "./formats";
import { subcommands } from "./subcommands";
import { version } from "./version";

/** What differs, and in what. */
export interface Compared {
  readonly pairs: readonly Pair[];
  readonly diffs: readonly TopologyDiff[];
  /** With the places in files; asked for by the forms that name them. */
  readonly sourced: () => readonly SourcedDiff[];
}

type Renderer = (compared: Compared, style: TextStyle) => string;

/** The forms that are text; JSON has more in it than the diffs. */
const renderers: Readonly<Record<Exclude<DiffFormat, "json">, Renderer>> = {
  text: ({ diffs }, style) => renderDiffText(diffs, style),
  markdown: ({ diffs, pairs }) => renderDiffMarkdown(diffs, { topologies: topologiesOf(pairs) }),
  html: ({ pairs, diffs }) =>
    subcommands.htmlPage()(
      pairs.flatMap(({ head }) => head?.topology ?? []),
      diffs,
    ),
  github: ({ sourced }) => renderAnnotations(sourced()),
  sarif: ({ sourced }) => renderSarif(sourced(), version()),
};

export function renderDiffs(compared: Compared, format: Exclude<DiffFormat, "json">, style: TextStyle): string {
  return renderers[format](compared, style);
}

/** What is there after the change, or was before where the domain leaves. */
export function topologiesOf(pairs: readonly Pair[]): readonly Topology[] {
  return pairs.flatMap(({ head, base }) => (head ?? base)?.topology ?? []);
}
