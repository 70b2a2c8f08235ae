import { readFileSync } from "node:fs";

/** The lines of a module; none where it cannot be read. */
export function readLines(module: string): readonly string[] {
  try {
    return readFileSync(module, "utf8").split("\n");
  } catch {
    return [];
  }
}

/** Where the declared name stands, found below the names that lead to it: the last step that occurs. 1-based; null for none. */
export function declaredLine(lines: readonly string[], path: string): number | null {
  let found: number | null = null;
  for (const step of path.split(/[.[\]]+/)) {
    const declares = new RegExp(`(^|[^\\w$])["'\`]?${step.replace(/[^\w]/g, "\\$&")}["'\`]?\\s*:`);
    const from = found ?? 1;
    const at = lines.findIndex((line, index) => index >= from - 1 && declares.test(line));
    if (at >= 0) found = at + 1;
  }
  return found;
}

/** Where a domain itself is declared: what is not written in a declaration follows from it. 1-based; null for none. */
export function domainLine(lines: readonly string[], domain: string): number | null {
  const at = lines.findIndex((line) => line.includes(`defineDomain(${JSON.stringify(domain)}`));
  return at < 0 ? null : at + 1;
}
