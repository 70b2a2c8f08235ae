import { DeclarationError, show } from "../domain/issues";
import { parseLock } from "./parse-lock";
import type { Lock } from "./types";

/**
 * Reads a lock file that `eventloom lock` has written.
 *
 * @param text - of the file
 * @param origin - the file as its reader knows it: the path of every issue begins with it
 * @throws DeclarationError with every issue at once (LK60x)
 */
export function lockFromText(text: string, origin: string): Lock {
  const parsed = parseLock(text, origin);
  if (parsed.ok) return parsed.lock;
  throw new DeclarationError(`lock ${show(origin)}`, parsed.issues);
}
