/** The element with an id of the page's own markup. */
export function byId<T extends HTMLElement>(id: string): T {
  return document.getElementById(id) as T;
}

/** A new element; what is in it is text or elements, never markup. */
export function element(tag: string, className: string, ...inside: readonly (Node | string)[]): HTMLElement {
  const made = document.createElement(tag);
  if (className !== "") made.className = className;
  made.append(...inside);
  return made;
}

/** Fills a select with a first choice for all, and the others by their names. */
export function fillSelect(select: HTMLSelectElement, all: string, values: readonly string[]): void {
  select.replaceChildren(
    new Option(all, ""),
    ...values.map((each) => new Option(each.length > 60 ? `${each.slice(0, 59)}…` : each, each)),
  );
}

/** Names for readers: characters that turn the line or cannot be seen are replaced. */
export function seen(text: string): string {
  return text.replace(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    "\ufffd",
  );
}

/** {@link seen} text that a line may be broken in, where long names have their joints. */
export function breakable(text: string): (Node | string)[] {
  return seen(text)
    .split(/(?<=[a-z0-9][./_-])(?=[A-Za-z0-9])/)
    .flatMap((each, index): (Node | string)[] => (index === 0 ? [each] : [document.createElement("wbr"), each]));
}
