import { existsSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { nextLock } from "../lock/next-lock";
import { renderLock } from "../lock/render-lock";
import { isStale } from "../lock/stale";
import type { Lock } from "../lock/types";
import { printable } from "../preview/printable";
import { count } from "../preview/words";
import type { Contract } from "../topology/types";
import type { CompiledDomain } from "./compile-domains";
import { type ReadLock, readLockFile } from "./lock-files";
import { writeFiles } from "./output-file";
import { CommandFailure, type CommandResult, type Finding, finding, refusal } from "./result";
import { withWarnings } from "./warnings";

/** How locks are written. */
export interface LockOptions {
  /** The folder for all locks; null for each beside its module. */
  readonly out: string | null;
  /** Says whether the locks are as they should be, and writes nothing. */
  readonly check: boolean;
}

/** One domain's lock, as it is and as it is to be. */
interface Locking {
  readonly file: string;
  readonly domain: string;
  readonly text: string;
  readonly state: "written" | "unchanged" | "stale" | "missing";
  readonly published: readonly string[];
  readonly retired: readonly string[];
}

/** Approves what the domains have become: all of them, or none where one has issues. */
export function lock(domains: readonly CompiledDomain[], options: LockOptions): CommandResult {
  const lockings: Locking[] = [];
  const findings: Finding[] = [];
  for (const each of domains) {
    try {
      lockings.push(lockOne(each, options));
    } catch (thrown) {
      if (!(thrown instanceof CommandFailure)) throw thrown;
      findings.push(...thrown.findings);
    }
  }
  if (findings.length > 0) return refusal(findings);
  if (options.check) return withWarnings(domains, checked(lockings));
  writeFiles(lockings.filter(({ state }) => state === "written").map(({ file, text }) => ({ path: file, text })));
  return withWarnings(domains, {
    exitCode: 0,
    text: lockings.map(told).join(""),
    json: { exitCode: 0, domains: lockings.map(asData), findings: [] },
  });
}

/** Where a domain's lock lies: beside its module, or in the folder that was named. */
export function lockFileOf({ module, topology }: CompiledDomain, out: string | null): string {
  const file = join(out ?? dirname(resolve(module)), `${topology.domain}.lock.json`);
  return relative(process.cwd(), resolve(file));
}

/**
 * A domain's lock, read from where {@link lockFileOf} says; null where there is none yet.
 *
 * @throws CommandFailure CL512, CL513, LK6xx
 */
export function lockBeside(domain: CompiledDomain, out: string | null): Lock | null {
  return readBeside(lockFileOf(domain, out), domain)?.lock ?? null;
}

function readBeside(file: string, { topology: { domain } }: CompiledDomain): ReadLock | null {
  const before = existsSync(file) ? readLockFile(file) : null;
  if (before !== null && before.lock.domain !== domain)
    throw new CommandFailure([finding("CL513", file, `it is of "${before.lock.domain}", not of "${domain}"`)]);
  return before;
}

function lockOne(each: CompiledDomain, { out, check }: LockOptions): Locking {
  const file = lockFileOf(each, out);
  const before = readBeside(file, each);
  const { domain } = each.topology;
  const next = nextLock(each.topology, before?.lock ?? null);
  if (!next.ok) {
    const subject = `domain "${domain}"`;
    throw new CommandFailure([{ module: each.module, subject, issues: next.issues, exitCode: 1 }]);
  }
  const text = renderLock(next.lock);
  const same = check ? before !== null && !isStale(each.topology, before.lock) : before?.text === text;
  return {
    file,
    domain,
    text,
    state: same ? "unchanged" : !check ? "written" : before === null ? "missing" : "stale",
    published: next.published.map(versionName),
    retired: newlyRetired(next.lock, before?.lock ?? null),
  };
}

function versionName({ kind, name, version }: Contract): string {
  return kind === "event" ? `${name} v${version}` : name;
}

function newlyRetired(now: Lock, before: Lock | null): readonly string[] {
  const known = new Set(before?.topology.retired.map(({ kind, name }) => `${kind} ${name}`));
  return now.topology.retired.map(({ kind, name }) => `${kind} ${name}`).filter((each) => !known.has(each));
}

function told({ file, state, published, retired, domain }: Locking): string {
  const name = printable(file);
  if (state === "unchanged") return `${name}: domain "${domain}" is locked as it is\n`;
  const lines = [
    `${name}: domain "${domain}" is locked`,
    ...(published.length === 0 ? [] : [`  published ${count(published.length, "schema")}: ${published.join(", ")}`]),
    ...(retired.length === 0 ? [] : [`  retired ${retired.join(", ")}`]),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

function checked(lockings: readonly Locking[]): CommandResult {
  const bad = lockings.filter(({ state }) => state !== "unchanged");
  if (bad.length > 0) {
    return refusal(
      bad.map(({ file, domain, state }) =>
        finding("CL515", file, state === "missing" ? `"${domain}" has none` : `"${domain}" has changed since`),
      ),
    );
  }
  return {
    exitCode: 0,
    text: lockings.map(told).join(""),
    json: { exitCode: 0, domains: lockings.map(asData), findings: [] },
  };
}

function asData({ file, domain, state, published, retired }: Locking): unknown {
  return { file, domain, state, published, retired };
}
