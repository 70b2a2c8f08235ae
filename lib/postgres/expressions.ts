import { plainTable } from "./defaults";
import type { TableChange } from "./diff";
import type { IndexKeyModel, TableModel } from "./model";
import { bareParts, nameParts } from "./qualified";
import { quoteIdent } from "./quote";

/** Where an expression stands in a table: `column/note/default`. */
type Place = string;

/**
 * A name that Postgres drops where it says what would hold anyway, as a text to be compared like an expression: the operator
 * class `text_ops` and none may mean the same, which only the server knows.
 */
export function impliedName(kind: "opclass" | "collation", name: string | null): string {
  if (name === null) return kind;
  return `${kind} ${kind === "opclass" ? bareParts(...(nameParts(name) ?? [name])) : quoteIdent(name)}`;
}

/** All SQL expressions of a table by their place, and the names that Postgres may drop. */
export function expressionsOf(table: TableModel): ReadonlyMap<Place, string> {
  const all: (readonly [Place, string | null])[] = [
    ...table.columns.flatMap(({ name, default: preset, generated }) => [
      [`column/${name}/default`, preset] as const,
      [`column/${name}/generated`, generated] as const,
    ]),
    ...table.checks.map(({ name, expression }) => [`check/${name}/expression`, expression] as const),
    ...table.indexes.flatMap(({ name, where, keys }) => [
      [`index/${name}/where`, where] as const,
      ...keysOf(`index/${name}`, keys),
    ]),
    ...table.exclusions.flatMap(({ name, where, elements }) => [
      [`exclusion/${name}/where`, where] as const,
      ...keysOf(`exclusion/${name}`, elements),
    ]),
  ];
  return new Map(all.filter((each): each is [Place, string] => each[1] !== null));
}

function keysOf(place: Place, keys: readonly IndexKeyModel[]): (readonly [Place, string | null])[] {
  return keys.flatMap((key, at) => [
    [`${place}/${at}/expression`, key.expression] as const,
    [`${place}/${at}/opclass`, impliedName("opclass", key.opclass)] as const,
    [`${place}/${at}/collation`, impliedName("collation", key.collation)] as const,
  ]);
}

/** The parts of a table that a change makes anew, in a table that has nothing else. */
export function partsMadeBy(change: TableChange): TableModel {
  const nothing: TableModel = { ...plainTable, schema: "", name: "", columns: [] };
  switch (change.kind) {
    case "create-table":
      return change.table;
    case "add-column":
      return { ...nothing, columns: [change.column] };
    case "change-column-default":
    case "change-column-compression":
      return { ...nothing, columns: [change.to] };
    case "add-check":
      return { ...nothing, checks: [change.check] };
    case "add-index":
      return { ...nothing, indexes: [change.index] };
    case "change-index":
      return { ...nothing, indexes: [change.to] };
    case "add-exclusion":
      return { ...nothing, exclusions: [change.exclusion] };
    default:
      return nothing;
  }
}

/** Whether a change writes the expression at a place, so that what stands there afterwards is what Postgres made of it. */
export function writes(change: TableChange, place: Place): boolean {
  switch (change.kind) {
    case "create-table":
      return true;
    case "add-column":
      return place.startsWith(`column/${change.column.name}/`);
    case "change-column-default":
      return place === `column/${change.to.name}/default`;
    case "add-check":
      return place.startsWith(`check/${change.check.name}/`);
    case "add-index":
      return place.startsWith(`index/${change.index.name}/`);
    case "change-index":
      return place.startsWith(`index/${change.to.name}/`);
    case "add-exclusion":
      return place.startsWith(`exclusion/${change.exclusion.name}/`);
    default:
      return false;
  }
}
