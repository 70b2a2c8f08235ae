import { existsSync, statSync } from "node:fs";
import { sep } from "node:path";
import type { Lock } from "../lock/types";
import type { LockText } from "../preview/report/places";
import { Git } from "./git";
import { pathInWorkTree, type ReadLock, readLockFile, readLocksOfCommit, readLocksOfWorkTree } from "./lock-files";
import { failure } from "./result";

/** What is to be compared, as it was named. */
export interface SidesAsked {
  /** Lock files whose domains alone are looked at; empty for all. */
  readonly locks: readonly string[];
  /** A git ref or a lock file. */
  readonly base: string;
  /** A git ref or a lock file; null for the files as they are. */
  readonly head: string | null;
  /** Whether a ref stands for where its history and the head's part, as in `git diff base...head`. */
  readonly mergeBase: boolean;
}

/** One domain on both sides; null where it is not. */
export interface Pair {
  readonly domain: string;
  readonly base: Lock | null;
  readonly head: Lock | null;
  /** The files that they were read from. */
  readonly files: { readonly base: LockText | null; readonly head: LockText | null };
}

/** All that is to be compared, in the order of the domains' names. */
export interface Sides {
  readonly pairs: readonly Pair[];
  /** The work tree's top folder, or null where git was not asked. */
  readonly top: string | null;
  /** What people should know beside it, each in one line. */
  readonly notes: readonly string[];
}

/**
 * Finds the locks of both sides.
 *
 * @throws CommandFailure CL508 to CL519, LK6xx
 */
export function readSides(asked: SidesAsked): Sides {
  const baseFile = isLockFile(asked.base);
  const headFile = asked.head !== null && isLockFile(asked.head);
  if (baseFile && headFile) return twoFiles(asked.base, asked.head);
  if (baseFile && asked.head === null && asked.locks.length === 1) return twoFiles(asked.base, asked.locks[0] ?? "");
  return fromGit(asked, baseFile, headFile);
}

/** A file that is there, or what can only be meant as one. */
function isLockFile(named: string): boolean {
  return named.endsWith(".json") || (existsSync(named) && statSync(named).isFile());
}

function twoFiles(baseFile: string, headFile: string): Sides {
  const base = readLockFile(baseFile);
  const head = readLockFile(headFile);
  if (base.lock.domain !== head.lock.domain)
    throw failure("CL513", headFile, `"${head.lock.domain}" here, "${base.lock.domain}" in ${baseFile}`);
  return { pairs: [pairOf(base.lock.domain, base, head)], top: null, notes: [] };
}

function fromGit(asked: SidesAsked, baseFile: boolean, headFile: boolean): Sides {
  const git = Git.open(process.cwd());
  const base = baseFile ? [readLockFile(asked.base)] : locksOfBase(git, asked, headFile);
  const known = new Set(base.flatMap(({ path }) => path ?? []));
  const head = headFile ? [readLockFile(asked.head ?? "")] : locksOfHead(git, asked.head, known);
  // a file stands for one domain alone
  const only = baseFile ? base : headFile ? head : null;
  const inScope = scopeOf(git, asked.locks, base, head, only);
  const pairs = pairUp(base, head).filter(({ domain }) => inScope === null || inScope.has(domain));
  if (pairs.length === 0) throw failure("CL518", asked.head ?? git.top, `nor in ${asked.base}`);
  const nothingThere = base.length === 0;
  const notes = nothingThere ? [`${asked.base} has no lock: everything is new`] : [];
  return { pairs, top: git.top, notes };
}

function locksOfBase(git: Git, { base, head, mergeBase }: SidesAsked, headFile: boolean): readonly ReadLock[] {
  const commit = git.commitOf(base);
  const other = head === null || headFile ? "HEAD" : head;
  return readLocksOfCommit(git, mergeBase ? git.mergeBase(commit, git.commitOf(other), base) : commit, base);
}

function locksOfHead(git: Git, head: string | null, known: ReadonlySet<string>): readonly ReadLock[] {
  return head === null ? readLocksOfWorkTree(git, known) : readLocksOfCommit(git, git.commitOf(head), head, known);
}

function pairUp(base: readonly ReadLock[], head: readonly ReadLock[]): readonly Pair[] {
  const before = new Map(base.map((each) => [each.lock.domain, each]));
  const after = new Map(head.map((each) => [each.lock.domain, each]));
  return [...new Set([...before.keys(), ...after.keys()])]
    .sort()
    .map((domain) => pairOf(domain, before.get(domain) ?? null, after.get(domain) ?? null));
}

function pairOf(domain: string, base: ReadLock | null, head: ReadLock | null): Pair {
  return {
    domain,
    base: base?.lock ?? null,
    head: head?.lock ?? null,
    files: { base: base && fileOf(base), head: head && fileOf(head) },
  };
}

/** As a host of repositories names it. */
function fileOf({ path, origin, text }: ReadLock): LockText {
  return { path: path ?? origin.split(sep).join("/").replace(/^\.\//, ""), text };
}

/** The domains that are asked for; null for all. */
function scopeOf(
  git: Git,
  files: readonly string[],
  base: readonly ReadLock[],
  head: readonly ReadLock[],
  only: readonly ReadLock[] | null,
): ReadonlySet<string> | null {
  if (files.length === 0) return only === null ? null : new Set(only.map(({ lock }) => lock.domain));
  const named = files.map((file) => {
    const path = pathInWorkTree(git, file);
    const found = head.find((each) => each.path === path) ?? base.find((each) => each.path === path);
    return found?.lock.domain ?? readLockFile(file).lock.domain;
  });
  return new Set(named);
}
