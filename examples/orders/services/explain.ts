/** An error in one line, whichever library it comes from. */
export function explain(error: unknown): string {
  const text =
    error instanceof AggregateError && !error.message ? error.errors.map(explain).join("; ") : messageOf(error);
  return text.replace(/\s*\n\s*/g, " ");
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const causes = error instanceof AggregateError ? (error.errors as unknown[]) : [error.cause];
  const [because] = causes.filter((each) => each instanceof Error);
  return because === undefined ? error.message : `${error.message}: ${explain(because)}`;
}
