import type { TableChange } from "./diff";
import type { ColumnModel } from "./model";
import { harmless, refuse, type Verdict } from "./verdict";

/** What a server can do: its version, and what it was built with. */
export interface ServerFacts {
  /** The major version, such as 15. */
  readonly version: number;
  /** The compressions that it was built with. */
  readonly compressions: readonly string[];
}

/** Whether the changes ask for something that not every server has. */
export function needsServer(changes: readonly TableChange[]): boolean {
  return newColumns(changes).some((column) => column.compression !== null);
}

/** What the changes ask for and the server lacks. */
export function lacking(changes: readonly TableChange[], server: ServerFacts): Verdict[] {
  return newColumns(changes)
    .filter(({ compression }) => compression !== null && !server.compressions.includes(compression))
    .map(({ name, compression }) =>
      refuse(
        "PG415",
        "columns",
        `compress column "${name}" by ${compression}`,
        harmless,
        `the server was built without it and has ${server.compressions.join(", ")}; leave compression out, which is the server's own`,
      ),
    );
}

/** Columns as they are to be, where the changes make or compress them. */
function newColumns(changes: readonly TableChange[]): readonly ColumnModel[] {
  return changes.flatMap((change) => {
    if (change.kind === "create-table") return change.table.columns;
    if (change.kind === "add-column") return [change.column];
    return change.kind === "change-column-compression" ? [change.to] : [];
  });
}
