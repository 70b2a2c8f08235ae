/** In what form a picture of a domain is written. */
export const graphFormats = ["svg", "mermaid"] as const;

/** One of {@link graphFormats}. */
export type GraphFormat = (typeof graphFormats)[number];
