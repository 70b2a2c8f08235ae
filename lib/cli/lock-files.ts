import { lstatSync, readFileSync, realpathSync, statSync } from "node:fs";
import { relative, resolve, sep } from "node:path";
import { type LockFileText, lockText } from "../lock/lock-text";
import { notUtf8, parseLock } from "../lock/parse-lock";
import type { Lock } from "../lock/types";
import type { Git } from "./git";
import { thrownLine } from "./issues";
import { CommandFailure, failure, type Finding } from "./result";

/** A lock and where it was read. */
export interface ReadLock {
  /** As it is to be named: `main:shop/shop.lock.json`, `shop/shop.lock.json`. */
  readonly origin: string;
  /** From the work tree's top, with `/`; null for a file that was named and is read from the disk. */
  readonly path: string | null;
  readonly text: string;
  readonly lock: Lock;
}

interface LockText extends LockFileText {
  readonly origin: string;
  readonly path: string | null;
}

/**
 * Reads one lock file that was named.
 *
 * @throws CommandFailure CL512, LK6xx
 */
export function readLockFile(file: string): ReadLock {
  return parseAll([{ origin: file, path: null, ...lockText(readBytes(file, file)) }])[0] as ReadLock;
}

/** @param named the file as the user knows it */
function readBytes(file: string, named: string): Uint8Array {
  try {
    if (!statSync(file).isFile()) throw new Error("it is no file");
    return readFileSync(file);
  } catch (thrown) {
    throw failure("CL512", named, thrownLine(thrown));
  }
}

/**
 * Every lock of a commit.
 *
 * @param named what to call the commit
 * @param known paths that hold a lock elsewhere, so that a damaged one is not taken for a stranger's file
 * @throws CommandFailure CL514, LK6xx
 */
export function readLocksOfCommit(
  git: Git,
  commit: string,
  named: string,
  known: ReadonlySet<string> = new Set(),
): readonly ReadLock[] {
  const files = git.lockFilesOf(commit);
  const texts = files.map(({ path, bytes }) => ({ origin: `${named}:${path}`, path, ...lockText(bytes) }));
  return oncePerDomain(parseAll(ours(texts, known)));
}

/**
 * Every lock of the work tree, those that git does not know yet too.
 *
 * @param known as for {@link readLocksOfCommit}
 * @throws CommandFailure CL512, CL514, LK6xx
 */
export function readLocksOfWorkTree(git: Git, known: ReadonlySet<string> = new Set()): readonly ReadLock[] {
  const texts = git.lockPaths().flatMap((path): readonly LockText[] => {
    const file = resolve(git.top, path);
    // removed, but not yet in git; what stands in the place of a lock is in its way
    if (!isThere(file, known.has(path))) return [];
    return [{ origin: path, path, ...lockText(readBytes(file, path)) }];
  });
  return oncePerDomain(parseAll(ours(texts, known)));
}

/** @param known whether there was a lock: then a folder or a link to nowhere is no stranger's */
function isThere(file: string, known: boolean): boolean {
  const entry = lstatSync(file, { throwIfNoEntry: false });
  return entry !== undefined && (known || entry.isFile() || isFileBehind(file));
}

function isFileBehind(link: string): boolean {
  try {
    return statSync(link).isFile();
  } catch {
    return false;
  }
}

/** A file's path from the work tree's top, with `/`. */
export function pathInWorkTree(git: Git, file: string): string {
  return relative(realpathSync(git.top), resolve(realFolder(), file)).split(sep).join("/");
}

function realFolder(): string {
  return realpathSync(process.cwd());
}

/** Whether a `*.lock.json` is one of eventloom's, whole or damaged: other tools name theirs alike. */
function ours(texts: readonly LockText[], known: ReadonlySet<string>): readonly LockText[] {
  return texts.filter(
    ({ path, text }) => /"eventloom"\s*:\s*"lock"/.test(text.slice(0, 4_096)) || known.has(path ?? ""),
  );
}

function parseAll(texts: readonly LockText[]): readonly ReadLock[] {
  const locks: ReadLock[] = [];
  const findings: Finding[] = [];
  for (const { origin, path, text, isUtf8 } of texts) {
    const parsed = isUtf8 ? parseLock(text, origin) : notUtf8(origin);
    if (parsed.ok) locks.push({ origin, path, text, lock: parsed.lock });
    else findings.push({ module: origin, subject: null, issues: parsed.issues, exitCode: 1 });
  }
  if (findings.length > 0) throw new CommandFailure(findings);
  return locks;
}

function oncePerDomain(locks: readonly ReadLock[]): readonly ReadLock[] {
  const first = new Map<string, ReadLock>();
  for (const each of locks) {
    const other = first.get(each.lock.domain);
    if (other) throw failure("CL514", each.origin, `"${each.lock.domain}", which ${other.origin} holds too`);
    first.set(each.lock.domain, each);
  }
  return locks;
}
