import { type Issue, show } from "../domain/issues";
import { printable } from "../preview/printable";

/** What the command itself has to complain about, beside what it finds in declarations. A code never changes its meaning. */
export const commandIssues = {
  CL501: {
    title: "no such file",
    fix: "name a TypeScript or JavaScript file, relative to the current folder",
    exit: 2,
  },
  CL502: { title: "not a file", fix: "name the file in it that exports the domain", exit: 2 },
  CL503: {
    title: "neither TypeScript nor JavaScript",
    fix: "name a file that ends in .ts, .mts, .cts, .js, .mjs or .cjs",
    exit: 2,
  },
  CL504: { title: "cannot be loaded", fix: "mend the module; `node` or `tsc` say more about it", exit: 2 },
  CL505: { title: "exports no domain", fix: "export what defineDomain() returns", exit: 2 },
  CL506: { title: "two domains of the same name", fix: "rename one of them, or look at one module at a time", exit: 1 },
  CL507: { title: "the domain has no event store", fix: 'leave store: "none" out of it, or the module out', exit: 1 },
} as const satisfies Readonly<Record<string, { title: string; fix: string; exit: 1 | 2 }>>;

/** A code of {@link commandIssues}. */
export type CommandIssueCode = keyof typeof commandIssues;

/** @param detail what exactly, in one line */
export function commandIssue(code: CommandIssueCode, path: string, detail?: string): Issue {
  const { title, fix } = commandIssues[code];
  return { code, path, message: detail === undefined ? title : `${title}: ${detail}`, fix };
}

/** The first line of what was thrown, whatever it is, fit for a terminal. */
export function thrownLine(thrown: unknown): string {
  // not instanceof: an error may come from another realm
  const { name, message } = (thrown ?? {}) as { name?: unknown; message?: unknown };
  const text = typeof message === "string" ? `${String(name)}: ${message}` : `threw ${show(thrown)}`;
  const line = text.replace(/^Error: /, "").split("\n", 1)[0] ?? "";
  return printable(line.trim()).slice(0, LONGEST_LINE);
}

const LONGEST_LINE = 500;
