const prefix = "eventloom:";

/** A comment with its marker: the last line says who declares the object. */
export function withMarker(comment: string | null, declaredBy: string): string {
  return comment === null || comment === "" ? prefix + declaredBy : `${comment}\n${prefix}${declaredBy}`;
}

/** Takes a comment of the server apart; `declaredBy` is null where no marker is. */
export function splitMarker(stored: string | null): { comment: string | null; declaredBy: string | null } {
  if (stored === null) return { comment: null, declaredBy: null };
  const at = stored.lastIndexOf("\n");
  const last = stored.slice(at + 1);
  if (!last.startsWith(prefix)) return { comment: stored, declaredBy: null };
  return { comment: at < 0 ? null : stored.slice(0, at), declaredBy: last.slice(prefix.length) };
}
