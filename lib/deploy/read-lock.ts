import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { DeclarationError, show } from "../domain/issues";
import { lockIssue } from "../lock/issues";
import { lockFromText } from "../lock/lock-from-text";
import type { Lock } from "../lock/types";

/**
 * Reads the lock that a construct was given.
 *
 * @param file - relative to the current folder, or absolute
 * @throws DeclarationError when it cannot be read (LK615) or is no good (LK601 to LK606)
 */
export function readLock(file: string): Lock {
  return lockFromText(textOf(file), file);
}

function textOf(file: string): string {
  const path = resolve(file);
  try {
    if (!statSync(path).isFile()) throw new Error("it is no file");
    return readFileSync(path, "utf8");
  } catch (thrown) {
    const { code, message } = thrown as NodeJS.ErrnoException;
    const detail = code === "ENOENT" ? `there is no file ${show(path)}` : message;
    throw new DeclarationError(`lock ${show(file)}`, [lockIssue("LK615", file, { detail })]);
  }
}
