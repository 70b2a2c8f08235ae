import type { TableChange } from "./diff";
import type { TableModel } from "./model";

/** Where an expression stands in a table: `column/note/default`. */
type Place = string;

/** All SQL expressions of a table by their place. */
export function expressionsOf(table: TableModel): ReadonlyMap<Place, string> {
  const all: (readonly [Place, string | null])[] = [
    ...table.columns.flatMap(({ name, default: preset, generated }) => [
      [`column/${name}/default`, preset] as const,
      [`column/${name}/generated`, generated] as const,
    ]),
    ...table.checks.map(({ name, expression }) => [`check/${name}/expression`, expression] as const),
    ...table.indexes.map(({ name, where }) => [`index/${name}/where`, where] as const),
  ];
  return new Map(all.filter((each): each is [Place, string] => each[1] !== null));
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
    default:
      return false;
  }
}
