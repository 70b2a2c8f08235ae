import { distance } from "fastest-levenshtein";
import { printable } from "./printable";

/**
 * Every mistake that a declaration can hold: what it is, and what to do about it. Codes are stable: they may be searched for,
 * documented and suppressed, and are never used again for something else.
 */
export const declarationIssues = {
  ED101: { title: "illegal name", fix: "start with a letter and use letters and digits only" },
  ED102: { title: "name too long", fix: "shorten the name" },
  ED103: { title: "unknown property", fix: "remove it, or correct its spelling" },
  ED104: { title: "missing", fix: "declare it" },
  ED105: { title: "wrong kind of value", fix: "give a value of the kind that is asked for" },
  ED106: { title: "not one of the allowed values", fix: "choose one of them" },
  ED107: { title: "number out of range", fix: "choose a number within the range" },
  ED108: { title: "not a duration", fix: 'write a whole number and a unit: "30 seconds"' },
  ED109: { title: "duration out of range", fix: "choose a duration within the range" },
  ED110: { title: "unknown event", fix: "name an event of one of the domain's aggregates" },
  ED111: { title: "unknown command", fix: "name a command of the domain" },
  ED112: { title: "not a reply of the step's command", fix: "name one of the replies that command() declares" },
  ED113: {
    title: "not a property of every event's payload",
    fix: "choose a property that the latest version of every event requires",
  },
  ED114: { title: "empty", fix: "put at least one entry in, or leave it out" },
  ED115: { title: "listed twice", fix: "list it once" },
  ED116: { title: "the same event in two aggregates", fix: "give one of them another name" },
  ED117: { title: "names that become the same physical name", fix: "rename one of them" },
  ED118: { title: "versions have gaps", fix: "number the versions 1, 2, 3 and so on" },
  ED119: { title: "upcast missing", fix: "add the function that turns this version's payload into the next one's" },
  ED120: { title: "upcast without a next version", fix: "remove it, or declare the next version" },
  ED121: {
    title: "schema has no JSON Schema",
    fix: "use a type that JSON can carry (say, an ISO date as text), or jsonSchema()",
  },
  ED123: { title: "not an SQL expression", fix: "write one expression, text in single quotes: \"'open'\"" },
  ED122: {
    title: "retention shorter than the retry window",
    fix: "keep messages at least as long as all retries take",
  },
  ED130: { title: "saga step without compensation", fix: 'name the command that undoes the step, or say "none"' },
  ED131: { title: "compensation is the step's own command", fix: "name the command that undoes the step" },
  ED132: { title: "success and failure are the same reply", fix: "tell them apart by two replies" },
  ED140: { title: "unknown column", fix: "name a column of the table" },
  ED141: { title: "the name of one of the event store's own tables", fix: "give the projection another name" },
  ED142: { title: "needs the event store", fix: 'remove store: "none", or remove this' },
  ED144: { title: "handles no command", fix: "name a service that a command is handledBy" },
  ED150: { title: "retired and declared at once", fix: "take one of the two out; a retired name stays reserved" },
  ED151: { title: "no reason given", fix: "say in a sentence why, for those who read it later" },
  ED152: {
    title: "renamed from a name that is in use",
    fix: "take it out of renamedFrom, or give what is called so now another name",
  },
  ED153: { title: "renamed from its own name", fix: "name what it was called before, or leave renamedFrom out" },
  ED154: {
    title: "two things renamed from the same name",
    fix: "leave it with the one that has its topic, queue or table",
  },
  ED155: {
    title: "renamed from a retired name",
    fix: "take it out of `retired` if it lives on under this name, or out of renamedFrom",
  },
  ED156: {
    title: "a column of the key is renamed",
    fix: "leave its name, or give the projection its next generation: a table with the new key, built from the events beside this one",
  },
  ED143: { title: "needs a broker that the domain does without", fix: "add the broker to `brokers`, or remove this" },
} as const;

export type DeclarationIssueCode = keyof typeof declarationIssues;

/** What a declaration may hold, but somebody should know of. Codes are as stable as those of mistakes. */
export const declarationWarnings = {
  DW101: {
    title: "checks that do not reach the JSON Schema",
    fix: "say it in the schema where that is possible (min, max, regex, enum); the rest every consumer has to check itself",
  },
} as const;

