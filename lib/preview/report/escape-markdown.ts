/** What turns the direction of text, hides some of it or is half a character: nobody names a topic so without an intention. */
const INVISIBLE =
  /[\u0000-\u001f\u007f-\u009f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff\ufffe\uffff]/gu;

/** Text on one line without what a reader cannot see but a program obeys. */
export function legible(text: string): string {
  return text.replace(INVISIBLE, "\ufffd");
}

/**
 * Text that stands for itself in Markdown as GitHub and GitLab read it: no emphasis, link, image, mention, reference to an issue,
 * HTML or table cell comes of it. A character reference is no Markdown (CommonMark 0.31, 6.2 entity references).
 */
export function escapeMarkdown(text: string): string {
  return legible(text)
    .replace(/[&<>"'`*_{}[\]()#+!|~\\@:$]/g, (each) => `&#${each.charCodeAt(0)};`)
    .replace(/\bwww\./gi, "www&#46;");
}

/** A fenced block that nothing in the text can end. */
export function fence(language: string, text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const ticks = "`".repeat(longest + 1);
  // line feeds are what makes it readable
  const safe = text.replace(INVISIBLE, (each) => (each === "\n" || each === "\t" ? each : "\ufffd"));
  return `${ticks}${language}\n${safe}\n${ticks}`;
}
