/**
 * Where things stand in the text of a lock file: the 1-based line on which each begins, by JSON Pointer. An entry of a list with a
 * name goes by its name: `/resources/table~1inbox/definition/columns/consumer`.
 */
export type LockLines = ReadonlyMap<string, number>;

/**
 * Reads lines by their indent, as a lock file is laid out. What a text of another layout holds is not found, and what stands on one
 * line with others has the line of what it is in.
 */
export function lockLines(text: string): LockLines {
  const found = new Map<string, number>();
  const at: string[] = [];
  text.split("\n").forEach((line, index) => {
    const step = stepOf(line);
    if (step === null) return;
    at.length = Math.min(at.length, step.depth);
    at[step.depth] = step.name;
    const pointer = `/${at.map(escapeStep).join("/")}`;
    if (!found.has(pointer)) found.set(pointer, index + 1);
  });
  return found;
}

/** A step of a JSON Pointer (RFC 6901, section 4). */
export function escapeStep(name: string): string {
  return name.replace(/~/g, "~0").replace(/\//g, "~1");
}

/** The line of a place, or of the nearest that it is in; null where not even the root is there. */
export function lineAt(lines: LockLines, root: string, below: readonly string[] = []): number | null {
  for (let length = below.length; length >= 0; length--) {
    const pointer = [root, ...below.slice(0, length).map(escapeStep)].join("/");
    const line = lines.get(pointer);
    if (line !== undefined) return line;
  }
  return null;
}

const MEMBER = /^((?: {2})+)"((?:[^"\\]|\\.)*)": /;
const NAMED_ENTRY = /^((?: {2})+)\{ .*"name": "((?:[^"\\]|\\.)*)"/;

function stepOf(line: string): { readonly depth: number; readonly name: string } | null {
  const [, indent = "", name = ""] = MEMBER.exec(line) ?? NAMED_ENTRY.exec(line) ?? [];
  if (indent === "") return null;
  return { depth: indent.length / 2 - 1, name: JSON.parse(`"${name}"`) as string };
}