export type DeclarationWarningCode = keyof typeof declarationWarnings;

const codes = { ...declarationIssues, ...declarationWarnings };

/** One mistake, or one warning: where it is, what was found there, what may be there, and the way out. */
export interface Issue {
  readonly code: string;
  /** Where in the declaration: `consumers.billing.on[0]`. */
  readonly path: string;
  /** Title, value received and values allowed, in one line. */
  readonly message: string;
  /**
   * What was found there.
   * @default - left out where nothing was
   */
  readonly received?: unknown;
  /**
   * What may be there, in words.
   * @default - left out where the message says it all
   */
  readonly allowed?: string;
  /** What to do about it. */
  readonly fix: string;
}

export interface IssueDetails {
  readonly received?: unknown;
  /** The values allowed, as text or as a list (which also gives a "did you mean"). */
  readonly allowed?: string | readonly string[];
  /** Instead of the code's own fix. */
  readonly fix?: string;
  /** Added to the title: what exactly. */
  readonly detail?: string;
}

const LONGEST_VALUE = 80;

/** A value as it may stand in a message: one line, bounded, without control characters. */
export function show(value: unknown): string {
  let text: string;
  if (typeof value === "string") text = JSON.stringify(value);
  else if (value === null || typeof value !== "object")
    text = typeof value === "function" ? "a function" : String(value);
  else text = Array.isArray(value) ? `a list of ${value.length}` : "an object";
  text = printable(text);
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE - 1)}… (${text.length} characters)` : text;
}

/** The allowed name nearest to what was written, if it is near enough to be a slip. */
export function nearest(received: unknown, allowed: readonly string[]): string | undefined {
  if (typeof received !== "string" || received.length > 200) return undefined;
  const ranked = allowed
    .map((name) => ({ name, far: distance(received.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.far - b.far);
  const best = ranked[0];
  return best && best.far <= Math.max(1, Math.floor(received.length / 3)) ? best.name : undefined;
}

const LONGEST_LIST = 12;

export function issue(
  code: DeclarationIssueCode | DeclarationWarningCode,
  path: string,
  details: IssueDetails = {},
): Issue {
  const { title, fix } = codes[code];
  const list = Array.isArray(details.allowed) ? (details.allowed as readonly string[]) : undefined;
  const allowed = list
    ? list.slice(0, LONGEST_LIST).join(", ") + (list.length > LONGEST_LIST ? `, … (${list.length} in all)` : "") ||
      "nothing here"
    : (details.allowed as string | undefined);
  const near = list && nearest(details.received, list);
  const message = [
    details.detail ? `${title}: ${details.detail}` : title,
    "received" in details ? `, got ${show(details.received)}` : "",
    allowed === undefined ? "" : `; allowed: ${allowed}`,
    near ? `; did you mean "${near}"?` : "",
  ].join("");
  return {
    code,
    path,
    message,
    ...("received" in details ? { received: details.received } : {}),
    ...(allowed === undefined ? {} : { allowed }),
    fix: details.fix ?? fix,
  };
}

/** One line for one issue, fit for a terminal: code, path, message, fix. */
export function formatIssue(found: Issue): string {
  return printable(`${found.code} ${found.path}: ${found.message} (fix: ${found.fix})`);
}

/** As many warnings as fit where other things are said too. */
const MOST_WARNINGS = 3;

/** Warnings for the output of an engine: a few lines, however many there are. */
export function warningLines(domain: string, warnings: readonly Issue[]): readonly string[] {
  const left = warnings.length - MOST_WARNINGS;
  const shown = warnings.slice(0, MOST_WARNINGS).map((each) => `domain ${show(domain)}: ${formatIssue(each)}`);
  const more = `domain ${show(domain)}: ${left} more of ${warnings.length} warnings; eventloom check shows all`;
  return left > 0 ? [...shown, more] : shown;
}

/** A declaration that cannot be used: all its mistakes at once, in `issues`. */
export class DeclarationError extends Error {
  override readonly name = "DeclarationError";

  constructor(
    readonly subject: string,
    readonly issues: readonly Issue[],
  ) {
    const count = issues.length === 1 ? "1 issue" : `${issues.length} issues`;
    super(`${subject} has ${count}:\n${issues.map((each) => `  ${formatIssue(each)}`).join("\n")}`);
  }
}
