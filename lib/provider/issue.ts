/** One thing to tell the user: an error or a warning, with the way out. Never holds a password. */
export interface Issue {
  readonly severity: "error" | "warning";
  /** Stable: `PG401`. */
  readonly code: string;
  /** One line, lower case, no final period. */
  readonly summary: string;
  /** What was found, what is allowed, and the fix. */
  readonly detail: string;
  /**
   * The top-level attribute (camelCase) that it is about, or null for the whole resource. Engines point at the wrong line for
   * nested paths, so an index or a nested name stands in the text.
   */
  readonly attribute: string | null;
}

export function hasErrors(issues: readonly Issue[]): boolean {
  return issues.some((issue) => issue.severity === "error");
}
