import type { TopologyDiff } from "../preview/diff/types";
import { renderDiffMarkdown } from "../preview/report/render-diff-markdown";
import { renderDiffText } from "../preview/report/render-diff-text";
import type { TextStyle } from "../preview/tree";
import type { DiffFormat } from "./formats";

/** The forms that are text; JSON has more in it than the diffs. */
export function renderDiffs(
  diffs: readonly TopologyDiff[],
  format: Exclude<DiffFormat, "json">,
  style: TextStyle,
): string {
  switch (format) {
    case "text":
      return renderDiffText(diffs, style);
    case "markdown":
      return renderDiffMarkdown(diffs);
  }
}
