import { printable, UNPRINTABLE } from "../../domain/printable";

/** Text on one line without what a reader cannot see but a program obeys. */
export const legible = printable;

/**
 * Text that stands for itself in Markdown as GitHub and GitLab read it: no emphasis, link, image, mention, reference to an issue,
 * HTML or table cell comes of it. A character reference is no Markdown (CommonMark 0.31, 6.2 entity references). Mentions and
 * references are looked for in what comes of that, so a space of no width keeps them apart.
 */
export function escapeMarkdown(text: string): string {
  return legible(text)
    .replace(
      /[&<>"'`*_{}[\]()#+!|~\\@$]|:(?=\S)/g,
      (each) => `&#${each.charCodeAt(0)};${APART.includes(each) ? "&#8203;" : ""}`,
    )
    .replace(/\bGH-(?=\d)/gi, (each) => `${each}&#8203;`)
    .replace(/\bwww\./gi, "www&#46;");
}

/** What begins a mention or a reference: of people, issues, merge requests, labels, milestones, snippets. */
const APART = "@#!~%$&";

/** A fenced block that nothing in the text can end. */
export function fence(language: string, text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const ticks = "`".repeat(longest + 1);
  // line feeds are what makes it readable
  const safe = text.replace(UNPRINTABLE, (each) => (each === "\n" || each === "\t" ? each : "\ufffd"));
  return `${ticks}${language}\n${safe}\n${ticks}`;
}
