/** In what form a picture of a domain is written. */
export const graphFormats = ["svg", "mermaid", "html"] as const;

/** One of {@link graphFormats}. */
export type GraphFormat = (typeof graphFormats)[number];

/** In what form `eventloom diff` says what differs. */
export const diffFormats = ["text", "markdown", "json", "html", "github", "sarif"] as const;

/** One of {@link diffFormats}. */
export type DiffFormat = (typeof diffFormats)[number];
