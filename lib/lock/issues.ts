import { type Issue, show } from "../domain/issues";

/** What can be wrong with a lock, or between a lock and a declaration. A code never changes its meaning. */
export const lockIssues = {
  LK601: {
    title: "not readable as JSON",
    fix: "restore the file from the last commit that holds it whole, or remove it and run eventloom lock",
  },
  LK602: { title: "not a lock of eventloom", fix: "name a file that eventloom lock has written" },
  LK603: { title: "written by a newer version", fix: "update eventloom to the version that the others use" },
  LK604: { title: "changed by hand", fix: "restore the file from the last commit and run eventloom lock" },
  LK605: {
    title: "unfinished merge",
    fix: "take one side; where both publish the same version, make the other side's the next version; then run eventloom lock",
  },
  LK606: {
    title: "stands in the file twice",
    fix: "keep one of the two; where both publish the same version, make the other one the next version; then run eventloom lock",
  },
  LK610: {
    title: "a published version has changed",
    fix: "leave it as it was and declare the next version, with an upcast",
  },
  LK611: {
    title: "a published version is gone",
    fix: "declare it again: messages of that version are still out there",
  },
  LK612: { title: "gone without being retired", fix: "say so: retired: { … } with a reason, or declare it again" },
  LK613: { title: "a retired name is used again", fix: "choose another name: what had it is still on the servers" },
  LK614: { title: "the lock of another domain", fix: "name the lock of this domain" },
  LK615: {
    title: "cannot be read",
    fix: "name the lock file, relative to the current folder; run eventloom lock where there is none yet",
  },
  LK620: { title: "former names that do not fit the lock", fix: "list all names that it has had, the oldest first" },
  LK621: { title: "renamed from something that the lock never had", fix: "correct the name, or leave renamedFrom out" },
  LK622: { title: "the name is taken on the server", fix: "choose another name: what has it is still there" },
  LK623: {
    title: "an event would be stored under another aggregate",
    fix: "leave it where it was, or rename the aggregate",
  },
  LK630: {
    title: "no old generation of this name",
    fix: "correct the name in the profile, or remove it; where the generation is new, run eventloom lock first",
  },
  LK631: { title: "not a phase", fix: "choose one; without an entry it is beside, in which nothing is taken away" },
  LK632: {
    title: "a generation goes down",
    fix: "declare the next generation: the later one still holds messages or rows",
  },
  LK633: {
    title: "a generation without a lock",
    fix: "give the lock file: what came before it, and is still there, is known from the lock alone",
  },
  LK634: {
    title: "no renamed column of this name",
    fix: "correct the name in the profile, or remove it where the rename is done",
  },
  LK635: { title: "not a phase", fix: "choose one; without an entry it is add, in which nothing is taken away" },
  LK636: { title: "renamed from a column that the table never had", fix: "correct the name, or leave renamedFrom out" },
  LK637: {
    title: "a column is renamed and changed at once",
    fix: "rename it as it is and change it before or afterwards, or declare a new generation of the table",
  },
} as const;

export type LockIssueCode = keyof typeof lockIssues;

export interface LockIssueDetails {
  readonly detail?: string;
  readonly received?: unknown;
  readonly allowed?: string;
  readonly fix?: string;
}

/** @param path where in the declaration, or in the file */
export function lockIssue(code: LockIssueCode, path: string, details: LockIssueDetails = {}): Issue {
  const { title, fix } = lockIssues[code];
  const { detail, allowed } = details;
  const message = [
    detail === undefined ? title : `${title}: ${detail}`,
    "received" in details ? `, got ${show(details.received)}` : "",
    allowed === undefined ? "" : `; allowed: ${allowed}`,
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
