import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, openSync, realpathSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { thrownLine } from "./issues";
import { type CommandResult, failure } from "./result";

/** A file and what it is to hold. */
export interface OutputFile {
  readonly path: string;
  readonly text: string;
}

/** A file that waits beside its target. */
interface Prepared {
  readonly target: string;
  readonly temporary: string;
}

/**
 * Writes all files or none: each is written whole beside its target and then put in its place. A link is followed, and a file keeps
 * its mode.
 *
 * @throws CommandFailure CL517
 */
export function writeFiles(files: readonly OutputFile[]): void {
  const prepared: Prepared[] = [];
  try {
    for (const file of files) prepared.push(attempt(file.path, () => prepare(file)));
    for (const { target, temporary } of prepared) attempt(target, () => renameSync(temporary, target));
  } finally {
    // what was renamed is no longer there
    for (const { temporary } of prepared) rmSync(temporary, { force: true });
  }
}

/** A result whose text goes to a file instead, if there is one. */
export function writtenTo(file: string | null, result: CommandResult): CommandResult {
  if (file === null) return result;
  writeFiles([{ path: file, text: result.text }]);
  return { ...result, text: "" };
}

function attempt<T>(path: string, run: () => T): T {
  try {
    return run();
  } catch (thrown) {
    throw failure("CL517", path, (thrown as { code?: string }).code ?? thrownLine(thrown));
  }
}

function prepare({ path, text }: OutputFile): Prepared {
  const there = existing(path);
  const target = there?.path ?? path;
  if (there?.isDirectory === true) throw new Error("it is a folder");
  const temporary = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString("hex")}.tmp`);
  const file = openSync(temporary, "wx", there?.mode ?? 0o666);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } catch (thrown) {
    rmSync(temporary, { force: true });
    throw thrown;
  } finally {
    closeSync(file);
  }
  return { target, temporary };
}

function existing(path: string): { path: string; mode: number; isDirectory: boolean } | null {
  try {
    const real = realpathSync(path);
    const stats = statSync(real);
    return { path: real, mode: stats.mode & 0o777, isDirectory: stats.isDirectory() };
  } catch {
    return null;
  }
}
