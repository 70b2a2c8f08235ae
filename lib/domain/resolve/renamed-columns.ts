import type { ColumnDefinition } from "../definition";
import type { Reader } from "./reader";

export const COLUMN_NAME = /^[a-z_][a-z0-9_]{0,62}$/;

/** A former name belongs to one column, which is none of the key: two keys of one table can't be kept the same. */
export function checkRenamedColumns(
  reader: Reader,
  columns: readonly ColumnDefinition[],
  key: readonly string[],
): void {
  const taken = new Map<string, string>();
  for (const { name, renamedFrom } of columns) {
    if (renamedFrom === null) continue;
    const here = reader.at(name).at("renamedFrom");
    const other = taken.get(renamedFrom);
    if (!COLUMN_NAME.test(renamedFrom)) {
      here.add("ED101", { received: renamedFrom, allowed: "small letters, digits and _, at most 63" });
    } else if (renamedFrom === name) here.add("ED153", { received: renamedFrom });
    else if (columns.some((each) => each.name === renamedFrom)) here.add("ED152", { received: renamedFrom });
    else if (other !== undefined) here.add("ED154", { received: renamedFrom, detail: `${other} is too` });
    else if (key.includes(name)) here.add("ED156", { received: renamedFrom });
    taken.set(renamedFrom, name);
  }
}
