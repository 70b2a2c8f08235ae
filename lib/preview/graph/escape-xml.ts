const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text for an element or a quoted attribute. Characters that turn the reading direction or control a terminal are made visible. */
export function escapeXml(text: string): string {
  return visible(text).replace(/[&<>"']/g, (each) => ENTITIES[each] ?? each);
}

/** JSON for a script element: nothing in it ends the element, begins a comment or a line. */
export function embedJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** What XML does not know (control characters, halves of characters), and what turns the direction of the line around it. */
const UNFIT =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]/gu;

/** Text without what a reader cannot see but a renderer obeys. */
export function visible(text: string): string {
  return text.replace(UNFIT, "\ufffd");
}
