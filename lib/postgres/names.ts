import { createHash } from "node:crypto";

/** What Postgres keeps of a name (`NAMEDATALEN` - 1); longer ones are cut silently by the server, so we refuse them. */
export const maxNameBytes = 63;

export function nameBytes(name: string): number {
  return Buffer.byteLength(name, "utf8");
}

/** `{table}_p00`: the leaf for a remainder. Two digits, more where the modulus needs them. */
export function leafName(table: string, remainder: number, modulus: number): string {
  const width = Math.max(2, String(modulus - 1).length);
  return `${table}_p${String(remainder).padStart(width, "0")}`;
}

/** The longest leaf name that a table will have, in bytes. */
export function leafNameBytes(table: string, modulus: number): number {
  return nameBytes(leafName(table, modulus - 1, modulus));
}

/** The name of a leaf's part of a partitioned index: `{leaf}_{index}`, shortened with a hash of the whole where too long. */
export function leafIndexName(leaf: string, index: string): string {
  return shortenName(`${leaf}_${index}`);
}

/** The name itself where Postgres would keep it whole, else its beginning and 8 digits of its SHA-256. */
export function shortenName(name: string): string {
  if (nameBytes(name) <= maxNameBytes) return name;
  const tail = `_${createHash("sha256").update(name).digest("hex").slice(0, 8)}`;
  let head = "";
  for (const character of name) {
    if (nameBytes(head) + nameBytes(character) + tail.length > maxNameBytes) break;
    head += character;
  }
  return head + tail;
}
