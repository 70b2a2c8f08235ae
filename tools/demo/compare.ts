import Table from "cli-table3";
import type { Figures } from "./implied";

export interface Row {
  readonly section: string;
  readonly figure: string;
  readonly implied: number;
  readonly found: number;
  readonly holds: boolean;
}

/** Every number that is implied or found, side by side; what was not found is 0. */
export function compare(implied: Figures, found: Figures): readonly Row[] {
  return [...new Set([...implied.keys(), ...found.keys()])].map((key) => {
    const [section = "", figure = ""] = key.split(" / ", 2);
    const [a, b] = [implied.get(key) ?? 0, found.get(key) ?? 0];
    return { section, figure, implied: a, found: b, holds: a === b };
  });
}

/** As a table for people. */
export function table(rows: readonly Row[]): string {
  const printed = new Table({
    head: ["", "", "implied", "found", ""],
    colAligns: ["left", "left", "right", "right", "left"],
    style: { head: [], border: [], compact: true },
  });
  let last = "";
  for (const { section, figure, implied, found, holds } of rows) {
    printed.push([section === last ? "" : section, figure, implied.toLocaleString("en"), found.toLocaleString("en"), holds ? "" : "differs"]); // prettier-ignore
    last = section;
  }
  return printed.toString();
}
