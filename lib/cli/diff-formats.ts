import type { TopologyDiff } from "../preview/diff/types";
import { renderDiffMarkdown } from "../preview/report/render-diff-markdown";
import { renderDiffText } from "../preview/report/render-diff-text";
import type { TextStyle } from "../preview/tree";
import type { Pair } from "./diff-sides";
import type { DiffFormat } from "./formats";
import { subcommands } from "./subcommands";

/** What differs, and in what. */
export interface Compared {
  readonly pairs: readonly Pair[];
  readonly diffs: readonly TopologyDiff[];
}

/** The forms that are text; JSON has more in it than the diffs. */
export function renderDiffs({ pairs, diffs }: Compared, format: Exclude<DiffFormat, "json">, style: TextStyle): string {
  switch (format) {
    case "text":
      return renderDiffText(diffs, style);
    case "markdown":
      return renderDiffMarkdown(diffs);
    case "html":
      return subcommands.htmlPage()(
        pairs.flatMap(({ head }) => head?.topology ?? []),
        diffs,
      );
  }
}
