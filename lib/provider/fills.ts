import type { TableModel } from "../postgres/model";
import type { Present } from "./decision";
import type { Attributes } from "./value";

/**
 * What no catalog knows of a column: the expression that its rows have been filled by. The engine's state alone has it.
 *
 * @param attributes those that say by what each column has been filled; null where nothing does
 */
export function withFills(present: Present | null, attributes: Attributes | null): Present | null {
  if (present?.declared.kind !== "table") return present;
  const { columns, ...rest } = present.declared.model;
  const known = (attributes ?? { columns: [] }) as unknown as Pick<TableModel, "columns">;
  const fills = new Map(known.columns.map(({ name, fill }) => [name, fill]));
  const filled = columns.map((each) => ({ ...each, fill: fills.get(each.name) ?? null }));
  return { ...present, declared: { kind: "table", model: { ...rest, columns: filled } } };
}
